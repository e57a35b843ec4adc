pose2heat <../person.tar.zst | iuv2coord --drop '*.heat'
