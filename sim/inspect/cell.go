package inspect

import (
	"fmt"
	"math"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// A cellView writes down what ABKD or STRIDE computed for one pair of layers
// in the last step, see kd.ABKD: with the weights of before the step, which
// have moved since, on the layers that it compared.
type cellView struct {
	arithmetic
	learner *Learner
	parts   kd.Parts
	layers  kd.Layers
	i, j    int
	node    int    // the row whose arithmetic stands for all where it is per node
	name    string // of that node

	meanT, meanS map[int]int    // quantities: mean rows, by layer
	heads        map[string]int // by layer
}

// largestListed is how many numbers a layer may have to be listed whole.
const largestListed = 1 << 16

// inspectCell writes down z, A, D and, of STRIDE, G of teacher layer i and
// student layer j.
func (now *Moment) cell(i, j int) ([]wire.Quantity, error) {
	l, err := now.stepped()
	if err != nil {
		return nil, err
	}
	c, ok := l.Distiller.Criterion().(interface{ Parts() kd.Parts })
	if !ok {
		return nil, fmt.Errorf("inspect: criterion %s compares no pairs of layers: choose abkd or stride", l.Criterion)
	}
	v := &cellView{learner: l, parts: c.Parts(), layers: l.Distiller.Compared(), i: i, j: j, meanT: map[int]int{}, meanS: map[int]int{}, heads: map[string]int{}}
	if lt, ls := len(v.parts.AttentionTeacher), len(v.parts.AttentionStudent); i >= lt || j >= ls {
		return nil, fmt.Errorf("inspect: cell is %d %d, want 0..%d and 0..%d", i, j, lt-1, ls-1)
	}
	if len(v.layers.Student) == 0 {
		return nil, fmt.Errorf("inspect: the last step compared no nodes")
	}
	v.chooseNode(now)
	attention := v.attention()
	distance := v.distance()
	terms := []int{distance}
	if v.parts.StructureT != nil {
		terms = append(terms, v.structure())
	}
	v.share(attention, terms)
	made := l.Distiller.Alignment()
	if !near(v.number(attention), made.A.Row(i)[j]) || !near(v.number(distance), made.D.Row(i)[j]) {
		return nil, fmt.Errorf("inspect: something was changed after the last step: make one to see the arithmetic of now")
	}
	return v.list, nil
}

// near reports whether a number that was computed again is the one that the
// criterion computed.
func near(got float64, want float32) bool {
	return math.Abs(got-float64(want)) <= 1e-4*(1+math.Abs(float64(want)))
}

// chooseNode takes the focus for the node that stands for all, if it was
// compared, else the first.
func (v *cellView) chooseNode(now *Moment) {
	target := now.Graph.Target
	compared := func(k int) int { return v.learner.Distiller.ComparedNode(target, k) }
	if now.Focus >= 0 {
		focus := now.Part.Number(target, now.Focus)
		for k := range v.layers.Student[0].Rows {
			if compared(k) == focus {
				v.node = k
				break
			}
		}
	}
	if row, shown := now.Part.Row(target, compared(v.node)); shown {
		v.name = now.nodeName(target, int32(row))
	} else {
		v.name = now.Graph.Types[target].Name + " " + strconv.Itoa(compared(v.node))
	}
}

// before returns the weights with which the last step began.
func (v *cellView) before(p *gnn.Param) mat.Matrix {
	w := p.W.Clone()
	update := v.learner.Distiller.LastUpdate(p)
	if update.Empty() || v.learner.Losses.Check() != nil { // a step that failed changes nothing
		return w
	}
	for k, u := range update.Data {
		w.Data[k] -= u
	}
	return w
}

func teacherLayer(i int) string { return "T" + strconv.Itoa(i) }
func studentLayer(j int) string { return "S" + strconv.Itoa(j) }

// meanLayer appends the mean over the compared nodes of a layer's output, once.
func (v *cellView) meanLayer(known map[int]int, l int, of, model string, layer mat.Matrix) int {
	if i, done := known[l]; done {
		return i
	}
	n := strconv.Itoa(layer.Rows)
	text := "The mean over the " + n + " compared nodes of what the " + model + "'s layer " + strconv.Itoa(l) + " computed in this step."
	if len(layer.Data) > largestListed {
		known[l] = v.add("mean", of, text+" There are too many to list.", "", meanRow(layer))
	} else {
		x := v.given(of, "", "What the "+model+"'s layer "+strconv.Itoa(l)+" computed in this step, one row for each of the "+n+" compared nodes.", layer)
		known[l] = v.mean("mean", of, text, x)
	}
	return known[l]
}

func meanRow(m mat.Matrix) mat.Matrix {
	var a arithmetic
	return a.value(a.mean("", "", "", a.add("", "", "", "", m)))
}

func (v *cellView) teacherMean(i int) int {
	return v.meanLayer(v.meanT, i, teacherLayer(i), "teacher", v.layers.Teacher[i])
}

func (v *cellView) studentMean(j int) int {
	return v.meanLayer(v.meanS, j, studentLayer(j), "student", v.layers.Student[j])
}

// attention appends z for every pair of the softmax that A_ij is in, and A_ij.
func (v *cellView) attention() int {
	lt, ls := v.parts.ComparedT, v.parts.ComparedS
	of := teacherLayer(v.i) + ", " + studentLayer(v.j)
	switch {
	case v.i >= lt || v.j >= ls:
		return v.scalar("A", of, "The attention of this pair: hidden layers only are compared.", "", 0)
	case v.parts.Pinned:
		return v.scalar("A", of, "The attention of this pair, set by the user.", "", float64(v.learner.Distiller.Alignment().A.Row(v.i)[v.j]))
	case v.parts.Softmax == "uniform":
		return v.scalar("A", of, "The attention of this pair: every student layer gets the same.", "A = 1/"+strconv.Itoa(ls)+" = "+figure(1/float32(ls)), 1/float64(ls))
	}
	var uses []int
	at := -1
	for i := range lt {
		for j := range ls {
			if v.parts.Softmax == "row" && i != v.i || v.parts.Softmax == "column" && j != v.j {
				continue
			}
			z := v.logit(i, j)
			if i == v.i && j == v.j {
				at = len(uses)
			}
			uses = append(uses, z)
		}
	}
	total, text := 1.0, map[string]string{
		"row":    "The attention of this pair: teacher layer " + strconv.Itoa(v.i) + " divides 1 among the student's layers.",
		"column": "The attention of this pair: 1 is divided among the teacher's layers for student layer " + strconv.Itoa(v.j) + ".",
		"global": "The attention of this pair: " + strconv.Itoa(lt) + ", one for each teacher layer, is divided among all pairs.",
	}[v.parts.Softmax]
	if v.parts.Softmax == "global" {
		total = float64(lt)
	}
	return v.softmax("A", of, text, total, at, uses)
}

// softmax appends total·exp(z[at])/Σ exp(z) for the numbers z.
func (v *cellView) softmax(symbol, of, text string, total float64, at int, z []int) int {
	top, sum, terms := math.Inf(-1), 0.0, ""
	for _, k := range z {
		top = max(top, v.number(k))
	}
	for n, k := range z {
		sum += math.Exp(v.number(k) - top)
		if n > 0 {
			terms += " + "
		}
		terms += "exp(" + figure(float32(v.number(k))) + ")"
	}
	value := total * math.Exp(v.number(z[at])-top) / sum
	factor := ""
	if total != 1 {
		factor = figure(float32(total)) + "·"
	}
	formula := symbol + " = " + factor + "exp(" + figure(float32(v.number(z[at]))) + ") / (" + terms + ") = " + figure(float32(value))
	return v.scalar(symbol, of, text, formula, value, z...)
}

// logit appends z_ij = (mean(T_i)·Wt_i)·(mean(S_j)·Ws_j)/√d.
func (v *cellView) logit(i, j int) int {
	a := v.query(v.parts.AttentionTeacher[i], v.teacherMean(i), teacherLayer(i))
	b := v.query(v.parts.AttentionStudent[j], v.studentMean(j), studentLayer(j))
	d := v.value(a).Cols
	return v.dot("z", teacherLayer(i)+", "+studentLayer(j), "How well the two projections match, before the softmax.", 1/math.Sqrt(float64(d)), " / sqrt("+strconv.Itoa(d)+")", a, b)
}

// query appends a mean times its attention weights, once.
func (v *cellView) query(p *gnn.Param, mean int, of string) int {
	if i, done := v.heads[of]; done {
		return i
	}
	w := v.add("W", of, "The attention's weights for this layer, as they were in this step.", "", v.before(p))
	v.heads[of] = v.product("mean·W", of, "The mean, projected into the attention's space.", mean, w)
	return v.heads[of]
}

// share appends what the pair has in the loss.
func (v *cellView) share(attention int, terms []int) {
	of, lt := teacherLayer(v.i)+", "+studentLayer(v.j), v.parts.ComparedT
	symbol, sum, inner := "A·D/Lt", 0.0, ""
	for k, t := range terms {
		if sum += v.number(t); k > 0 {
			symbol, inner = "A·(D + G)/Lt", inner+" + "
		}
		inner += figure(float32(v.number(t)))
	}
	value := v.number(attention) * sum / float64(lt)
	formula := symbol + " = " + figure(float32(v.number(attention))) + "·(" + inner + ")/" + strconv.Itoa(lt) + " = " + figure(float32(value))
	p := v.scalar(symbol, of, "What this pair adds to the criterion's loss; Lt is the number of the teacher's layers that are compared.", formula, value, append([]int{attention}, terms...)...)
	aux := v.learner.Losses.Aux
	l := v.scalar("L", "criterion", "The criterion's loss in this step: the sum over all pairs.", "", aux)
	part := 0.0
	if aux != 0 {
		part = value / aux
	}
	v.scalar("share", of, "The pair's share of the criterion's loss.", "share = "+figure(float32(value))+" / "+figure(float32(aux))+" = "+figure(float32(part)), part, p, l)
}
