package inspect

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// withSelf returns the neighbours of a node with the node itself last, and
// their text.
func (v *layerView) withSelf(id int32) (ids []int32, who string) {
	ids = append(slices.Clone(v.neighbours(v.own(), id)), id)
	return ids, v.now.senders(v.g.Target, ids)
}

// shares appends a_vu = 1/sqrt((deg u + 1)·(deg v + 1)) for every u in ids, of
// which the last is v itself, see gnn.Chain; times 1-α if alpha is not -1.
func (v *layerView) shares(ids []int32, alpha int) int {
	in := v.links(v.own())
	rel := v.g.Relations[v.own()].Rel
	degrees, a := mat.New(1, len(ids)), mat.New(1, len(ids))
	for k, u := range ids {
		degrees.Data[k] = float32(len(in.Row(int(u))))
	}
	listener := float64(degrees.Data[len(ids)-1])
	for k, u := range degrees.Data {
		a.Data[k] = float32(v.share(float64(u), listener, alpha))
	}
	d := v.add("deg", rel, "How many messages each of them receives over "+rel+", in their order; the last is the node itself.", "", degrees)
	return v.shared(a, "a[0]", float64(degrees.Data[0]), listener, alpha, rel, d)
}

// share returns the share of a message from a node of degree u to one of
// degree w.
func (v *layerView) share(u, w float64, alpha int) float64 {
	a := 1 / math.Sqrt((u+1)*(w+1))
	if alpha >= 0 {
		a *= 1 - v.number(alpha)
	}
	return a
}

func (v *layerView) shared(a mat.Matrix, name string, u, w float64, alpha int, rel string, uses ...int) int {
	formula := "1"
	if alpha >= 0 {
		uses, formula = append(uses, alpha), "(1 - "+figure(float32(v.number(alpha)))+")"
	}
	formula = name + " = " + formula + "/sqrt((" + figure(float32(u)) + " + 1)·(" + figure(float32(w)) + " + 1)) = " + figure(a.Data[0])
	return v.add("a", rel, "The share: nodes that many speak to, and nodes that listen to many, count less.", formula, a, uses...)
}

// weighted appends Σ_k a[k]·x[k] for the row a and the rows of x, from row lo
// to row hi.
func (v *layerView) weighted(symbol, of, text string, a, x, lo, hi int) int {
	rows, shares := v.value(x), v.value(a).Data
	y := mat.New(1, rows.Cols)
	for c := range y.Data {
		sum := 0.0
		for k := lo; k < hi; k++ {
			sum += float64(shares[k]) * float64(rows.Row(k)[c])
		}
		y.Data[c] = float32(sum)
	}
	i := v.add(symbol, of, text, "", y, a, x)
	c, formula := v.component(y.Cols), ""
	for k := lo; k < min(hi, lo+spelled); k++ {
		if k > lo {
			formula += " + "
		}
		formula += times(shares[k], rows.Row(k)[c])
	}
	if lo == hi {
		formula = "0"
	}
	v.list[i].Formula = v.name(i) + " = " + formula + more(hi-lo) + " = " + figure(y.Data[c])
	return i
}

// gcn appends Y[v] = relu(Σ_u a_vu X[u]·W + b), see gnn.Chain; without the
// messages it is the fully connected layer of an mlp.
func (v *layerView) gcn(id int32) {
	name := v.now.nodeName(v.g.Target, id)
	if v.config.Kind == "mlp" {
		v.finish(name, v.self(v.g.Target, id, "weight"), v.bias("bias"))
		return
	}
	ids, who := v.withSelf(id)
	rel, k := v.g.Relations[v.own()].Rel, len(ids)-1
	h := v.input("H", rel, "What "+v.below()+" the neighbours and of the node itself, last: "+who+".", v.g.Target, ids)
	w := v.param("W", "layer "+strconv.Itoa(v.layer), "The weights of layer "+strconv.Itoa(v.layer)+".", "weight")
	z := v.product("H·W", rel, "Each of them times the weights.", h, w)
	a := v.shares(ids, -1)
	self := v.weighted("self", name, "The node's own share.", a, z, k, k+1)
	m := v.weighted("m", rel, "The messages of the neighbours, each times its share.", a, z, 0, k)
	v.finish(name, self, m, v.bias("bias"))
}

