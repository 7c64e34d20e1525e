// Knows which packages have code in the built page. Each must be listed in
// assets/licences/THIRD-PARTY.txt, or the build fails.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The package that a module is of: "svelte" of ".../node_modules/svelte/src/x.js", none for our own. */
export function packageOf(id: string): string | undefined {
  const helper = /^\0(vite|rolldown)\//.exec(id); // what the bundler itself adds
  if (helper) return helper[1];
  const inside = id.split('/node_modules/').pop()!;
  if (inside === id) return undefined;
  return inside.split('/').slice(0, inside.startsWith('@') ? 2 : 1).join('/');
}

const found = new Set<string>();

/**
 * A plugin for the page and for its workers. With LICENCES=list in the environment the list of packages goes
 * to build/bundled.txt, for "make licences".
 */
export function licences(): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const [id, module] of Object.entries(chunk.modules)) {
          const name = packageOf(id);
          if (name && module.renderedLength > 0) {
            found.add(`${name} ${JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8')).version}`);
          }
        }
      }
      if (process.env.LICENCES === 'list') {
        mkdirSync(at('../../build'), { recursive: true });
        writeFileSync(at('../../build/bundled.txt'), [...found].sort().join('\n') + '\n');
        return;
      }
      const listed = readFileSync(at('../../assets/licences/THIRD-PARTY.txt'), 'utf8');
      const missing = [...found].filter((p) => !listed.includes(`\n${p}: `));
      if (missing.length) this.error(`the page contains ${missing.join(', ')}, not in assets/licences/THIRD-PARTY.txt: run make licences`);
    },
  };
}
