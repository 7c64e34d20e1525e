// Puts x.br and x.gz beside every file x of a built site that becomes smaller:
//
//	node compress.mjs FOLDER
//
// The best compression takes a minute for all programs, so what was compressed
// once is kept in node_modules/.cache by its content.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const site = process.argv[2], cache = fileURLToPath(new URL('node_modules/.cache/compressed/', import.meta.url));
const brotli = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS };
/** What is compressed inside, and in letters: more effort would take half a minute for a hundredth. */
const isPacked = (name) => name === 'abkd-lab.html';
const codings = {
  br: (bytes, name) => promisify(brotliCompress)(bytes, { params: { ...brotli, ...(isPacked(name) ? { [constants.BROTLI_PARAM_QUALITY]: 5 } : {}), [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};
/** Smaller files fit into one packet as they are. */
const least = 1000;

async function compressed(bytes, coding, name) {
  const kept = join(cache, `${createHash('sha256').update(bytes).digest('hex')}.${coding}`);
  try {
    return readFileSync(kept);
  } catch {
    const made = await codings[coding](bytes, name);
    writeFileSync(`${kept}.${process.pid}`, made);
    renameSync(`${kept}.${process.pid}`, kept);
    return made;
  }
}

mkdirSync(cache, { recursive: true });
const files = readdirSync(site, { recursive: true, withFileTypes: true }).filter((f) => f.isFile() && !/\.(br|gz)$/.test(f.name));
await Promise.all(files.flatMap((file) => {
  const path = join(file.parentPath, file.name), bytes = readFileSync(path);
  if (bytes.length < least) return [];
  return Object.keys(codings).map(async (coding) => {
    const made = await compressed(bytes, coding, file.name);
    if (made.length < 0.95 * bytes.length) writeFileSync(`${path}.${coding}`, made);
  });
}));
