// window.__abkd: what the page shows, for tests and other programs.

import type { SceneID } from '../generated/lesson';
import { alone, right, taught } from '../words/report';
import type { Change, Embedding, Focused, Inspection, Lane, Matrix, Predictions, Snapshot } from '../wire/snapshot';

/** acc is accuracy on the test nodes, 0..1; loss, ce and aux are those of the last step. */
export interface StudentMirror { loss: number; ce: number; kd: number; aux: number; acc: number; params: number; epochs: number }

/** Where a run stands, and how many test nodes its taught student has right. */
export interface Standing { epoch: number; hash: string; right: number; loss: number; node: number }

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
  /** The scene that is told beside the drawing. */
  scene: SceneID;
  /** Of everything that the next step depends on, in hexadecimal. */
  hash: string;
  step: number;
  /** The furthest epoch of this phase that can be replayed. */
  recorded: number;
  /** What the user changed, in order of time; those still to be replayed, too. */
  changes: Change[];
  inspection: Inspection | null;
  predictions: Predictions | null;
  focus: Focused | null;
  embeddings: Embedding[];
  /** A and B at the moment at which both are shown, null while B stands alone. */
  beside: { a: Standing; b: Standing } | null;
  /** The number of the target node in focus, -1 for none. */
  node: number;
  /** Frames that the stage has drawn. */
  readonly frames: number;
  error: string;
}

declare global {
  interface Window { __abkd: Mirror }
}

export function mirrorOf(s: Snapshot | null, backend: string, error: string, scene: SceneID, frames: () => number, pair: { a: Snapshot; b: Snapshot } | null = null): Mirror {
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
    scene,
    hash: s?.hash ?? '',
    step: s?.step ?? 0,
    recorded: s?.recorded ?? 0,
    changes: s?.changes ?? [],
    inspection: s?.inspection ?? null,
    predictions: s?.predictions ?? null,
    focus: s?.focus ?? null,
    embeddings: s?.embeddings ?? [],
    beside: pair && { a: standingOf(pair.a), b: standingOf(pair.b) },
    node: s?.graph.nodes[0]?.id ?? -1,
    get frames() { return frames(); },
    error: error || (s?.error ?? ''),
  };
}

function standingOf(s: Snapshot): Standing {
  const { loss, acc } = student(taught(s));
  return { epoch: s.epoch, hash: s.hash, right: right(s, acc), loss, node: s.graph.nodes[0]?.id ?? -1 };
}

function student(lane: Lane | undefined): StudentMirror {
  const p = lane?.history.at(-1);
  return {
    loss: p?.total ?? 0, ce: p?.ce ?? 0, kd: p?.kd ?? 0, aux: p?.aux ?? 0,
    acc: lane?.model.test ?? 0, params: lane?.model.params ?? 0, epochs: lane?.history.length ?? 0,
  };
}
