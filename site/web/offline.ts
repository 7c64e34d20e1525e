// Makes the page one file that asks nobody for anything, to be sent to somebody
// and opened from a disk:
//
//	vite build --mode offline
//
// What the page would fetch stands in the document, compressed. Its policy lets
// the scripts run that it was built with, and nothing reach the network.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(`public/${path}`, import.meta.url));
const text = (path: string) => readFileSync(at(path), 'utf8');

/** The mode of the build, and what it makes. */
export const offlineMode = 'offline', offlineFile = 'abkd-lab.html';

/** What another page shows, and what the page's script already holds. */
const elsewhere = /^(bench\.wasm|wasm_exec\.js|glue\.js|icon\.png|poster-.*)$/;

/** Code as it can stand in a document. */
const inline = (code: string) => code.replace(/<(?=\/script|!--)/gi, '\\x3c');

/** The frame that draws, as one document. */
const stage = () => text('stage.html')
  .replace(/<link rel="stylesheet" href="([^"]+)">/, (_, path: string) => `<style>${text(path)}</style>`)
  .replace(/<script src="([^"]+)"><\/script>/g, (_, path: string) => `<script>${inline(text(path))}</script>`);

/** What a policy calls each of the elements of that name in some documents. */
const hashes = (name: string, ...documents: string[]) => documents
  .flatMap((html) => [...html.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`, 'g'))])
  .map(([, content]) => `'sha256-${createHash('sha256').update(content!).digest('base64')}'`).join(' ');

const policy = (page: string) => [
  "default-src 'none'", `script-src ${hashes('script', page, stage())} 'wasm-unsafe-eval' blob:`, `style-src ${hashes('style', page, stage())}`,
  'worker-src blob:', 'img-src data: blob:', "base-uri 'none'", "form-action 'none'",
].join('; ');

/** Offers the module virtual:stage, the document of the frame that draws, "" where it has an address of its own; with isOffline it makes the one file. */
export function offline(isOffline: boolean): Plugin {
  const id = 'virtual:stage', resolved = `\0${id}`;
  return {
    name: 'offline',
    enforce: 'post',
    resolveId: (source) => (source === id ? resolved : undefined),
    load: (module) => (module === resolved ? `export default ${JSON.stringify(isOffline ? stage() : '')}` : undefined),
    generateBundle: {
      order: 'post', // once Vite has put into the script what it imports
      handler(_, bundle) {
        if (!isOffline) return;
        const found = (test: RegExp) => Object.values(bundle).filter((f) => test.test(f.fileName)).map((f) => String(f.type === 'chunk' ? f.code : f.source));
        const [html] = found(/^index\.html$/), scripts = found(/\.js$/), style = found(/\.css$/).join('\n');
        if (!html || scripts.length !== 1) this.error(`one document and one script were to be made, there are ${Object.keys(bundle)}`);
        for (const name of Object.keys(bundle)) delete bundle[name];
        this.emitFile({ type: 'asset', fileName: offlineFile, source: whole(html, scripts[0]!, style) });
      },
    },
  };
}

function whole(html: string, script: string, style: string): string {
  const page = html
    .replace(/ *<(script type="module"|link rel="(stylesheet|modulepreload|manifest)")[^>]*>(<\/script>)?\n/g, '')
    .replace(/(<link rel="icon" href=")icon.svg/, (_, start: string) => `${start}data:image/svg+xml;base64,${readFileSync(at('icon.svg')).toString('base64')}`)
    .replace(/<script src="first.js"([^>]*)>/, (_, rest: string) => `<script${rest}>${inline(text('first.js'))}`)
    .replace('</head>', () => `<style>${style}</style>\n</head>`);
  const code = `<script type="module">${inline(script)}</script>`;
  const data = readdirSync(at('generated')).filter((name) => !elsewhere.test(name)).sort().map((name) => `<script type="application/gzip" id="file:${name}">${packed(name)}</script>`).join('\n');
  return page
    .replace('<meta charset="utf-8">', (meta) => `${meta}\n  <meta http-equiv="Content-Security-Policy" content="${policy(page + code)}">`)
    .replace('</body>', () => `${code}\n${data}\n</body>`);
}

const packed = (name: string) => gzipSync(readFileSync(at(`generated/${name}`))).toString('base64');
