//go:build js

// Command bench lets a page time this project's products and training steps:
// it hands the page one function, run(backend, kind, size, repeats), with the
// sizes of a product as m×n×k and those of a step as an experiment's text.
package main

import (
	"fmt"
	"math/rand/v2"
	"syscall/js"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim"
)

func main() {
	works := map[string]func(){}
	run := js.FuncOf(func(_ js.Value, args []js.Value) any {
		backend, kind, size, repeats := args[0].String(), args[1].String(), args[2].String(), args[3].Int()
		if err := mat.SetBackend(backend); err != nil {
			return err.Error()
		}
		work := works[kind+size]
		if work == nil {
			var err error
			if work, err = newWork(kind, size); err != nil {
				return err.Error()
			}
			works[kind+size] = work
		}
		for range repeats {
			work()
		}
		return ""
	})
	js.Global().Call("abkdBench", run, mat.Backend())
	select {}
}

func newWork(kind, size string) (func(), error) {
	if kind == "step" {
		return newStep(size)
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
		return func() { mat.Mul(dst, a, b) }, nil
	case "NT":
		a, b := random(rng, m, k), random(rng, n, k)
		return func() { mat.MulT(dst, a, b) }, nil
	case "TN":
		a, b := random(rng, k, m), random(rng, k, n)
		return func() { mat.TMul(dst, a, b) }, nil
	case "SpMM": // m rows with 10 entries each, k rows of x
		x, ptr, col := random(rng, k, n), make([]int32, m+1), make([]int32, 10*m)
		for i := range ptr {
			ptr[i] = int32(10 * i)
		}
		for i := range col {
			col[i] = int32(rng.IntN(k))
		}
		return func() { mat.SpMM(dst, ptr, col, nil, x, false) }, nil
	case "SoftmaxCE":
		labels := make([]int32, m)
		logits := random(rng, m, n)
		return func() { mat.SoftmaxCrossEntropy(dst, logits, labels, 1) }, nil
	case "Adam":
		g, v, w := random(rng, m, n), random(rng, m, n), random(rng, m, n)
		for i := range v.Data {
			v.Data[i] *= v.Data[i]
		}
		s := mat.AdamStep{LR: 0.01, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Correction1: 1, Correction2: 1}
		return func() { mat.Adam(w, g, dst, v, s) }, nil
	}
	return nil, fmt.Errorf("bench: kind is %q", kind)
}

func random(rng *rand.Rand, r, c int) mat.Matrix {
	m := mat.New(r, c)
	for i := range m.Data {
		m.Data[i] = rng.Float32()*2 - 1
	}
	return m
}

// newStep returns a step of a run that never ends, an epoch's evaluation included.
func newStep(text string) (func(), error) {
	e, err := sim.ParseExperiment(text)
	if err != nil {
		return nil, err
	}
	g, err := sim.BuiltIn("mag-mini")
	if err != nil {
		return nil, err
	}
	r := e.Resolved()
	teacher, err := gnn.New(gnn.Config{Layers: r.Teacher.Layers, Hidden: r.Teacher.Hidden}, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		return nil, err
	}
	run, err := sim.New(g, e, sim.Options{Teacher: teacher})
	if err != nil {
		return nil, err
	}
	return func() {
		if !run.Step() {
			panic(fmt.Sprintf("bench: %q has ended: %v", text, run.Err()))
		}
	}, nil
}
