package inspect

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
	"abkd/sim/wire"
)

// A layerView writes down what one layer of a model computes. It reads
// weights by name and features from the trace, and computes everything else
// again: were it to differ from the model, tests would show it.
type layerView struct {
	arithmetic
	now    *Moment
	g      *graph.Graph
	blocks []sample.Block // of the whole graph, one per layer
	config gnn.Config
	params map[string]*gnn.Param
	trace  *gnn.Trace
	layer  int
	labels *graph.LabelInputs // that the model reads, nil for none
	dense  [2]int             // quantities: weights and bias of GCNII's first layer, once listed
}

// inspectGraph writes down a node's output of a layer, or a message to it.
func (now *Moment) layer(s *Place) ([]wire.Quantity, error) {
	m, err := now.model(s.Model)
	if err != nil {
		return nil, err
	}
	v := &layerView{now: now, g: now.Graph, blocks: now.Batch.Top(m.Config().Layers), config: m.Config(), labels: m.Graph().LabelInputs, params: map[string]*gnn.Param{}, layer: s.Layer}
	for _, p := range m.Params() {
		v.params[p.Name] = p
	}
	v.trace = m.Forward(now.Batch, nil)
	if v.isOutput() && s.Kind == "node" {
		return v.output(s)
	}
	if s.Layer >= v.config.Layers {
		return nil, fmt.Errorf("inspect: layer is %d, want 0..%d of the %s", s.Layer, v.config.Layers-1, s.Model)
	}
	dst, id := s.typ, int32(s.I)
	if s.Kind == "edge" {
		dst, id = now.Graph.Relations[s.rel].Dst, int32(s.J)
	}
	if h := v.trace.Hidden[s.Layer][dst]; int(id) >= h.Rows {
		return nil, fmt.Errorf("inspect: layer %d computes nothing for %s: no layer after it needs that", s.Layer, now.nodeName(dst, id))
	}
	v.at = int(gnn.Predict(v.trace.Hidden[s.Layer][dst].Row(int(id))))
	if s.Kind == "edge" {
		err = v.edge(s)
		return v.list, err
	}
	switch v.config.Kind {
	case "rgcn":
		v.rgcn(dst, id)
	case "sage":
		v.sage(id)
	case "gat":
		v.gat(id)
	case "gcnii":
		v.gcnii(id)
	default: // gcn, mlp
		v.gcn(id)
	}
	return v.list, nil
}

// param appends the layer's parameter of that name.
func (v *layerView) param(symbol, of, text, name string) int {
	return v.given(symbol, of, text, v.params[v.prefix()+name].W)
}

func (v *layerView) prefix() string { return "layers." + strconv.Itoa(v.layer) + "." }

// below names where the layer's input comes from.
func (v *layerView) below() string {
	switch {
	case v.layer > 0:
		return "layer " + strconv.Itoa(v.layer-1) + " computed for"
	case v.config.Kind == "gcnii":
		return "the first, fully connected layer computed for"
	}
	return "the model reads of"
}

// input appends the rows of the layer's input for the given nodes of a type.
func (v *layerView) input(symbol, of, text string, typ int, ids []int32) int {
	switch {
	case v.layer > 0:
		return v.add(symbol, of, text, "", rowsOf(v.trace.Hidden[v.layer-1][typ], ids))
	case v.config.Kind == "gcnii":
		return v.first(symbol, of, text, ids)
	}
	return v.features(symbol, of, text, typ, ids)
}

