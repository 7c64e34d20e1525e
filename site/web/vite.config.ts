import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { files, immutable } from './files.ts';
import { licences } from './licences.ts';
import { mathml } from './mathml.ts';
import { messages } from './messages.ts';
import { offline, offlineMode } from './offline.ts';
import { words } from './words.ts';

export default defineConfig(({ mode }) => ({
  base: './', // works below any path
  plugins: [words(), messages(), mathml(), files(mode === offlineMode), svelte(), licences(), offline(mode === offlineMode)],
  worker: { plugins: () => [licences()] },
  build: {
    target: 'es2022', assetsDir: immutable, assetsInlineLimit: 0, modulePreload: { polyfill: false },
    ...(mode === offlineMode // beside the page for hosts
      ? { emptyOutDir: false, copyPublicDir: false, reportCompressedSize: false, rolldownOptions: { input: 'index.html', output: { codeSplitting: false } } }
      : { rolldownOptions: { input: ['index.html', 'bench.html'] } }),
  },
  test: { include: ['test/*.test.ts'] },
}));
