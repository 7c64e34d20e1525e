package sim

import (
	"testing"

	"abkd/gnn"
	"abkd/sim/setup"
)

// The parts that can be counted are as counted.
func TestFootprint(t *testing.T) {
	e := experiment(t, "inputs=embedding&input=8&hidden=8&criterion=none")
	plan := e.Plan()
	g := plan.Prepare(builtIn(t, "mag-mini"))
	f, err := plan.Footprint(g, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(t, g, e.String(), Options{})
	weights, gradients, places := int64(0), int64(0), int64(0)
	for _, p := range r.lanes[0].model.Params() {
		weights += 4 * int64(len(p.W.Data))
		if p.Embedding {
			places += 4 * int64(p.W.Rows)
		} else {
			gradients += 4 * int64(len(p.G.Data))
		}
	}
	if want := 2 * (weights + gradients + places); f.Models != want {
		t.Errorf("models have %d bytes, want %d", f.Models, want)
	}
	means := int64(0)
	for _, moments := range r.lanes[0].distiller.State().Optimizer.Moments {
		for _, m := range moments {
			means += 4 * int64(len(m.Data))
		}
	}
	if f.Optimiser != means {
		t.Errorf("optimiser has %d bytes, want %d", f.Optimiser, means)
	}
	if f.Total() != f.Graph+f.Models+f.Optimiser+f.Batches+f.Layers+f.Evaluation+f.Measuring+f.Garbage || f.Graph == 0 || f.Batches == 0 || f.Layers == 0 || f.Evaluation == 0 {
		t.Errorf("parts are %+v, want each above 0 and their sum", f)
	}
}

// What makes a run larger makes the estimate larger, and a limit saves drawing
// a batch.
func TestFootprintGrows(t *testing.T) {
	estimate := func(text string, teacher *gnn.Config, limit int64) setup.Footprint {
		plan := experiment(t, text).Plan()
		f, err := plan.Footprint(plan.Prepare(builtIn(t, "mag-mini")), teacher, limit)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, c := range []struct{ less, more string }{
		{"hidden=8", "hidden=16"}, {"layers=2", "layers=3"}, {"inputs=means", "inputs=embedding&input=64"}, {"inputs=means", "inputs=fastrp"}, {"", "label-reuse=on"},
		{"sampler=saint&roots=20", "sampler=saint&roots=200"}, {"sampler=neighbor&batch=20", "sampler=neighbor&batch=200"},
		{"model=gcn", "model=gcn&hidden=50"}, {"model=gat&heads=2", "model=gat&heads=8"},
	} {
		if a, b := estimate(c.less, nil, 0).Total(), estimate(c.more, nil, 0).Total(); a >= b {
			t.Errorf("%s has %d bytes, %s %d, want more", c.less, a, c.more, b)
		}
	}
	teacher := newTeacher(t, builtIn(t, "mag-mini")).Config()
	if a, b := estimate("", nil, 0), estimate("", &teacher, 0); a.Models >= b.Models || a.Layers >= b.Layers || a.Optimiser != b.Optimiser {
		t.Errorf("with a teacher it is %+v, without %+v: want larger models and layers, the same optimiser", b, a)
	}
	if f := estimate("sampler=saint", nil, 1); f.Batches != 0 || f.Models == 0 {
		t.Errorf("above the limit it is %+v, want no batch drawn", f)
	}
	plan := experiment(t, "split=nosuch").Plan()
	if _, err := plan.Footprint(builtIn(t, "mag-mini"), nil, 0); err == nil {
		t.Error("a split that is not there has an estimate")
	}
}
