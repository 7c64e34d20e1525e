// Writes the glossary of assets/glossary as the page fetches it, with its
// formulas as MathML:
//
//	node glossary.mjs FILE

import { readFileSync, writeFileSync } from 'node:fs';
import { mathOf } from './formula.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../../assets/glossary/${name}.json`, import.meta.url), 'utf8'));

writeFileSync(process.argv[2], JSON.stringify({
  terms: read('terms').map(({ tex, ...term }) => ({ ...term, math: tex ? mathOf(tex) : '' })),
  sources: read('sources'),
}));
