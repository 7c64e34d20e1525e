package sim

import (
	"fmt"
	"math"
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// A reference computes every layer of a model again, in float64, edge by
// edge, from the weights and the graph alone.
type reference struct {
	g      *graph.Graph
	c      gnn.Config
	w      map[string]rows
	input  []rows   // [type] the first layer's input
	hidden [][]rows // [layer][type]; of GCNII the logits stand last
	first  rows     // of GCNII
}

func newReference(m gnn.Model, g *graph.Graph) *reference {
	f := &reference{g: g, c: m.Config(), w: weights(m), input: make([]rows, len(g.Types))}
	for i, t := range g.Types {
		if f.c.Kind != "rgcn" && i != g.Target {
			continue
		}
		if e, ok := f.w["embed."+t.Name]; ok {
			f.input[i] = e
			continue
		}
		x := wide(t.Features)
		if f.c.RowNormalise {
			for v := range x {
				sum := 0.0
				for _, k := range x[v] {
					sum += math.Abs(k)
				}
				if sum > 0 {
					x[v] = rows{x[v]}.times(1 / sum)[0]
				}
			}
		}
		if e, ok := f.w["encode."+t.Name+".weight"]; ok {
			x = x.by(e).and(f.w["encode."+t.Name+".bias"])
		}
		f.input[i] = x
	}
	for l := range f.c.Layers {
		f.hidden = append(f.hidden, f.layer(l))
	}
	if f.c.Kind == "gcnii" {
		last := make([]rows, len(g.Types))
		last[g.Target] = f.hidden[f.c.Layers-1][g.Target].by(f.w["output.weight"]).and(f.w["output.bias"])
		f.hidden = append(f.hidden, last)
	}
	return f
}

func reluRows(x rows) rows { return x.map1(func(v float64) float64 { return max(v, 0) }) }

// below returns the input of layer l.
func (f *reference) below(l int) []rows {
	switch {
	case l > 0:
		return f.hidden[l-1]
	case f.c.Kind == "gcnii":
		f.first = reluRows(f.input[f.g.Target].by(f.w["input.weight"]).and(f.w["input.bias"]))
		out := make([]rows, len(f.g.Types))
		out[f.g.Target] = f.first
		return out
	}
	return f.input
}

func (f *reference) layer(l int) []rows {
	x, out, p := f.below(l), make([]rows, len(f.g.Types)), fmt.Sprintf("layers.%d.", l)
	t := f.g.Target
	switch f.c.Kind {
	case "rgcn":
		for i, nt := range f.g.Types {
			out[i] = x[i].by(f.w[p+"self."+nt.Name+".weight"]).and(f.w[p+"self."+nt.Name+".bias"])
		}
		for i, r := range f.g.Relations {
			f.addMeans(out[r.Dst], x[r.Src].by(f.w[p+"rel."+r.EdgeType.String()+".weight"]), i)
		}
		if f.c.LabelReuse && l == f.c.Layers-1 {
			for v := range out[t] {
				out[t][v] = rows{out[t][v]}.and(labelsByHand(f.w["labels.weight"], f.labelInputs(v)))[0]
			}
		}
	case "sage":
		out[t] = x[t].by(f.w[p+"self.weight"]).and(f.w[p+"bias"])
		f.addMeans(out[t], x[t].by(f.w[p+"neigh.weight"]), selfRelation(f.g))
	case "gcn":
		out[t] = f.propagate(x[t].by(f.w[p+"weight"])).and(f.w[p+"bias"])
	case "mlp":
		out[t] = x[t].by(f.w[p+"weight"]).and(f.w[p+"bias"])
	case "gat":
		out[t] = f.attended(x[t].by(f.w[p+"weight"]), p, l).and(f.w[p+"bias"])
	case "gcnii":
		b := math.Log(float64(f.c.Lambda)/float64(l+1) + 1)
		a := float64(max(f.c.Alpha, 0))
		s := f.propagate(x[t]).times(1 - a).and(f.first.times(a))
		out[t] = s.times(1 - b).and(s.by(f.w[p+"weight"]).times(b))
	}
	for i := range out {
		switch {
		case f.c.Kind != "gcnii" && l == f.c.Layers-1:
		case f.c.Kind == "gat" && out[i] != nil:
			out[i] = out[i].map1(eluByHand)
		case out[i] != nil:
			out[i] = reluRows(out[i])
		}
	}
	return out
}

// labelInputs returns the label inputs of node v, a row for each channel.
func (f *reference) labelInputs(v int) (x rows) {
	for row := range slices.Chunk(f.g.LabelInputs.X.Row(v), f.g.Classes) {
		x = append(x, wide(mat.Matrix{Rows: 1, Cols: len(row), Data: row})[0])
	}
	return x
}

// labelsByHand returns what label inputs add to the logits.
func labelsByHand(w, x rows) rows {
	out := make(rows, 1)
	out[0] = make([]float64, len(w[0]))
	for r := range w {
		for c := range w[r] {
			out[0][c] += w[r][c] * x[r][c]
		}
	}
	return out
}

func selfRelation(g *graph.Graph) int {
	for i, r := range g.Relations {
		if r.Src == g.Target && r.Dst == g.Target {
			return i
		}
	}
	panic("no relation from the target type to itself")
}

// addMeans adds each message over relation i to who receives it, one by one.
func (f *reference) addMeans(y, z rows, i int) {
	in := f.g.Relations[i].In
	for v := range in.Rows() {
		for _, u := range in.Row(v) {
			for c, k := range z[u] {
				y[v][c] += k / float64(len(in.Row(v)))
			}
		}
	}
}

// propagate returns D^-1/2 (A + I) D^-1/2 z.
func (f *reference) propagate(z rows) rows {
	in := f.g.Relations[selfRelation(f.g)].In
	degree := func(v int) float64 { return float64(len(in.Row(v)) + 1) }
	out := z.times(0)
	for v := range z {
		for _, u := range append(slices.Clone(in.Row(v)), int32(v)) {
			for c, k := range z[u] {
				out[v][c] += k / math.Sqrt(degree(int(u))*degree(v))
			}
		}
	}
	return out
}

// attended returns what the heads gather, joined or averaged.
func (f *reference) attended(z rows, p string, l int) rows {
	in := f.g.Relations[selfRelation(f.g)].In
	src, dst := f.w[p+"att_src"], f.w[p+"att_dst"]
	heads, q := len(src), len(src[0])
	score := func(a []float64, v, k int) (s float64) {
		for d := range q {
			s += a[d] * z[v][k*q+d]
		}
		return s
	}
	out := make(rows, len(z))
	for v := range z {
		out[v] = make([]float64, len(f.w[p+"bias"][0]))
		all := append(slices.Clone(in.Row(v)), int32(v))
		for k := range heads {
			e, sum := make([]float64, len(all)), 0.0
			for n, u := range all {
				s := score(src[k], int(u), k) + score(dst[k], v, k)
				e[n] = math.Exp(max(s, 0.2*s))
				sum += e[n]
			}
			for n, u := range all {
				for d := range q {
					if l < f.c.Layers-1 {
						out[v][k*q+d] += e[n] / sum * z[u][k*q+d]
					} else {
						out[v][d] += e[n] / sum * z[u][k*q+d] / float64(heads)
					}
				}
			}
		}
	}
	return out
}