// gat appends the attention and the output of every head, see gnn.Chain.
func (v *layerView) gat(id int32) {
	name, rel := v.now.nodeName(v.g.Target, id), v.g.Relations[v.own()].Rel
	z, alpha := v.attention(id)
	heads, q := v.value(alpha).Cols, v.value(z).Cols/v.value(alpha).Cols
	joined := v.layer < v.config.Layers-1
	out := mat.New(heads, q)
	for k := range heads {
		for d := range q {
			sum := 0.0
			for e := range v.value(z).Rows {
				sum += float64(v.value(alpha).Row(e)[k]) * float64(v.value(z).Row(e)[k*q+d])
			}
			out.Row(k)[d] = float32(sum)
		}
	}
	o := v.add("O", rel, "What each head gathers: the sum of the rows of H·W, each times its share. One row for each head.", "O[k] = Σ_u A[u,k]·(H·W)[u, head k]", out, alpha, z)
	y := mat.Matrix{Rows: 1, Cols: heads * q, Data: slices.Clone(out.Data)}
	text, formula := "The heads side by side.", "o = [O[0] O[1] …]"
	if !joined {
		y = mat.New(1, q)
		for d := range q {
			sum := 0.0
			for k := range heads {
				sum += float64(out.Row(k)[d])
			}
			y.Data[d] = float32(sum / float64(heads))
		}
		text, formula = "The mean of the heads.", "o = (O[0] + O[1] + …) / "+strconv.Itoa(heads)
	}
	v.finish(name, v.add("o", name, text, formula, y, o), v.bias("bias"))
}

// attention appends H·W and the share of every neighbour in every head.
func (v *layerView) attention(id int32) (z, alpha int) {
	ids, who := v.withSelf(id)
	rel, last := v.g.Relations[v.own()].Rel, len(ids)-1
	h := v.input("H", rel, "What "+v.below()+" the neighbours and of the node itself, last: "+who+".", v.g.Target, ids)
	w := v.param("W", "layer "+strconv.Itoa(v.layer), "The weights of layer "+strconv.Itoa(v.layer)+", all heads side by side.", "weight")
	z = v.product("H·W", rel, "Each of them times the weights.", h, w)
	src := v.param("a_src", "heads", "What each head looks for in a sender, one row for each head.", "att_src")
	dst := v.param("a_dst", "heads", "What each head looks for in the node that listens.", "att_dst")
	heads, q := v.value(src).Rows, v.value(src).Cols
	e, a := mat.New(len(ids), heads), mat.New(len(ids), heads)
	for k := range heads {
		half := func(w, row int) (sum float64) {
			for d, x := range v.value(w).Row(k) {
				sum += float64(x) * float64(v.value(z).Row(row)[k*q+d])
			}
			return sum
		}
		listens := half(dst, last)
		for u := range ids {
			score := half(src, u) + listens
			if score <= 0 {
				score *= float64(float32(0.2))
			}
			e.Row(u)[k] = float32(score)
		}
		softmaxColumn(a, e, k)
	}
	score := v.add("e", rel, "How well sender and listener match, one column for each head; negative scores count a fifth (LeakyReLU).", "e[u,k] = leaky(a_src[k]·(H·W)[u] + a_dst[k]·(H·W)[v])", e, z, src, dst)
	alpha = v.add("A", rel, "The share of each sender: the softmax over all of them, one column for each head.", "A[u,k] = exp(e[u,k]) / Σ_w exp(e[w,k])", a, score)
	return z, alpha
}

// softmaxColumn sets column k of a to the softmax of that of e.
func softmaxColumn(a, e mat.Matrix, k int) {
	top, sum := math.Inf(-1), 0.0
	for u := range e.Rows {
		top = max(top, float64(e.Row(u)[k]))
	}
	for u := range e.Rows {
		sum += math.Exp(float64(e.Row(u)[k]) - top)
	}
	for u := range e.Rows {
		a.Row(u)[k] = float32(math.Exp(float64(e.Row(u)[k])-top) / sum)
	}
}

