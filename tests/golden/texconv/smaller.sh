iuv2coord -T 64 <../person.tar.zst | unwrap -M -f mean | texconv -T 24 --only 'texture*'
