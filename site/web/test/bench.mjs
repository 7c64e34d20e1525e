// The benchmark page in a real browser, on small sizes: node --test test/bench.mjs

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { measure } from './bench-page.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const axe = readFileSync(join(here, '../node_modules/axe-core/axe.min.js'), 'utf8');
const dist = join(here, '../dist'), withTensorFlow = join(here, '../../../build/bench-site');

function check(found, names) {
  assert.equal(found.phase, 'done', found.doing);
  assert.deepEqual(found.names, names);
  assert.deepEqual(found.trouble, []);
  assert.deepEqual(found.requests.filter((r) => new URL(r).host !== found.host), []);
  assert.deepEqual(found.rows.map((r) => r.work.kind), ['NN', 'NT', 'TN', 'SpMM', 'ABKD']);
  for (const { work, seconds } of found.rows) {
    for (const name of names) assert.ok(seconds[name] > 0 && Number.isFinite(seconds[name]), `${work.label}: ${name} took ${seconds[name]} s`);
  }
  for (const name of names) assert.ok(found.agreements[0].losses[name][2] < found.agreements[0].losses[name][0], `${name} learns`);
  assert.ok(found.markdown.includes('ABKD student step'));
}

test('the page of the site times Go and both kernel modules', async () => {
  let violations;
  const found = await measure(dist, {
    quick: true,
    inspect: async (page) => {
      await page.evaluate(axe);
      ({ violations } = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })));
      assert.ok(await page.getByText('TensorFlow.js is not part of this site').isVisible());
    },
  });
  check(found, ['go', 'simd128', 'relaxed']);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), []);
  assert.deepEqual(found.requests.filter((r) => /tensorflow/.test(r)), []);
  assert.equal(existsSync(join(dist, 'tensorflow')), false, 'the site holds no TensorFlow.js');
});

const missing = existsSync(join(withTensorFlow, 'bench.html')) ? false : 'TensorFlow.js is not built in: make build/bench-site/bench.html does that';
test('with TensorFlow.js beside the page the same student has the same losses', { skip: missing }, async () => {
  check(await measure(withTensorFlow, { quick: true }), ['go', 'simd128', 'relaxed', 'tfjs']);
});
