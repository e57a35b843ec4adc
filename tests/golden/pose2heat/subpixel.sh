pose2heat -p -s 12 --only source.heat <../person.tar.zst
