// The scenes: what is told beside the drawing, one at a time. A scene changes
// what is shown of a run, never the run; where it needs another experiment it
// offers to begin that.

export interface Scene {
  /** Its number in the link, and the digit key that opens it. */
  id: number;
  /** As the strip of scenes has it. */
  name: string;
  title: string;
  /** What it claims, in one sentence; "" where the run itself says it. */
  claim: string;
  /** What to do. */
  act: string;
  /** What the trainer computes for it. */
  shows: ('predictions' | 'logits' | 'embeddings' | 'smoothness')[];
  /** The part of the drawing that a phone shows with it. */
  tab: 'graph' | 'align' | 'curves';
  /** The learning curves stand beside the drawing, below the panel. */
  curves?: boolean;
}

export const scenes: Scene[] = [
  {
    id: 0, name: 'Start', title: 'Two students, one seed', claim: '',
    act: 'Guess which student layer the teacher’s second layer is copied by, then look at A.',
    shows: [], tab: 'graph', curves: true,
  },
  {
    id: 1, name: 'One node', title: 'One node, one relation at a time',
    claim: 'A node’s new vector is a sum: its own share, a bias, and one mean per relation.',
    act: 'Pause, then switch a relation off and see what becomes of the prediction.',
    shows: ['logits'], tab: 'graph',
  },
  {
    id: 2, name: 'Depth', title: 'Depth and over-smoothing',
    claim: 'Each layer averages over neighbours once more; with too many, nodes grow alike and accuracy falls.',
    act: 'Add layers and watch the cosine between papers, and the accuracy.',
    shows: ['smoothness'], tab: 'graph',
  },
  {
    id: 3, name: 'Teacher', title: 'What the teacher’s layers see',
    claim: 'Layer by layer the teacher moves the nodes of one class together and away from the others.',
    act: 'Compare its layers with the student’s below, then point at a class.',
    shows: ['embeddings', 'predictions'], tab: 'align',
  },
  {
    id: 4, name: 'Alone', title: 'Where the student alone fails',
    claim: 'The teacher still knows some of the papers that a student alone gets wrong; those are what there is to learn.',
    act: 'Click a row to see its papers, then a paper to see its neighbourhood.',
    shows: ['predictions'], tab: 'graph',
  },
  {
    id: 5, name: 'Soft labels', title: 'Soft labels and their temperature',
    claim: 'A teacher’s second thoughts say more than its first: temperature makes them heard.',
    act: 'Pull the temperature from 1 to 10 and watch which class grows.',
    shows: ['logits'], tab: 'graph',
  },
  {
    id: 6, name: 'Alignment', title: 'Which layer copies which',
    claim: 'Each teacher layer shares out one unit of attention, A; a pair’s distance, D, counts as much as A says.',
    act: 'Click a cell for its arithmetic, then pin A and go on from the same step.',
    shows: [], tab: 'align', curves: true,
  },
  {
    id: 7, name: 'Methods', title: 'The methods against one another',
    claim: 'Same seed, same batches, another criterion: only the spread over seeds tells a gain from luck.',
    act: 'Start the lanes, then open a lane to see its loss.',
    shows: [], tab: 'align',
  },
  {
    id: 8, name: 'Frontier', title: 'How small can it be?',
    claim: 'Every size of student buys its accuracy with parameters, bytes and time.',
    act: 'Set width and depth; each run leaves a dot.',
    shows: [], tab: 'align',
  },
  {
    id: 9, name: 'Collapse', title: 'A loss that falls by itself, and the cure',
    claim: 'Projections that train with the student can meet without it: then D is nearly nothing, and nothing was learned.',
    act: 'Run the published loss, then the cure, and compare the two curves.',
    shows: [], tab: 'align',
  },
];
