// The contenders, each in a worker, and how they take turns.

import files from 'virtual:files';
import { say } from '../texts/texts';
import { called, type Row, type Work } from './works';

/** A worker that runs public/bench.js. */
class Program {
  private readonly worker = new Worker('bench.js');

  call(name: string, ...args: unknown[]): Promise<any> {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => {
        if (data.error === undefined) resolve(data.result);
        else reject(new Error(data.error));
      };
      this.worker.onerror = (e) => { e.preventDefault(); reject(new Error(e.message || say('bench.worker'))); };
      this.worker.postMessage({ call: name, args });
    });
  }

  close(): void { this.worker.terminate(); }
}

export interface Contender {
  name: string;
  program: Program;
}

/** Starts what runs here: plain Go, both kernel modules, TensorFlow.js on one thread and, if asked for, on several. */
export async function start(tensorflow: boolean, threads: boolean, note: (text: string) => void): Promise<Contender[]> {
  const all: Contender[] = [];
  const add = async (names: string[], options: object, patience = 60_000) => {
    const program = new Program();
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error(say('bench.late', { n: patience / 1000 }))), patience));
    try {
      if (await Promise.race([program.call('start', { files, ...options }), late])) return void all.push(...names.map((name) => ({ name, program })));
      note(say('bench.not', { names: names.join(', ') }));
    } catch (err) {
      note(say('bench.not.why', { names: names.join(', '), reason: (err as Error).message }));
    }
    program.close();
  };
  await add(['go', 'simd128'], { variant: 'simd128' });
  await add(['relaxed'], { variant: 'relaxed' });
  if (tensorflow) {
    await add(['tfjs'], { tensorflow: true });
    if (threads) await add(['tfjs threads'], { tensorflow: true, threaded: true }, 10_000);
  }
  return all;
}

export function stop(all: Contender[]): void {
  for (const { program } of all) program.close();
}

export interface Agreement {
  work: Work;
  losses: Record<string, number[]>;
}

/** Gives every contender the same new student and returns its losses in the first steps. An error says who differs. */
export async function agree(work: Work, all: Contender[], steps: number): Promise<Agreement> {
  const student = await all[0]!.program.call('student', work.kind, work.size);
  const losses: Record<string, number[]> = {};
  for (const { name, program } of all) losses[name] = await program.call('losses', name, work, steps, student);
  for (const [name, list] of Object.entries(losses)) {
    list.forEach((loss, i) => {
      const want = losses.go![i]!;
      if (!(Math.abs(loss - want) <= 1e-3 * Math.abs(want))) throw new Error(say('bench.differs', { work: called(work), step: i + 1, loss, name, want }));
    });
  }
  return { work, losses };
}

const sampleTime = 0.004, turnsTime = 2.5, fewest = 8;

/** Lets the contenders take turns; of each the fastest of many short samples counts, fewer of a slow one. */
export async function race(work: Work, all: Contender[], rounds: number): Promise<Row> {
  const seconds: Record<string, number> = {}, turns: number[] = [], repeats: number[] = [];
  const sample = ({ name, program }: Contender, n: number): Promise<number> => program.call('run', name, work, n);
  for (const [i, c] of all.entries()) {
    await sample(c, 1);
    const once = Math.max(1e-6, Math.min(await sample(c, 1), await sample(c, 1)));
    repeats[i] = Math.max(1, Math.min(2000, Math.round(sampleTime / once)));
    turns[i] = Math.min(rounds, Math.max(fewest, Math.floor(turnsTime / (once * repeats[i]!))));
    seconds[c.name] = Infinity;
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, c] of all.entries()) {
      if (Math.floor((round * turns[i]!) / rounds) === Math.floor(((round + 1) * turns[i]!) / rounds)) continue;
      seconds[c.name] = Math.min(seconds[c.name]!, (await sample(c, repeats[i]!)) / repeats[i]!);
    }
  }
  return { work, seconds };
}
