iuv2coord <../person.tar.zst | unwrap --only 'texture*'
