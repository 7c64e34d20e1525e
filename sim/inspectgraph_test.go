package sim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// graphHands compute what node and edge inspections list.
func graphHands(kind string, edge bool) map[string]hand {
	hands := map[string]hand{
		"F·W_in": productByHand, "h·W_0": productByHand, "H·W": productByHand, "h·W": productByHand, "X·W": productByHand,
		"mean": meanByHand, "h": shiftByHand, "H": shiftByHand, "X": shiftByHand, "X·W + b": shiftByHand, "h0": activationByHand,
		"m": productByHand, "z": sumByHand, "y": activationByHand, "s": sumByHand, "alpha·h0": scaledByHand,
		"M": func(_ *wire.Quantity, u []rows) rows {
			b, w := u[0][0][0], u[1].times(u[0][0][0])
			for i := range w {
				w[i][i] += 1 - b
			}
			return w
		},
		"self": func(_ *wire.Quantity, u []rows) rows { n := len(u[1]); return u[1].mixed(u[0][0], n-1, n) },
		"‖m‖":  lengthByHand,
		"l":    func(_ *wire.Quantity, u []rows) rows { return labelsByHand(u[0], u[1]) },
		"a":    sharesByHand,
	}
	maps.Copy(hands, attentionHands())
	switch kind {
	case "gcn":
		hands["m"] = func(_ *wire.Quantity, u []rows) rows { return u[1].mixed(u[0][0], 0, len(u[1])-1) }
	case "gcnii":
		hands["m"] = func(_ *wire.Quantity, u []rows) rows { return u[1].mixed(u[0][0], 0, len(u[1])) }
		hands["z"] = productByHand
		hands["H"], hands["h"] = activationByHand, activationByHand
	}
	if edge {
		hands["m"], hands["z"] = scaledByHand, productByHand
	}
	return hands
}

// attentionHands compute what a layer of GAT lists.
func attentionHands() map[string]hand {
	return map[string]hand{
		"e": func(_ *wire.Quantity, u []rows) rows {
			z, src, dst := u[0], u[1], u[2]
			q, e := len(src[0]), make(rows, len(z))
			for n := range z {
				for k := range src {
					s := 0.0
					for d := range q {
						s += src[k][d]*z[n][k*q+d] + dst[k][d]*z[len(z)-1][k*q+d]
					}
					e[n] = append(e[n], max(s, 0.2*s))
				}
			}
			return e
		},
		"A": func(_ *wire.Quantity, u []rows) rows {
			a := u[0].map1(math.Exp)
			for k := range a[0] {
				sum := 0.0
				for n := range a {
					sum += a[n][k]
				}
				for n := range a {
					a[n][k] /= sum
				}
			}
			return a
		},
		"O": func(_ *wire.Quantity, u []rows) rows {
			o := make(rows, len(u[0][0]))
			q := len(u[1][0]) / len(o)
			for k := range o {
				o[k] = make([]float64, q)
				for n := range u[0] {
					for d := range q {
						o[k][d] += u[0][n][k] * u[1][n][k*q+d]
					}
				}
			}
			return o
		},
		"o": func(q *wire.Quantity, u []rows) rows {
			if q.Value.Cols == len(u[0][0]) && len(u[0]) > 1 {
				return u[0].middle()
			}
			return rows{slices.Concat(u[0]...)}
		},
	}
}

// sharesByHand takes the degrees of all, the listener last, and GCNII's α if
// the formula has it; or those of sender and listener; or a mean's.
func sharesByHand(q *wire.Quantity, u []rows) rows {
	keep := 1.0
	if strings.Contains(q.Formula, "(1 - ") {
		keep -= u[len(u)-1][0][0]
		u = u[:len(u)-1]
	}
	if !strings.Contains(q.Formula, "sqrt") {
		return one(1 / u[0][0][0])
	}
	degrees := u[0][0]
	listener := degrees[len(degrees)-1]
	if len(u) == 2 {
		listener = u[1][0][0]
	}
	return rows{degrees}.map1(func(x float64) float64 { return keep / math.Sqrt((x+1)*(listener+1)) })
}

// graphRuns are the runs whose nodes and messages are inspected.
func graphRuns(t *testing.T) map[string]*Run {
	runs := map[string]*Run{}
	for _, c := range []string{
		"data=mag-mini&model=rgcn", "data=mag-mini&model=rgcn&inputs=embedding&input=7", "data=mag-mini&model=rgcn&inputs=fastrp&label-reuse=on", "data=karate&model=rgcn",
		"data=mag-mini&model=gcn", "data=mag-mini&model=sage", "data=mag-mini&model=gat&heads=2", "data=mag-mini&model=gcnii", "data=mag-mini&model=mlp",
		"data=mag-mini&model=gcn&input=5", "data=mag-mini&model=gat&heads=3&row-normalise=on", "data=karate&model=gcnii&initial-share=0.3",
	} {
		r := newRun(t, builtIn(t, experiment(t, c).Data), c+"&teach=on&teacher-layers=3&teacher-hidden=6&teacher-epochs=2&layers=2&hidden=4&alpha=0.3", Options{Baseline: true, View: true})
		for range 4 {
			r.Step()
		}
		runs[c] = r
	}
	return runs
}

