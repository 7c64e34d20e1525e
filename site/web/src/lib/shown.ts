// The part of a snapshot that holds what the user changed and asked to be
// shown; names are those of sim/snapshot.go in lower case.

/** A rows × cols matrix, as an array of rows. */
export type Matrix = number[][];

export interface Change {
  epoch: number;
  step: number;
  text: string;
}

export interface Inspection {
  /** The argument of the command. */
  subject: string;
  error: string;
  quantities: Quantity[];
}

export interface Quantity {
  symbol: string;
  of: string;
  text: string;
  formula: string;
  /** Indices of the quantities that it is computed from, all before it. */
  uses: number[];
  value: Matrix;
}

/** Of all target nodes; empty for a model that the run does not have. */
export interface Predictions {
  label: number[];
  /** 0 training, 1 validation, 2 test, 3 none. */
  part: number[];
  teacher: number[];
  alone: number[];
  student: number[];
}

/** Logits of the focus node. */
export interface Focused {
  label: number;
  teacher: number[];
  alone: number[];
  student: number[];
}

export interface Embedding {
  model: string;
  layer: number;
  nodes: number[];
  x: number[];
  y: number[];
  /** Share of the variance along either axis. */
  explained: [number, number];
}
