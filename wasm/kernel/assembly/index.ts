// The inner loops of gnn/internal/kernel on Go's own memory. Nothing here is
// checked: Go has validated every length and index. Nothing here has memory
// of its own: what is written lies behind the pointers that are passed.

import { SCRATCH } from './gemm';

export { gemm } from './gemm';
export { spmm } from './spmm';
export { softmaxCE } from './softmax';
export { biasReLU, reluBackward, adam, axpy, addColumnSums, rowNorms } from './elementwise';

/** Returns how many bytes of scratch memory gemm wants, of which the others take less. */
export function scratch(): usize {
  return SCRATCH;
}
