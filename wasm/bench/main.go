//go:build js

// Command bench lets a page time this project's products and training steps:
// it hands the page an object of functions, which return an error's text
// instead of a result if something is wrong.
//
//	run(backend, kind, size, repeats)   does that work, "" if all is well
//	losses(backend, kind, size, steps)  the losses of the first steps of a new student
//	student(kind, size)                 such a student, see export
package main

import (
	"fmt"
	"math/rand/v2"
	"syscall/js"

	"abkd/gnn/mat"
)

func main() {
	works := map[string]func(){}
	js.Global().Call("abkdBench", map[string]any{
		"run": function(func(args []js.Value) (any, error) {
			name, kind, size, repeats := args[0].String(), args[1].String(), args[2].String(), args[3].Int()
			work := works[name+kind+size]
			if work == nil {
				backend, err := mat.NewBackend(name)
				if err != nil {
					return nil, err
				}
				if work, err = newWork(backend, kind, size); err != nil {
					return nil, err
				}
				works[name+kind+size] = work
			}
			for range repeats {
				work()
			}
			return "", nil
		}),
		"losses": function(func(args []js.Value) (any, error) {
			backend, err := mat.NewBackend(args[0].String())
			if err != nil {
				return nil, err
			}
			l, err := newLesson(backend, args[1].String(), args[2].String())
			if err != nil {
				return nil, err
			}
			losses := make([]any, args[3].Int())
			for i := range losses {
				losses[i] = l.step().Total
			}
			return losses, nil
		}),
		"student": function(func(args []js.Value) (any, error) {
			l, err := newLesson(nil, args[0].String(), args[1].String())
			if err != nil {
				return nil, err
			}
			return l.export(), nil
		}),
	})
	select {}
}

func function(f func(args []js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		result, err := f(args)
		if err != nil {
			return err.Error()
		}
		return result
	})
}

// newWork returns a product or a mean over neighbours with random operands, or
// the step of a lesson. The size of a product is that of C and the number of
// terms in each sum; that of a mean its rows, width and the rows it reads.
func newWork(backend *mat.Backend, kind, size string) (func(), error) {
	if kind == "ABKD" || kind == "R-GCN" {
		l, err := newLesson(backend, kind, size)
		if err != nil {
			return nil, err
		}
		return func() { l.step() }, nil
	}
	var m, n, k int
	if _, err := fmt.Sscanf(size, "%dx%dx%d", &m, &n, &k); err != nil {
		return nil, fmt.Errorf("bench: size is %q, want MxNxK: %v", size, err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	dst := mat.New(m, n)
	switch kind {
	case "NN":
		a, b := random(rng, m, k), random(rng, k, n)
		return func() { backend.Mul(dst, a, b) }, nil
	case "NT":
		a, b := random(rng, m, k), random(rng, n, k)
		return func() { backend.MulT(dst, a, b) }, nil
	case "TN":
		a, b := random(rng, k, m), random(rng, k, n)
		return func() { backend.TMul(dst, a, b) }, nil
	case "SpMM": // 10 entries a row
		x, ptr, col := random(rng, k, n), make([]int32, m+1), make([]int32, 10*m)
		for i := range ptr {
			ptr[i] = int32(10 * i)
		}
		for i := range col {
			col[i] = int32(rng.IntN(k))
		}
		return func() { backend.SpMM(dst, ptr, col, nil, x, false) }, nil
	}
	return nil, fmt.Errorf("bench: kind is %q, want NN, NT, TN, SpMM, ABKD or R-GCN", kind)
}

func random(rng *rand.Rand, r, c int) mat.Matrix {
	m := mat.New(r, c)
	for i := range m.Data {
		m.Data[i] = rng.Float32()*2 - 1
	}
	return m
}
