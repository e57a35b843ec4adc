#!/bin/sh
# pose-weights.sh [lite|full|heavy] [FILE]: the pose network of others that
# labels are made with from a photo alone, as weights in FILE, by default
# share/dualtex/pose.tar beside the programs. It is MediaPipe's BlazePose
# (pose_landmark_full by default) out of the npm package @mediapipe/pose,
# Apache-2.0; its SHA-256 is proved, it is never committed, and nothing is
# fetched where FILE is there already.
# Exit status: 0 it is there; 3 the registry cannot be reached, or there is no
# npm and none can be installed: go on without; 2 anything else, such as
# another file than was expected.
size=${1:-full}
case $size in
lite)	sum=f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61 ;;
full)	sum=e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f ;;
heavy)	sum=59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe ;;
*)	echo "pose-weights.sh: $size: want lite, full or heavy" >&2; exit 2 ;;
esac
here=$(dirname "$0")
weights=$(command -v weights) || { echo "pose-weights.sh: no program weights in PATH: make, then make pose-weights" >&2; exit 2; }
file=${2:-$(dirname "$weights")/../share/dualtex/pose.tar}
name=pose_landmark_$size.tflite

# Whether what is there is made of that very network.
tar -xOf "$file" pose.json 2>/dev/null | grep -q "$sum" && exit 0

without() {
	echo "pose-weights.sh: $*: without the pose network; photos need key points and an IUV of their own" >&2
	exit 3
}

dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
why=$("$here/npm-get" "$dir" "@mediapipe/pose@0.5.1675469404" "package/$name") || case $? in 3) without "$why" ;; *) exit 2 ;; esac
got=$(sha256sum <"$dir/package/$name" | cut -c1-64)
if [ "$got" != "$sum" ]; then
	echo "pose-weights.sh: $name: SHA-256 $got, want $sum" >&2
	exit 2
fi
mkdir -p "$(dirname "$file")" &&
    "$here/into" "$file" weights import --key pose -z 0 --licence 'Apache-2.0 (MediaPipe, the pose network BlazePose)' \
	"$dir/package/$name" || exit 2
echo "made $file"
