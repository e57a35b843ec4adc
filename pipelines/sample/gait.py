#!/usr/bin/env python3
"""Makes walk.bvh and turn.bvh, the motions that are shipped: gait.py FOLDER

A walk on the spot and a turn on the spot with small steps, of our own: nothing is
captured or copied. Both begin and end alike, so that they can be repeated, and say
where the pelvis is, so that the walk goes forward (render-mesh and tex2mesh keep
it on the spot unless they are asked to).

Feet lead: where each one stands, how it rolls from heel to toes and how it swings to its
next place is set, the pelvis goes along on a smooth path, and legs are bent so that
they reach (two bones, the knee over the toes). Numbers are rounded ones of books on
walking. Axes: x left, y up, z front; centimetres, degrees; phases run from 0 to 1.
"""
import math
import sys

FPS = 30

# name, parent, offset from it: a figure that stands with its arms out
BONES = [
    ('Hips', None, (0, 89.1, -3.5)),
    ('LeftUpLeg', 'Hips', (7.9, -11.3, 1.8)),
    ('LeftLeg', 'LeftUpLeg', (0, -31.7, -2.0)),
    ('LeftFoot', 'LeftLeg', (0.6, -38.6, -2.4)),
    ('LeftToeBase', 'LeftFoot', (0.9, -5.9, 11.6)),
    ('RightUpLeg', 'Hips', (-7.9, -11.3, 1.8)),
    ('RightLeg', 'RightUpLeg', (0, -31.7, -2.0)),
    ('RightFoot', 'RightLeg', (-0.6, -38.6, -2.4)),
    ('RightToeBase', 'RightFoot', (-0.9, -5.9, 11.6)),
    ('Spine', 'Hips', (0, 11.3, 2.3)),
    ('Spine1', 'Spine', (0, 10.1, -0.5)),
    ('Spine2', 'Spine1', (0, 10.0, -0.2)),
    ('Neck', 'Spine2', (0, 18.4, -2.8)),
    ('Head', 'Neck', (0, 6.0, 2.0)),
    ('LeftShoulder', 'Spine2', (10.4, 10.5, -5.0)),
    ('LeftArm', 'LeftShoulder', (8.3, 0.7, 0)),
    ('LeftForeArm', 'LeftArm', (21.5, 0.2, 0)),
    ('LeftHand', 'LeftForeArm', (24.9, -0.4, -0.8)),
    ('RightShoulder', 'Spine2', (-10.4, 10.5, -5.0)),
    ('RightArm', 'RightShoulder', (-8.3, 0.7, 0)),
    ('RightForeArm', 'RightArm', (-21.5, 0.2, 0)),
    ('RightHand', 'RightForeArm', (-24.9, -0.4, -0.8)),
]
OFFSET = {name: offset for name, _, offset in BONES}
ENDS = {'LeftToeBase': (0, -1.0, 6), 'RightToeBase': (0, -1.0, 6), 'Head': (0, 18, 3),
        'LeftHand': (16, 0, 0), 'RightHand': (-16, 0, 0)}
ANKLE = 7.5            # above the floor when the foot is flat
BALL = OFFSET['LeftToeBase'][1:]     # y, z from the ankle
HEEL = (-7.5, -4.6)


# ---- vectors and turns ---------------------------------------------------

