package kd

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
)

// The forms of case.json.
type (
	goldenCase struct {
		Name, Kind              string
		Graph                   goldenGraph
		Model, Teacher, Student goldenModel
		Criterion               goldenCriterion
		Alpha, Beta             float64
		Temperature, LR         float64
		Steps                   int
		Walks                   int // roots of each step's random walks; 0: all nodes
	}
	goldenGraph struct {
		NodeTypes []struct {
			Name       string
			Count      int
			FeatureDim int `json:"feature_dim"`
		} `json:"node_types"`
		Relations []struct{ Src, Name, Dst string }
		Target    string
		Classes   int
	}
	goldenModel struct {
		Kind                         string
		Layers, Hidden, Input, Heads int
		Alpha, Lambda                float64
	}
	goldenCriterion struct {
		Kind                       string
		Dim                        int
		Softmax, Head, Granularity string
		Subspace                   *bool
		DetachAttention            bool   `json:"detach_attention"`
		TeacherProjection          string `json:"teacher_projection"`
		Pinned                     [][]float32
		Temperature, Tau           float64
		Kernel                     string
		Dissimilarity              string
		Renormalise                bool
		Attend                     string
		HiddenOnly                 bool `json:"hidden_only"`
	}
)

// golden is one case with its tensors. Every tensor must be read: a value
// that nobody looks at is a check that does not take place.
type golden struct {
	*testing.T
	goldenCase
	file *safetensors.File
	read map[string]bool
}

func (g *golden) has(name string) bool {
	return slices.ContainsFunc(g.file.Tensors, func(t safetensors.Tensor) bool { return t.Name == name })
}

func (g *golden) values(name string) []float64 {
	g.Helper()
	g.read[name] = true
	v, err := g.file.Float64(name)
	if err != nil {
		g.Fatal(err)
	}
	return v
}

func (g *golden) ints(name string) []int32 {
	g.Helper()
	g.read[name] = true
	v, err := g.file.Int64(name)
	if err != nil {
		g.Fatal(err)
	}
	out := make([]int32, len(v))
	for i, x := range v {
		out[i] = int32(x)
	}
	return out
}

// edges returns the source and destination of every edge.
func (g *golden) edges(name string) (src, dst []int32) {
	pairs := g.ints(name)
	for i := 0; i < len(pairs); i += 2 {
		src, dst = append(src, pairs[i]), append(dst, pairs[i+1])
	}
	return src, dst
}

// matrix returns a tensor of two dimensions.
func (g *golden) matrix(name string) mat.Matrix {
	g.Helper()
	g.read[name] = true
	x, err := g.file.Tensor(name)
	if err != nil || len(x.Shape) != 2 {
		g.Fatalf("tensor %s: shape is %v (%v), want a matrix", name, x.Shape, err)
	}
	return mat.Matrix{Rows: x.Shape[0], Cols: x.Shape[1], Data: x.Data}
}

// layers returns the tensors prefix0, prefix1, and so on.
func (g *golden) layers(prefix string) (m []mat.Matrix) {
	for g.has(prefix + strconv.Itoa(len(m))) {
		m = append(m, g.matrix(prefix+strconv.Itoa(len(m))))
	}
	return m
}

// load sets parameters to the tensors prefix + name.
func (g *golden) load(prefix string, params []*gnn.Param) {
	g.Helper()
	for _, p := range params {
		v := g.values(prefix + p.Name)
		if len(v) != len(p.W.Data) {
			g.Fatalf("tensor %s%s has %d elements, want %v", prefix, p.Name, len(v), p.W)
		}
		for i, x := range v {
			p.W.Data[i] = float32(x)
		}
	}
}

// compare checks a tensor of the file, see tolerated.
func (g *golden) compare(name string, got []float32, relative, absolute float64) {
	g.Helper()
	if err := tolerated(got, g.values(name), relative, absolute); err != nil {
		g.Errorf("%s: %v", name, err)
	}
}

// tolerated returns an error unless |got - want| <= relative·max|want| + absolute.
func tolerated(got []float32, want []float64, relative, absolute float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d elements, want %d", len(got), len(want))
	}
	limit := 0.0
	for _, w := range want {
		limit = max(limit, math.Abs(w))
	}
	limit = relative*limit + absolute
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= limit) {
			return fmt.Errorf("element %d is %v, want %v within %.3g", i, got[i], w, limit)
		}
	}
	return nil
}

