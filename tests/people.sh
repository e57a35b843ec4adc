# Made-up people as the files of a data set, for tests of the rules.

# turned FOLDER NAME SEED YAW SIZE: NAME.png and NAME_IUV.png of a person whose clothes SEED says, seen from YAW.
turned() {
	drawtex -z 0 -n 1 -s "$3" -T 64 | render-mesh -z 0 -t - -b ours --pose ease --yaw "$4" -s "$5" --light 0.4 >"$1/$2.tar" &&
	ts2img --only source.image -o "$1/$2.png" <"$1/$2.tar" &&
	tsjoin -z 0 -r source.iuv=raw "$1/$2.tar" | ts2img --only raw -o "$1/$2_IUV.png" &&
	rm "$1/$2.tar"
}

tree() {	# tree LAYOUT FOLDER PEOPLE VIEWS: see tests/perl/tree.pl
	mkdir -p "$2.flat" &&
	drawtex -b tests/data/robot.npz -n "$3" -T 64 |
		render-mesh -b tests/data/robot.npz -t - -p stand -n "$4" -s 64 -z 0 >"$2.tar" &&
	ts2img --only source.image -o "$2.flat/%k.png" <"$2.tar" &&
	tsjoin -r source.iuv=raw "$2.tar" | ts2img --only raw -o "$2.flat/%k_IUV.png" &&
	perl tests/perl/tree.pl "$1" "$2.flat" "$2" <"$2.tar"
}
