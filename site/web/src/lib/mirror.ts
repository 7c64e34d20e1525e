// window.__abkd: what the page shows, for tests and other programs.

import { alone, taught } from './report';
import type { Lane, Matrix, Snapshot } from './snapshot';

/** acc is accuracy on the test nodes, 0..1; loss, ce and aux are those of the last step. */
export interface StudentMirror { loss: number; ce: number; kd: number; aux: number; acc: number; params: number; epochs: number }

export interface Mirror {
  ready: boolean;
  running: boolean;
  phase: string;
  epoch: number;
  seed: number;
  backend: string;
  teacher: { loss: number; acc: number; params: number };
  /** The student with the criterion. */
  student: StudentMirror;
  /** The student without it, null if there is none. */
  alone: StudentMirror | null;
  alignment: { A: Matrix; D: Matrix };
  /** Frames that the stage has drawn. */
  readonly frames: number;
  error: string;
}

declare global {
  interface Window { __abkd: Mirror }
}

export function mirrorOf(s: Snapshot | null, backend: string, error: string, frames: () => number): Mirror {
  return {
    ready: s !== null,
    running: s?.running ?? false,
    phase: s?.phase ?? '',
    epoch: s?.epoch ?? 0,
    seed: s?.seed ?? 0,
    backend: s?.backend ?? backend,
    teacher: { loss: s?.teacher.loss ?? 0, acc: s?.teacher.test ?? 0, params: s?.teacher.params ?? 0 },
    student: student(s ? taught(s) : undefined),
    alone: s && alone(s) ? student(alone(s)) : null,
    alignment: { A: s?.a ?? [], D: s?.d ?? [] },
    get frames() { return frames(); },
    error: error || (s?.error ?? ''),
  };
}

function student(lane: Lane | undefined): StudentMirror {
  const p = lane?.history.at(-1);
  return {
    loss: p?.total ?? 0, ce: p?.ce ?? 0, kd: p?.kd ?? 0, aux: p?.aux ?? 0,
    acc: lane?.model.test ?? 0, params: lane?.model.params ?? 0, epochs: lane?.history.length ?? 0,
  };
}