func (g *golden) same(name string, got []float32) {
	g.Helper()
	g.compare(name, got, 1e-4, 1e-5)
}

func (g *golden) graph() *graph.Graph {
	c := g.Graph
	gr := &graph.Graph{Name: g.Name, Classes: c.Classes}
	for _, nt := range c.NodeTypes {
		n := graph.NodeType{Name: nt.Name, Count: nt.Count}
		if nt.FeatureDim > 0 {
			n.Features = g.matrix("graph.features." + nt.Name)
		}
		gr.Types = append(gr.Types, n)
	}
	gr.Target = gr.TypeIndex(c.Target)
	for _, r := range c.Relations {
		et := graph.EdgeType{Src: r.Src, Rel: r.Name, Dst: r.Dst}
		src, dst := g.edges("graph.edges." + et.String())
		if err := gr.AddRelation(et, src, dst); err != nil {
			g.Fatal(err)
		}
	}
	gr.Labels = g.ints("graph.labels")
	gr.Splits = []graph.Split{{Train: g.ints("graph.train")}}
	if err := gr.Validate(); err != nil {
		g.Fatal(err)
	}
	return gr
}

func (g *golden) model(c goldenModel, gr *graph.Graph, prefix string) gnn.Model {
	m, err := gnn.New(gnn.Config{
		Kind: c.Kind, Layers: c.Layers, Hidden: c.Hidden, Input: c.Input, Inputs: "embedding", Dropout: -1,
		Heads: c.Heads, Alpha: float32(c.Alpha), Lambda: float32(c.Lambda),
	}, gr, nil)
	if err != nil {
		g.Fatal(err)
	}
	g.load(prefix, m.Params())
	return m
}

// newCriterion returns the criterion of the case, made by a call of New or
// Between, with the parameters of the file. Those that are not trained come
// back apart.
func (g *golden) newCriterion(prefix string, make func(string, Config, *rand.Rand) (Criterion, error)) (c Criterion, constant []*gnn.Param) {
	o := g.Criterion
	pin := mat.Matrix{}
	for _, r := range o.Pinned {
		pin = mat.Matrix{Rows: pin.Rows + 1, Cols: len(r), Data: append(pin.Data, r...)}
	}
	if !slices.Contains([]string{"", "trained", "frozen"}, o.TeacherProjection) {
		g.Fatalf("teacher_projection is %q, want trained or frozen", o.TeacherProjection)
	}
	c, err := make(cmp.Or(o.Kind, "none"), Config{
		ABKD: ABKDConfig{
			Dim: o.Dim, Softmax: o.Softmax, Head: o.Head, Granularity: o.Granularity,
			NoSubspace: o.Subspace != nil && !*o.Subspace, DetachAttention: o.DetachAttention,
			FrozenTeacher: o.TeacherProjection == "frozen", Pin: pin,
			Dissimilarity: o.Dissimilarity, Renormalise: o.Renormalise, Attend: o.Attend, HiddenOnly: o.HiddenOnly,
		},
		HeadDim: o.Dim, Kernel: o.Kernel, Tau: o.Tau,
	}, newRNG(1))
	if err != nil {
		g.Fatal(err)
	}
	if o.TeacherProjection == "frozen" {
		constant = teacherProjections(c)
	}
	if c != nil {
		g.load(prefix, c.Params())
		repeat(c)
	}
	g.load(prefix, constant)
	return c, constant
}

// teacherProjections returns the parameters that FrozenTeacher freezes.
func teacherProjections(c Criterion) (params []*gnn.Param) {
	if s, ok := c.(*STRIDE); ok {
		for _, e := range s.teacher {
			params = append(params, e.params()...)
		}
		c = s.abkd
	}
	if a, ok := c.(*ABKD); ok {
		for _, e := range a.teacher {
			params = append(params, e.params()...)
		}
	}
	return params
}

// TestTolerated makes sure that the golden cases can fail.
func TestTolerated(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		got  []float32
		want bool
	}{
		{[]float32{10, 1}, true},
		{[]float32{10, 1.0009}, true},
		{[]float32{10, 1.0012}, false},
		{[]float32{nan, 1}, false},
		{[]float32{10, nan}, false},
		{[]float32{10}, false},
	} {
		t.Run(fmt.Sprintf("got=%v", test.got), func(t *testing.T) {
			err := tolerated(test.got, []float64{10, 1}, 1e-4, 1e-5)
			if (err == nil) != test.want {
				t.Errorf("error is %v, want none: %v", err, test.want)
			}
		})
	}
}
