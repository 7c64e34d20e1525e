//go:build !js

package kd

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// rankTolerance is how much a gradient may differ from that of one process,
// which adds in another order, as a share of the largest element.
const rankTolerance = 2e-5

// samplersOf are those that ranks share the batches of.
var samplersOf = map[string]func(g *graph.Graph, rows []int32) sample.Sharder{
	"full":      func(g *graph.Graph, rows []int32) sample.Sharder { return sample.NewFull(g, 3, rows) },
	"receptive": func(g *graph.Graph, rows []int32) sample.Sharder { return sample.NewReceptive(g, 3, rows) },
	"neighbor": func(g *graph.Graph, rows []int32) sample.Sharder {
		return sample.NewNeighbor(g, 3, rows, 5, 3, rand.NewPCG(4, 0))
	},
	"walk": func(g *graph.Graph, rows []int32) sample.Sharder {
		return sample.NewRandomWalk(g, 3, rows, sample.Walk{Roots: 7, Steps: 2}, rand.NewPCG(4, 0))
	},
}

// trainees are a teacher and a student with its distiller.
func trainees(t *testing.T, g *graph.Graph, kind, criterion string, s Settings) *Distiller {
	t.Helper()
	model := func(seed uint64, layers, hidden int) gnn.Model {
		c := gnn.Config{Kind: kind, Layers: layers, Hidden: hidden, Dropout: -1, InputDropout: -1, Inputs: "embedding", Heads: 2}
		m, err := gnn.New(c, g, newRNG(seed))
		if err != nil {
			t.Error(err)
			runtime.Goexit()
		}
		return m
	}
	teacher, student := model(1, 3, 8), model(2, 2, 4)
	name, form, _ := strings.Cut(criterion, " ")
	form, attend, _ := strings.Cut(form, " ")
	c, err := Between(name, teacher, student, Config{ABKD: ABKDConfig{Dim: 6, Dissimilarity: form, Attend: attend}, HeadDim: 12}, newRNG(3))
	if err != nil {
		t.Error(err)
		runtime.Goexit()
	}
	return NewDistiller(teacher, student, c, s)
}

// gradients returns a copy of the whole gradients of d's parameters.
func gradients(d *Distiller) (all [][]float32) {
	for _, p := range d.Params() {
		all = append(all, slices.Clone(p.Gradient().Data))
	}
	return all
}

// The ranks' gradients add up to that of one process on the same batch, and
// their losses are its losses.
func TestRanksGradient(t *testing.T) {
	g := testGraph(t)
	for name, sampler := range samplersOf {
		for _, kind := range []string{"rgcn", "gat", "gcnii"} {
			for _, criterion := range Names {
				if criterion == "lsp" && (name == "neighbor" || name == "walk") {
					continue // of two drawn neighbourhoods, one may hold an edge to a node of the other
				}
				for _, all := range []bool{false, true} {
					for _, size := range []int{2, 3} {
						t.Run(fmt.Sprintf("sampler=%s/model=%s/criterion=%s/all=%v/ranks=%d", name, kind, criterion, all, size), func(t *testing.T) {
							s := Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01, AllNodes: all}
							if !slices.Contains([]string{"full", "receptive"}, name) { // of which ranks share hidden nodes
								s.Gate = 0.2
							}
							checkRanks(t, g, kind, criterion, s, sampler, size)
						})
					}
				}
			}
		}
	}
}

