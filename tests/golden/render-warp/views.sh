iuv2coord <../person.tar.zst | unwrap | render-warp --only '*.render'
