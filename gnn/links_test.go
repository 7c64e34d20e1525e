package gnn

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// On the whole graph the links are D^-1/2 (A + I) D^-1/2, entry by entry, and
// propagateBackward multiplies by the transpose.
func TestLinksOfTheGraph(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	links := testLinks(g, sample.NewFull(g, 1, nil).Next())
	n, in := g.Types[0].Count, g.Relations[0].In
	want := mat.New(n, n)
	for v := range n {
		want.Row(v)[v]++
		for _, u := range in.Row(v) {
			want.Row(v)[u]++
		}
	}
	for v := range n {
		for u := range n {
			want.Row(v)[u] *= float32(0.9 / math.Sqrt(float64((len(in.Row(v))+1)*(len(in.Row(u))+1))))
		}
	}
	identity := mat.New(n, n)
	for i := range n {
		identity.Row(i)[i] = 1
	}
	got, transpose := mat.New(n, n), mat.New(n, n)
	links.propagate(got, identity, false)
	links.propagateBackward(transpose, identity)
	for v := range n {
		for u := range n {
			if d := got.Row(v)[u] - want.Row(v)[u]; d > 1e-6 || d < -1e-6 {
				t.Errorf("weight of %d → %d is %g, want %g", u, v, got.Row(v)[u], want.Row(v)[u])
			}
			if transpose.Row(u)[v] != got.Row(v)[u] {
				t.Errorf("entry (%d, %d) of the transpose is %g, want %g", u, v, transpose.Row(u)[v], got.Row(v)[u])
			}
		}
	}
	if got.Row(4)[4] < 1.5*got.Row(25)[25]/float32(len(in.Row(4))+1) {
		t.Error("a self-loop that is stored does not count beside the one that is added")
	}
	links.propagate(got, identity, true)
	if d := got.Row(4)[4] - 2*want.Row(4)[4]; d > 1e-6 || d < -1e-6 {
		t.Errorf("after accumulation a weight is %g, want %g", got.Row(4)[4], 2*want.Row(4)[4])
	}
}

// Over many draws the sampled sums have the mean of the whole graph's.
func TestLinksAreUnbiased(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	x := g.Types[0].Features
	want := mat.New(x.Rows, x.Cols)
	testLinks(g, sample.NewFull(g, 1, nil).Next()).propagate(want, x, false)
	const draws = 4000
	s := sample.NewNeighbor(g, 1, reversed(g), x.Rows, 2, newRand(3))
	total := make([]float64, len(want.Data))
	for range draws {
		b := s.Next()
		links := testLinks(g, b)
		xs, y := mat.New(links.n, x.Cols), mat.New(links.m, x.Cols)
		mat.Gather(xs, x, b.Nodes[0][:links.n])
		links.propagate(y, xs, false)
		for i, v := range b.Seeds {
			for d, f := range y.Row(i) {
				total[int(v)*x.Cols+d] += float64(f)
			}
		}
	}
	for i, sum := range total {
		// The deviation of a draw is below 1.5 and its mean's below 0.025.
		if got := sum / draws; math.Abs(got-float64(want.Data[i])) > 0.1 {
			t.Errorf("mean of element %d over the draws is %.3f, want %.3f", i, got, want.Data[i])
		}
	}
}

// A fixed batch's links are made once and shared by the layers; those of a
// sampled batch every time, without allocating.
func TestLinksAreKept(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	m := newModelOf(t, Config{Kind: "gcn", Hidden: 5}, g, 2).(*Chain)
	full := sample.NewFull(g, 3, nil).Next()
	m.Forward(full, nil)
	if m.links[0] != m.links[2] {
		t.Error("layers on the same adjacency have links of their own")
	}
	m.links[0].weight[0] = 7
	m.Forward(sample.NewFull(g, 4, someRows(g)).Next(), nil)
	if m.links[0].weight[0] != 7 {
		t.Error("the links of a fixed batch are made again")
	}
	sampled := sample.NewNeighbor(g, 3, someRows(g), 5, 2, newRand(3)).Next()
	m.Forward(sampled, nil)
	if m.links[0] == m.links[2] {
		t.Error("layers of a sampled batch share links")
	}
	m.links[0].weight[0] = 7
	m.Forward(sampled, nil)
	if m.links[0].weight[0] == 7 {
		t.Error("the links of a sampled batch are kept")
	}
	m.Forward(full, nil)
	if m.links[0].weight[0] == 7 {
		t.Error("a fixed batch takes the links of another")
	}
}

// Z of the layers' Message, times the weight of the edge.
func TestKindsMessage(t *testing.T) {
	g := testGraph(t, 1)
	rel, _ := selfRelation("gcn", g)
	in := g.Relations[rel].In
	v := 0
	for len(in.Row(v)) < 2 {
		v++
	}
	u, degree := int(in.Row(v)[0]), len(in.Row(v))
	for _, kind := range targetKinds {
		t.Run("kind="+kind, func(t *testing.T) {
			m := newModelOf(t, Config{Kind: kind, Layers: 2, Hidden: 5, Heads: 2}, g, 2)
			b := sample.NewFull(g, 2, nil).Next()
			tr := m.Forward(b, nil)
			sender := m.(interface {
				Message(layer, rel, row, degree int) float32
			})
			// What a source adds to the sums of its destination is what they
			// lose when its row is 0: recomputed by the float64 reference.
			ws, x := parameters(m), [][]float64{wide(g.Types[g.Target].Features.Row(u)), wide(tr.Layers[0].Row(u))}
			for l := range 2 {
				want := 0.0
				switch root := math.Sqrt(float64((len(in.Row(u)) + 1) * (degree + 1))); kind {
				case "gcn":
					want = norm(affine(x[l:l+1], ws[fmt.Sprintf("layers.%d.weight", l)], mat.Matrix{})[0]) / root
				case "sage":
					want = norm(affine(x[l:l+1], ws[fmt.Sprintf("layers.%d.neigh.weight", l)], mat.Matrix{})[0]) / float64(degree)
				case "gcnii":
					h := [][]float64{wide(m.(*GCNII).in.y.Row(u)), x[1]}[l]
					zero := [][]float64{make([]float64, 5)}
					want = norm(gcniiLayer(m.Config(), l, [][]float64{h}, zero, ws[fmt.Sprintf("layers.%d.weight", l)])[0]) / root
				case "gat":
					want = meanMessage(m.(*Chain).layers[l].(*gatConv), u)
				}
				if got := float64(sender.Message(l, rel, u, degree)); math.Abs(got-want) > 1e-5*(1+want) || kind != "mlp" && want == 0 {
					t.Errorf("message of layer %d is %g, want %g", l, got, want)
				}
				if got := sender.Message(l, rel+1, u, degree); got != 0 {
					t.Errorf("message over a relation that is not read is %g, want 0", got)
				}
			}
			if n := testing.AllocsPerRun(10, func() { sender.Message(1, rel, u, degree) }); n != 0 {
				t.Errorf("Message allocates %g times, want 0", n)
			}
		})
	}
}

// meanMessage searches all edges for those from u.
func meanMessage(l *gatConv, u int) float64 {
	total, edges := 0.0, 0
	for e, from := range l.links.in.Col {
		if int(from) != u {
			continue
		}
		var message []float64
		for i, z := range l.z.Row(u) {
			message = append(message, float64(z)*float64(l.alpha.Row(e)[i/l.Src.W.Cols]))
		}
		total += norm(message)
		edges++
	}
	return total / float64(edges)
}

func norm(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	return math.Sqrt(s)
}
