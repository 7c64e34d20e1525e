// Package openblas runs the library OpenBLAS as a peer of package kernel: to
// be compared with, never to compute. It is empty without the build tag
// openblas, which wants cgo and the library:
//
//	apt-get install libopenblas-dev
//	go test -tags openblas -bench . -benchtime 30x ./gnn/internal/openblas
package openblas
