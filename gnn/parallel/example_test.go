//go:build !js

package parallel_test

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
	"abkd/kd"
)

// Two ranks train one model: each on its half of every batch, with the gradient
// of both.
func Example() {
	g := synth.MAGMini()
	split, err := g.Split("")
	if err != nil {
		panic(err)
	}
	const seed, weights, order, draws, dropout = 1, 0, 1, 2, 3
	models := make([]gnn.Model, 2)
	err = parallel.Run(2, func(group parallel.Group) error {
		rank := group.Rank()
		model, err := gnn.New(gnn.Config{Layers: 2, Hidden: 16}, g, rand.New(rand.NewPCG(seed, weights))) // the same on both
		if err != nil {
			return err
		}
		models[rank] = model
		batches := sample.NewNeighbor(g, 2, split.Train, 64, 8, rand.NewPCG(seed, order))
		batches.Shard(rank, group.Size(), parallel.Stream(seed, draws, rank)) // 32 of 64 papers
		own := rand.New(parallel.Stream(seed, dropout, rank))
		d := kd.NewDistiller(nil, model, nil, kd.Settings{LR: 0.01, Group: group})
		for range 20 * batches.Steps() {
			if err := d.Step(batches.Next(), own).Check(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	same := true
	for i, p := range models[0].Params() {
		for k, w := range p.W.Data {
			same = same && w == models[1].Params()[i].W.Data[k]
		}
	}
	fmt.Println("both have the same weights:", same)
	fmt.Println("above 70 %:", gnn.NewEvaluator(models[0], split.Test).Accuracy() > 0.7)
	// Output:
	// both have the same weights: true
	// above 70 %: true
}
