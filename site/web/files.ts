// Knows where each file that the page fetches lies, and what is in it. In the
// built site its address has a hash of its content, so that it never changes
// and a browser need not ask for it again.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The folder of what never changes, in the built site; servers may say so of all that is in it. */
export const immutable = 'immutable';

/** Files of the folder public that go there, by what documents call them. */
const folder = 'generated/', named = ['stage.css', 'stage.js', 'first.js'], documents = ['index.html', 'bench.html', 'stage.html', 'manifest.webmanifest'];

/** What the page does without, where it is kept for when there is no network: what times it, and what is for other programs. */
const isBeside = (path: string) => /(^|\/)(bench|lms)\b|^files\.json$|^api\/|\.html$/.test(path) && !['index.html', 'stage.html'].includes(path);

/**
 * Offers the module virtual:files, a table from the names of generated files to where they are and what fetch takes as
 * integrity. The built site has files.json too, from the paths of files in the folder public to where they are. A page
 * that is one file has no other files (isOffline).
 */
export function files(isOffline: boolean): Plugin {
  const id = 'virtual:files', resolved = `\0${id}`;
  let built = false, out = '';
  const names = () => readdirSync(join(here, 'public', folder)).sort();
  const digest = (path: string) => createHash('sha256').update(readFileSync(join(here, 'public', path))).digest();
  const moved = (path: string) => `${immutable}/${digest(path).toString('hex', 0, 6)}/${path.slice(path.lastIndexOf('/') + 1)}`;

  /** Writes service.js, which keeps the page, and says the page's version in its document. */
  function writeService(): void {
    const paths = readdirSync(out, { recursive: true, withFileTypes: true }).filter((f) => f.isFile()).map((f) => relative(out, join(f.parentPath, f.name))).filter((path) => !isBeside(path)).sort();
    const hash = (path: string) => createHash('sha256').update(readFileSync(join(out, path))).digest('base64');
    const version = createHash('sha256').update(paths.map((path) => `${path} ${hash(path)}\n`).join('')).digest('hex').slice(0, 12);
    const index = join(out, 'index.html');
    writeFileSync(index, readFileSync(index, 'utf8').replace('</head>', `  <meta name="abkd-version" content="${version}">\n</head>`));
    const kept = Object.fromEntries(paths.map((path) => [path === 'index.html' ? '' : path, `sha256-${hash(path)}`]));
    writeFileSync(join(out, 'service.js'), `const version = '${version}', files = ${JSON.stringify(kept)};\n${readFileSync(join(here, 'service.js'), 'utf8')}`);
  }

  return {
    name: 'files',
    configResolved(config) {
      built = config.command === 'build' && !isOffline;
      out = join(config.root, config.build.outDir);
    },
    resolveId: (source) => (source === id ? resolved : undefined),
    load(module) {
      if (module !== resolved) return undefined;
      const table = Object.fromEntries(names().map((name) => {
        this.addWatchFile(join(here, 'public', folder, name));
        return [name, { path: built ? moved(folder + name) : folder + name, integrity: `sha256-${digest(folder + name).toString('base64')}` }];
      }));
      return `export default ${JSON.stringify(table)}`;
    },
    closeBundle() {
      if (!built) return;
      const table = Object.fromEntries([...names().map((name) => folder + name), ...named].map((path) => [path, moved(path)]));
      for (const [from, to] of Object.entries(table)) {
        mkdirSync(dirname(join(out, to)), { recursive: true });
        renameSync(join(out, from), join(out, to));
      }
      rmdirSync(join(out, folder));
      for (const document of documents) {
        const page = readFileSync(join(out, document), 'utf8');
        writeFileSync(join(out, document), page.replace(/(?<=(?:src|href)="|"src": ")[^"]+/g, (path) => {
          if (!table[path] && !existsSync(join(out, path))) this.error(`${document} names ${path}, which is not there`);
          return table[path] ?? path;
        }));
      }
      writeFileSync(join(out, 'files.json'), `${JSON.stringify(table, null, 1)}\n`);
      writeService();
    },
  };
}
