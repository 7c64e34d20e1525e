package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// A stepStart is what a step starts from: the layers that the criterion is about
// to compare and the weights that it compares them with.
type stepStart struct {
	teacher, student []rows
	weight           map[string]rows
	ce, kd           float64
}

// startOf computes what the next step of r, which has no dropout, will see.
func startOf(r *Run) stepStart {
	l := r.lanes[len(r.lanes)-1]
	teacher, _, student := r.models()
	b := stepStart{weight: map[string]rows{}}
	nodes := r.split.Train
	if r.plan.Nodes == "all" {
		nodes = firstNodes(r.graph.Types[r.graph.Target].Count)
	}
	pick := func(m gnn.Model) (layers []rows) {
		for _, h := range m.Forward(r.eval.batch, nil).Layers {
			layers = append(layers, wide(rowsOf(h, nodes)))
		}
		return layers
	}
	b.teacher, b.student = pick(teacher), pick(student)
	z, zt := wide(student.Forward(r.eval.batch, nil).Logits()), wide(teacher.Forward(r.eval.batch, nil).Logits())
	for _, v := range r.split.Train {
		b.ce -= math.Log(softmaxOf(z[v], 1)[r.graph.Labels[v]]) / float64(len(r.split.Train))
	}
	for _, v := range nodes {
		p, q := softmaxOf(zt[v], r.plan.Temperature), softmaxOf(z[v], r.plan.Temperature)
		for c := range p {
			b.kd += r.plan.Temperature * r.plan.Temperature * p[c] * math.Log(p[c]/q[c]) / float64(len(nodes))
		}
	}
	for _, p := range kd.Weights(l.distiller.Criterion()) {
		b.weight[p.Name] = wide(p.W)
	}
	return b
}

func softmaxOf(z []float64, temperature float64) []float64 {
	sum, out := 0.0, make([]float64, len(z))
	for c, x := range z {
		out[c] = math.Exp(x / temperature)
		sum += out[c]
	}
	for c := range out {
		out[c] /= sum
	}
	return out
}

// cellHands compute what the inspection of a cell lists, of lt teacher layers;
// at is the place of the cell among the pairs of its softmax.
func cellHands(lt int, at int) map[string]hand {
	return map[string]hand{
		"logits": logitsByHand, "g": givenByHand, // g: see checkCell
		"mean": meanByHand, "mean·W": productByHand, "x·P": productByHand, "x·P + b": sumByHand, "u": productByHand, "w": productByHand,
		"‖P‖": lengthByHand, "‖z‖": lengthByHand,
		"z": func(_ *wire.Quantity, u []rows) rows {
			s := 0.0
			for k := range u[0][0] {
				s += u[0][0][k] * u[1][0][k]
			}
			return one(s / math.Sqrt(float64(len(u[0][0]))))
		},
		"A": func(q *wire.Quantity, u []rows) rows {
			sum, total := 0.0, 1.0
			for _, z := range u {
				sum += math.Exp(z[0][0])
			}
			if !strings.HasPrefix(q.Formula, "A = exp") {
				total = float64(lt)
			}
			return one(total * math.Exp(u[at][0][0]) / sum)
		},
		"Q": func(_ *wire.Quantity, u []rows) rows { return u[0].times(math.Sqrt(float64(len(u[0]))) / u[1][0][0]) },
		"unit": func(q *wire.Quantity, u []rows) rows {
			if len(u) == 1 {
				return wide(mat.Matrix(q.Value)) // of STRIDE, see checkCell
			}
			return u[0].times(1 / max(u[1][0][0], 1e-12))
		},
		"u - w": func(_ *wire.Quantity, u []rows) rows { return u[0].and(u[1].times(-1)) },
		"d": func(q *wire.Quantity, u []rows) rows {
			if q.Of == "all nodes" {
				return wide(mat.Matrix(q.Value)) // see checkCell
			}
			return one(u[0].squares())
		},
		"D": func(q *wire.Quantity, u []rows) rows {
			if len(u[0]) > 1 {
				return u[0].middle()
			}
			return one(u[0].squares())
		},
		"y": func(_ *wire.Quantity, u []rows) rows {
			y := rows{make([]float64, len(u[0][0]))}
			for c := range y[0] {
				y[0][c] = max(u[3][0][c]*(u[0][0][c]-u[1][0][c])/u[2][0][c]+u[4][0][c], 0)
			}
			return y
		},
		"G":            meanByHand,
		"A·D/Lt":       func(_ *wire.Quantity, u []rows) rows { return u[1].times(u[0][0][0] / float64(lt)) },
		"A·(D + G)/Lt": func(_ *wire.Quantity, u []rows) rows { return u[1].and(u[2]).times(u[0][0][0] / float64(lt)) },
		"share":        func(_ *wire.Quantity, u []rows) rows { return u[0].times(1 / u[1][0][0]) },
	}
}

