// Says in all languages what documents say before their script runs, of which
// public/first.js keeps one.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { languages } from './src/generated/messages.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

type Texts = Record<string, string[]>;

/** The messages of a language; English is in the page's program. */
function texts(tag: string): Texts {
  const other = `${here}public/generated/messages-${tag}.json`;
  return JSON.parse(readFileSync(existsSync(other) ? other : `${here}src/generated/en.json`, 'utf8'));
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Puts in place of {KEY} in a document its message: of a paragraph of class shell a copy for each language, of the title English and, for first.js, all. */
export function words(): Plugin {
  return {
    name: 'words',
    transformIndexHtml(html) {
      const all = languages.map((l) => ({ ...l, texts: texts(l.tag) }));
      const say = (of: Texts, key: string) => (of[key] ?? all[0]!.texts[key])!.join('');
      let title = '';
      return html
        .replace(/(?<=<title>)\{([\w.]+)\}/, (_, key: string) => say(all[0]!.texts, title = key))
        .replace(/ *<p class="shell">\{([\w.]+)\}<\/p>/g, (_, key: string) => all.map((l) => `    <p class="shell" lang="${l.tag}" dir="${l.direction}">${escaped(say(l.texts, key))}</p>`).join('\n'))
        .replace('{languages}', escaped(JSON.stringify(all.map(({ tag, direction, texts: of }) => ({ tag, direction, title: say(of, title) })))));
    },
  };
}
