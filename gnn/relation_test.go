package gnn

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
)

// silent returns g without the edges of a relation.
func silent(g *graph.Graph, rel int) *graph.Graph {
	h := *g
	h.Relations = slices.Clone(g.Relations)
	h.Relations[rel].In = graph.CSR{Ptr: make([]int32, len(g.Relations[rel].In.Ptr))}
	return &h
}

// gradients returns the gradient of every parameter for the gradient 1 of
// every output.
func gradients(m Model, b *sample.Batch) map[string]mat.Matrix {
	ZeroGrad(m.Params())
	var grad []mat.Matrix
	for _, y := range m.Forward(b, nil).Outputs {
		g := mat.New(y.Rows, y.Cols)
		for i := range g.Data {
			g.Data[i] = 1 + 0.1*float32(i%7)
		}
		grad = append(grad, g)
	}
	m.Backward(b, grad)
	all := map[string]mat.Matrix{}
	for _, p := range m.Params() {
		all[p.Name] = p.G.Clone()
	}
	return all
}

func zero(m mat.Matrix) bool {
	for _, v := range m.Data {
		if v > 1e-6 || v < -1e-6 {
			return false
		}
	}
	return true
}

// The parameters of a relation are those whose gradient vanishes with its
// edges.
func TestRelationParams(t *testing.T) {
	for _, kind := range Kinds() {
		for name, g := range map[string]*graph.Graph{"karate": synth.Karate(), "mag-mini": synth.MAGMini()} {
			t.Run("kind="+kind+"/graph="+name, func(t *testing.T) {
				m, err := New(Config{Kind: kind, Layers: 2, Hidden: 4, Heads: 2, Inputs: "means"}, g, rand.New(rand.NewPCG(1, 2)))
				if err != nil {
					t.Fatal(err)
				}
				full := gradients(m, sample.NewFull(m.(interface{ Graph() *graph.Graph }).Graph(), 2, nil).Next())
				for rel, r := range g.Relations {
					of := RelationParams(m, rel)
					h := silent(m.(interface{ Graph() *graph.Graph }).Graph(), rel)
					SetGraph(m, h)
					without := gradients(m, sample.NewFull(h, 2, nil).Next())
					for _, p := range m.Params() {
						vanishes := zero(without[p.Name]) && !zero(full[p.Name])
						if listed := slices.Contains(of, p); listed && !zero(without[p.Name]) || vanishes && !listed && name == "karate" {
							t.Errorf("%s without %v: gradient vanishes %t, listed %t", p.Name, r.EdgeType, vanishes, listed)
						}
					}
					SetGraph(m, m.(interface{ Graph() *graph.Graph }).Graph())
				}
			})
		}
	}
}

// A model that is told of another graph computes what one made for it does.
func TestSetGraph(t *testing.T) {
	g := synth.Karate()
	h := silent(g, 0)
	for _, kind := range Kinds() {
		t.Run("kind="+kind, func(t *testing.T) {
			c := Config{Kind: kind, Layers: 2, Hidden: 4, Heads: 2}
			m, err := New(c, g, rand.New(rand.NewPCG(1, 2)))
			if err != nil {
				t.Fatal(err)
			}
			made, err := New(c, h, nil)
			if err != nil {
				t.Fatal(err)
			}
			Copy(made.Params(), m.Params())
			logits := func(m Model, g *graph.Graph) mat.Matrix {
				return m.Forward(sample.NewFull(g, 2, nil).Next(), nil).Logits().Clone()
			}
			before := logits(m, g)
			SetGraph(m, h)
			if got, want := logits(m, h), logits(made, h); !slices.Equal(got.Data, want.Data) {
				t.Errorf("logits are %v, want %v", got.Data, want.Data)
			}
			SetGraph(m, g)
			if got := logits(m, g); !slices.Equal(got.Data, before.Data) {
				t.Error("logits on the first graph are no longer what they were")
			}
		})
	}
}

func TestSetGraphPanicsForOthers(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "want one that has this method") {
			t.Errorf("got %v", r)
		}
	}()
	SetGraph(nil, synth.Karate())
}
