package inspect

import (
	"fmt"
	"slices"
	"strconv"

	"abkd/gnn/mat"
)

// edge appends one message: the source's features, the weights, the share of
// the message among those that arrive, and their product.
func (v *layerView) edge(s *Place) error {
	r := &v.g.Relations[s.rel]
	src, dst := v.now.nodeName(r.Src, int32(s.I)), v.now.nodeName(r.Dst, int32(s.J))
	if v.config.Kind != "rgcn" && (v.config.Kind == "mlp" || s.rel != v.own()) {
		return fmt.Errorf("inspect: a model of kind %s sends no messages over %s", v.config.Kind, r.Rel)
	}
	ids := v.neighbours(s.rel, int32(s.J))
	at := slices.Index(ids, int32(s.I))
	if at < 0 {
		return fmt.Errorf("inspect: no edge of %s goes from %s to %s", r.Rel, src, dst)
	}
	if v.config.Kind == "gat" {
		v.gatEdge(s, at, src, dst)
		return nil
	}
	h := v.input("h", src, "What "+v.below()+" "+src+", which sends the message.", r.Src, []int32{int32(s.I)})
	w, share := -1, -1
	switch v.config.Kind {
	case "rgcn":
		w = v.param("W", r.Rel, "The weights of relation "+r.Rel+".", "rel."+r.EdgeType.String()+".weight")
	case "sage":
		w = v.param("W", r.Rel, "The weights of what neighbours send.", "neigh.weight")
	case "gcn":
		w = v.param("W", r.Rel, "The weights of layer "+strconv.Itoa(v.layer)+".", "weight")
	case "gcnii":
		w = v.mapping()
	}
	p := v.product("h·W", r.Rel, "The features times the weights.", h, w)
	switch v.config.Kind {
	case "rgcn", "sage":
		n := v.scalar("deg", dst, "How many messages arrive at "+dst+" over "+r.Rel+".", "", float64(len(ids)))
		share = v.scalar("a", r.Rel, "The share of this one: all count the same.", "a = 1/"+strconv.Itoa(len(ids))+" = "+figure(1/float32(len(ids))), 1/float64(len(ids)), n)
	case "gcn":
		share = v.pairShare(s, -1, src, dst)
	case "gcnii":
		share = v.pairShare(s, v.initial(), src, dst)
	}
	v.arrivingMessage(p, share, src, dst)
	return nil
}

// pairShare appends the share of one message, see shares.
func (v *layerView) pairShare(s *Place, alpha int, src, dst string) int {
	in, rel := v.links(s.rel), v.g.Relations[s.rel].Rel
	du, dv := float64(len(in.Row(s.I))), float64(len(in.Row(s.J)))
	u := v.scalar("deg", src, "How many messages arrive at "+src+" over "+rel+".", "", du)
	w := v.scalar("deg", dst, "How many messages arrive at "+dst+" over "+rel+".", "", dv)
	a := mat.Matrix{Rows: 1, Cols: 1, Data: []float32{float32(v.share(du, dv, alpha))}}
	return v.shared(a, "a", du, dv, alpha, rel, u, w)
}

// arrivingMessage appends the message, p times its share, and its length.
func (v *layerView) arrivingMessage(p, share int, src, dst string) {
	m := v.scaled("m", src, "The message as it arrives at "+dst+".", share, p)
	v.length(m)
}

// length appends the norm of a message: the width of its line in the picture.
func (v *layerView) length(m int) {
	n := norm(v.value(m))
	v.scalar("‖m‖", v.list[m].Of, "Its length: how strong the message is.", "‖m‖ = sqrt(Σ m²) = "+figure(float32(n)), n, m)
}

// gatEdge appends a message of which every head takes its own share.
func (v *layerView) gatEdge(s *Place, at int, src, dst string) {
	z, alpha := v.attention(int32(s.J))
	row := v.add("h·W", src, "The features of "+src+" times the weights: its row of H·W.", "h·W = (H·W)["+strconv.Itoa(at)+"]", rowsOf(v.value(z), []int32{int32(at)}), z)
	a := v.add("a", src, "Its share in each head: its row of A.", "a = A["+strconv.Itoa(at)+"]", rowsOf(v.value(alpha), []int32{int32(at)}), alpha)
	heads := v.value(a).Cols
	q := v.value(row).Cols / heads
	m := mat.New(1, heads*q)
	for k := range m.Data {
		m.Data[k] = float32(float64(v.value(a).Data[k/q]) * float64(v.value(row).Data[k]))
	}
	c := v.component(q * heads)
	formula := "m[" + strconv.Itoa(c) + "] = " + times(v.value(a).Data[c/q], v.value(row).Data[c]) + " = " + figure(m.Data[c])
	v.length(v.add("m", src, "The message as it arrives at "+dst+", all heads side by side.", formula, m, a, row))
}