// first appends relu(X·W + b), the input of GCNII's convolutions.
func (v *layerView) first(symbol, of, text string, ids []int32) int {
	x := v.features("X", of, "What the model reads of them.", v.g.Target, ids)
	if v.dense == [2]int{} {
		v.dense[0] = v.given("W_first", "input", "The weights of the first, fully connected layer.", v.params["input.weight"].W)
		v.dense[1] = v.given("b_first", "input", "Its bias.", v.params["input.bias"].W)
	}
	z := v.shifted("X·W + b", of, "The first layer before its activation.", v.product("X·W", of, "The features times the weights.", x, v.dense[0]), v.dense[1])
	return v.each(symbol, of, text+" Negative sums became 0 (ReLU).", "relu", relu, z)
}

// gcnii appends S = (1-α)·Σ_u a_vu H[u] + α·H0[v] and
// Y[v] = relu(S·((1-β)·I + β·W)), see gnn.GCNII.
func (v *layerView) gcnii(id int32) {
	name := v.now.nodeName(v.g.Target, id)
	ids, who := v.withSelf(id)
	rel, alpha := v.g.Relations[v.own()].Rel, v.initial()
	h := v.input("H", rel, "What "+v.below()+" the neighbours and of the node itself, last: "+who+".", v.g.Target, ids)
	a := v.shares(ids, alpha)
	m := v.weighted("m", rel, "The messages, each times its share.", a, h, 0, len(ids))
	h0 := v.first("h0", name, "What the first, fully connected layer computed for the node: every layer takes some of it again.", []int32{id})
	s := v.sum("s", name, "Messages and first layer together.", m, v.scaled("alpha·h0", name, "The first layer's share.", alpha, h0))
	z := v.product("z", name, "The sum times the mapping.", s, v.mapping())
	v.activate(name, z)
}

// initial appends α.
func (v *layerView) initial() int {
	return v.scalar("alpha", "model", "How much of the first layer enters each.", "", float64(max(v.config.Alpha, 0)))
}

// mapping appends (1-β)·I + β·W.
func (v *layerView) mapping() int {
	b := float32(math.Log(float64(v.config.Lambda)/float64(v.layer+1) + 1))
	of := "layer " + strconv.Itoa(v.layer)
	beta := v.scalar("beta", of, "How much of its weights the layer uses: less the deeper it is.",
		"beta = ln("+figure(v.config.Lambda)+"/"+strconv.Itoa(v.layer+1)+" + 1) = "+figure(b), float64(b))
	w := v.param("W", of, "The weights of "+of+".", "weight")
	m := v.value(w).Clone()
	for i := range m.Rows {
		for j := range m.Row(i) {
			x := float64(b) * float64(m.Row(i)[j])
			if i == j {
				x += 1 - float64(b)
			}
			m.Row(i)[j] = float32(x)
		}
	}
	return v.add("M", of, "What the layer multiplies by: mostly the identity, which leaves its input as it is.", "M = (1 - beta)·I + beta·W", m, beta, w)
}

// isOutput reports whether the layer is the one after GCNII's convolutions,
// which computes the logits.
func (v *layerView) isOutput() bool { return v.config.Kind == "gcnii" && v.layer == v.config.Layers }

// output appends the logits of a GCNII.
func (v *layerView) output(s *Place) ([]wire.Quantity, error) {
	if s.typ != v.g.Target {
		return nil, fmt.Errorf("inspect: the last layer computes nothing for type %s", v.g.Types[s.typ].Name)
	}
	id := int32(s.I)
	name := v.now.nodeName(s.typ, id)
	v.at = int(gnn.Predict(v.trace.Logits().Row(s.I)))
	h := v.input("h", name, "What the last convolution computed for "+name+".", s.typ, []int32{id})
	w := v.given("W_last", "output", "The weights of the last, fully connected layer.", v.params["output.weight"].W)
	b := v.given("b_last", "output", "Its bias.", v.params["output.bias"].W)
	z := v.sum("z", name, "The terms together.", v.product("h·W", name, "The node's features times the weights.", h, w), b)
	v.add("y", name, "What the model says of "+name+": the logits, one for each class. The largest is the prediction.", v.equal("y", z), v.value(z).Clone(), z)
	return v.list, nil
}