// Every quantity of every node's output is what a reader computes from the
// ones before it, those that come from outside are the weights and what the
// reference computes, and the result is the model's own.
func TestInspectNode(t *testing.T) {
	for name, r := range graphRuns(t) {
		t.Run(name, func(t *testing.T) {
			teacher, alone, student := r.models()
			for model, m := range map[string]gnn.Model{"teacher": teacher, "alone": alone, "student": student} {
				f := newReference(m, r.graph)
				kind := m.Config().Kind
				for l := range f.hidden {
					for typ, nt := range r.graph.Types {
						if l == m.Config().Layers && typ != r.graph.Target || l < m.Config().Layers && m.Forward(r.eval.batch, nil).Hidden[l][typ].Empty() {
							continue
						}
						for _, id := range []int{0, nt.Count / 3, nt.Count - 1} {
							list := inspected(t, r, fmt.Sprintf("node %s %d %s %d", model, l, nt.Name, id))
							byHand(t, list, outputHands(kind, l == m.Config().Layers))
							f.checkNode(t, list, l, typ, id)
							trace := m.Forward(r.eval.batch, nil)
							own := trace.Logits()
							if l < len(trace.Hidden) {
								own = trace.Hidden[l][typ]
							}
							same(t, "the model's own y", mat.Matrix(list[len(list)-1].Value), rows{wide(own)[id]}, 1e-5)
						}
					}
				}
			}
		})
	}
}

// outputHands are those of GCNII's last layer, or graphHands.
func outputHands(kind string, output bool) map[string]hand {
	hands := graphHands(kind, false)
	if output {
		hands["z"], hands["h·W"] = sumByHand, productByHand
	}
	return hands
}

// checkNode compares what an inspection takes from outside, and its result,
// with the reference.
func (f *reference) checkNode(t *testing.T, list []wire.Quantity, l, typ, id int) {
	t.Helper()
	name := nameOf(f.g, typ, int32(id))
	same(t, "y", find(t, list, "y", name), rows{f.hidden[l][typ][id]}, 1e-5)
	weight := func(symbol, of, name string) {
		if w, ok := f.w[name]; ok {
			same(t, name, find(t, list, symbol, of), w, 0)
		} else {
			t.Errorf("the model has no %s", name)
		}
	}
	if l == f.c.Layers {
		weight("W_last", "output", "output.weight")
		weight("b_last", "output", "output.bias")
		return
	}
	f.checkGiven(t, list, l, typ, id, weight)
}

// checkGiven compares features and weights of a convolution with the reference.
func (f *reference) checkGiven(t *testing.T, list []wire.Quantity, l, typ, id int, weight func(symbol, of, name string)) {
	t.Helper()
	name, p := nameOf(f.g, typ, int32(id)), fmt.Sprintf("layers.%d.", l)
	x := f.below(l)
	in := func(rel int) (h rows) {
		for _, u := range f.g.Relations[rel].In.Row(id) {
			h = append(h, x[f.g.Relations[rel].Src][u])
		}
		return h
	}
	of := fmt.Sprintf("layer %d", l)
	switch f.c.Kind {
	case "rgcn":
		if f.c.LabelReuse && typ == f.g.Target && l == f.c.Layers-1 {
			weight("w", "labels", "labels.weight")
			same(t, "x", find(t, list, "x", name), f.labelInputs(id), 0)
		}
		same(t, "h", find(t, list, "h", name), rows{x[typ][id]}, 1e-5)
		weight("W_0", f.g.Types[typ].Name, p+"self."+f.g.Types[typ].Name+".weight")
		weight("b", of, p+"self."+f.g.Types[typ].Name+".bias")
		for i, r := range f.g.Relations {
			if r.Dst != typ {
				continue
			}
			if h := in(i); h != nil {
				same(t, "H of "+r.Rel, find(t, list, "H", r.Rel), h, 1e-5)
				weight("W", r.Rel, p+"rel."+r.EdgeType.String()+".weight")
			} else if m := find(t, list, "m", r.Rel); wide(m).squares() != 0 {
				t.Errorf("nobody sends over %s, but the message is %v", r.Rel, m.Data)
			}
		}
	case "sage":
		same(t, "h", find(t, list, "h", name), rows{x[typ][id]}, 1e-5)
		weight("W_0", f.g.Types[typ].Name, p+"self.weight")
		weight("b", of, p+"bias")
		if h := in(selfRelation(f.g)); h != nil {
			same(t, "H", find(t, list, "H", "*"), h, 1e-5)
			weight("W", f.g.Relations[selfRelation(f.g)].Rel, p+"neigh.weight")
		}
	case "mlp":
		weight("W_0", f.g.Types[typ].Name, p+"weight")
		weight("b", of, p+"bias")
	default:
		same(t, "H", find(t, list, "H", "*"), append(in(selfRelation(f.g)), x[typ][id]), 1e-5)
		weight("W", of, p+"weight")
		if f.c.Kind == "gat" {
			weight("a_src", "heads", p+"att_src")
			weight("a_dst", "heads", p+"att_dst")
		}
		if f.c.Kind == "gcnii" {
			same(t, "h0", find(t, list, "h0", name), rows{f.first[id]}, 1e-5)
			weight("W_first", "input", "input.weight")
			return
		}
		weight("b", of, p+"bias")
	}
}

