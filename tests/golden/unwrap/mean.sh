iuv2coord <../person.tar.zst | unwrap -M -f mean -e 8 --only 'texture*'
