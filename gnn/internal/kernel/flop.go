package kernel

import "sync/atomic"

// flop is what FLOP returns.
var flop atomic.Int64

// FLOP returns how many multiplications and additions Gemm and SpMM have done
// since the program began, in all goroutines: two for each product that they
// add, and one for each term of a mean. What goes element by element is not
// counted.
func FLOP() int64 { return flop.Load() }
