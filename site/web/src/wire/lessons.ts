// A lesson from files that a teacher has written, or from an address of this
// site: read by the same program as "abkd lesson check" has.

import { ask, contentOf, named, type Content, type Source } from './files';
import type { Lesson } from '../generated/course';
import { reworded } from '../texts/core';
import { say } from '../texts/texts';
import { told } from './foreign';
import type { Supply } from './supply';

/** A lesson, or what is wrong with it: a sentence for each mistake. */
export type Read = { lesson: Lesson } | { mistakes: string[] };

/** As the reader names it. */
interface Mistake { file: string; line: number; field: string; text: string }

/** Finds a file that a lesson translates; undefined if there is none. */
type Beside = (name: string) => Promise<Source | undefined>;

/** Reads the lesson in a file. */
async function read(supply: Supply, file: Source, beside: Beside): Promise<Read> {
  const program = await supply.reader(), files = [file];
  for (;;) {
    const contents: Content[] = await Promise.all(files.map(contentOf));
    const { type, text } = await ask(supply.newWorker('reader'), program, { type: 'lesson', files: contents }, named(files), new AbortController().signal);
    if (type === 'lesson') return { lesson: JSON.parse(text) as Lesson };
    if (type === 'mistakes') return { mistakes: (JSON.parse(text) as Mistake[]).map(sentence) };
    const other = files.length > 1 ? undefined : await beside(text);
    if (!other) return { mistakes: [say('lesson.beside', { name: told(file.name), other: told(text) })] };
    files.push(other);
  }
}

function sentence({ file, line, field, text }: Mistake): string {
  return say('lesson.mistake', { file: told(file), line, field: told(field), has: field === '' ? 'no' : 'yes', what: told(reworded(text)) });
}

/** Reads the lessons in files, each of which another one may translate. */
export async function readFiles(supply: Supply, files: Source[]): Promise<Read[]> {
  return Promise.all(files.map((f) => read(supply, f, async (name) => files.find((other) => other.name === name)).catch((err: unknown) => ({ mistakes: [(err as Error).message] }))));
}

/** Reads the lesson at an address of this site. */
export async function readAddress(supply: Supply, address: string): Promise<Read> {
  const url = new URL(address, location.href), name = (of: URL) => of.pathname.split('/').at(-1)!;
  if (url.origin !== location.origin) return { mistakes: [say('lesson.elsewhere', { origin: url.origin, here: location.origin })] };
  try {
    return await read(supply, await fetched(url, name(url)), async (other) => fetched(new URL(other, url), other));
  } catch (err) {
    return { mistakes: [(err as Error).message] };
  }
}

async function fetched(url: URL, name: string): Promise<Source> {
  const failed = (reason: string) => new Error(say('own.fetch.failed', { name: told(name), reason }));
  const response = await fetch(url).catch((err: unknown) => { throw failed((err as Error).message); });
  if (!response.ok) throw failed(say('own.fetch.status', { status: response.status }));
  const file = await response.blob();
  return { name, size: file.size, arrayBuffer: () => file.arrayBuffer() };
}
