import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { files, immutable } from './files.ts';
import { licences } from './licences.ts';
import { mathml } from './mathml.ts';
import { words } from './words.ts';

export default defineConfig({
  base: './', // works below any path
  plugins: [words(), mathml(), files(), svelte(), licences()],
  worker: { plugins: () => [licences()] },
  build: { target: 'es2022', assetsDir: immutable, assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { input: ['index.html', 'bench.html'] } },
  test: { include: ['test/*.test.ts'] },
});
