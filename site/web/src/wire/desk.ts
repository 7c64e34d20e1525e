// Studies at the desk of a lab: comparisons and searches that it runs by itself.

import type { Native } from './native';

export type Kind = 'comparison' | 'search';

/** What is asked for; what is 0 or '' is as the lab has it for the size of the graph. */
export interface Ask {
  kind: Kind;
  criteria: string[];
  /** Sizes such as "2x8,2x16". */
  students: string;
  seeds: number;
  /** Of each criterion of a search. */
  trials: number;
  epochs: number;
  teacherEpochs: number;
}

export interface Listed { name: string; kind: Kind; running: boolean; whole: boolean }

export interface Cell {
  method: string; student: string; seed: number;
  begun: boolean; done: boolean;
  epochs: number; ofEpochs: number;
  /** Accuracies, null where they are not known. */
  valid: number | null; test: number | null;
  failure: string;
}

export interface Row {
  method: string; student: string;
  /** Finished seeds, and all. */
  seeds: number; of: number;
  valid: number | null; test: number | null; sd: number | null;
}

export interface View {
  name: string; kind: Kind; folder: string;
  /** Null of a study that a command line began: it is opened and not gone on with. */
  ask: Ask | null;
  running: boolean; whole: boolean; error: string;
  runs: number; ofRuns: number; epochs: number; ofEpochs: number;
  cells: Cell[] | null; rows: Row[] | null;
  /** SVG, '' before the first result. */
  chart: string;
}

export class Desk {
  constructor(private readonly native: Native) {}

  list(): Promise<Listed[]> { return this.say('GET', ''); }
  view(name: string): Promise<View> { return this.say('GET', name); }
  /** Begins a study, or goes on with one. Rejects with a sentence of the lab's. */
  start(name: string, ask?: Ask): Promise<View> { return this.say('POST', name, ask); }
  stop(name: string): Promise<View> { return this.say('DELETE', name); }

  private async say<T>(method: string, name: string, ask?: Ask): Promise<T> {
    const answer = await fetch(name === '' ? 'studies' : `studies/${encodeURIComponent(name)}`, {
      method, headers: { Authorization: `Bearer ${this.native.token}` }, body: ask && JSON.stringify(ask),
    });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    return await answer.json() as T;
  }
}
