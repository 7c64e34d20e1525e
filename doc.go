// Package abkd is the root of ABKD Lab, which shows and does graph neural
// network compression by attention-based knowledge distillation
// (https://arxiv.org/abs/2310.15938). It holds no code: the core is in gnn and
// kd, the simulator in sim, the programs in cmd and wasm.
package abkd
