// Makes tests/parity/pose.tar.zst: what an independent implementation answers
// when it sees the sample photo. It is the operators of TensorFlow.js, on its
// plain CPU backend, called as the .tflite says, which is read here by other
// code than ours:
//
//	npm install --ignore-scripts @tensorflow/tfjs@4			(anywhere)
//	intake --size 256 pipelines/sample/sample.jpg | tar --zstd -xf - -C DIR
//	NODE_PATH=.../node_modules node tests/parity/make_pose.js \
//	    DIR/sample.source.image.npy pose_landmark_full.tflite DIR
//	cd DIR; tar --format=ustar --owner=0 --group=0 --mtime=@0 -cf - \
//	    pose.ld.npy pose.flag.npy pose.mask.npy pose.heat.npy pose.world.npy pose.input.npy |
//	    zstd -19 >tests/parity/pose.tar.zst
//
// Of the mask every fourth row and column is kept, of the heat maps every eighth.
'use strict';
const fs = require('fs'), path = require('path'), tf = require('@tensorflow/tfjs');
const [, , image, model, dir] = process.argv;

// ---- the flatbuffer ----
const b = fs.readFileSync(model);
const field = (t, k) => {
	const v = t - b.readInt32LE(t), f = 4 + 2 * k < b.readUInt16LE(v) ? b.readUInt16LE(v + 4 + 2 * k) : 0;
	return f ? t + f : 0;
};
const ref = o => o + b.readUInt32LE(o);
const vector = (t, k) => { const f = field(t, k), p = f && ref(f); return p ? [p + 4, b.readUInt32LE(p)] : [0, 0]; };
const tables = (t, k) => { const [p, n] = vector(t, k); return Array.from({ length: n }, (_, i) => ref(p + 4 * i)); };
const ints = (t, k) => { const [p, n] = vector(t, k); return Array.from({ length: n }, (_, i) => b.readInt32LE(p + 4 * i)); };
const i32 = (t, k) => { const f = field(t, k); return f ? b.readInt32LE(f) : 0; };
const i8 = (t, k) => { const f = field(t, k); return f ? b.readInt8(f) : 0; };
const half = h => {
	const s = h & 0x8000 ? -1 : 1, e = h >> 10 & 31, m = h & 1023;
	return s * (e ? 2 ** (e - 15) * (1 + m / 1024) : m * 2 ** -24);
};

const root = ref(0), codes = tables(root, 1).map(c => Math.max(i8(c, 0), i32(c, 3)));
const buffers = tables(root, 4), graph = tables(root, 2)[0], tensors = tables(graph, 0);
const value = tensors.map(t => {
	const [p, n] = vector(buffers[i32(t, 2)], 0), type = i8(t, 1), size = type === 1 ? 2 : 4;
	if (!n) return null;
	const x = Array.from({ length: n / size }, (_, i) => type === 0 ? b.readFloatLE(p + 4 * i) :
		type === 1 ? half(b.readUInt16LE(p + 2 * i)) : b.readInt32LE(p + 4 * i));
	return type === 2 ? x : tf.tensor(x, ints(t, 0));
});

// ---- the operators ----
const act = (x, a) => a === 1 ? tf.relu(x) : a === 3 ? tf.relu6(x) : x;
const pad = o => i8(o, 0) ? 'valid' : 'same';
const strides = o => [i32(o, 2), i32(o, 1)];
const run = {
	0: (o, x, y) => act(tf.add(x, y), i8(o, 0)),
	3: (o, x, w, c) => act(tf.add(tf.conv2d(x, tf.transpose(w, [1, 2, 3, 0]), strides(o), pad(o)), c), i8(o, 3)),
	4: (o, x, w, c) => act(tf.add(tf.depthwiseConv2d(x, tf.transpose(w, [1, 2, 3, 0]), strides(o), pad(o)), c), i8(o, 4)),
	6: (o, x) => x,
	14: (o, x) => tf.sigmoid(x),
	17: (o, x) => act(tf.maxPool(x, [i32(o, 4), i32(o, 3)], strides(o), pad(o)), i8(o, 5)),
	22: (o, x, s) => tf.reshape(x, s),
	23: (o, x, s) => tf.image.resizeBilinear(x, s, !!i8(o, 2), !!i8(o, 3)),
	34: (o, x, p) => tf.pad(x, [0, 2, 4, 6].map(i => [p[i], p[i + 1]])),
};

// ---- the results ----
function write(name, shape, data, descr) {
	let h = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;

	while ((10 + h.length + 1) % 64) h += ' ';
	const head = Buffer.from(`\x93NUMPY\x01\x00__${h}\n`, 'latin1');

	head.writeUInt16LE(h.length + 1, 8);
	fs.writeFileSync(path.join(dir, `pose.${name}.npy`),
		Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));
}

function sparse(t, step) {
	const [, h, w, c] = t.shape, x = t.dataSync(), out = [];

	for (let i = 0; i < h; i += step)
		for (let j = 0; j < w; j += step)
			for (let k = 0; k < c; k++) out.push(x[(i * w + j) * c + k]);
	return [[h / step, w / step, c], new Float32Array(out)];
}

(async () => {
	await tf.setBackend('cpu');
	const npy = fs.readFileSync(image), u = new Uint8Array(npy.subarray(10 + npy.readUInt16LE(8)));

	value[ints(graph, 1)[0]] = tf.tensor(Float32Array.from(u, v => v / 255), [1, 256, 256, 3]);
	for (const op of tables(graph, 3)) {
		const o = field(op, 4) ? ref(field(op, 4)) : 0;

		value[ints(op, 2)[0]] = run[codes[i32(op, 0)]](o, ...ints(op, 1).map(t => value[t]));
	}
	const [ld, flag, mask, heat, world] = ints(graph, 2).map(t => value[t]);

	write('ld', [195], ld.dataSync(), '<f4');
	write('flag', [1], flag.dataSync(), '<f4');
	write('mask', ...sparse(mask, 4), '<f4');
	write('heat', ...sparse(heat, 8), '<f4');
	write('world', [117], world.dataSync(), '<f4');
	write('input', [256, 256, 3], u, '|u1');
})();
