// The reader: the program that makes a pack of the files of a graph, in a
// worker of its own, so that a large file never holds up the page.

import { limits, type Opened, type Reading, type Refusal } from '../generated/data';
import { told } from '../wire/foreign';
import type { Supply } from '../wire/supply';
import { grouped } from './count';

/** A file as it is chosen, before it has been read. */
export interface Source { name: string; size: number; arrayBuffer(): Promise<ArrayBuffer> }

/** A graph that is ready for the trainer, or why there is none. */
export type Answer = { opened: Opened; bytes: ArrayBuffer } | { refused: Refusal };

interface Message { type: string; text: string; bytes: ArrayBuffer; cause?: string }

/** The files in a sentence. */
export function named(files: Source[]): string {
  const names = files.map((f) => f.name);
  return names.length > 3 ? `${names[0]} and ${names.length - 1} more files` : names.join(' and ');
}

const refusal = (...problems: string[]): Answer => ({ refused: { problems: problems.map(sentence), count: problems.length } });
const sentence = (problem: string) => told(problem).replace(/\.?$/, '.');

/** Reads files that belong to one graph. Once signal says so it is stopped, and the answer is for nobody. */
export async function read(supply: Supply, files: Source[], reading: Reading, signal: AbortSignal): Promise<Answer> {
  const bytes = files.reduce((sum, f) => sum + f.size, 0);
  if (bytes > limits.bytes) return refusal(`${named(files)}: ${grouped(bytes)} bytes: this page takes at most ${grouped(limits.bytes)}. Cut a smaller part; “abkd pack” does it for large graphs`);
  try {
    const [program, contents] = await Promise.all([supply.reader(), Promise.all(files.map(contentOf))]);
    return await ask(supply.newWorker('reader'), program, contents, { ...reading }, named(files), signal);
  } catch (err) {
    return refusal((err as Error).message);
  }
}

async function contentOf(f: Source): Promise<{ name: string; bytes: ArrayBuffer }> {
  try {
    return { name: f.name, bytes: await f.arrayBuffer() };
  } catch (err) {
    throw new Error(`${f.name}: it could not be read (${(err as Error).message}). If it is a folder, choose the files in it; else choose it again.`);
  }
}

function ask(worker: Worker, program: WebAssembly.Module, files: { name: string; bytes: ArrayBuffer }[], reading: Reading, names: string, signal: AbortSignal): Promise<Answer> {
  const lock = `reader ${performance.timeOrigin} ${Math.random()}`, waiting = new AbortController();
  return new Promise<Answer>((answer) => {
    const ended = (why: string) => answer(refusal(`${names} cannot be read: ${why}`));
    const noMemory = 'the browser has too little memory for it. Cut a smaller part, or close other pages';
    signal.addEventListener('abort', () => ended('another file was opened'));
    worker.onerror = (e) => {
      e.preventDefault();
      ended(`the reader could not be started (${e.message}). Reload the page and try again`);
    };
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      switch (data.type) {
        case 'alive': // whoever gets the lock that it holds hears that it is gone
          navigator.locks.request(lock, { signal: waiting.signal }, () => ended(noMemory)).catch(() => { /* over before */ });
          break;
        case 'ready':
          worker.postMessage({ type: 'open', files, ...reading }, files.map((f) => f.bytes));
          break;
        case 'opened':
          answer({ opened: JSON.parse(data.text) as Opened, bytes: data.bytes });
          break;
        case 'refused': {
          const { problems, count } = JSON.parse(data.text) as Refusal;
          answer({ refused: { problems: problems.map(sentence), count } });
          break;
        }
        case 'error':
          ended(data.cause === 'memory' ? noMemory : `${data.text}. Please report this`);
      }
    };
    worker.postMessage({ type: 'start', program, kernels: {}, arithmetic: 'none', lock });
  }).finally(() => {
    waiting.abort();
    worker.terminate();
  });
}
