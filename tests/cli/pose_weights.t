#!/bin/sh
# pose-weights.sh without any registry: a made-up npm that fails, or that packs
# another file; what is there is not fetched again. And what the demo does then.
. tests/lib.sh
fetch=$top/pipelines/pose-weights.sh

npm_does() {	# npm_does COMMAND: what npm is in $tmp/path
	mkdir -p "$tmp/path"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/path/npm"
	chmod +x "$tmp/path/npm"
}
fetch() {
	PATH=$tmp/path:$PATH "$fetch" "$@"
}

npm_does 'echo "npm ERR! network timeout" >&2; exit 1'
exits "a registry that does not answer" 3 'npm cannot get @mediapipe/pose: without the pose network' fetch full "$tmp/pose.tar"
ok "leaves no file" test ! -e "$tmp/pose.tar"

mkdir -p "$tmp/package"
echo other >"$tmp/package/pose_landmark_lite.tflite"
tar -C "$tmp" -czf "$tmp/pose.tgz" package
npm_does "cp '$tmp/pose.tgz' . && echo pose.tgz"
exits "another file under its name" 2 'pose_landmark_lite.tflite: SHA-256 [0-9a-f]{64}, want f17bfbec' fetch lite "$tmp/pose.tar"
ok "leaves no file either" test ! -e "$tmp/pose.tar"
exits "a package without it" 2 'pose_landmark_full.tflite' fetch full "$tmp/pose.tar"
exits "a size that is none" 2 'tiny: want lite, full or heavy' fetch tiny "$tmp/pose.tar"

# What there is counts when it was made of that very network.
npm_does 'echo "npm was called" >&2; exit 1'
printf '{"weights":{"imported":[{"sha256":"%s"}]}}' f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61 >"$tmp/pose.json"
tar -C "$tmp" -cf "$tmp/pose.tar" pose.json
ok "what is there is not fetched again" fetch lite "$tmp/pose.tar"
exits "another size is" 3 'npm cannot get' fetch full "$tmp/pose.tar"

# The demo among scripts that only say what they were called with.
demo() {	# demo POSE PAGE: with a pose-weights.sh and a page-library.sh that end so
	rm -rf "$tmp/demo" && mkdir -p "$tmp/demo/pipelines/sample" "$tmp/demo/path"
	cp "$top/pipelines/demo.sh" "$tmp/demo/pipelines"
	: >"$tmp/demo/pipelines/sample/sample.jpg"
	printf '#!/bin/sh\necho "dualtex $*"\n' >"$tmp/demo/path/dualtex"
	printf '#!/bin/sh\nexit %s\n' "$1" >"$tmp/demo/pipelines/pose-weights.sh"
	printf '#!/bin/sh\nexit %s\n' "$2" >"$tmp/demo/pipelines/page-library.sh"
	chmod +x "$tmp"/demo/pipelines/*.sh "$tmp/demo/path/dualtex"
	(cd "$tmp/demo" && PATH=$tmp/demo/path:$PATH pipelines/demo.sh >"$tmp/said")
}
ok "the demo with the network" demo 0 0
ok "takes the photo alone" grep -q 'dualtex .* build/demo/photo/alone.jpg' "$tmp/said"
ok "where there is nothing beside it" test "$(ls "$tmp/demo/build/demo/photo")" = alone.jpg
is "ends with the page" "$(tail -n 1 "$tmp/said")" "To look at it from all sides and in motion, open build/demo/sample/sample.html"
ok "without a registry" demo 3 3
ok "goes on" grep -q 'dualtex .* pipelines/sample/sample.jpg' "$tmp/said"
ok "and says so" grep -q 'Without the pose network .*shipped key points and IUV' "$tmp/said"
ok "without the photo alone" sh -c "! grep -q alone.jpg $tmp/said"
is "ends with the sheet" "$(tail -n 1 "$tmp/said")" "Photo, IUV, texture, and five sides: build/demo/sample/sheet.png"
exits "with another network than was expected" 2 '' demo 2 0
exits "with another library than was expected" 2 '' demo 0 2
done_testing
