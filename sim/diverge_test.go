package sim

import (
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/sim/wire"
)

var nan = float32(math.NaN())

// spoil sets the first weight of the parameter of that name.
func spoil(t *testing.T, params []*gnn.Param, name string, v float32) {
	t.Helper()
	i := slices.IndexFunc(params, func(p *gnn.Param) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("there is no parameter %s", name)
	}
	params[i].W.Data[0] = v
}

// The error of a loss that is not finite names the step and the first number
// that is none.
func TestDiagnosis(t *testing.T) {
	const text = "epochs=6&alpha=0.5&hidden=4&layers=2&dropout=0&lr=0.03"
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, r *Run)
		want  string
	}{
		{"weight", func(t *testing.T, r *Run) { spoil(t, r.lanes[0].model.Params(), "layers.1.self.paper.weight", nan) },
			"of the student layers.1.self.paper.weight is not finite in 1 of"},
		{"overflow", func(t *testing.T, r *Run) {
			for _, p := range r.lanes[0].model.Params() {
				if strings.HasPrefix(p.Name, "layers.0.self.") && strings.HasSuffix(p.Name, ".bias") {
					for i := range p.W.Data {
						p.W.Data[i] = math.MaxFloat32
					}
				}
				if strings.HasPrefix(p.Name, "layers.1.self.paper.weight") {
					for i := range p.W.Data {
						p.W.Data[i] = 2
					}
				}
			}
		}, "the first that is not finite in the student is the output of layer 2 of 2 for paper ("},
		{"teacher", func(t *testing.T, r *Run) {
			spoil(t, r.teacher.bestModel.Params(), "layers.2.self.paper.bias", nan)
			r.teacherChanged()
		}, "the first that is not finite in the teacher is the output of layer 3 of 3 for paper ("},
		{"criterion", func(t *testing.T, r *Run) {
			p := r.lanes[0].distiller.State().Criterion[0]
			p.W.Data[0] = nan
		}, "of the criterion "},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := builtIn(t, "mag-mini")
			r := newRun(t, g, text, Options{Teacher: newTeacher(t, g)})
			r.Step()
			r.Step()
			c.spoil(t, r)
			if r.Step() || r.Phase() != wire.Failed {
				t.Fatalf("phase is %d, want a failure", r.Phase())
			}
			for _, want := range []string{"want a finite number: lower ", "(epoch 3, step 1 of 1, learning rate 0.03: ", c.want} {
				if !strings.Contains(r.Err().Error(), want) {
					t.Errorf("error is %q, want %q in it", r.Err(), want)
				}
			}
		})
	}
	t.Run("input", func(t *testing.T) {
		g := *builtIn(t, "mag-mini")
		g.Types = slices.Clone(g.Types)
		g.Types[g.Target].Features = g.Types[g.Target].Features.Clone()
		g.Types[g.Target].Features.Row(int(g.Splits[0].Train[0]))[0] = float32(math.Inf(1))
		r := newRun(t, graph.WithoutDerived(&g), "criterion=none&inputs=embedding&dropout=0", Options{})
		r.Step()
		if want := "the first that is not finite in the model is the input of paper (1 of "; r.Err() == nil || !strings.Contains(r.Err().Error(), want) {
			t.Errorf("error is %v, want %q in it", r.Err(), want)
		}
	})
}

// Features that are too large are blamed on the features.
func TestLargeFeatures(t *testing.T) {
	g := *builtIn(t, "mag-mini")
	g.Types = slices.Clone(g.Types)
	g.Types[g.Target].Features = g.Types[g.Target].Features.Clone()
	g.Types[g.Target].Features.Row(int(g.Splits[0].Train[0]))[0] = -3e38
	for text, want := range map[string]string{
		"model=rgcn&inputs=embedding":          "features of paper reach 3e+38: scale them",
		"model=gcn":                            "features of paper reach 3e+38: scale them, or set row-normalise",
		"model=gcn&row-normalise=on":           "",
		"model=rgcn&inputs=embedding&hidden=9": "features of paper reach 3e+38: scale them",
	} {
		r := newRun(t, graph.WithoutDerived(&g), "criterion=none&dropout=0&"+text, Options{})
		if got := r.LargeFeatures(); got != want {
			t.Errorf("%s: blame is %q, want %q", text, got, want)
		}
		for r.Step() {
		}
		if r.Err() != nil && !strings.Contains(r.Err().Error(), "want a finite number: "+want+" (epoch ") {
			t.Errorf("%s: error is %v, want %q in it", text, r.Err(), want)
		}
	}
	if r := newRun(t, builtIn(t, "mag-mini"), "criterion=none", Options{}); r.LargeFeatures() != "" {
		t.Errorf("features of mag-mini are blamed: %s", r.LargeFeatures())
	}
}

// Weights that give no finite loss are never the best.
func TestNotFiniteIsNotTheBest(t *testing.T) {
	r := newRun(t, builtIn(t, "karate"), "criterion=none&epochs=9&hidden=4", Options{})
	for range 3 {
		r.Step()
	}
	_, before := r.Best()
	l := r.lanes[0]
	l.best.Valid = -1 // whatever comes would be better
	spoil(t, l.model.Params(), "layers.0.self.member.bias", nan)
	l.endEpoch(r.eval, true)
	m, after := r.Best()
	if after.BestEpoch != before.BestEpoch || notFinite(m.Params()[0].W) > 0 {
		t.Errorf("best epoch is %d, want %d and finite weights", after.BestEpoch, before.BestEpoch)
	}
}