// features appends what the model reads of the given nodes: their features,
// an encoding of them, or a trained embedding.
func (v *layerView) features(symbol, of, text string, typ int, ids []int32) int {
	t := &v.g.Types[typ]
	if e := v.params["embed."+t.Name]; e != nil {
		return v.add(symbol, of, text+" These are trained: the type has no features.", "", rowsOf(e.W, v.now.Part.numbers(typ, ids)))
	}
	f := rowsOf(t.Features, ids)
	if v.config.RowNormalise {
		for i := range f.Rows {
			divideBySum(f.Row(i))
		}
	}
	w := v.params["encode."+t.Name+".weight"]
	if w == nil {
		return v.add(symbol, of, text, "", f)
	}
	x := v.add("F", of, "The features as the graph has them, of another width than the model reads.", "", f)
	e := v.given("W_in", t.Name, "The weights that bring them to the width of the model.", w.W)
	b := v.given("b_in", t.Name, "The bias of that.", v.params["encode."+t.Name+".bias"].W)
	return v.shifted(symbol, of, text, v.product("F·W_in", of, "The features times the weights.", x, e), b)
}

// shifted appends quantity x with the row b added to each of its rows.
func (v *layerView) shifted(symbol, of, text string, x, b int) int {
	y := v.value(x).Clone()
	for i := range y.Rows {
		for c, bias := range v.value(b).Data {
			y.Row(i)[c] += bias
		}
	}
	c := v.component(y.Cols)
	i := v.add(symbol, of, text, "", y, x, b)
	v.list[i].Formula = v.name(i) + " = " + plus([]float32{v.value(x).Row(0)[c], v.value(b).Data[c]}) + " = " + figure(y.Row(0)[c])
	return i
}

func divideBySum(row []float32) {
	sum := 0.0
	for _, x := range row {
		sum += math.Abs(float64(x))
	}
	if sum > 0 {
		for k, x := range row {
			row[k] = float32(float64(x) / sum)
		}
	}
}

// finish appends the sum of terms and what the activation makes of it.
func (v *layerView) finish(of string, terms ...int) {
	z := v.sum("z", of, "All terms together.", terms...)
	v.activate(of, z)
}

// activate appends the layer's output.
func (v *layerView) activate(of string, z int) {
	text := "What layer " + strconv.Itoa(v.layer) + " says of " + of + ": "
	switch {
	case v.layer == v.config.Layers-1 && v.config.Kind != "gcnii":
		v.add("y", of, text+"the logits, one for each class. The largest is the prediction.", v.equal("y", z), v.value(z).Clone(), z)
	case v.config.Kind == "gat":
		v.each("y", of, text+"negative sums are bent towards −1 (ELU).", "elu", func(x float64) float64 {
			if x <= 0 {
				return math.Expm1(x)
			}
			return x
		}, z)
	default:
		v.each("y", of, text+"negative sums become 0 (ReLU).", "relu", relu, z)
	}
}

func (v *layerView) equal(symbol string, z int) string {
	c := v.component(v.value(z).Cols)
	return symbol + "[" + strconv.Itoa(c) + "] = " + v.name(z) + " = " + figure(v.value(z).Data[c])
}

// links returns the in-edges of a relation in this layer.
func (v *layerView) links(rel int) graph.CSR { return v.blocks[v.layer].Rel[rel].In }

// neighbours returns those who send messages to node id over rel.
func (v *layerView) neighbours(rel int, id int32) []int32 {
	in := v.links(rel)
	if int(id) >= in.Rows() {
		return nil
	}
	return in.Row(int(id))
}

// own is the index of the one relation that models for one node type read.
func (v *layerView) own() int {
	return slices.IndexFunc(v.g.Relations, func(r graph.Relation) bool { return r.Src == v.g.Target && r.Dst == v.g.Target })
}

// senders names the nodes of a list.
func (now *Moment) senders(typ int, ids []int32) string {
	if len(ids) == 1 {
		return now.nodeName(typ, ids[0])
	}
	return strconv.Itoa(len(ids)) + " nodes of type " + now.Graph.Types[typ].Name + ": " + numbers(now.Part.numbers(typ, ids))
}