func checkRanks(t *testing.T, g *graph.Graph, kind, criterion string, s Settings, sampler func(*graph.Graph, []int32) sample.Sharder, size int) {
	batches, losses := make([]*sample.Batch, size), make([]Losses, size)
	grads := make([][][]float32, size)
	err := parallel.Run(size, func(group parallel.Group) error {
		r := group.Rank()
		shard := sampler(g, g.Splits[0].Train)
		shard.Shard(r, size, parallel.Stream(4, 0, r))
		batches[r] = shard.Next()
		mine := s
		mine.Group = group
		d := trainees(t, g, kind, criterion, mine)
		losses[r] = d.Gradient(batches[r], nil)
		gnn.SumGradients(group, d.Params())
		grads[r] = gradients(d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d := trainees(t, g, kind, criterion, s)
	whole := sampler(g, g.Splits[0].Train).Next()
	if !whole.Fixed {
		whole = union(g, batches)
	}
	want := d.Gradient(whole, nil)
	wantGrads := gradients(d)
	for r := range size {
		for _, pair := range [][2]float64{{losses[r].Total, want.Total}, {losses[r].CE, want.CE}, {losses[r].KD, want.KD}, {losses[r].Aux, want.Aux}} {
			if !near(pair[0], pair[1], 1e-5) {
				t.Errorf("rank %d: losses are %+v, want %+v", r, losses[r], want)
				break
			}
		}
		for i, p := range d.Params() {
			if !slices.Equal(grads[r][i], grads[0][i]) {
				t.Errorf("%s: rank %d has another gradient than rank 0", p.Name, r)
			}
			largest := 0.0
			for _, v := range wantGrads[i] {
				largest = max(largest, math.Abs(float64(v)))
			}
			for k, v := range grads[r][i] {
				if diff := math.Abs(float64(v - wantGrads[i][k])); diff > rankTolerance*largest+1e-7 {
					t.Fatalf("%s: element %d of the gradient is %v, want %v", p.Name, k, v, wantGrads[i][k])
				}
			}
		}
	}
}

// union returns the batches side by side as one: what one process computes of
// the ranks' batches. Nodes that two of them hold are there twice.
func union(g *graph.Graph, batches []*sample.Batch) *sample.Batch {
	layers := len(batches[0].Blocks)
	u := &sample.Batch{Blocks: make([]sample.Block, layers), Nodes: make([][]int32, len(g.Types))}
	row := make([][][]int32, len(batches)) // of each batch, type and node: its row in u
	for r := range row {
		row[r] = make([][]int32, len(g.Types))
	}
	add := func(sizes func(b *sample.Batch) []int) []int {
		var n []int
		for t := range g.Types {
			for r, b := range batches {
				for v := len(row[r][t]); v < sizes(b)[t]; v++ {
					row[r][t] = append(row[r][t], int32(len(u.Nodes[t])))
					u.Nodes[t] = append(u.Nodes[t], b.Nodes[t][v])
				}
			}
			n = append(n, len(u.Nodes[t]))
		}
		return n
	}
	dst := add(func(b *sample.Batch) []int { return b.Blocks[layers-1].NumDst })
	u.Seeds = slices.Clone(u.Nodes[g.Target])
	for l := layers - 1; l >= 0; l-- {
		src := add(func(b *sample.Batch) []int { return b.Blocks[l].NumSrc })
		u.Blocks[l] = sample.Block{NumSrc: src, NumDst: dst}
		for i, rel := range g.Relations {
			var from, to []int32
			for r, b := range batches {
				in := b.Blocks[l].Rel[i].In
				for v := range in.Rows() {
					for _, s := range in.Row(v) {
						from, to = append(from, row[r][rel.Src][s]), append(to, row[r][rel.Dst][v])
					}
				}
			}
			in, err := graph.NewCSR(from, to, src[rel.Src], dst[rel.Dst])
			if err != nil {
				panic(err)
			}
			out, weight := graph.Transpose(graph.CSR{}, nil, in, src[rel.Src])
			u.Blocks[l].Rel = append(u.Blocks[l].Rel, sample.Adjacency{In: in, Out: out, OutWeight: weight})
		}
		dst = src
	}
	for r, b := range batches {
		for i, v := range b.Rows {
			u.Rows, u.Labels = append(u.Rows, row[r][g.Target][v]), append(u.Labels, b.Labels[i])
		}
	}
	return u
}

// What is kept of a fixed batch is of all ranks' rows.
func TestRanksKeepTheTeacher(t *testing.T) {
	g := testGraph(t)
	s := Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01, AllNodes: true}
	want := trainees(t, g, "rgcn", "lsp", s).Gradient(sample.NewFull(g, 3, g.Splits[0].Train).Next(), nil)
	err := parallel.Run(3, func(group parallel.Group) error {
		full := sample.NewFull(g, 3, g.Splits[0].Train)
		full.Shard(group.Rank(), group.Size(), nil)
		mine := s
		mine.Group = group
		d := trainees(t, g, "rgcn", "lsp", mine)
		for range 3 {
			if got := d.Gradient(full.Next(), nil); !near(got.Total, want.Total, 1e-5) || !near(got.Aux, want.Aux, 1e-5) {
				return fmt.Errorf("losses are %+v, want %+v", got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Weights and the optimiser's moments stay the same on all ranks, tables
// included, and are the same bits each time. The last batch of an epoch of the
// neighbour sampler has no node for one of the ranks.
func TestRanksStayTheSame(t *testing.T) {
	g := testGraph(t)
	for name, sampler := range samplersOf {
		for _, kind := range gnn.Kinds() {
			for _, criterion := range []string{"none", "abkd", "lsp"} {
				t.Run("sampler="+name+"/model="+kind+"/criterion="+criterion, func(t *testing.T) {
					var first [][]float32
					for trial := range 3 {
						defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + trial))
						states := trainRanks(t, g, kind, criterion, sampler)
						if trial == 0 {
							first = states[0]
						}
						for r := range states {
							for i := range states[r] {
								if !slices.Equal(states[r][i], first[i]) {
									t.Fatalf("trial %d, rank %d: matrix %d differs", trial, r, i)
								}
							}
						}
					}
				})
			}
		}
	}
}

// trainRanks returns what three ranks have after two epochs.
func trainRanks(t *testing.T, g *graph.Graph, kind, criterion string, sampler func(*graph.Graph, []int32) sample.Sharder) [3][][]float32 {
	var states [3][][]float32
	err := parallel.Run(3, func(group parallel.Group) error {
		r := group.Rank()
		shard := sampler(g, g.Splits[0].Train)
		shard.Shard(r, 3, parallel.Stream(4, 0, r))
		d := trainees(t, g, kind, criterion, Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01, Group: group, AllNodes: true})
		for range 2 * shard.Steps() {
			if err := d.Step(shard.Next(), newRNG(uint64(r))).Check(); err != nil {
				return err
			}
		}
		states[r] = weightsAndMoments(d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func weightsAndMoments(d *Distiller) (all [][]float32) {
	for _, p := range d.Params() {
		all = append(all, p.W.Data)
	}
	for _, kind := range d.State().Optimizer.Moments {
		for _, m := range kind {
			all = append(all, m.Data)
		}
	}
	return all
}

// One rank is one process, bit for bit.
func TestOneRank(t *testing.T) {
	g := testGraph(t)
	s := Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01}
	var weights [2][][]float32
	train := func(group parallel.Group) error {
		s.Group = group
		d := trainees(t, g, "rgcn", "abkd", s)
		batches := samplersOf["neighbor"](g, g.Splits[0].Train)
		batches.Shard(0, 1, nil)
		for range 20 {
			d.Step(batches.Next(), nil)
		}
		b := batches.Next()
		if n := testing.AllocsPerRun(5, func() { d.Step(b, nil) }); n != 0 {
			return fmt.Errorf("a step allocates %v times, want 0", n)
		}
		i := 0
		if group != nil {
			i = 1
		}
		weights[i] = weightsAndMoments(d)
		return nil
	}
	if err := errors.Join(train(nil), parallel.Run(1, train)); err != nil {
		t.Fatal(err)
	}
	for i := range weights[0] {
		if !slices.Equal(weights[0][i], weights[1][i]) {
			t.Fatalf("matrix %d differs", i)
		}
	}
}

func TestRanksBeginAlike(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "the ranks begin with different weights") {
			t.Errorf("panics with %.200q", text)
		}
	}()
	g := testGraph(t)
	t.Errorf("Run returns %v, want a panic", parallel.Run(2, func(group parallel.Group) error {
		m, err := gnn.New(gnn.Config{Layers: 2}, g, newRNG(uint64(group.Rank())))
		if err != nil {
			return err
		}
		NewDistiller(nil, m, nil, Settings{LR: 0.01, Group: group})
		return nil
	}))
}

// A rank that fails in the middle of training ends the others.
func TestRankFails(t *testing.T) {
	g := testGraph(t)
	err := parallel.Run(3, func(group parallel.Group) error {
		shard := samplersOf["walk"](g, g.Splits[0].Train)
		shard.Shard(group.Rank(), 3, parallel.Stream(4, 0, group.Rank()))
		d := trainees(t, g, "rgcn", "abkd", Settings{Beta: 1, LR: 0.01, Group: group})
		for step := range 1000 {
			if step == 5 && group.Rank() == 2 {
				return errors.New("the disk is full")
			}
			d.Step(shard.Next(), nil)
		}
		return nil
	})
	if err == nil || err.Error() != "rank 2: the disk is full" {
		t.Errorf("error is %v", err)
	}
}