func givenByHand(q *wire.Quantity, _ []rows) rows { return wide(mat.Matrix(q.Value)) }

func logitsByHand(_ *wire.Quantity, u []rows) rows {
	out := rows{nil}
	for _, row := range u[1] {
		s := 0.0
		for c, x := range row {
			s += x * u[0][0][c]
		}
		out[0] = append(out[0], s/u[2][0][0])
	}
	return out
}

// head projects rows by the criterion's head of that name onto the unit
// sphere, as kd.ABKD describes it.
func (b stepStart) head(name string, x rows) rows {
	z := x.by(b.weight[name+".weight"])
	if gamma, ok := b.weight[name+".gamma"]; ok {
		z = z.and(b.weight[name+".bias"])
		mean := z.middle()
		for c := range z[0] {
			v := 0.0
			for k := range z {
				v += (z[k][c] - mean[0][c]) * (z[k][c] - mean[0][c]) / float64(len(z))
			}
			for k := range z {
				z[k][c] = max(gamma[0][c]*(z[k][c]-mean[0][c])/math.Sqrt(v+1e-5)+b.weight[name+".beta"][0][c], 0)
			}
		}
	}
	for k := range z {
		z[k] = rows{z[k]}.times(1 / max(math.Sqrt(rows{z[k]}.squares()), 1e-12))[0]
	}
	return z
}

// distances returns the squared distance of every row of one pair of layers.
func (b stepStart) distances(i, j int, perNode bool) (d rows) {
	t, s := b.teacher[i], b.student[j]
	if !perNode {
		t, s = t.middle(), s.middle()
	}
	u, w := b.head(fmt.Sprintf("embedding.teacher.%d", i), t), b.head(fmt.Sprintf("embedding.student.%d", j), s)
	if p, ok := b.weight["subspace"]; ok {
		q := p.times(math.Sqrt(float64(len(p))) / math.Sqrt(p.squares()))
		u, w = u.by(q), w.by(q)
	}
	for k := range u {
		d = append(d, []float64{rows{u[k]}.and(rows{w[k]}.times(-1)).squares()})
	}
	return d
}

// contrasts returns each node's loss of STRIDE's structure term.
func (b stepStart) contrasts(i, j int, tau float64, chosen []int32) (g rows) {
	t, s := b.teacher[i], b.student[j]
	if chosen != nil {
		t, s = nil, nil
		for _, v := range chosen {
			t, s = append(t, b.teacher[i][v]), append(s, b.student[j][v])
		}
	}
	u, w := b.head(fmt.Sprintf("structure.teacher.%d", i), t), b.head(fmt.Sprintf("structure.student.%d", j), s)
	for v := range w {
		sum, own := 0.0, 0.0
		for k := range u {
			dot := 0.0
			for c := range u[k] {
				dot += u[k][c] * w[v][c]
			}
			sum += math.Exp(dot / tau)
			if k == v {
				own = dot / tau
			}
		}
		g = append(g, []float64{math.Log(sum) - own})
	}
	return g
}

// Every quantity of every cell, for every switch of the criterion.
func TestInspectCell(t *testing.T) {
	for _, c := range []string{
		"", "softmax=column", "softmax=global", "softmax=uniform", "granularity=per-node", "head=batchnorm", "no-subspace=on",
		"frozen=on", "head=batchnorm&frozen=on", "pin=1,0;0.5,0.5;0.25,0.75", "detach=on", "nodes=all", "granularity=per-node&no-subspace=on&softmax=column",
		"criterion=stride", "criterion=stride&granularity=per-node&frozen=on", "criterion=stride&max-nodes=20", "alpha=0.4&beta=2",
		"model=gcnii&teach=on&teacher-layers=3&teacher-hidden=5&teacher-epochs=1",
	} {
		t.Run(c, func(t *testing.T) {
			g := builtIn(t, "mag-mini")
			o := Options{Baseline: true, View: true}
			if !strings.Contains(c, "teach=") {
				o.Teacher = newTeacher(t, g)
			}
			r := newRun(t, g, "dropout=0&input-dropout=0&hidden=6&layers=2&dim=8&"+c, o)
			for range 3 {
				r.Step()
			}
			b := startOf(r)
			r.Step()
			for i := range 3 {
				for j := range 2 {
					b.checkCell(t, r, i, j)
				}
			}
			b.checkLoss(t, r)
		})
	}
}

