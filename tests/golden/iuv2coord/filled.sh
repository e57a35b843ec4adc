iuv2coord -d 1 -m -T 48 --only 'source.*' <../person.tar.zst