// Every message is what a reader computes, and as long as the picture says.
func TestInspectEdge(t *testing.T) {
	for name, r := range graphRuns(t) {
		if strings.Contains(name, "mlp") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			_, _, student := r.models()
			f := newReference(student, r.graph)
			var s wire.Snapshot
			r.Snapshot(&s)
			checked := 0
			for l, lengths := range s.Graph.StudentMessages {
				for i, e := range s.Graph.Edges {
					if lengths[i] == 0 {
						continue
					}
					rel, src, dst := r.graph.Relations[e.Rel], s.Graph.Nodes[e.Src].ID, s.Graph.Nodes[e.Dst].ID
					list := inspected(t, r, fmt.Sprintf("edge student %d %v %d %d", l, rel.EdgeType, src, dst))
					hands := graphHands(f.c.Kind, true)
					if f.c.Kind == "gat" {
						hands = gatEdgeHands(slices.Index(rel.In.Row(dst), int32(src)))
					}
					byHand(t, list, hands)
					same(t, "message", find(t, list, "m", "*"), f.messageOf(l, e.Rel, src, dst), 1e-5)
					if f.c.Kind != "gat" { // the picture has the mean over the listeners
						same(t, "its length", mat.Matrix(list[len(list)-1].Value), one(float64(lengths[i])), 1e-5)
					}
					checked++
				}
			}
			if checked < 4 {
				t.Errorf("%d messages were inspected", checked)
			}
		})
	}
}

// messageOf returns the message from src to dst over a relation: what of dst's
// sum goes when the edge does not carry it.
func (f *reference) messageOf(l, rel, src, dst int) rows {
	r, p := f.g.Relations[rel], fmt.Sprintf("layers.%d.", l)
	x := rows{f.below(l)[r.Src][src]}
	du, dv := float64(len(f.g.Relations[rel].In.Row(dst))), 0.0
	if r.Src == r.Dst {
		dv = float64(len(r.In.Row(src)))
	}
	sym := 1 / math.Sqrt((du+1)*(dv+1))
	switch f.c.Kind {
	case "rgcn":
		return x.by(f.w[p+"rel."+r.EdgeType.String()+".weight"]).times(1 / du)
	case "sage":
		return x.by(f.w[p+"neigh.weight"]).times(1 / du)
	case "gcn":
		return x.by(f.w[p+"weight"]).times(sym)
	case "gcnii":
		b := math.Log(float64(f.c.Lambda)/float64(l+1) + 1)
		return x.times(1 - b).and(x.by(f.w[p+"weight"]).times(b)).times(sym * (1 - float64(max(f.c.Alpha, 0))))
	}
	z := f.below(l)[r.Src].by(f.w[p+"weight"])
	heads, q := len(f.w[p+"att_src"]), len(f.w[p+"att_src"][0])
	for k := range heads {
		total, own := 0.0, 0.0
		for _, u := range append(slices.Clone(r.In.Row(dst)), int32(dst)) {
			s := 0.0
			for d := range q {
				s += f.w[p+"att_src"][k][d]*z[u][k*q+d] + f.w[p+"att_dst"][k][d]*z[dst][k*q+d]
			}
			total += math.Exp(max(s, 0.2*s))
			if int(u) == src {
				own = math.Exp(max(s, 0.2*s))
			}
		}
		for d := range q {
			z[src][k*q+d] *= own / total
		}
	}
	return rows{z[src]}
}

// gatEdgeHands take row at of H·W and of A.
func gatEdgeHands(at int) map[string]hand {
	hands := graphHands("gat", true)
	row := func(_ *wire.Quantity, u []rows) rows { return rows{u[0][at]} }
	hands["h·W"], hands["a"] = row, row
	hands["m"] = func(_ *wire.Quantity, u []rows) rows {
		m, q := slices.Clone(u[1][0]), len(u[1][0])/len(u[0][0])
		for d := range m {
			m[d] *= u[0][0][d/q]
		}
		return rows{m}
	}
	return hands
}
