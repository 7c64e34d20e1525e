// Command abkd-mpi trains one model in several processes, on one machine or many:
//
//	mpirun -np 4 abkd-mpi train   --data mag --out teacher.safetensors
//	mpirun -np 4 abkd-mpi distill --data mag --teacher teacher.safetensors --out student.safetensors
//
// The flags are those of abkd, and so are the files. Each rank computes on its share of
// every batch, and all come to the losses and gradients of one process that has the
// whole batch. It needs the build tag mpi, see package mpi.
package main
