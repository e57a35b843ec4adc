iuv2coord -d 1 <../person.tar.zst | unwrap -f none -e 0 --only 'texture*'
