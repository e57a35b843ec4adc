iuv2coord <../person.tar.zst | unwrap -f harmonic --only 'texture*'
