// Splits what is said in English: what the modules say that the page begins with is
// in its program, and the rest comes with the rest of the page (src/later.ts).

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The texts of a module and of all that it imports at once. */
function sourcesOf(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const source = readFileSync(file, 'utf8');
  seen.set(file, source);
  for (const [, path] of source.matchAll(/^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'(\.[^'?]+)'/gm)) {
    const module = ['', '.ts', '.svelte.ts'].map((ending) => join(dirname(file), path + ending)).find((f) => /\.(ts|svelte)$/.test(f) && existsSync(f));
    if (module && !module.endsWith('/generated/messages.ts')) sourcesOf(module, seen);
  }
  return seen;
}

/** The messages that these modules name, by their keys or by how keys begin, and those that they don't. */
export function split<T>(messages: Record<string, T>, main = at('src/main.ts')): { first: Record<string, T>; later: Record<string, T> } {
  const all = [...sourcesOf(main).values()].join('\n');
  const named = new Set([...all.matchAll(/['"`]([\w.-]+)['"`]/g)].map((m) => m[1]!));
  const begun = [...new Set([...all.matchAll(/[`']([\w.]+\.)(?:\$\{|')/g)].map((m) => m[1]!))];
  const isFirst = ([key]: [string, T]) => named.has(key) || begun.some((b) => key.startsWith(b));
  const entries = Object.entries(messages);
  return { first: Object.fromEntries(entries.filter(isFirst)), later: Object.fromEntries(entries.filter((e) => !isFirst(e))) };
}

/** In a build the module generated/en.json has the first part, and virtual:later-messages the other; elsewhere the first has all. */
export function messages(): Plugin {
  const id = 'virtual:later-messages', resolved = `\0${id}`, english = at('src/generated/en.json');
  const parts = () => split(JSON.parse(readFileSync(english, 'utf8')) as Record<string, unknown>);
  let isBuild = false;
  return {
    name: 'messages',
    enforce: 'pre',
    configResolved(config) { isBuild = config.command === 'build'; },
    resolveId: (source) => (source === id ? resolved : undefined),
    load: (module) => (module === resolved ? `export default ${JSON.stringify(isBuild ? parts().later : {})}` : undefined),
    transform: (_, module) => (isBuild && module === english ? JSON.stringify(parts().first) : undefined),
  };
}
