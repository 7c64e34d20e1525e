package inspect

import (
	"math"
	"slices"
	"strconv"

	"abkd/gnn/mat"
	"abkd/kd"
)

// Least divisors of kd: of a row's norm, and in the root of batch
// normalisation.
const (
	leastNorm = 1e-12
	batchEps  = 1e-5
)

// formulas are those of D where it is no distance of embeddings, see kd.
var formulas = map[string]string{
	"energy":    "D = Σ (‖S[v]‖²/‖s‖ - ‖T[v]‖²/‖t‖)²",
	"subspace":  "D = 1 - tr(UᵀS·(SᵀS + λI)⁻¹·SᵀU)/h",
	"relations": "D = mean (cos S[u],S[v] - cos T[u],T[v])²",
	"posterior": "D = mean KL(softmax(T·R) ‖ softmax(S·W))",
}

// distance appends D_ij = ‖u_i - w_j‖², of the mean node or as the mean over
// the nodes.
func (v *cellView) distance() int {
	of := teacherLayer(v.i) + ", " + studentLayer(v.j)
	if formula, other := formulas[v.parts.Dissimilarity]; other {
		return v.scalar("D", of, "How different the two layers are, on all compared nodes at once.", formula, float64(v.learner.Distiller.Alignment().D.Row(v.i)[v.j]))
	}
	q := v.subspace()
	if !v.parts.PerNode {
		u := v.point("u", teacherLayer(v.i), v.teacherMean(v.i), v.parts.Teacher[v.i], q)
		w := v.point("w", studentLayer(v.j), v.studentMean(v.j), v.parts.Student[v.j], q)
		return v.squared("D", of, "How different the two layers are: the squared distance of their points.", u, w)
	}
	teacher, student := v.rows(v.parts.Teacher[v.i], v.layers.Teacher[v.i]), v.rows(v.parts.Student[v.j], v.layers.Student[v.j])
	u := v.nodePoint("u", teacherLayer(v.i), v.layers.Teacher[v.i], v.parts.Teacher[v.i], teacher, q)
	w := v.nodePoint("w", studentLayer(v.j), v.layers.Student[v.j], v.parts.Student[v.j], student, q)
	one := v.squared("d", v.name, "The squared distance for "+v.name+".", u, w)
	all := mat.New(teacher.Rows, 1)
	for k := range all.Data {
		all.Data[k] = float32(apart(v.mapped(teacher.Row(k), q), v.mapped(student.Row(k), q)))
	}
	rows := v.add("d", "all nodes", "The same for every compared node, in the order of the training nodes; number "+strconv.Itoa(v.node)+" is "+v.name+".", "", all, one)
	return v.mean("D", of, "How different the two layers are: the mean over all compared nodes.", rows)
}

// subspace appends Q = √d·P/‖P‖ and returns it, -1 for the identity.
func (v *cellView) subspace() int {
	if v.parts.Subspace == nil {
		return -1
	}
	w := v.before(v.parts.Subspace)
	p := v.add("P", "subspace", "The trainable subspace, as it was in this step: it says which differences count.", "", w)
	size, d := norm(w), float64(w.Rows)
	n := v.scalar("‖P‖", "subspace", "Its norm.", "‖P‖ = sqrt(Σ P²) = "+figure(float32(size)), size, p)
	q := w.Clone()
	for k, x := range q.Data {
		q.Data[k] = float32(math.Sqrt(d) / max(size, leastNorm) * float64(x))
	}
	formula := "Q[0,0] = sqrt(" + strconv.Itoa(w.Rows) + ")·" + figure(w.Data[0]) + "/" + figure(float32(size)) + " = " + figure(q.Data[0])
	return v.add("Q", "subspace", "The subspace at a norm that cannot shrink: else every difference could vanish.", formula, q, p, n)
}

// point appends l2(x·P)·Q for the row x and a linear head.
func (v *cellView) point(symbol, of string, x int, h kd.Head, q int) int {
	text := "The layer's projection into the shared space, as it was in this step."
	if h.Frozen {
		text = "The layer's projection into the shared space: random, orthogonal and frozen."
	}
	w := v.add("P", of, text, "", v.before(h.Weight))
	return v.onSphere(symbol, of, v.product("x·P", of, "The layer, projected.", x, w), q)
}

