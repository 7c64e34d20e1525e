//go:build openblas && cgo

package main

import "abkd/gnn/internal/openblas"

var blas = library{"OpenBLAS", openblas.Core, openblas.SetThreads, openblas.Gemm}