// message appends the mean over the neighbours times the relation's weights.
func (v *layerView) message(rel int, id int32, weight string) int {
	r := &v.g.Relations[rel]
	ids, q := v.neighbours(rel, id), v.params[v.prefix()+weight].W.Cols
	if len(ids) == 0 {
		return v.add("m", r.Rel, "Nobody sends a message over "+r.Rel+" to "+v.now.nodeName(r.Dst, id)+": it counts as 0.", "m = 0", mat.New(1, q))
	}
	x := v.input("H", r.Rel, "What "+v.below()+" those who send over "+r.Rel+", "+v.now.senders(r.Src, ids)+".", r.Src, ids)
	mean := v.mean("mean", r.Rel, "Their mean: each counts the same, however many they are.", x)
	w := v.param("W", r.Rel, "The weights of relation "+r.Rel+" in layer "+strconv.Itoa(v.layer)+".", weight)
	return v.product("m", r.Rel, "The message over "+r.Rel+": the mean times the weights.", mean, w)
}

// self appends the node's own features times the weights of that name.
func (v *layerView) self(typ int, id int32, weight string) int {
	name := v.now.nodeName(typ, id)
	h := v.input("h", name, "What "+v.below()+" "+name+" itself.", typ, []int32{id})
	w := v.param("W_0", v.g.Types[typ].Name, "The weights with which layer "+strconv.Itoa(v.layer)+" multiplies a node's own features.", weight)
	return v.product("h·W_0", name, "The node's own share.", h, w)
}

func (v *layerView) bias(name string) int {
	return v.param("b", "layer "+strconv.Itoa(v.layer), "The bias: what is added whatever the input.", name)
}

// rgcn appends Y[v] = relu(X[v]·W_0 + b + Σ_r mean(X_r)·W_r), see the R-GCN layer of gnn.
func (v *layerView) rgcn(typ int, id int32) {
	t := v.g.Types[typ].Name
	terms := []int{v.self(typ, id, "self."+t+".weight"), v.bias("self." + t + ".bias")}
	for i, r := range v.g.Relations {
		if r.Dst == typ {
			terms = append(terms, v.message(i, id, "rel."+r.EdgeType.String()+".weight"))
		}
	}
	if v.config.LabelReuse && typ == v.g.Target && v.layer == v.config.Layers-1 {
		terms = append(terms, v.reuse(id))
	}
	v.finish(v.now.nodeName(typ, id), terms...)
}

// reuse appends what the labels of others say of node id, weighted by channel, see
// gnn.WithLabelInputs.
func (v *layerView) reuse(id int32) int {
	name := v.now.nodeName(v.g.Target, id)
	w := v.given("w", "labels", "The weights of the labels: a row for each way on which they spread, all relations first, a column for each class.", v.params["labels.weight"].W)
	m := v.value(w)
	x := v.given("x", name, "What the labels of other training nodes say of "+name+", in the rows of w: the logarithm of each class's share. Its own label never counts.", mat.Matrix{Rows: m.Rows, Cols: m.Cols, Data: v.labels.X.Row(v.now.Part.Number(v.g.Target, int(id)))})
	sums, terms, c := make([]float64, m.Cols), make([]string, 0, m.Rows), v.component(m.Cols)
	for j, weight := range m.Data {
		said := v.value(x).Data[j]
		sums[j%m.Cols] += float64(weight) * float64(said)
		if j%m.Cols == c {
			terms = append(terms, times(weight, said))
		}
	}
	value := mat.New(1, m.Cols)
	for k, sum := range sums {
		value.Data[k] = float32(sum)
	}
	i := v.add("l", name, "The share of the labels.", "", value, w, x)
	v.list[i].Formula = v.name(i) + " = " + strings.Join(terms, " + ") + " = " + figure(value.Data[c])
	return i
}

// sage appends Y[v] = relu(X[v]·W_self + mean(X_N)·W_neigh + b), see gnn.Chain.
func (v *layerView) sage(id int32) {
	v.finish(v.now.nodeName(v.g.Target, id), v.self(v.g.Target, id, "self.weight"), v.bias("bias"), v.message(v.own(), id, "neigh.weight"))
}
