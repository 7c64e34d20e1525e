import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { digests } from './digests.ts';
import { licences } from './licences.ts';
import { mathml } from './mathml.ts';

export default defineConfig({
  base: './', // works below any path
  plugins: [mathml(), digests(), svelte(), licences()],
  worker: { plugins: () => [licences()] },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, rolldownOptions: { input: ['index.html', 'bench.html'] } },
  test: { include: ['test/*.test.ts'] },
});
