package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/wire"
)

// Layer by layer a model has the accuracies of the batch of the whole graph,
// and its loss up to rounding.
func TestLayeredEvaluation(t *testing.T) {
	for _, data := range []string{"karate", "mag-mini"} {
		g := builtIn(t, data)
		own := g.Splits[0]
		overlapping := graph.Split{Name: "overlapping", Train: own.Train, Valid: slices.Concat(own.Valid, own.Train[:3]), Test: own.Valid}
		for _, split := range []graph.Split{own, overlapping, {Train: own.Train[:1], Valid: own.Valid[:1]}} {
			for _, kind := range gnn.Kinds() {
				t.Run(fmt.Sprintf("data=%s/split=%s/model=%s", data, split.Name, kind), func(t *testing.T) {
					m, err := gnn.New(gnn.Config{Kind: kind, Layers: 3, Hidden: 8}, g, rand.New(rand.NewPCG(3, 0)))
					if err != nil {
						t.Fatal(err)
					}
					want, got := sizeOf(m), sizeOf(m)
					newEvaluation(nil, g, split, 3, true).measure(m, &want)
					newEvaluation(nil, g, split, 3, false).measure(m, &got)
					if got.InferMicros <= 0 || math.Abs(float64(got.Loss-want.Loss)) > 1e-5*float64(want.Loss) {
						t.Errorf("loss is %v after %v µs, want %v after some", got.Loss, got.InferMicros, want.Loss)
					}
					if len(split.Test) == 0 {
						if !unknown(got.Test) || !unknown(want.Test) {
							t.Errorf("accuracy on no nodes is %v and %v, want none", got.Test, want.Test)
						}
						got.Test, want.Test = 0, 0
					}
					got.InferMicros, got.Loss = want.InferMicros, want.Loss
					if got != want {
						t.Errorf("got  %+v\nwant %+v", got, want)
					}
				})
			}
		}
	}
}

// An evaluation layer by layer leaves the training as it is, and the untrained
// models unmeasured.
func TestLayeredRun(t *testing.T) {
	g := builtIn(t, "mag-mini")
	text := "epochs=4&hidden=8&criterion=none&sampler=saint&roots=60&steps=2"
	whole, layered := newRun(t, g, text, Options{}), newRun(t, g, text, Options{})
	layered.eval = newEvaluation(layered.backend, g, layered.split, layered.layers, false)
	layered.eval.measureUntrained(layered.lanes[0].model, &layered.lanes[0].state)
	for whole.Step() && layered.Step() {
	}
	layered.Step()
	a, b := whole.History(), layered.History()
	if !slices.Equal(a, b) || len(a) != 4 {
		t.Errorf("curves are\n%v\n%v\nwant the same, of 4 epochs", a, b)
	}
	if layered.EvaluationTime() <= 0 || layered.EvaluationFLOP() <= 0 {
		t.Errorf("evaluations took %v and %d operations, want some", layered.EvaluationTime(), layered.EvaluationFLOP())
	}
	var s wire.ModelState
	layered.eval.measureUntrained(layered.lanes[0].model, &s)
	if !unknown(s.Loss) || !unknown(s.Train) || !unknown(s.Valid) || !unknown(s.Test) || s.InferMicros != 0 {
		t.Errorf("an untrained model was measured: %+v", s)
	}
}

// Only every so many epochs are evaluated, and the last one, and the best is
// one of them.
func TestEvalEvery(t *testing.T) {
	g := builtIn(t, "mag-mini")
	const text = "criterion=none&hidden=8&epochs=11"
	all, some := newRun(t, g, text, Options{}), newRun(t, g, text+"&eval-every=4", Options{})
	for all.Step() && some.Step() {
	}
	some.Step()
	want := wire.Point{Train: some.History()[0].Train, Valid: some.History()[0].Valid, Test: some.History()[0].Test} // of the untrained model
	best, top := 0, float32(0)
	for i, p := range all.History() {
		if epoch := i + 1; some.plan.Evaluates(epoch, 11) != slices.Contains([]int{4, 8, 11}, epoch) {
			t.Errorf("epoch %d is evaluated: %v", epoch, some.plan.Evaluates(epoch, 11))
		} else if epoch%4 == 0 || epoch == 11 {
			want = p
			if p.Valid > top {
				best, top = epoch, p.Valid
			}
		}
		got := some.History()[i]
		if got.CE != p.CE {
			t.Errorf("epoch %d: loss is %v, want %v as with every evaluation", i+1, got.CE, p.CE)
		}
		if got.Valid != want.Valid || got.Test != want.Test || got.Train != want.Train {
			t.Errorf("epoch %d: accuracies are %+v, want those of %+v", i+1, got, want)
		}
	}
	if _, s := some.Best(); s.BestEpoch != best || s.Valid != top {
		t.Errorf("best epoch is %d with %v, want %d with %v", s.BestEpoch, s.Valid, best, top)
	}
}

// A run draws batches ahead until it ends or is closed, and after Close it goes
// on as if it had not been.
func TestClose(t *testing.T) {
	g := builtIn(t, "mag-mini")
	before := runtime.NumGoroutine()
	for _, sampler := range []string{"neighbor&batch=100&fanout=3", "saint&roots=60&steps=3"} {
		text := "criterion=none&hidden=4&epochs=3&sampler=" + sampler
		straight, closed := newRun(t, g, text, Options{}), newRun(t, g, text, Options{})
		for straight.Step() {
		}
		for closed.Step() {
			closed.Close()
			closed.Close()
		}
		if straight.Hash() != closed.Hash() || straight.Edges() != closed.Edges() || straight.Edges() == 0 {
			t.Errorf("%s: hash is %x over %d edges, want %x over %d", sampler, closed.Hash(), closed.Edges(), straight.Hash(), straight.Edges())
		}
	}
	for runtime.NumGoroutine() > before { // the test ends by its own limit if one stays
		time.Sleep(time.Millisecond)
	}
}

// Runs side by side count what they would count alone, by backends of their own.
func TestRunsCountApart(t *testing.T) {
	g := builtIn(t, "mag-mini")
	count := func(layers, epochs int) (all, evaluations int64) {
		r := newRun(t, g, fmt.Sprintf("epochs=%d&hidden=8&layers=%d&criterion=none", epochs, layers), Options{})
		for r.Step() {
		}
		return r.FLOP(), r.EvaluationFLOP()
	}
	type counts struct{ all, evaluations int64 }
	var want, got [2]counts
	for i := range want {
		want[i].all, want[i].evaluations = count(2+i, 3+i)
	}
	var both sync.WaitGroup
	for i := range got {
		both.Go(func() { got[i].all, got[i].evaluations = count(2+i, 3+i) })
	}
	both.Wait()
	if got != want || want[0] == want[1] || want[0].evaluations <= 0 || want[0].evaluations >= want[0].all {
		t.Errorf("counts are %v, want %v", got, want)
	}
}
