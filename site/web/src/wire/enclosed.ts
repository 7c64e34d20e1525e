// The files of a page that is one file (offline.ts): they stand in its document,
// compressed.

import { say } from '../texts/texts';

/** The page is one file, which asks nobody for anything. */
export const isOneFile = import.meta.env.MODE === 'offline';

/** A file out of the document, as a host would send it. An error says what to do. */
export async function enclosed(name: string): Promise<Response> {
  try {
    const coded = atob(document.getElementById(`file:${name}`)!.textContent!);
    const packed = new Blob([Uint8Array.from(coded, (c) => c.charCodeAt(0))]);
    const bytes = await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
    return new Response(bytes, { headers: { 'content-type': name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream' } });
  } catch {
    throw new Error(say('supply.cut', { file: name }));
  }
}
