#!/bin/sh
# ts2page, and its page in a browser: what it is made of, and, where there are three.js and Chromium, that it loads
# without a word, shows something, moves, answers clicks, keys and fingers. And page-library.sh without any registry.
. tests/lib.sh
. tests/people.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip the tests of each program run under valgrind'; exit 0; }
share=$BIN/../share/dualtex

# ---- getting three.js, by a made-up npm ----
npm_does() {	# npm_does COMMAND: what npm is in $tmp/path
	mkdir -p "$tmp/path"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/path/npm"
	chmod +x "$tmp/path/npm"
}
fetch() {
	PATH=$tmp/path:$PATH "$top/pipelines/page-library.sh" "$@"
}
npm_does 'echo "npm ERR! network timeout" >&2; exit 1'
exits "a registry that does not answer" 3 'npm cannot get three: without three.js' fetch "$tmp/three.html"
mkdir -p "$tmp/package/build"
echo other >"$tmp/package/build/three.core.min.js"
tar -C "$tmp" -czf "$tmp/three.tgz" package
npm_does "cp '$tmp/three.tgz' . && echo three.tgz"
exits "other files under its name" 2 'three [0-9.]*: SHA-256 [0-9a-f]{64}, want [0-9a-f]{64}' fetch "$tmp/three.html"
ok "leave no file" test ! -e "$tmp/three.html"
npm_does 'echo "npm was called" >&2; exit 1'
sed -n 's/^sum=/<!-- /p' "$top/pipelines/page-library.sh" >"$tmp/three.html"
ok "what is there is not fetched again" fetch "$tmp/three.html"

# ---- the file ----
exits "no GLB" 2 'usage: ts2page -g FILE' ts2page a=b
exits "an option" 2 '--dance: no such option' ts2page --dance
mkdir -p "$tmp/inst/bin" "$tmp/inst/share/dualtex"
cp "$BIN/ts2page" "$tmp/inst/bin"
cp "$share/page.html" "$tmp/inst/share/dualtex"
exits "without three.js" 2 'three.js, which `make page-library` gets' "$tmp/inst/bin/ts2page" -g x.glb a=b
if [ ! -f "$share/three.html" ]; then
	skip "the page" "no three.html: make page-library"
	done_testing
fi
sample=$top/pipelines/sample/sample.jpg
intake --size 256 --licence '</script><b>"free"' "$sample" | iuv2coord | tee "$tmp/maps.tar.zst" | unwrap >"$tmp/u.tar.zst"
inpaint <"$tmp/maps.tar.zst" >"$tmp/i.tar.zst"
tex2mesh -o "$tmp/still.glb" <"$tmp/u.tar.zst"
perl tests/perl/nod.pl left_elbow bow right_knee step <"$tmp/still.glb" >"$tmp/moves.glb"
exits "a GLB that is none" 2 "$tmp/u.tar.zst: no GLB" ts2page -g "$tmp/u.tar.zst" a="$tmp/u.tar.zst"
exits "a stream without a name" 2 'want NAME=STREAM' ts2page -g "$tmp/still.glb" "$tmp/u"
exits "a name" 2 'a name has letters' ts2page -g "$tmp/still.glb" 'a"b'="$tmp/u.tar.zst"
exits "a stream that is not there" 2 'none: no such file' ts2page -g "$tmp/still.glb" a="$tmp/none"
exits "a stream that is none" 2 'tsjoin: .*still.glb' ts2page -g "$tmp/still.glb" a="$tmp/still.glb"
exits "where nobody can write" 2 '/proc/x.html: cannot be written' ts2page -o /proc/x.html -g "$tmp/still.glb" a="$tmp/u.tar.zst"
title='a </title><script>throw 1</script> & "b"'
ok "a page" ts2page -g "$tmp/moves.glb" -t "$title" -o "$tmp/page.html" unwrap="$tmp/u.tar.zst" inpaint="$tmp/i.tar.zst"
ts2page -g "$tmp/moves.glb" -t "$title" unwrap="$tmp/u.tar.zst" inpaint="$tmp/i.tar.zst" >"$tmp/again.html"
ok "the same again" cmp "$tmp/page.html" "$tmp/again.html"
ok "below 6 MB" test "$(wc -c <"$tmp/page.html")" -lt 6000000
is "that needs no other file" "$(grep -oE '(src|href)="[^d"][^"]*"' "$tmp/page.html")" ""
drawtex -T 64 -z 0 >"$tmp/drawn.tar"
tex2mesh -o "$tmp/drawn.glb" <"$tmp/drawn.tar"
ok "a page of a texture without a photo" ts2page -g "$tmp/drawn.glb" -o "$tmp/drawn.html" drawn="$tmp/drawn.tar"