func (b stepStart) checkCell(t *testing.T, r *Run, i, j int) {
	t.Helper()
	list := inspected(t, r, fmt.Sprintf("cell %d %d", i, j))
	var s wire.Snapshot
	r.Snapshot(&s)
	at := map[string]int{"row": j, "": j, "column": i, "global": 2*i + j}[r.plan.Softmax]
	byHand(t, list, cellHands(3, at))
	pair := fmt.Sprintf("T%d, S%d", i, j)
	same(t, "A", find(t, list, "A", pair), one(float64(s.A.Row(i)[j])), 1e-5)
	same(t, "D", find(t, list, "D", pair), one(float64(s.D.Row(i)[j])), 1e-5)

	parts := r.lanes[1].distiller.Criterion().(interface{ Parts() kd.Parts }).Parts()
	d := b.distances(i, j, parts.PerNode)
	same(t, "D again", find(t, list, "D", pair), d.middle(), 2e-5)
	if parts.PerNode {
		same(t, "d", find(t, list, "d", "all nodes"), d, 2e-5)
	} else {
		same(t, "P", find(t, list, "P", fmt.Sprintf("T%d", i)), b.weight[fmt.Sprintf("embedding.teacher.%d.weight", i)], 1e-6)
	}
	if !parts.Pinned && parts.Softmax != "uniform" {
		same(t, fmt.Sprintf("T%d", i), find(t, list, fmt.Sprintf("T%d", i), ""), b.teacher[i], 1e-5)
		same(t, fmt.Sprintf("S%d", j), find(t, list, fmt.Sprintf("S%d", j), ""), b.student[j], 1e-5)
		same(t, "W", find(t, list, "W", fmt.Sprintf("S%d", j)), b.weight[fmt.Sprintf("attention.student.%d", j)+".weight"], 1e-6)
	}
	total, product := d.middle()[0][0], "A·D/Lt"
	if parts.StructureT != nil {
		g := b.contrasts(i, j, 0.5, parts.Rows)
		same(t, "g", find(t, list, "g", "all nodes"), g, 2e-5)
		same(t, "G", find(t, list, "G", pair), one(float64(s.G.Row(i)[j])), 1e-5)
		total, product = total+g.middle()[0][0], "A·(D + G)/Lt"
	}
	same(t, product, find(t, list, product, pair), one(float64(s.A.Row(i)[j])*total/3), 1e-4)
}

// With sampled batches and dropout, too, a cell shows what the step compared.
func TestInspectCellOfASampledBatch(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "sampler=neighbor&batch=40&fanout=3&granularity=per-node", Options{Teacher: newTeacher(t, g), View: true})
	for range r.Steps() + 2 { // the last epoch ended: models were evaluated meanwhile
		r.Step()
		list := inspected(t, r, "cell 2 1")
		byHand(t, list, cellHands(3, 1))
		var s wire.Snapshot
		r.Snapshot(&s)
		same(t, "A", find(t, list, "A", "T2, S1"), one(float64(s.A.Row(2)[1])), 1e-5)
		same(t, "D", find(t, list, "D", "T2, S1"), one(float64(s.D.Row(2)[1])), 1e-5)
		d := find(t, list, "d", "all nodes")
		if d.Rows == 0 || d.Rows > 40 {
			t.Fatalf("%d nodes were compared, want at most 40", d.Rows)
		}
		l := r.lanes[0].distiller
		for k := range d.Rows {
			if v := l.ComparedNode(g.Target, k); !slices.Contains(r.split.Train, int32(v)) {
				t.Fatalf("row %d is node %d, which is not for training", k, v)
			}
		}
	}
}

// The focus stands for all where it was compared.
func TestInspectCellFollowsTheFocus(t *testing.T) {
	r, _ := viewOf(t, "granularity=per-node")
	for _, k := range []int{3, 7} {
		v := r.split.Train[k]
		r.SetFocus(int(v))
		list := inspected(t, r, "cell 1 1")
		d := find(t, list, "d", nameOf(r.graph, r.graph.Target, v))
		same(t, "d", d, one(float64(find(t, list, "d", "all nodes").Data[k])), 1e-6)
	}
}

// After a change between two steps nothing is said of the cell that is no
// longer true.
func TestInspectCellNoticesChanges(t *testing.T) {
	r, _ := viewOf(t, "")
	for _, p := range r.lanes[1].distiller.Criterion().Params() {
		for k := range p.W.Data {
			p.W.Data[k] *= 1.5 + float32(k%3)
		}
	}
	if err := inspectText(r, "cell 0 0"); err != nil {
		t.Fatal(err)
	}
	var s wire.Snapshot
	r.Snapshot(&s)
	if !strings.Contains(s.Inspection.Error, "something was changed") {
		t.Errorf("error is %q", s.Inspection.Error)
	}
}
