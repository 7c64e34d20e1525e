//go:build !mpi

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "abkd-mpi: this program was built without MPI: build it with CC=mpicc go build -tags mpi ./cmd/abkd-mpi (on Debian: apt-get install libopenmpi-dev openmpi-bin)")
	os.Exit(1)
}