# Four photos of a person, and one of somebody else, which is left out.
mkdir "$tmp/ann"
i=0
for yaw in 0 90 180 270; do
	i=$((i + 1))
	turned "$tmp/ann" "v$i" 5 $yaw 512
done
turned "$tmp/ann" zoe 82 20 512
intake --size 512 "$tmp/ann" 2>/dev/null | iuv2coord 2>/dev/null | texmerge -a --pictures 2>/dev/null >"$tmp/views.tar.zst"
unwrap --drop views.image <"$tmp/views.tar.zst" >"$tmp/v.tar.zst"
inpaint --drop views.image <"$tmp/views.tar.zst" >"$tmp/vi.tar.zst"
tex2mesh -o "$tmp/ann.glb" <"$tmp/v.tar.zst"
exits "photos that are not there" 2 'none: no such file' ts2page -g "$tmp/ann.glb" -p "$tmp/none" v="$tmp/v.tar.zst"
exits "photos without pictures" 2 'v.tar.zst: no field views.image' ts2page -g "$tmp/ann.glb" -p "$tmp/v.tar.zst" v="$tmp/v.tar.zst"
ok "a page of five photos" ts2page -g "$tmp/ann.glb" -o "$tmp/ann.html" --photos "$tmp/views.tar.zst" unwrap="$tmp/v.tar.zst" inpaint="$tmp/vi.tar.zst"
ok "below 6 MB" test "$(wc -c <"$tmp/ann.html")" -lt 6000000

# ---- in a browser ----
if ! command -v chromium >/dev/null; then
	skip "the page in a browser" "no chromium"
	done_testing
fi
# browse PAGE: what the script of standard input says at its end of a copy of PAGE, which it can ask.
browse() {
	{
		cat "$1"
		cat <<-'END'
		<pre id="end"></pre>
		<script type="module">
		// Waits by messages: no timer, or Chromium's clock, which is not the wall's, runs out on a busy machine.
		const tick = () => new Promise(r => { const c = new MessageChannel(); c.port1.onmessage = r; c.port2.postMessage(0) })
		const until = async f => { while (!f()) await tick() }, root = document.documentElement
		await until(() => root.dataset.ready)
		const p = window.page, say = (k, v) => end.append('SAID ' + k + ' ' + v + '\n')
		END
		cat
		echo '</script>'
	} >"$tmp/asked.html"
	chrome --use-gl=angle --use-angle=swiftshader --enable-unsafe-swiftshader "file://$tmp/asked.html" | sed -n 's/^.*SAID //p' | sed 's/<.*//' >"$tmp/says"
}
chrome() {	# chrome FLAG ... ADDRESS: the page as it is in the end
	rm -rf "$tmp/profile"
	timeout 400 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --user-data-dir="$tmp/profile" --enable-logging=stderr --window-size=1280,800 \
		--virtual-time-budget=60000 --dump-dom "$@" 2>"$tmp/console"
}
# What the page says on the console; the driver's advice on speed is not the page's.
words() { grep CONSOLE "$tmp/console" | grep -v 'GL Driver Message'; }
says() { sed -n "s/^$1 //p" "$tmp/says"; }

