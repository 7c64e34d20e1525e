// TensorFlow.js on its WebAssembly backend as a contender of bench.html. A
// classic script for the worker bench.js; the site's other pages never load it.
// The library's es2017 files are those that the site's policy lets run.
'use strict';

/** Starts it with one thread, or with as many as it takes. */
async function startTensorFlow({ threaded }) {
  importScripts('tensorflow/tf.es2017.min.js', 'tensorflow/tf-backend-wasm.es2017.min.js');
  tf.wasm.setWasmPaths(new URL('tensorflow/', location.href).href);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', Boolean(threaded));
  if (!await tf.setBackend('wasm')) throw new Error('TensorFlow.js has no wasm backend here');
  if (!await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) throw new Error('TensorFlow.js runs without SIMD here');
  const prepared = {};
  return {
    async run(_, work, repeats) {
      const todo = prepared[work.kind + work.size] ??= prepare(work);
      for (let i = 0; i < repeats; i++) todo();
    },
    losses(_, work, steps, student) {
      const step = prepared[work.kind + work.size] = newStep(student); // what run() goes on with
      return Array.from({ length: steps }, step);
    },
  };
}

/** Returns a function that does a product or a mean once. */
function prepare({ kind, m, n, k }) {
  if (kind === 'SpMM') {
    const x = tf.randomUniform([k, n], -1), to = new Int32Array(10 * m).map((_, e) => Math.floor(e / 10));
    const from = tf.tensor1d(to.map(() => Math.floor(Math.random() * k)), 'int32'), rows = tf.tensor1d(to, 'int32');
    return () => tf.sparse.sparseSegmentMean(x, from, rows).dispose();
  }
  const [ta, tb] = [...kind].map((side) => side === 'T');
  const a = tf.randomUniform(ta ? [k, m] : [m, k], -1), b = tf.randomUniform(tb ? [n, k] : [k, n], -1);
  return () => tf.matMul(a, b, ta, tb).dispose();
}

const constant = ({ rows, cols, data }) => tf.tensor2d(data, [rows, cols]);
const indices = (data) => tf.tensor1d(data, 'int32');

/** The first rows of a sum over sorted rows, of which the last ones may have no entry. */
const padded = (x, rows) => (x.shape[0] === rows ? x : tf.pad(x, [[0, rows - x.shape[0]], [0, 0]]));

/**
 * Returns mean(x), the mean over the edges of a relation, with the derivative
 * that the library lacks: back along the edges, each weighted by one over the
 * number of edges at its end. A product with a dense matrix takes twice as long
 * on a graph as small as mag-mini.
 */
function newMean({ from, to, back }, rows, sources) {
  const end = indices(to), start = indices(from), backEnd = indices(back.to), backStart = indices(back.from);
  const degree = new Float32Array(rows);
  for (const v of to) degree[v]++;
  const share = tf.tensor2d(degree.map((d) => 1 / Math.max(d, 1)), [rows, 1]);
  return tf.customGrad((x) => ({
    value: padded(tf.sparse.sparseSegmentMean(x, start, end), rows),
    gradFunc: (dy) => padded(tf.sparse.sparseSegmentSum(tf.mul(dy, share), backStart, backEnd), sources),
  }));
}

/** Returns what computes the outputs of an R-GCN's layers, with parameters that it takes from next(). */
function newModel({ inputs, blocks, params }, next) {
  const x0 = inputs.map(constant), relations = params.length / blocks.length - 2 * x0.length;
  const layers = blocks.map(({ types, relations: edges }, l) => {
    const own = types.map(() => ({ weight: next(), bias: next() })), rel = Array.from({ length: relations }, next);
    const sources = l === 0 ? x0.map((x) => x.shape[0]) : blocks[l - 1].types;
    const means = edges.map((r) => newMean(r, types[r.dst], sources[r.src]));
    return (x) => {
      const y = types.map((count, t) => (count ? tf.add(tf.matMul(x[t], own[t].weight), own[t].bias) : null));
      edges.forEach((r, i) => { y[r.dst] = tf.add(y[r.dst], tf.matMul(means[i](x[r.src]), rel[r.rel])); });
      return l < blocks.length - 1 ? y.map((v) => v && tf.relu(v)) : y;
    };
  });
  return () => {
    const all = [];
    layers.reduce((x, layer) => { const y = layer(x); all.push(y); return y; }, x0);
    return all;
  };
}

/** ABKD, pooled, with linear heads, the softmax over rows and the subspace, as kd.ABKD documents it. */
function newCriterion(teacher, layers, next) {
  const t = teacher.map(constant), take = (n) => Array.from({ length: n }, next);
  const attentionT = take(t.length), attentionS = take(layers), headT = take(t.length), headS = take(layers), subspace = next();
  const d = subspace.shape[0];
  const project = (means, weights) => tf.concat(means.map((x, i) => tf.matMul(x, weights[i])));
  const unit = (x) => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)));
  return (s) => {
    const z = tf.matMul(project(t, attentionT), project(s, attentionS), false, true);
    const a = tf.softmax(tf.mul(z, 1 / Math.sqrt(d)));
    const q = tf.mul(tf.div(subspace, tf.sqrt(tf.sum(tf.square(subspace)))), Math.sqrt(d));
    const u = tf.matMul(unit(project(t, headT)), q), w = tf.matMul(unit(project(s, headS)), q);
    const apart = tf.sum(tf.square(tf.sub(tf.expandDims(u, 1), tf.expandDims(w, 0))), 2);
    return tf.div(tf.sum(tf.mul(a, apart)), t.length);
  };
}

/** Returns a function that trains the student one step and returns the loss before it. */
function newStep(student) {
  const { target, rows, labels, inputs, teacher } = student;
  const variables = [...student.params, ...student.own].map((p) => tf.variable(constant(p), true));
  const left = variables.values(), next = () => left.next().value;
  const model = newModel(student, next);
  const criterion = teacher.length ? newCriterion(teacher, student.blocks.length, next) : null;
  const n = inputs[target].rows, classes = student.params.at(-1).cols, k = rows.length;
  const expected = new Float32Array(n * classes), pool = new Float32Array(n);
  rows.forEach((v, i) => { expected[v * classes + labels[i]] = 1 / k; pool[v] = 1 / k; });
  const y = tf.tensor2d(expected, [n, classes]), mean = tf.tensor2d(pool, [1, n]);
  const adam = tf.train.adam(student.rate, 0.9, 0.999, 1e-8);
  const loss = () => {
    const outputs = model().map((types) => types[target]);
    const ce = tf.neg(tf.sum(tf.mul(tf.logSoftmax(outputs.at(-1)), y)));
    return criterion ? tf.add(ce, criterion(outputs.map((s) => tf.matMul(mean, s)))) : ce;
  };
  // Types that no path leads from to the target have no gradient.
  const used = variables.filter((_, i) => i >= student.params.length || isUsed(student, i));
  return () => {
    const value = adam.minimize(loss, true, used);
    const number = value.dataSync()[0];
    value.dispose();
    return number;
  };
}

/** Whether parameter i of the student is one of a type or relation that its layer computes. */
function isUsed({ blocks, params }, i) {
  const types = blocks[0].types.length, perLayer = params.length / blocks.length, l = Math.floor(i / perLayer), p = i % perLayer;
  return p < 2 * types ? blocks[l].types[Math.floor(p / 2)] > 0 : blocks[l].relations.some((r) => r.rel === p - 2 * types);
}
