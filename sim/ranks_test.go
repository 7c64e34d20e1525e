//go:build !js

package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/parallel"
	"abkd/kd"
	"abkd/sim/wire"
)

// onRanks makes the run of text on so many ranks, and does f with each.
func onRanks(t *testing.T, g *graph.Graph, text string, size int, f func(r *Run) error) {
	t.Helper()
	e := experiment(t, text)
	err := parallel.Run(size, func(group parallel.Group) error {
		r, err := New(g, e, Options{Baseline: true, Group: group})
		if err != nil {
			return err
		}
		defer r.Close()
		return f(r)
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// toEnd steps r to its end.
func toEnd(r *Run) error {
	for r.Step() {
	}
	return r.Err()
}

// Several ranks come to the losses and accuracies of one process that has the
// same batches, epoch for epoch, whatever a student learns by.
func TestRanksLosses(t *testing.T) {
	const rest = "&dropout=0&teach=untrained&teacher-hidden=8&hidden=5&epochs=3"
	texts := []string{"sampler=neighbor&batch=100&fanout=10000&criterion=abkd" + rest, "data=karate&model=gcn&criterion=none" + rest, "data=karate&model=gat&criterion=abkd" + rest}
	for _, name := range kd.Names {
		texts = append(texts, "criterion="+name+rest, "criterion="+name+"&nodes=all&alpha=0.4&inputs=embedding&input=8"+rest)
	}
	texts = append(texts, "criterion=abkd&head=batchnorm&frozen=on&nodes=all"+rest)
	for _, text := range texts {
		t.Run(text, func(t *testing.T) {
			g := builtIn(t, experiment(t, text).Plan().Data)
			one := newRun(t, g, text, Options{Baseline: true})
			if err := toEnd(one); err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{1, 2, 4} {
				curves := make([][]wire.Point, size)
				onRanks(t, g, text, size, func(r *Run) error {
					defer func() { curves[r.Group().Rank()] = r.History() }()
					return toEnd(r)
				})
				for rank, curve := range curves {
					checkCurve(t, fmt.Sprintf("rank %d of %d", rank, size), curve, one.History())
				}
			}
		})
	}
}

func checkCurve(t *testing.T, who string, got, want []wire.Point) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d epochs, want %d", who, len(got), len(want))
	}
	for i := range got {
		a, b := got[i], want[i]
		for _, pair := range [][2]float32{{a.Total, b.Total}, {a.CE, b.CE}, {a.KD, b.KD}, {a.Aux, b.Aux}} {
			if x, y := float64(pair[0]), float64(pair[1]); math.Abs(x-y) > 1e-5*max(1, math.Abs(y)) {
				t.Fatalf("%s: epoch %d is %+v, want %+v", who, i+1, a, b)
			}
		}
	}
}

// A run of ranks goes on from its state, bit for bit, as one that was never ended,
// from any step; the state is the same whichever rank writes it.
func TestRanksContinue(t *testing.T) {
	for _, text := range []string{
		"sampler=neighbor&batch=60&fanout=2&criterion=abkd&dropout=0.4&teach=on&teacher-epochs=1&teacher-hidden=8&epochs=2",
		"sampler=saint&roots=40&steps=2&criterion=gcrd&dropout=0.4&teach=untrained&max-nodes=20&teacher-hidden=8&epochs=2",
		"criterion=fitnet&dropout=0.4&teach=untrained&teacher-hidden=8&epochs=3&inputs=embedding&input=8",
	} {
		t.Run(text, func(t *testing.T) {
			g := builtIn(t, "mag-mini")
			var states [][]byte
			want := make([][]*gnn.Param, 3)
			onRanks(t, g, text, 3, func(r *Run) error {
				for more := true; more; more = r.Step() {
					r.GatherDraws()
					if state := stateOf(r); r.Group().Rank() == 0 {
						states = append(states, state)
					}
				}
				m, _ := r.Learner()
				want[r.Group().Rank()] = m.Params()
				return r.Err()
			})
			for i := 0; i < len(states); i += 1 + len(states)/4 {
				onRanks(t, g, text, 3, func(r *Run) error {
					r.Step()
					if err := r.UnmarshalBinary(states[i]); err != nil {
						return err
					}
					if err := toEnd(r); err != nil {
						return err
					}
					m, _ := r.Learner()
					for k, p := range m.Params() {
						if !slices.Equal(p.W.Data, want[r.Group().Rank()][k].W.Data) {
							return fmt.Errorf("from step %d on %s is another", i, p.Name)
						}
					}
					return nil
				})
			}
			for _, size := range []int{1, 2, 4} {
				continueOn(t, g, text, states[len(states)/2], size)
			}
		})
	}
}

// continueOn checks that another number of ranks goes on from the state, in the
// same way each time, with weights that are the same on all ranks.
func continueOn(t *testing.T, g *graph.Graph, text string, state []byte, size int) {
	t.Helper()
	var first []*gnn.Param
	for range 2 {
		params := make([][]*gnn.Param, size)
		onRanks(t, g, text, size, func(r *Run) error {
			if err := r.UnmarshalBinary(state); err != nil {
				return err
			}
			m, _ := r.Learner()
			before := m.Params()[0].W.Clone()
			if err := toEnd(r); err != nil {
				return err
			}
			if m, _ = r.Learner(); slices.Equal(before.Data, m.Params()[0].W.Data) {
				return fmt.Errorf("nothing was trained")
			}
			params[r.Group().Rank()] = m.Params()
			return nil
		})
		if first == nil {
			first = params[0]
		}
		for rank := range params {
			for k, p := range params[rank] {
				if !slices.Equal(p.W.Data, first[k].W.Data) {
					t.Fatalf("%d ranks: rank %d has another %s", size, rank, p.Name)
				}
			}
		}
	}
}

// Ranks go on from the state of one process, and a damaged state of theirs is
// refused.
func TestRanksStates(t *testing.T) {
	const text = "sampler=neighbor&batch=60&fanout=2&criterion=none&dropout=0.4&epochs=2"
	g := builtIn(t, "mag-mini")
	one := newRun(t, g, text, Options{Baseline: true})
	one.Step()
	continueOn(t, g, text, stateOf(one), 2)

	var state []byte
	onRanks(t, g, text, 2, func(r *Run) error {
		r.Step()
		r.GatherDraws()
		if b := stateOf(r); r.Group().Rank() == 1 {
			state = b
		}
		return nil
	})
	const kind = "abkd ranks 1\n"
	at := strings.Index(string(state), kind) + len(kind)
	saved := state[at:]
	for cut := range min(len(saved), 200) {
		d := one.draws()
		if _, err := d.Set([]byte(kind+string(saved[:cut])), 1, 0); err == nil {
			t.Fatalf("draws of %d bytes are taken", cut)
		}
	}
}

// Ranks share out an evaluation layer by layer, and come to the numbers of one.
func TestRanksEvaluate(t *testing.T) {
	g := builtIn(t, "mag-mini")
	split := g.Splits[0]
	for _, kind := range gnn.Kinds() {
		hidden := 8
		if kind == "rgcn" {
			hidden = 6000 // so that the papers are several chunks
		}
		t.Run("model="+kind, func(t *testing.T) {
			model := func() (gnn.Model, error) {
				return gnn.New(gnn.Config{Kind: kind, Layers: 2, Hidden: hidden}, g, rand.New(rand.NewPCG(3, 0)))
			}
			m, err := model()
			if err != nil {
				t.Fatal(err)
			}
			want := sizeOf(m)
			newEvaluation(nil, g, split, 2, false).measure(m, &want)
			err = parallel.Run(3, func(group parallel.Group) error {
				m, err := model()
				if err != nil {
					return err
				}
				got := sizeOf(m)
				e := newEvaluation(nil, g, split, 2, false)
				e.group = group
				e.measure(m, &got)
				if diff := math.Abs(float64(got.Loss - want.Loss)); diff > 1e-6*float64(want.Loss) {
					return fmt.Errorf("loss is %v, want %v", got.Loss, want.Loss)
				}
				if got.Train != want.Train || got.Valid != want.Valid || got.Test != want.Test {
					return fmt.Errorf("got %+v, want %+v", got, want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMoreRanksThanRoots(t *testing.T) {
	e := experiment(t, "criterion=none&sampler=saint&roots=2&steps=2&epochs=1")
	err := parallel.Run(3, func(group parallel.Group) error {
		_, err := New(builtIn(t, "mag-mini"), e, Options{Group: group})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "3 ranks share out 2 roots of a batch, want at most 2 ranks") {
		t.Errorf("error is %v", err)
	}
}