browse "$tmp/page.html" <<'EOJ'
p.play(false)
p.canvas.setPointerCapture = p.canvas.releasePointerCapture = () => {}	// there is no pointer
// The picture's share of pixels that are not its corner's, and a sum that another picture has not.
const picture = () => {
	p.render()
	const c = new OffscreenCanvas(p.canvas.width, p.canvas.height).getContext('2d')
	c.drawImage(p.canvas, 0, 0)
	const d = new Uint32Array(c.getImageData(0, 0, p.canvas.width, p.canvas.height).data.buffer)
	let n = 0, sum = 0
	d.forEach((v, i) => { n += v !== d[0]; sum = (sum * 31 + v) >>> 0 })
	return [n / d.length, sum]
}
say('title', document.title.trim())
say('heading', document.querySelector('h1').textContent)
const [share, first] = picture()
say('filled', share > .05 && share < .9)

const at = name => p.body.skeleton.bones.find(b => b.name === name).getWorldPosition(new p.THREE.Vector3())
p.seek(0); p.render()
const elbow = at('left_elbow'), wrist = at('left_wrist')
p.seek(.999); p.render()
say('elbow', at('left_elbow').distanceTo(elbow).toFixed(3))
say('wrist', (at('left_wrist').distanceTo(wrist) / at('left_elbow').distanceTo(wrist)).toFixed(1))
say('moved', picture()[1] !== first)
document.querySelector('#clip').value = 1
document.querySelector('#clip').dispatchEvent(new Event('change'))
p.seek(.999); p.render()
say('clips', p.clips.map(c => c.name) + ' ' + (at('left_wrist').distanceTo(wrist) < 1e-4))
p.seek(0)

// A click in the middle of the chest: a mouse, then a finger.
const click = async (x, y, kind) => {
	const r = p.canvas.getBoundingClientRect(), was = root.dataset.answers
	const e = { clientX: r.left + x * r.width, clientY: r.top + y * r.height, isPrimary: true, pointerId: 1, pointerType: kind, bubbles: true }
	p.canvas.dispatchEvent(new PointerEvent('pointerdown', e))
	p.canvas.dispatchEvent(new PointerEvent('pointerup', e))
	await until(() => root.dataset.answers !== was)
	return JSON.parse(document.querySelector('#answer').dataset.told)
}
let told = await click(.48, .3, 'mouse')
say('answer', [told.code, told.view, told.method])
say('texel', told.texel.join(' '))
say('pixel', told.pixel.map(v => v.toFixed(3)).join(' '))
say('inphoto', told.photo.map(v => v.toFixed(2)).join(' '))
say('words', document.querySelector('#answer').textContent.includes('seen in the photo'))
const cross = document.querySelector('#cross')
say('cross', !cross.hidden && Math.abs(parseFloat(cross.style.left) - (told.pixel[0] + .5) / 2.56) < .01)
const asked = told
told = await click(.48, .3, 'touch')
say('finger', told.texel.join(' ') === asked.texel.join(' '))

// From behind nothing is seen; the camera is brought there by keys.
const key = k => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }))
for (let i = 0; i < 20; i++) key('ArrowRight')
p.render()
told = await click(.5, .35, 'mouse')
say('behind', told.code === 1 ? 'seen' : 'not seen')
// The photo leads back to what was asked about, and the camera to its front.
const photo = document.querySelector('img.photo').getBoundingClientRect(), was = root.dataset.answers
document.querySelector('#photo').dispatchEvent(new MouseEvent('click', { clientX: photo.left + (asked.pixel[0] + .5) / 256 * photo.width,
	clientY: photo.top + (asked.pixel[1] + .5) / 256 * photo.height, bubbles: true }))
await until(() => root.dataset.answers !== was)
told = JSON.parse(document.querySelector('#answer').dataset.told)
say('back', told.code === 1 && Math.hypot(told.pixel[0] - asked.pixel[0], told.pixel[1] - asked.pixel[1]) < 2)

