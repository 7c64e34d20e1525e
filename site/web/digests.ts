// Knows the bytes of what the page fetches, so that a damaged file is told from a whole one.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const folder = fileURLToPath(new URL('public/generated/', import.meta.url));

/** Offers the module virtual:digests, a table from the names of files to what fetch takes as integrity. */
export function digests(): Plugin {
  const id = 'virtual:digests', resolved = `\0${id}`;
  return {
    name: 'digests',
    resolveId: (source) => (source === id ? resolved : undefined),
    load(module) {
      if (module !== resolved) return undefined;
      const table: Record<string, string> = {};
      for (const name of readdirSync(folder).filter((n) => /\.(wasm|safetensors)$/.test(n)).sort()) {
        this.addWatchFile(folder + name);
        table[name] = `sha256-${createHash('sha256').update(readFileSync(folder + name)).digest('base64')}`;
      }
      return `export default ${JSON.stringify(table)}`;
    },
  };
}
