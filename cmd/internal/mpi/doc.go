// Package mpi lets the processes that mpirun has started be the ranks of a
// parallel.Group. It needs the build tag mpi and a compiler that knows where MPI
// is, such as mpicc:
//
//	CC=mpicc go build -tags mpi ./cmd/abkd-mpi
//
// Without the tag it is empty.
package mpi
