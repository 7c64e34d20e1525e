// What the page needs beside its own code: programs, kernels and weights. Each
// is fetched once, checked against what was built, and held, so that whatever
// is started later needs no network.

import digests from 'virtual:digests';
import exec from '../../public/generated/wasm_exec.js?raw';
import glue from '../../public/generated/glue.js?raw';
import worker from './worker.js?raw';

export class Supply {
  /** What trains. */
  readonly trainer = held(() => compile('trainer.wasm'));
  /** What draws. */
  readonly drawing = held(() => compile('app.wasm'));
  /** The default teacher's weights. */
  readonly teacher = held(() => load('teacher.safetensors'));
  private readonly modules = ['simd128.wasm', 'relaxed.wasm'].map((name) => held(async () => [name, await load(name)] as const));
  private address: string | undefined;

  /** The kernel modules by their names, without those that cannot be had. */
  async kernels(): Promise<Record<string, ArrayBuffer>> {
    const settled = await Promise.allSettled(this.modules.map((module) => module()));
    return Object.fromEntries(settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : [])));
  }

  /** A new worker that waits to be given the trainer's program. */
  newWorker(): Worker {
    this.address ??= `${URL.createObjectURL(new Blob([exec, glue, worker], { type: 'text/javascript' }))}#trainer.js`;
    return new Worker(this.address, { name: 'trainer' });
  }
}

/** Keeps what make came to; after a failure the next call tries again. */
function held<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make().catch((err: unknown) => {
    made = undefined;
    throw err;
  });
}

async function compile(name: string): Promise<WebAssembly.Module> {
  const bytes = await load(name);
  return WebAssembly.compile(bytes).catch((err: Error) => {
    throw new Error(`${at(name)} does not run in this browser (${err.message}). A newer one is needed.`);
  });
}

const at = (name: string) => `generated/${name}`;

/** The bytes of a file as it was built. An error says what is wrong with it, and what to do. */
async function load(name: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(at(name), { integrity: digests[name] ?? '' });
    if (response.ok) return await response.arrayBuffer();
  } catch { /* of any kind: bytes that are not those that were built fail like a network that is gone */ }
  throw new Error(`${at(name)} ${await wrongWith(at(name))}`);
}

async function wrongWith(address: string): Promise<string> {
  const answer = await fetch(address, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  if (!answer) return 'cannot be reached. Look whether the network is gone or something blocks it, and try again.';
  if (!answer.ok) return `is not there (HTTP status ${answer.status}). This copy of the site is incomplete: it has to be built again.`;
  return 'arrives damaged or incomplete. Reload the page; if that does not help, the site has to be built again.';
}
