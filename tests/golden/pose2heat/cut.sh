pose2heat --only '*.heat' <../person.tar.zst
