// What the page needs beside its own code: programs, kernels and weights. Each
// is fetched once, checked against what was built, and held, so that whatever
// is started later needs no network.

import files from 'virtual:files';
import { languages } from '../generated/messages';
import { defaultData, shippedData } from '../generated/setup';
import exec from '../../public/generated/wasm_exec.js?raw';
import glue from '../../public/generated/glue.js?raw';
import worker from './worker.js?raw';
import { enclosed, isOneFile } from './enclosed';
import { native } from './native';
import type { Answer, Lesson } from '../generated/course';
import type { Glossary } from '../texts/glossary.svelte';
import { say, type Catalogue } from '../texts/texts';

/** What a trainer is given before it begins an experiment: the type of the message, and the bytes in it. */
export interface Material { type: 'teacher' | 'shipped'; bytes: ArrayBuffer }

export class Supply {
  /** The lab that serves the page, whose trainers take the place of workers; undefined of another server. */
  readonly native = native();
  /** What trains. */
  readonly trainer = held(() => compile('trainer.wasm'));
  /** What draws. */
  readonly drawing = held(() => compile('app.wasm'));
  /** What reads files of the user's own. */
  readonly reader = held(() => compile('reader.wasm'));
  /** What is said in another language than English. */
  async catalogue(tag: string): Promise<Catalogue> { return (await request(`messages-${tag}.json`)).json(); }
  /** What the core says, in English and in another language. */
  async core(tag: string): Promise<[Catalogue, Catalogue]> {
    const [english, own] = await Promise.all([languages[0]!.tag, tag].map(async (t) => (await request(`core-${t}.json`)).json() as Promise<Catalogue>));
    return [english!, own!];
  }
  /** The course in a language; one that nobody has written it in has the first. */
  async lessons(tag: string): Promise<Lesson[]> { return (await (this.course[tag] ?? this.course[languages[0]!.tag]!)()).slice(); }
  private readonly course = Object.fromEntries(languages.filter((l) => files[`lessons-${l.tag}.json`]).map((l) => [l.tag, held(async () => (await request(`lessons-${l.tag}.json`)).json() as Promise<Lesson[]>)]));
  /** What its lessons came to, for who teaches them. */
  readonly answers = held(async () => (await request('answers.json')).json() as Promise<Record<string, Answer>>);
  /** What an experiment needs beside the programs, by the data set that it is on: weights of the default teacher, or the pack that ships. */
  private readonly material: Record<string, () => Promise<Material>> = {
    [defaultData]: held(async () => ({ type: 'teacher', bytes: await load('teacher.safetensors') })),
    [shippedData]: held(async () => ({ type: 'shipped', bytes: await load(`${shippedData}.pack`) })),
  };
  /** Terms, with what they mean and where they come from. */
  readonly glossary = held(async () => (await request('glossary.json')).json() as Promise<Glossary>);
  private readonly modules = ['simd128.wasm', 'relaxed.wasm'].map((name) => held(async () => [name, await load(name)] as const));
  private script: string | undefined;

  /** The material for experiments on a data set; undefined if they need none. */
  for(data: string): Promise<Material> | undefined { return this.material[data]?.(); }

  /** Fetches what may be asked for later, so that it is there without a network too. What cannot be had is told when it is used. */
  async fetchRest(): Promise<void> {
    await Promise.allSettled([this.reader, this.glossary, this.answers, ...Object.values(this.material), ...Object.values(this.course)].map((file) => file()));
  }

  /** The kernel modules by their names, without those that cannot be had. */
  async kernels(): Promise<Record<string, ArrayBuffer>> {
    const settled = await Promise.allSettled(this.modules.map((module) => module()));
    return Object.fromEntries(settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value] : [])));
  }

  /** A new worker that waits to be given a program. */
  newWorker(name = 'trainer'): Worker {
    this.script ??= URL.createObjectURL(new Blob([exec, glue, worker], { type: 'text/javascript' }));
    return new Worker(`${this.script}#${name}.js`, { name });
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

/** Compiles a program. Of a response that says it is one, browsers keep the machine code for the next visit. */
async function compile(name: string): Promise<WebAssembly.Module> {
  const response = await request(name);
  const isProgram = response.headers.get('content-type')?.toLowerCase() === 'application/wasm';
  const module = isProgram ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  return module.catch((err: Error) => {
    throw new Error(say('supply.old', { file: at(name), reason: err.message }));
  });
}

/** Where a generated file is. */
export const at = (name: string) => files[name]!.path;

const load = async (name: string): Promise<ArrayBuffer> => (await request(name)).arrayBuffer();

/**
 * Asks for a file, whose bytes have arrived and are those that were built. What the browser keeps is good for ever, so
 * where that is damaged it is asked for past the browser. An error says what is wrong with it, and what to do.
 */
async function request(name: string): Promise<Response> {
  if (isOneFile) return enclosed(name);
  const ask = (cache: RequestCache) => fetch(at(name), { integrity: files[name]!.integrity, cache }).catch(() => undefined); // other bytes fail like a network that is gone
  const response = await ask('default') ?? await ask('reload');
  if (response?.ok) return response;
  throw new Error(await wrongWith(at(name)));
}

async function wrongWith(file: string): Promise<string> {
  const answer = await fetch(file, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  if (!answer) return say('supply.unreachable', { file });
  if (!answer.ok) return say('supply.missing', { file, status: answer.status });
  return say('supply.damaged', { file });
}
