// Prints the runs of the studies that the page opens with: node studies.mjs

import { readFileSync } from 'node:fs';
import { runnerImport } from 'vite';

const { openingStudies } = (await runnerImport(new URL('src/studies/opening.ts', import.meta.url).pathname, { configFile: false, logLevel: 'error' })).module;
const generated = (name) => JSON.parse(readFileSync(new URL(`src/generated/${name}`, import.meta.url), 'utf8'));
console.log(JSON.stringify(openingStudies(generated('schema.json'), generated('presets.json')[0].experiment)));
