//go:build !js

package gnn

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/gnn/synth"
)

// A baselineCase is what numpy computed, see testdata/baselines/baselines.py.
type baselineCase struct {
	Types []struct {
		Name     string
		Count    int
		Features [][]float32
	}
	Relations []struct {
		Src, Name, Dst string
		Edges          [][2]int32
	}
	Target        string
	Classes       int
	Labels, Train []int32
	LP            []struct {
		Through string
		Alpha   float32
		Rounds  int
		Scores  [][]float32
	}
	SGC []struct {
		Rounds   int
		Features [][]float32
	}
	CS struct {
		Weight [][]float32
		Bias   []float32
		Alpha  float32
		Rounds int
		Scores [][]float32
	}
}

func readBaselineCase(t *testing.T) (c baselineCase, g *graph.Graph) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "baselines", "case.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	g = &graph.Graph{Name: "case", Classes: c.Classes, Labels: c.Labels}
	for _, n := range c.Types {
		g.Types = append(g.Types, graph.NodeType{Name: n.Name, Count: n.Count, Features: matrixOf(n.Features)})
	}
	g.Target = g.TypeIndex(c.Target)
	for _, r := range c.Relations {
		var src, dst []int32
		for _, e := range r.Edges {
			src, dst = append(src, e[0]), append(dst, e[1])
		}
		if err := g.AddRelation(graph.EdgeType{Src: r.Src, Rel: r.Name, Dst: r.Dst}, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	g.Splits = []graph.Split{{Name: "case", Train: c.Train}}
	return c, g
}

func matrixOf(rows [][]float32) (m mat.Matrix) {
	for _, row := range rows {
		m.Rows, m.Cols, m.Data = m.Rows+1, len(row), append(m.Data, row...)
	}
	return m
}

func closeTo(t *testing.T, what string, got, want mat.Matrix) {
	t.Helper()
	if got.Rows != want.Rows || got.Cols != want.Cols {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
	for i, x := range got.Data {
		if d := math.Abs(float64(x - want.Data[i])); !(d <= 2e-5) {
			t.Errorf("%s: element %d is %g, want %g", what, i, x, want.Data[i])
		}
	}
}

// shares undoes logShares.
func shares(logits mat.Matrix) mat.Matrix {
	m := logits.Clone()
	for i, x := range m.Data {
		m.Data[i] = float32(math.Exp(float64(x)))
	}
	return m
}

// normalised divides each row by its sum.
func normalised(m mat.Matrix) mat.Matrix {
	m = m.Clone()
	for v := range m.Rows {
		for k, x := range m.Row(v) {
			m.Row(v)[k] = max(x, 0)
		}
		all := sum(m.Row(v))
		for k := range m.Row(v) {
			m.Row(v)[k] = max(m.Row(v)[k]/float32(all), leastShare)
		}
	}
	return m
}

func infer(m Model, layers int) mat.Matrix {
	all := make([]int32, m.Graph().Types[m.Graph().Target].Count)
	for v := range all {
		all[v] = int32(v)
	}
	return m.Forward(sample.NewFull(m.Graph(), layers, all).Next(), nil).Logits().Clone()
}

// TestBaselinesAsNumpy compares every baseline with what an independent program
// in float64 computed on a graph of four types.
func TestBaselinesAsNumpy(t *testing.T) {
	c, g := readBaselineCase(t)
	for _, lp := range c.LP {
		m, err := New(Config{Kind: "lp", Through: lp.Through, NeighbourShare: lp.Alpha, Rounds: lp.Rounds}, g, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := matrixOf(lp.Scores)
		relations, _ := graph.FindRelations(g, lp.Through)
		closeTo(t, "scores of lp", LabelPropagation(g, c.Train, relations, lp.Alpha, lp.Rounds), want)
		closeTo(t, "shares of lp", shares(infer(m, 1)), normalised(want))
	}
	for _, sgc := range c.SGC {
		m, err := New(Config{Kind: "sgc", Rounds: sgc.Rounds}, g, newRand(1))
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "features of sgc", m.Graph().Types[g.Target].Features, matrixOf(sgc.Features))
	}
	m, err := New(Config{Kind: "cs", Layers: 1, NeighbourShare: c.CS.Alpha, Rounds: c.CS.Rounds}, g, nil)
	if err != nil {
		t.Fatal(err)
	}
	copy(m.Params()[0].W.Data, matrixOf(c.CS.Weight).Data)
	copy(m.Params()[1].W.Data, c.CS.Bias)
	want := normalised(matrixOf(c.CS.Scores))
	closeTo(t, "shares of cs", shares(infer(m, 1)), want)
	m.Params()[1].W.Data[0] += 3
	if maxDifference(shares(infer(m, 1)), want) < 1e-3 {
		t.Error("the logits of cs did not follow its weights")
	}
}

func maxDifference(a, b mat.Matrix) (most float64) {
	for i := range a.Data {
		most = max(most, math.Abs(float64(a.Data[i]-b.Data[i])))
	}
	return most
}

// TestBaselinesAreModels evaluates, saves and loads each baseline, whole and by
// an evaluator.
func TestBaselinesAreModels(t *testing.T) {
	g := synth.MAGMini()
	split, _ := g.Split("random")
	for _, kind := range Baselines() {
		m, err := New(Config{Kind: kind, Split: "random", Hidden: 8}, g, newRand(1))
		if err != nil {
			t.Fatal(err)
		}
		whole := infer(m, m.Config().Layers)
		b := sample.NewExact(g, m.Config().Layers, split.Test).Next()
		part := m.Forward(b, nil).Logits()
		for i, v := range split.Test {
			if !slices.Equal(part.Row(int(b.Rows[i])), whole.Row(int(v))) {
				t.Fatalf("%s: logits of test node %d are %v in a batch, want %v", kind, v, part.Row(int(b.Rows[i])), whole.Row(int(v)))
			}
		}
		e := NewEvaluator(m, split.Test)
		e.Each(func(first int, z mat.Matrix) {
			for i := range z.Rows {
				if v := split.Test[first+i]; !slices.Equal(z.Row(i), whole.Row(int(v))) {
					t.Fatalf("%s: the evaluator has %v for node %d, Forward %v", kind, z.Row(i), v, whole.Row(int(v)))
				}
			}
		})
		back, err := Read(Encode(m, nil), g)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if back.Config() != m.Config() {
			t.Errorf("%s: %+v was saved, %+v is read", kind, m.Config(), back.Config())
		}
		if again := infer(back, m.Config().Layers); !slices.Equal(again.Data, whole.Data) {
			t.Errorf("%s: a model that was saved and loaded computes other logits", kind)
		}
		bytes, err := EvaluationBytes(m.Config(), g)
		if err != nil || bytes <= 0 {
			t.Errorf("%s: evaluation takes %d bytes, %v", kind, bytes, err)
		}
	}
}

// TestBaselinesReadTrainingLabelsAlone changes every label that is not of a
// training node: no prediction may follow.
func TestBaselinesReadTrainingLabelsAlone(t *testing.T) {
	g := synth.MAGMini()
	split, _ := g.Split("time")
	h := *g
	h.Labels = slices.Clone(g.Labels)
	for _, v := range slices.Concat(split.Valid, split.Test) {
		h.Labels[v] = (h.Labels[v] + 1) % int32(g.Classes)
	}
	for _, kind := range []string{"majority", "lp", "cs"} {
		var logits []mat.Matrix
		for _, x := range []*graph.Graph{g, &h} {
			m, err := New(Config{Kind: kind, Split: "time", Hidden: 8}, x, newRand(1))
			if err != nil {
				t.Fatal(err)
			}
			logits = append(logits, infer(m, m.Config().Layers))
		}
		if !slices.Equal(logits[0].Data, logits[1].Data) {
			t.Errorf("%s: labels of nodes that are not for training changed its logits", kind)
		}
	}
}

// TestBaselineGradients compares the gradients of the baselines that are
// trained with differences of the loss.
func TestBaselineGradients(t *testing.T) {
	g := synth.MAGMini()
	split, _ := g.Split("time")
	for _, kind := range []string{"sgc", "cs"} {
		m, err := New(Config{Kind: kind, Layers: 2, Hidden: 6, Dropout: -1, InputDropout: -1}, g, newRand(1))
		if err != nil {
			t.Fatal(err)
		}
		b := sample.NewFull(g, m.Config().Layers, split.Train[:40]).Next()
		var ce CrossEntropy
		var logits mat.Matrix
		f := func() (float64, uint64) {
			trace := m.Forward(b, rand.New(rand.NewPCG(1, 1)))
			logits = trace.Logits()
			return ce.Loss(logits, b.Rows, b.Labels), reluPattern(trace.Layers[:len(trace.Layers)-1])
		}
		f()
		grad := make([]mat.Matrix, len(m.Widths()))
		grad[len(grad)-1] = mat.New(logits.Rows, logits.Cols)
		ce.Backward(1, grad[len(grad)-1])
		m.Backward(b, grad)
		for _, p := range m.Params() {
			checkGradient(t, kind+" "+p.Name, f, p.W, p.G.Clone())
		}
	}
}

func TestBaselinesRefuse(t *testing.T) {
	g := synth.MAGMini()
	bare := *g
	bare.Types = slices.Clone(g.Types)
	for i := range bare.Types {
		bare.Types[i].Features = mat.Matrix{}
	}
	none := *g
	none.Splits = []graph.Split{{Name: "none", Test: []int32{1}}}
	for _, c := range []struct {
		config Config
		graph  *graph.Graph
		want   string
	}{
		{Config{Kind: "lp", Split: "week"}, g, "split is"},
		{Config{Kind: "lp"}, &none, "no training nodes"},
		{Config{Kind: "lp", Through: "quotes"}, g, `relation is "quotes", want one of`},
		{Config{Kind: "lp", Rounds: -1}, g, "rounds is -1"},
		{Config{Kind: "cs", NeighbourShare: 1}, g, "share of the neighbours is 1"},
		{Config{Kind: "sgc"}, &bare, "has no features and gets none"},
	} {
		if _, err := New(c.config, c.graph, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error is %v, want one with %q", c.config, err, c.want)
		}
	}
}
