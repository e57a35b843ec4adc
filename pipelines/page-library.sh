#!/bin/sh
# page-library.sh [FILE]: three.js, with which the pages of ts2page(1) draw,
# as one piece of HTML in FILE, by default share/dualtex/three.html beside the
# programs: its licence, and an import map whose modules are data: addresses,
# so that a page has them within itself and opens without a network. It is out
# of the npm package three, MIT; its SHA-256 is proved, it is never committed,
# and nothing is fetched where FILE is there already.
# Exit status: 0 it is there; 3 the registry cannot be reached, or there is no
# npm and none can be installed: go on without; 2 anything else, such as
# other files than were expected.
version=0.185.1		# the last one with minified modules
sum=741d302e0887ffc7fbc305955a184588e698bb25517ce8ef8f6e5c602221e5a8
files='LICENSE build/three.core.min.js build/three.module.min.js examples/jsm/utils/BufferGeometryUtils.js
	examples/jsm/utils/SkeletonUtils.js examples/jsm/loaders/GLTFLoader.js examples/jsm/controls/OrbitControls.js'
here=$(dirname "$0")
programs=$(command -v ts2page) || { [ -n "$1" ] ||
	{ echo "page-library.sh: no program ts2page in PATH: make, then make page-library" >&2; exit 2; }; }
file=${1:-$(dirname "$programs")/../share/dualtex/three.html}

# Whether what is there is made of these very files.
head -n 1 "$file" 2>/dev/null | grep -q "$sum" && exit 0

without() {
	echo "page-library.sh: $*: without three.js; no page is made" >&2
	exit 3
}

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
why=$("$here/npm-get" "$dir" "three@$version") || case $? in 3) without "$why" ;; *) exit 2 ;; esac
cd "$dir/package" || exit 2
# A list of names:
# shellcheck disable=SC2086
got=$(cat $files | sha256sum | cut -c1-64)
if [ "$got" != "$sum" ]; then
	echo "page-library.sh: three $version: SHA-256 $got, want $sum" >&2
	exit 2
fi

module() {	# module NAME FILE END: the module NAME of an import map; END is what stands behind it
	printf '"%s": "data:text/javascript;base64,' "$1"
	# Within data: there are no neighbours: what a module imports goes by its name in the map.
	sed "s|\./three\.core\.min\.js|three/core|g; s|'\.\./utils/\([A-Za-z]*\)\.js'|'three/\1'|g" "$2" | base64 -w 0
	printf '"%s\n' "$3"
}
fragment() {
	echo "<!-- three.js $version, SHA-256 $sum"
	cat LICENSE
	echo '-->'
	echo '<script type="importmap">{"imports": {'
	module three/core build/three.core.min.js ,
	module three build/three.module.min.js ,
	module three/BufferGeometryUtils examples/jsm/utils/BufferGeometryUtils.js ,
	module three/SkeletonUtils examples/jsm/utils/SkeletonUtils.js ,
	module three/GLTFLoader examples/jsm/loaders/GLTFLoader.js ,
	module three/OrbitControls examples/jsm/controls/OrbitControls.js
	echo '}}</script>'
}
fragment >"$dir/three.html" && cd - >/dev/null || exit 2
mkdir -p "$(dirname "$file")" && "$here/into" "$file" cat "$dir/three.html" || exit 2
echo "made $file"