// Textures and overlays, by keys and buttons.
key('r')
const before = picture()[1]
await p.choose('inpaint')
say('texture', picture()[1] !== before)
key('o')
await until(() => !document.querySelector('#legend').hidden)
say('source', document.querySelector('#legend').textContent.includes('painted by inpaint'))
const overlay = picture()[1]
document.querySelector('input[value=error]').click()
await until(() => document.querySelector('#ramp'))
await until(() => picture()[1] !== overlay)
say('confidence', true)
key('t')
await until(() => document.querySelector('input[value=unwrap]').checked && document.querySelector('#legend').hidden)
say('without', document.querySelector('input[value=error]').disabled)
let saved = null
const realClick = HTMLAnchorElement.prototype.click
HTMLAnchorElement.prototype.click = function () { saved = this.download + ' ' + this.href.slice(0, 5) }
document.querySelector('#save').click()
await until(() => saved)
say('saved', saved)
say('licence', document.querySelector('#made').textContent.includes('<\/script><b>"free"'))
EOJ
is "no word on the console" "$(words)" ""
is "the title" "$(says title | head -c 2)$(says heading | head -c 2)" "a a "
is "the picture is not empty" "$(says filled)" true
is "the clips of the GLB" "$(says clips)" "bow,step true"
is "bones move: the elbow bends and stays" "$(says elbow)" 0.000
is "the wrist goes round it by 90 degrees" "$(says wrist)" 1.4
is "the picture moves" "$(says moved)" true
is "a click answers with code, view and method" "$(says answer)" 1,source,unwrap
is "in words" "$(says words)" true
is "and marks the photo" "$(says cross)" true
# What it says is what the stream has.
says texel | { read -r x y
tsjoin -z 0 --only source.coord "$tmp/u.tar.zst" | perl -Itests/perl -MStream -e '
	my ($key, $f) = get(); my ($x, $y) = @ARGV; my ($type, $dim, $v) = @{$f->{"source.coord"}};
	printf "%.3f %.3f\n", @$v[2 * ($y * $dim->[1] + $x), 2 * ($y * $dim->[1] + $x) + 1]' "$x" "$y"; } >"$tmp/want"
is "the pixel is that of source.coord" "$(says pixel)" "$(cat "$tmp/want")"
is "and three times that in the photo of 768 x 768" "$(says inphoto)" "$(awk '{ printf "%.2f %.2f\n", ($1 + .5) * 3 - .5, ($2 + .5) * 3 - .5 }' "$tmp/want")"
is "a finger asks as well" "$(says finger)" true
is "keys turn: the back is not seen" "$(says behind)" "not seen"
is "a click on the photo finds the place" "$(says back)" true
is "another texture" "$(says texture)" true
is "where it comes from, with a legend" "$(says source)" true
is "how sure it is" "$(says confidence)" true
is "which unwrap does not say" "$(says without)" true
is "a picture is saved" "$(says saved | tail -c 11)" ".png blob:"
is "licences are text" "$(says licence)" true

# Which of several photos, and where in it.
browse "$tmp/ann.html" <<'EOJ'
p.play(false)
const strip = [...document.querySelectorAll('#strip button')], shown = () => [...document.querySelectorAll('img.photo')].findIndex(i => !i.hidden)
const cross = document.querySelector('#cross')
say('strip', strip.map(b => b.className || 'in'))
const ask = async (x, y) => {
	const was = root.dataset.answers
	p.render()
	p.ask(x, y)
	await until(() => root.dataset.answers !== was)
	return JSON.parse(document.querySelector('#answer').dataset.told)
}
let told = await ask(0, .3)
say('front', [told.code, told.number, told.view, shown()])
say('texel', told.texel.join(' ') + ' ' + (told.number + 1))
say('pixel', told.pixel.map(v => v.toFixed(3)).join(' '))
say('inphoto', told.photo.map(v => v.toFixed(2)).join(' '))
say('words', /v1.png, photo 1 of 5/.test(document.querySelector('#answer').textContent))
say('cross', !cross.hidden && Math.abs(parseFloat(cross.style.left) - (told.pixel[0] + .5) / 5.12) < .01)
strip[3].click()
say('strip4', [shown(), cross.hidden, strip[3].getAttribute('aria-pressed')])
const asked = told, photo = document.querySelector('#photo')
const click = async (n, pixel) => {
	strip[n].click()
	const r = document.querySelectorAll('img.photo')[n].getBoundingClientRect(), was = root.dataset.answers
	photo.dispatchEvent(new MouseEvent('click', { clientX: r.left + (pixel[0] + .5) / 512 * r.width, clientY: r.top + (pixel[1] + .5) / 512 * r.height, bubbles: true }))
	await until(() => root.dataset.answers !== was)
	return JSON.parse(document.querySelector('#answer').dataset.told)
}
for (let i = 0; i < 20; i++) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }))
told = await ask(0, .3)
say('behind', [told.number, shown()])
told = await click(0, asked.pixel)
say('back', told.number === 0 && Math.hypot(told.pixel[0] - asked.pixel[0], told.pixel[1] - asked.pixel[1]) < 3)
await p.look('view')
const list = [...document.querySelectorAll('#legend li')]
say('legend', list.map(l => l.querySelector('span').textContent))
say('thumbs', list.filter(l => l.querySelector('img')).length)
say('shares', list.map(l => l.querySelector('.share').textContent))
say('sum', list.reduce((s, l) => s + (parseFloat(l.querySelector('.share').textContent) || 0), 0))
document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'p', bubbles: true, cancelable: true }))
say('next', shown())
await p.choose('inpaint')
say('inpaint', document.querySelector('input[name=show][value=view]').checked)
EOJ
is "several photos: no word on the console" "$(words)" ""
is "a small one of each, who is left out grey" "$(says strip)" in,in,in,in,out
is "a place in front is from the first" "$(says front)" 1,0,v1.png,0
is "in words" "$(says words)" true
is "which is marked" "$(says cross)" true
says texel | { read -r x y number
tsjoin -z 0 --only texture.pixel --only texture.view "$tmp/v.tar.zst" | perl -Itests/perl -MStream -e '
	my ($key, $f) = get(); my ($x, $y) = @ARGV; my ($p, $v) = map { $f->{"texture.$_"}[2] } "pixel", "view"; my $i = $y * 512 + $x;
	printf "%.3f %.3f %d\n", $p->[2 * $i], $p->[2 * $i + 1], $v->[$i]' "$x" "$y"; echo "$number"; } | paste -sd' ' >"$tmp/want"
is "the pixel is that of texture.pixel, the photo that of texture.view" "$(says pixel) $(says texel | cut -d' ' -f3) $(says texel | cut -d' ' -f3)" "$(cat "$tmp/want")"
is "a small one shows its photo" "$(says strip4)" 3,true,true
is "a place behind is from the third" "$(says behind)" 2,2
is "a click on a photo finds its place" "$(says back)" true
is "a legend of photos" "$(says legend)" "v1.png,v2.png,v3.png,v4.png,zoe.png,no photo shows it"
is "with small ones" "$(says thumbs)" 5
is "of which one gave nothing" "$(says shares | cut -d, -f5)" "left out"
ok "and which together are all" sh -c '[ "$1" -ge 98 ] && [ "$1" -le 102 ]' - "$(says sum)"
is "a key shows the next photo" "$(says next)" 1
is "which photo it is stays with another texture" "$(says inpaint)" true

browse "$tmp/drawn.html" <<'EOJ'
say('photo', document.querySelector('#photo').hidden)
say('motion', document.querySelector('#motion').hidden)
p.ask(0, .2)
await until(() => root.dataset.answers)
say('code', JSON.parse(document.querySelector('#answer').dataset.told).code)
EOJ
is "without photo and clips: nothing of them" "$(says photo) $(says motion)" "true true"
is "no word on the console" "$(words)" ""
chrome --disable-3d-apis "file://$tmp/page.html" | sed -n 's/.*id="wait"[^>]*>\([^:<]*\).*/\1/p' >"$tmp/told"
is "without WebGL it says so" "$(cat "$tmp/told")" "This browser draws no WebGL"
done_testing
