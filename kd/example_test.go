package kd_test

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/kd"
)

// A teacher is trained, and a student 30 times smaller learns from it: from
// its soft labels and, by ABKD, from its layers.
func Example() {
	g := synth.MAGMini() // papers, authors, institutions, fields
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(1, 0))
	teacher, err := gnn.New(gnn.Config{Layers: 3, Hidden: 64}, g, rng)
	if err != nil {
		panic(err)
	}
	student, err := gnn.New(gnn.Config{Layers: 2, Hidden: 5}, g, rng)
	if err != nil {
		panic(err)
	}
	batches := sample.NewFull(g, 3, split.Train)
	alone := kd.NewDistiller(nil, teacher, nil, kd.Settings{LR: 0.01})
	for range 60 {
		alone.Step(batches.Next(), rng)
	}
	abkd, err := kd.Between("abkd", teacher, student, kd.Config{}, rng)
	if err != nil {
		panic(err)
	}
	d := kd.NewDistiller(teacher, student, abkd, kd.Settings{Alpha: 0.5, Temperature: 4, Beta: 1, LR: 0.01, AllNodes: true})
	for range 100 {
		d.Step(batches.Next(), rng)
	}
	large, _ := gnn.Count(teacher)
	small, _ := gnn.Count(student)
	fmt.Printf("compressed %.0f times\n", float64(large)/float64(small))
	fmt.Println("teacher above 70 %:", gnn.NewEvaluator(teacher, split.Test).Accuracy() > 0.7)
	fmt.Println("student above 60 %:", gnn.NewEvaluator(student, split.Test).Accuracy() > 0.6)
	fmt.Println("attention:", d.Alignment().A.Rows, "teacher layers x", d.Alignment().A.Cols, "student layers")
	// Output:
	// compressed 33 times
	// teacher above 70 %: true
	// student above 60 %: true
	// attention: 3 teacher layers x 2 student layers
}

// spread is a criterion of one's own: it looks at no teacher, and keeps the
// units of the first layer from all saying the same,
//
//	L = -mean over nodes and units of |S_0|
type spread struct{ s mat.Matrix }

func (c *spread) Loss(l kd.Layers) float64 {
	c.s = l.Student[0]
	sum := 0.0
	for _, v := range c.s.Data {
		sum -= float64(max(v, -v))
	}
	return sum / float64(len(c.s.Data))
}

func (c *spread) Backward(scale float32, grad []mat.Matrix) {
	for i, v := range c.s.Data {
		switch each := scale / float32(len(c.s.Data)); {
		case v > 0:
			grad[0].Data[i] -= each
		case v < 0:
			grad[0].Data[i] += each
		}
	}
}

func (c *spread) Params() []*gnn.Param { return nil } // nothing of its own to train

// A criterion of one's own has three methods, and takes the place of any other.
func ExampleCriterion() {
	g := synth.MAGMini()
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	rng := rand.New(rand.NewPCG(1, 0))
	config := gnn.Config{Layers: 2, Hidden: 4, Dropout: -1}
	teacher, err := gnn.New(config, g, rng)
	if err != nil {
		panic(err)
	}
	student, err := gnn.New(config, g, rng)
	if err != nil {
		panic(err)
	}
	d := kd.NewDistiller(teacher, student, &spread{}, kd.Settings{Beta: 1, LR: 0.01})
	b := sample.NewFull(g, 2, split.Train).Next()
	first := d.Step(b, nil)
	var last kd.Losses
	for range 50 {
		last = d.Step(b, nil)
	}
	fmt.Println("cross-entropy falls:", last.CE < first.CE, "- the criterion falls:", last.Aux < first.Aux)
	// Output: cross-entropy falls: true - the criterion falls: true
}
