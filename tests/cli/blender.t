#!/bin/sh
# A GLB in Blender, where there is one: joints by their names, clips as actions, the texture, and feet that stand on
# the floor and, where they do, do not slide.
. tests/lib.sh
[ -z "$VALGRIND" ] || { echo '1..0 # skip the tests of each program run under valgrind'; exit 0; }
command -v blender >/dev/null || { echo '1..0 # skip no blender'; exit 0; }
# As the man page has it: its importer may be older than its NumPy.
bool=$(sed -n 's/^\.Dl blender --python-expr \\(dq\(.*\)\\(dq$/\1/p' "$top/man/tex2mesh.1")
cat >"$tmp/look.py" <<'EOJ'
import bpy, sys
import numpy as np
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.render.fps = 30
bpy.ops.import_scene.gltf(filepath=sys.argv[-1])
rig, = [o for o in bpy.data.objects if o.type == 'ARMATURE']
body, = [o for o in bpy.data.objects if o.type == 'MESH']
print('SAID bones', len(rig.data.bones), 'mixamorig:LeftUpLeg' in rig.data.bones)
print('SAID actions', *('%s %.0f' % (a.name, a.frame_range[1]) for a in bpy.data.actions))
print('SAID plays', rig.animation_data.action.name)
print('SAID texture', *(tuple(i.size) for i in bpy.data.images))

def posed(i):
    scene.frame_set(i)
    mesh = body.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    at = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get('co', at)
    return at.reshape(-1, 3)	# z is up

print('SAID height %.1f' % np.ptp(posed(0)[:, 2]))
for action in bpy.data.actions:
    rig.animation_data.action = action
    was, low, speed = None, [], []
    for i in range(int(action.frame_range[1]) + 1):
        now = posed(i)
        low.append(now[:, 2].min())
        if was is not None:
            stands = (now[:, 2] < .005) & (was[:, 2] < .005)
            d = (now - was)[stands, :2] * 30
            speed.append(np.median(np.hypot(d[:, 0], d[:, 1])))
        was = now
    print('SAID', action.name, 'floor', min(low) > -.001 and max(low) < .003)
    print('SAID', action.name, 'slides %.2f %.2f' % (np.median(speed), np.percentile(speed, 75) - np.percentile(speed, 25)))
EOJ
look() {
	blender -b --factory-startup --python-expr "$bool" -P "$tmp/look.py" -- "$1" 2>"$tmp/err" | sed -n 's/^SAID //p' >"$tmp/says"
}
says() { sed -n "s/^$1 //p" "$tmp/says"; }
drawtex -s 7 -T 128 | tex2mesh --names mixamo -m walk -m turn -o "$tmp/spot.glb"
drawtex -s 7 -T 128 | tex2mesh --names mixamo -m walk -m turn --travel -o "$tmp/way.glb"
look "$tmp/spot.glb"
is "bones by their names" "$(says bones)" "24 True"
is "clips, as long as they are" "$(says actions)" "turn_Armature 168 walk_Armature 132"
is "the first one plays" "$(says plays)" walk_Armature
is "the texture" "$(says texture)" "(128, 128)"
ok "metres" awk '$1 == "height" && $2 > 1.5 && $2 < 2 { good = 1 } END { exit !good }' "$tmp/says"
is "a walk is on the floor" "$(says 'walk_Armature floor')" True
is "and a turn" "$(says 'turn_Armature floor')" True
ok "feet stand in a turn" awk '$1 == "turn_Armature" && $2 == "slides" { good = $3 < .03 } END { exit !good }' "$tmp/says"
ok "and in a walk go as a treadmill does" awk '$1 == "walk_Armature" && $2 == "slides" { good = $3 > .9 && $3 < 1.3 && $4 < .02 } END { exit !good }' "$tmp/says"
look "$tmp/way.glb"
ok "that travels, feet stand" awk '$1 == "walk_Armature" && $2 == "slides" { good = $3 < .03 } END { exit !good }' "$tmp/says"
done_testing