// onSphere appends l2(z)·Q.
func (v *cellView) onSphere(symbol, of string, z, q int) int {
	n := norm(v.value(z))
	size := v.scalar("‖z‖", of, "The length of the projection.", "‖z‖ = sqrt(Σ z²) = "+figure(float32(n)), n, z)
	direction := v.value(z).Clone()
	direction.Data = unit(direction.Data)
	i := v.add("unit", of, "The projection at length 1: only its direction is compared.",
		"unit[0] = "+figure(v.value(z).Data[0])+" / "+figure(float32(n))+" = "+figure(direction.Data[0]), direction, z, size)
	if q < 0 {
		return i
	}
	if !v.parts.Renormalised {
		return v.product(symbol, of, "The direction in the subspace: the point that is compared.", i, q)
	}
	i = v.product("unit·Q", of, "The direction in the subspace, not yet of length 1.", i, q)
	again := mat.Matrix{Rows: 1, Cols: v.value(i).Cols, Data: unit(v.value(i).Data)}
	return v.add(symbol, of, "The point that is compared: of length 1 again.", symbol+"[0] = "+figure(v.value(i).Data[0])+" / "+figure(float32(norm(v.value(i))))+" = "+figure(again.Data[0]), again, i)
}

// squared appends ‖u - w‖².
func (v *cellView) squared(symbol, of, text string, u, w int) int {
	diff := v.value(u).Clone()
	for k, x := range v.value(w).Data {
		diff.Data[k] -= x
	}
	c := "u[0] - w[0] = " + figure(v.value(u).Data[0]) + " - (" + figure(v.value(w).Data[0]) + ") = " + figure(diff.Data[0])
	i := v.add("u - w", of, "Where the two points differ.", c, diff, u, w)
	n := norm(diff)
	formula := symbol + " = "
	for k := range min(spelled, len(diff.Data)) {
		if k > 0 {
			formula += " + "
		}
		formula += "(" + figure(diff.Data[k]) + ")²"
	}
	return v.scalar(symbol, of, text, formula+more(len(diff.Data))+" = "+figure(float32(n*n)), n*n, i)
}

// nodePoint appends the arithmetic of one node's point, of which rows has all
// directions.
func (v *cellView) nodePoint(symbol, of string, layer mat.Matrix, h kd.Head, rows mat.Matrix, q int) int {
	x := v.add("x", of, "What the layer computed for "+v.name+" in this step.", "", rowsOf(layer, []int32{int32(v.node)}))
	if h.Gamma == nil {
		return v.point(symbol, of, x, h, q)
	}
	w := v.add("P", of, "The weights of the layer's head, as they were in this step.", "", v.before(h.Weight))
	b := v.add("b", of, "Its bias.", "", v.before(h.Bias))
	z := v.sum("x·P + b", of, "The layer, projected.", v.product("x·P", of, "The layer times the weights.", x, w), b)
	mean, std := statistics(v.shiftedRows(layer, h))
	m := v.add("mean", of+", batch", "The mean of that over all compared nodes.", "", mean)
	s := v.add("std", of+", batch", "Its standard deviation over all compared nodes, with 1e-5 added to the variance.", "", std)
	gamma := v.add("gamma", of, "How wide the head makes each component.", "", v.before(h.Gamma))
	beta := v.add("beta", of, "Where it puts the middle.", "", v.before(h.Beta))
	y := mat.New(1, mean.Cols)
	normalised(y.Data, v.value(z).Data, mean, std, v.value(gamma), v.value(beta))
	c := "y[0] = relu(" + figure(v.value(gamma).Data[0]) + "·(" + figure(v.value(z).Data[0]) + " - (" + figure(mean.Data[0]) + "))/" + figure(std.Data[0]) + " + " + figure(v.value(beta).Data[0]) + ") = " + figure(y.Data[0])
	return v.onSphere(symbol, of, v.add("y", of, "The projection, normalised over the batch; negative values become 0.", c, y, z, m, s, gamma, beta), q)
}

// rows returns the directions of every node's projection by h.
func (v *cellView) rows(h kd.Head, layer mat.Matrix) mat.Matrix {
	z := v.shiftedRows(layer, h)
	if h.Gamma != nil {
		mean, std := statistics(z)
		gamma, beta := v.before(h.Gamma), v.before(h.Beta)
		for k := range z.Rows {
			normalised(z.Row(k), slices.Clone(z.Row(k)), mean, std, gamma, beta)
		}
	}
	for k := range z.Rows {
		row := z.Row(k)
		n := max(norm(mat.Matrix{Rows: 1, Cols: len(row), Data: row}), leastNorm)
		for c, x := range row {
			row[c] = float32(float64(x) / n)
		}
	}
	return z
}

// shiftedRows returns x·P, plus b if the head has one.
func (v *cellView) shiftedRows(layer mat.Matrix, h kd.Head) mat.Matrix {
	z := multiply(layer, v.before(h.Weight))
	if h.Bias != nil {
		b := v.before(h.Bias)
		for k := range z.Rows {
			for c, x := range b.Data {
				z.Row(k)[c] += x
			}
		}
	}
	return z
}

// statistics returns mean and standard deviation of each column.
func statistics(z mat.Matrix) (mean, std mat.Matrix) {
	mean, std = meanRow(z), mat.New(1, z.Cols)
	for c := range std.Data {
		sum := 0.0
		for k := range z.Rows {
			d := float64(z.Row(k)[c]) - float64(mean.Data[c])
			sum += d * d
		}
		std.Data[c] = float32(math.Sqrt(sum/float64(z.Rows) + batchEps))
	}
	return mean, std
}

