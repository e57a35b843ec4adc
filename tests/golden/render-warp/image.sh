iuv2coord <../person.tar.zst | unwrap -f mean -M | render-warp -b image --only '*.render'