def mul(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def turn(m, v):
    return [sum(m[i][k] * v[k] for k in range(3)) for i in range(3)]


def back(m):
    return [list(row) for row in zip(*m)]


def add(a, b, k=1):
    return [x + k * y for x, y in zip(a, b)]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def unit(a):
    n = math.sqrt(dot(a, a))
    return [x / n for x in a]


def cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def about(axis, degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    m = [[float(p == q) for q in range(3)] for p in range(3)]
    m[i][i], m[i][j], m[j][i], m[j][j] = c, -s, s, c
    return m


def turns(x=0, y=0, z=0):
    """About z first, then x, then y."""
    return mul(about(1, y), mul(about(0, x), about(2, z)))


def angles(m):
    """Degrees about z, x and y of a matrix that is Y X Z."""
    x = math.asin(max(-1, min(1, -m[1][2])))
    return [math.degrees(a) for a in
            (math.atan2(m[1][0], m[1][1]), x, math.atan2(m[0][2], m[2][2]))]


# ---- courses over a cycle --------------------------------------------------

def wave(t, *harmonics):
    """Sum of a cos(2 pi k (t - at)) over (k, a, at)."""
    return sum(a * math.cos(2 * math.pi * k * (t - at)) for k, a, at in harmonics)


def course(points, t, closed=True):
    """A smooth curve through (phase, value), no higher than its points (Fritsch-Carlson)."""
    if closed:
        points = [(p - 1, v) for p, v in points] + points + [(p + 1, v) for p, v in points]
    slope = [(q[1] - p[1]) / (q[0] - p[0]) for p, q in zip(points, points[1:])]
    for i in range(1, len(points) - 2):
        (p, v), (q, w) = points[i], points[i + 1]
        if p <= t <= q:
            m = [0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in zip(slope[i - 1:i + 1], slope[i:i + 2])]
            h, u = q - p, (t - p) / (q - p)
            return ((1 + 2 * u) * (1 - u) ** 2 * v + u * (1 - u) ** 2 * h * m[0]
                    + u * u * (3 - 2 * u) * w + u * u * (u - 1) * h * m[1])
    raise ValueError(t)


def hermite(a, va, b, vb, u, span):
    return ((1 + 2 * u) * (1 - u) ** 2 * a + u * (1 - u) ** 2 * span * va
            + u * u * (3 - 2 * u) * b + u * u * (u - 1) * span * vb)


# ---- a figure --------------------------------------------------------------

class Figure:
    """Turns of all bones in the world, from the pelvis upwards and the feet back."""

    def __init__(self, place, pelvis):
        self.place = place
        self.world = {'Hips': pelvis}

    def set(self, name, parent, m):
        self.world[name] = mul(self.world[parent], m)

    def leg(self, side, ankle, foot, toe):
        """Bends hip and knee so that the ankle is there, the knee over the toes."""
        up, low = OFFSET[side + 'Leg'], OFFSET[side + 'Foot']
        hip = add(self.place, turn(self.world['Hips'], OFFSET[side + 'UpLeg']))
        a, b = math.sqrt(dot(up, up)), math.sqrt(dot(low, low))
        way = add(ankle, hip, -1)
        d = math.sqrt(dot(way, way))
        if d > 0.9995 * (a + b):
            raise ValueError('the leg is too short by %.2f' % (d - a - b))
        front = turn(foot, (0, 0, 1))
        front = unit(add(front, turn(self.world['Hips'], (0, 0, 1))))
        way = unit(way)
        out = unit(add(front, way, -dot(front, way)))
        cos_hip = (a * a + d * d - b * b) / (2 * a * d)
        knee = add(add(hip, way, a * cos_hip), out, a * math.sqrt(1 - cos_hip ** 2))
        axis = unit(cross(way, out))
        for bone, offset, end, start in ((side + 'UpLeg', up, knee, hip), (side + 'Leg', low, ankle, knee)):
            # The bone's rest direction and x to the limb and the knee's axis.
            self.world[bone] = mul(frame(unit(add(end, start, -1)), axis), back(frame(unit(offset), (-1, 0, 0))))
        self.world[side + 'Foot'] = foot
        self.set(side + 'ToeBase', side + 'Foot', turns(x=toe))

    def spine(self, x, y, z):
        parent = 'Hips'
        for name in ('Spine', 'Spine1', 'Spine2'):
            self.set(name, parent, turns(x / 3, y / 3, z / 3))
            parent = name

    def head(self, m):
        """Where it looks, half of the way with the neck."""
        own = mul(back(self.world['Spine2']), m)
        z, x, y = angles(own)
        self.set('Neck', 'Spine2', turns(x / 2, y / 2, z / 2))
        self.world['Head'] = m

    def arm(self, side, forward, away, elbow, inward):
        s = 1 if side == 'Left' else -1
        self.set(side + 'Shoulder', 'Spine2', turns(y=s * -0.10 * forward, z=s * -5))
        # Lowered from the side, then swung, then turned about itself.
        m = mul(about(0, -forward), mul(about(2, s * (away - 85)), about(0, inward)))
        self.set(side + 'Arm', side + 'Shoulder', m)
        self.set(side + 'ForeArm', side + 'Arm', turns(x=0.3 * inward, y=s * -elbow))
        self.set(side + 'Hand', side + 'ForeArm', turns(z=s * -4, y=s * -6))

    def row(self):
        """Position of the pelvis, then z, x, y of each bone in its parent."""
        out = list(self.place)
        for name, parent, _ in BONES:
            m = self.world[name]
            out += angles(mul(back(self.world[parent]), m) if parent else m)
        return ' '.join('%.3f' % (x + 0.0) for x in out)


def frame(y, x):
    """Columns: x made square to y, y, and what is square to both."""
    x = unit(add(x, y, -dot(x, y)))
    return back([x, list(y), cross(x, y)])


# ---- a walk ----------------------------------------------------------------

WALK_FRAMES, WALK_CYCLES = 33, 4     # of a cycle, 1.1 s
STRIDE = 120                         # per cycle
STANCE = 0.62                        # of it a foot is on the floor
# Toes up > 0, of a foot from its heel strike on.
PITCH = [(0, 19), (0.04, 10), (0.085, 0), (0.2, 0), (0.33, 0), (0.4, -4), (0.46, -11), (0.51, -22), (0.56, -38), (0.62, -57),
         (0.67, -61), (0.75, -45), (0.82, -20), (0.88, 1), (0.94, 15), (0.98, 19)]


def pitch(t):
    return course(PITCH, t % 1)


def stance_ankle(t):
    """y and z of the ankle from where the foot lies flat, its floor standing still."""
    c, s = math.cos(math.radians(pitch(t))), math.sin(math.radians(pitch(t)))
    rest, (py, pz) = (HEEL if t < 0.2 else (BALL[0], BALL[1])), (HEEL if t < 0.2 else (BALL[0], BALL[1]))
    return ANKLE + rest[0] - (py * c + pz * s), rest[1] - (pz * c - py * s)


def walk_ankle(t):
    """y and z against the pelvis."""
    first = STRIDE * STANCE / 2 - 8      # z of the flat foot at heel strike

    def grounded(p):
        y, z = stance_ankle(p)
        return y, z + first - STRIDE * p

    if t <= STANCE:
        return grounded(t)
    e, span = 1e-3, 1 - STANCE
    off, on = grounded(STANCE), grounded(0)
    v_off = [0.5 * (a - b) / e for a, b in zip(off, grounded(STANCE - e))]
    v_on = [0.35 * (a - b) / e for a, b in zip(grounded(e), on)]
    u = (t - STANCE) / span
    y, z = (hermite(off[i], v_off[i], on[i], v_on[i], u, span) for i in range(2))
    return y + 2.6 * math.sin(math.pi * u ** 0.7) ** 2, z


def toe_bend(t):
    """Toes stay on the floor while the heel rises, and come back in the swing."""
    return course([(0, -8), (0.08, 0), (0.2, 0), (0.33, 0), (0.4, -4), (0.46, -11), (0.51, -21), (0.56, -37), (0.62, -54),
                   (0.67, -54), (0.75, -28), (0.82, -12), (0.9, -8)], t)


def walk(frame_, travel):
    t = frame_ / WALK_FRAMES + 0.25      # the pelvis is square to the way
    left, right = t % 1, (t + 0.5) % 1
    place = [wave(t, (1, 1.9, 0.32)), 86.55 + wave(t, (2, 1.05, 0.275)), OFFSET['Hips'][2] + wave(t, (2, 0.7, 0.13))]
    pelvis = mul(turns(x=4 + wave(t, (2, 0.8, 0.1)), y=wave(t, (1, -5, 0.0))), turns(z=wave(t, (1, 3.2, 0.24))))
    f = Figure(place, pelvis)
    for side, p, s in (('Left', left, 1), ('Right', right, -1)):
        y, z = walk_ankle(p)
        out = s * 6
        foot = mul(about(1, out), about(0, -pitch(p)))
        lean = wave(p, (1, 0.5, 0.8)) if p > STANCE else 0
        f.leg(side, [s * (5.6 + lean), y, z + OFFSET['Hips'][2]], foot, toe_bend(p))
    f.spine(x=1 + wave(t, (2, 0.8, 0.4)), y=wave(t, (1, 11, 0.02)), z=wave(t, (1, -4.0, 0.24)))
    f.head(turns(x=2 + wave(t, (2, 0.9, 0.2)), y=wave(t, (1, 1.2, 0.1)), z=wave(t, (1, -0.6, 0.2))))
    for side, at in (('Left', 0.5), ('Right', 0)):
        swing = wave(t, (1, 20, at + 0.02), (2, 1.5, at))
        f.arm(side, 3 + swing, 8 + wave(t, (2, 0.8, at)), 19 + wave(t, (1, 10, at + 0.05)), 10)
    if travel:
        f.place[2] += STRIDE * (t - 0.25)
    return f.row()


# ---- a turn ----------------------------------------------------------------

TURN_FRAMES, TURN_CYCLES = 28, 6     # of two steps
TURN_STANCE = 0.66


def ease(u):
    return u * u * u * (10 - 15 * u + 6 * u * u)


def turn_round(frame_):
    t = frame_ / TURN_FRAMES
    step = 360 / TURN_CYCLES
    heading = step * t
    side_way = wave(t, (1, 2.6, 0.33))
    place = add([0, 88.72 + wave(t, (2, 0.25, 0.04)), OFFSET['Hips'][2]], turn(about(1, heading), (side_way, 0, 0)))
    hub = [0, 0, OFFSET['Hips'][2] + 0.5]
    f = Figure(place, mul(about(1, heading + wave(t, (2, 1.2, 0.1))),
                          turns(x=3, z=wave(t, (1, 1.2, 0.28)))))
    for side, s, shift in (('Left', 1, 0.0), ('Right', -1, 0.5)):
        n, p = divmod(t + shift, 1)
        u = max(0, (p - TURN_STANCE) / (1 - TURN_STANCE))
        # Heading of the foot: that of the pelvis in the middle of its stance.
        own = step * (n + TURN_STANCE / 2 - shift + ease(u)) + s * 8
        heel = course([(0, -3), (0.1, 0), (0.3, 0), (0.5, 0), (0.58, -6), (TURN_STANCE, -22), (0.76, -26), (0.9, -9)], p)
        c, k = math.cos(math.radians(heel)), math.sin(math.radians(heel))
        foot = mul(about(1, own), about(0, -heel))
        lift = 4.2 * math.sin(math.pi * ease(u)) ** 2 if u else 0
        ball = add(hub, turn(about(1, own - s * 8), (s * 8.6, 0, 0)))
        # The foot rises over its ball.
        up = ANKLE + BALL[0] - (BALL[0] * c + BALL[1] * k)
        ahead = BALL[1] - (BALL[1] * c - BALL[0] * k)
        ankle = add(add(ball, (0, up + lift, 0)), turn(about(1, own), (0, 0, ahead - 2.5)))
        f.leg(side, ankle, foot, 0.95 * heel * (1 - u) - 3 * u)
    f.spine(x=2, y=3 + wave(t, (2, -1.5, 0.1)), z=wave(t, (1, -1.7, 0.28)))
    f.head(turns(x=1, y=heading + 9 + wave(t, (2, 1, 0.3))))
    for side, at, lag in (('Left', 0.25, -1), ('Right', 0.75, 1)):
        f.arm(side, 2 + lag * 3 + wave(t, (1, 3.5, at)), 11 + wave(t, (2, 0.8, at)), 17 + wave(t, (1, 2, at)), 14)
    return f.row()


# ---- files -----------------------------------------------------------------

def hierarchy():
    lines = []

    def bone(name, depth):
        pad = '\t' * depth
        lines.append('%s%s %s' % (pad, 'JOINT' if depth else 'ROOT', name))
        lines.append(pad + '{')
        lines.append('%s\tOFFSET %g %g %g' % ((pad,) + (OFFSET[name] if depth else (0, 0, 0))))
        where = '' if depth else 'Xposition Yposition Zposition '
        lines.append('%s\tCHANNELS %d %sYrotation Xrotation Zrotation' % (pad, 3 if depth else 6, where))
        for child, parent, _ in BONES:
            if parent == name:
                bone(child, depth + 1)
        if name in ENDS:
            lines.append('%s\tEnd Site\n%s\t{\n%s\t\tOFFSET %g %g %g\n%s\t}' % ((pad,) * 3 + ENDS[name] + (pad,)))
        lines.append(pad + '}')

    bone('Hips', 0)
    return '\n'.join(lines)


def in_order(row):
    """Figures list bones as BONES does, which is the order of the hierarchy; z x y becomes y x z."""
    n = row.split()
    out = n[:3]
    for i in range(3, len(n), 3):
        out += [n[i + 2], n[i + 1], n[i]]
    return ' '.join(out)


def save(path, rows):
    with open(path, 'w', encoding='ascii') as f:
        f.write('HIERARCHY\n%s\nMOTION\nFrames: %d\nFrame Time: %.8f\n' % (hierarchy(), len(rows), 1 / FPS))
        f.write('\n'.join(in_order(r) for r in rows) + '\n')


def main():
    folder = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
    save(folder + '/walk.bvh', [walk(i, True) for i in range(WALK_FRAMES * WALK_CYCLES + 1)])
    save(folder + '/turn.bvh', [turn_round(i) for i in range(TURN_FRAMES * TURN_CYCLES + 1)])


if __name__ == '__main__':
    main()