// normalised sets y = relu(gamma·(z - mean)/std + beta).
func normalised(y, z []float32, mean, std, gamma, beta mat.Matrix) {
	for c, x := range z {
		d := (float64(x) - float64(mean.Data[c])) / float64(std.Data[c])
		y[c] = float32(max(float64(gamma.Data[c])*d+float64(beta.Data[c]), 0))
	}
}

// mapped returns a direction times Q.
func (v *cellView) mapped(direction []float32, q int) []float32 {
	if q < 0 {
		return direction
	}
	point := multiply(mat.Matrix{Rows: 1, Cols: len(direction), Data: direction}, v.value(q)).Data
	if v.parts.Renormalised {
		return unit(point)
	}
	return point
}

// unit returns x at length 1.
func unit(x []float32) []float32 {
	n := max(norm(mat.Matrix{Rows: 1, Cols: len(x), Data: x}), leastNorm)
	x = slices.Clone(x)
	for k := range x {
		x[k] = float32(float64(x[k]) / n)
	}
	return x
}

// apart returns the squared distance of two points.
func apart(u, w []float32) float64 {
	sum := 0.0
	for k, x := range u {
		d := float64(x) - float64(w[k])
		sum += d * d
	}
	return sum
}

// structure appends STRIDE's G_ij: how badly the student's projection of each
// node finds the teacher's of the same node among all.
func (v *cellView) structure() int {
	t, s := v.parts.StructureT[v.i], v.parts.StructureS[v.j]
	teacher, student := v.rows(t, v.contrasted(v.layers.Teacher[v.i])), v.rows(s, v.contrasted(v.layers.Student[v.j]))
	of, n := teacherLayer(v.i)+", "+studentLayer(v.j), teacher.Rows
	tau := v.scalar("tau", "criterion", "The temperature: the lower, the more the nearest nodes count.", "", float64(v.parts.Tau))
	at := v.contrastRow()
	u := v.add("R", teacherLayer(v.i), "The projection of the teacher's layer for the structure term.", "", v.before(t.Weight))
	w := v.add("R", studentLayer(v.j), "The projection of the student's layer for the structure term.", "", v.before(s.Weight))
	all := v.add("unit", teacherLayer(v.i), "The teacher's directions of all "+strconv.Itoa(n)+" nodes that are told apart.", "unit = l2(T·R)", teacher, u)
	own := v.add("unit", studentLayer(v.j), "The student's direction of node number "+strconv.Itoa(at)+" of them.", "unit = l2(S·R)", rowsOf(student, []int32{int32(at)}), w)
	logits, losses := mat.New(1, n), mat.New(n, 1)
	for k := range n {
		losses.Data[k] = float32(contrast(student.Row(k), teacher, float64(v.parts.Tau), k, nil))
	}
	contrast(student.Row(at), teacher, float64(v.parts.Tau), at, logits.Data)
	c := "logits[" + strconv.Itoa(at) + "] = unit·unit[" + strconv.Itoa(at) + "] / " + figure(v.parts.Tau) + " = " + figure(logits.Data[at])
	l := v.add("logits", of, "How alike the student's direction of that node is to the teacher's of every node.", c, logits, own, all, tau)
	g := v.scalar("g", of, "How badly the node's own is found among them: the cross-entropy.",
		"g = log(Σ exp(logits)) - logits["+strconv.Itoa(at)+"] = "+figure(losses.Data[at]), float64(losses.Data[at]), l)
	rows := v.add("g", "all nodes", "The same for every node.", "", losses, g)
	return v.mean("G", of, "How badly the structure term tells the nodes apart: the mean over the nodes.", rows)
}

// contrasted returns the rows of a layer on which G was computed.
func (v *cellView) contrasted(layer mat.Matrix) mat.Matrix {
	if v.parts.Rows == nil {
		return layer
	}
	return rowsOf(layer, v.parts.Rows)
}

// contrastRow returns where the chosen node is among those rows, else the
// first.
func (v *cellView) contrastRow() int {
	if v.parts.Rows == nil {
		return v.node
	}
	return max(slices.Index(v.parts.Rows, int32(v.node)), 0)
}

// contrast returns the cross-entropy of w's similarities with the rows of u
// against row own; logits receives them, unless it is nil.
func contrast(w []float32, u mat.Matrix, tau float64, own int, logits []float32) float64 {
	z, top, sum := make([]float64, u.Rows), math.Inf(-1), 0.0
	for k := range z {
		for c, x := range u.Row(k) {
			z[k] += float64(x) * float64(w[c])
		}
		z[k] /= tau
		top = max(top, z[k])
		if logits != nil {
			logits[k] = float32(z[k])
		}
	}
	for _, x := range z {
		sum += math.Exp(x - top)
	}
	return math.Log(sum) + top - z[own]
}
