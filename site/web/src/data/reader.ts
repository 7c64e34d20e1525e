// The worker in which files are read, so that a large one never holds up the page.

import { Refused } from './problems';
import { open, type Opened, type Source } from './read';

/** What the page asks for, once, and what it gets. */
export interface Question { files: Source[]; seed: number }
export type Answer = { opened: Opened } | { problems: string[]; count: number };

self.onmessage = async ({ data }: MessageEvent<Question>) => {
  const answer = (a: Answer, moved: Transferable[] = []) => self.postMessage(a, { transfer: moved });
  try {
    const opened = await open(data.files, data.seed);
    answer({ opened }, [opened.bytes]);
  } catch (err) {
    const { problems, count } = err instanceof Refused ? err : new Refused([`${data.files.map((f) => f.name).join(' and ')} cannot be read: ${(err as Error).message}; please report this.`]);
    answer({ problems, count });
  }
};
