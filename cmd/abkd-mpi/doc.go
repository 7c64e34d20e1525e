// Command abkd-mpi trains one model, or does the runs of a study, in several
// processes, on one machine or many:
//
//	mpirun -np 4 abkd-mpi train   --data mag --out teacher.safetensors
//	mpirun -np 4 abkd-mpi distill --data mag --teacher teacher.safetensors --out student.safetensors
//	mpirun -np 4 abkd-mpi compare --data mag --out compared
//
// The flags are those of abkd, and so are the files. In a training each rank computes on
// its share of every batch, and all come to the losses and gradients of one process that
// has the whole batch; of a study each rank has a run. It needs the build tag mpi, see package mpi.
package main
