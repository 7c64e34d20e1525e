// The reader: the program that makes a pack of the files of a graph, in a
// worker of its own, so that a large file never holds up the page.

import { limits, type Opened, type Reading, type Refusal } from '../generated/data';
import { told } from './foreign';
import { reworded } from '../texts/core';
import type { Supply } from './supply';
import { say } from '../texts/texts';

/** A file as it is chosen, before it has been read. */
export interface Source { name: string; size: number; arrayBuffer(): Promise<ArrayBuffer> }

/** A graph that is ready for the trainer, or why there is none. */
export type Answer = { opened: Opened; bytes: ArrayBuffer } | { refused: Refusal };

interface Message { type: string; text: string; bytes: ArrayBuffer; cause?: string }

/** The files in a sentence. */
export function named(files: Source[]): string {
  const names = files.map((f) => f.name);
  return names.length > 3 ? say('reader.more', { first: names[0]!, more: names.length - 1 }) : names.reduce((first, last) => say('files.and', { first, last }));
}

const refusal = (...problems: string[]): Answer => ({ refused: { problems: problems.map(sentence), count: problems.length } });
function sentence(problem: string): string {
  const text = told(reworded(problem));
  return /[.。?？]$/.test(text) ? text : say('refusal.sentence', { reason: text });
}

/** Reads files that belong to one graph. Once signal says so it is stopped, and the answer is for nobody. */
export async function read(supply: Supply, files: Source[], reading: Reading, signal: AbortSignal): Promise<Answer> {
  const bytes = files.reduce((sum, f) => sum + f.size, 0);
  if (bytes > limits.bytes) return refusal(say('reader.large', { files: named(files), bytes, most: limits.bytes }));
  try {
    const [program, contents] = await Promise.all([supply.reader(), Promise.all(files.map(contentOf))]);
    const { type, text, bytes: pack } = await ask(supply.newWorker('reader'), program, { type: 'open', files: contents, ...reading }, named(files), signal);
    if (type === 'opened') return { opened: JSON.parse(text) as Opened, bytes: pack };
    const { problems, count } = JSON.parse(text) as Refusal;
    return { refused: { problems: problems.map(sentence), count } };
  } catch (err) {
    return refusal((err as Error).message);
  }
}

export interface Content { name: string; bytes: ArrayBuffer }

export async function contentOf(f: Source): Promise<Content> {
  try {
    return { name: f.name, bytes: await f.arrayBuffer() };
  } catch (err) {
    throw new Error(say('reader.unread', { name: f.name, reason: (err as Error).message }));
  }
}

/** Asks the reader one question about files of these names; rejects with a sentence if it ends without an answer. */
export function ask(worker: Worker, program: WebAssembly.Module, question: { type: string; files: Content[] }, names: string, signal: AbortSignal): Promise<Message> {
  const lock = `reader ${performance.timeOrigin} ${Math.random()}`, waiting = new AbortController();
  return new Promise<Message>((answer, fail) => {
    const ended = (why: string) => fail(new Error(say('reader.ended', { files: names, reason: why })));
    const noMemory = say('reader.memory');
    signal.addEventListener('abort', () => ended(say('reader.another')));
    worker.onerror = (e) => {
      e.preventDefault();
      ended(say('reader.unstarted', { reason: e.message }));
    };
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      switch (data.type) {
        case 'alive': // whoever gets the lock that it holds hears that it is gone
          navigator.locks.request(lock, { signal: waiting.signal }, () => ended(noMemory)).catch(() => { /* over before */ });
          break;
        case 'ready':
          worker.postMessage(question, question.files.map((f) => f.bytes)); // given away, not copied
          break;
        case 'error':
          ended(data.cause === 'memory' ? noMemory : say('reader.report', { reason: data.text }));
          break;
        default:
          answer(data);
      }
    };
    worker.postMessage({ type: 'start', program, kernels: {}, arithmetic: 'none', lock });
  }).finally(() => {
    waiting.abort();
    worker.terminate();
  });
}
