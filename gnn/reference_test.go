package gnn

import (
	"fmt"
	"math"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// parameters returns the weights of m by name.
func parameters(m Model) map[string]mat.Matrix {
	ws := map[string]mat.Matrix{}
	for _, p := range m.Params() {
		ws[p.Name] = p.W
	}
	return ws
}

// targetInput returns the first layer's input of the first n rows of b.
func targetInput(m Model, g *graph.Graph, b *sample.Batch, n int) (x [][]float64) {
	ws, nt := parameters(m), g.Types[g.Target]
	for i := range n {
		v := i
		if b.Nodes != nil {
			v = int(b.Nodes[g.Target][i])
		}
		if nt.Features.Empty() {
			x = append(x, wide(ws["embed."+nt.Name].Row(v)))
			continue
		}
		row := wide(nt.Features.Row(v))
		if m.Config().RowNormalise {
			sum := 0.0
			for _, f := range row {
				sum += math.Abs(f)
			}
			for d := range row {
				row[d] /= max(sum, 1e-30)
			}
		}
		if w, ok := ws["encode."+nt.Name+".weight"]; ok {
			h := wide(ws["encode."+nt.Name+".bias"].Data)
			addMul(h, row, w)
			row = h
		}
		x = append(x, row)
	}
	return x
}

// affine returns x·w + b row by row; an empty b is none.
func affine(x [][]float64, w, b mat.Matrix) (y [][]float64) {
	for _, row := range x {
		h := make([]float64, w.Cols)
		copy(h, wide(b.Data))
		addMul(h, row, w)
		y = append(y, h)
	}
	return y
}

func relu(y [][]float64) [][]float64 {
	for _, row := range y {
		for j, v := range row {
			row[j] = max(v, 0)
		}
	}
	return y
}

// neighbours returns, for every destination of a block, the sources of its
// edges with the self-loop and their weights in Â.
func neighbours(g *graph.Graph, b *sample.Batch, block *sample.Block, rel int) (from [][]int, weight [][]float64) {
	degree := func(i int) float64 {
		if b.Nodes != nil {
			i = int(b.Nodes[g.Target][i])
		}
		return float64(len(g.Relations[rel].In.Row(i)))
	}
	for v := range block.NumDst[g.Target] {
		row := block.Rel[rel].In.Row(v)
		var us []int
		var ws []float64
		for _, u := range row {
			us = append(us, int(u))
			ws = append(ws, degree(v)/float64(len(row))/math.Sqrt((degree(int(u))+1)*(degree(v)+1)))
		}
		from, weight = append(from, append(us, v)), append(weight, append(ws, 1/(degree(v)+1)))
	}
	return from, weight
}

// sums returns Σ weight·x over the neighbours of each destination.
func sums(from [][]int, weight [][]float64, x [][]float64) (y [][]float64) {
	for v, us := range from {
		row := make([]float64, len(x[0]))
		for e, u := range us {
			for d, f := range x[u] {
				row[d] += weight[v][e] * f
			}
		}
		y = append(y, row)
	}
	return y
}

// attention is one GAT layer of formulas, head by head.
func attention(ws map[string]mat.Matrix, l int, from [][]int, x [][]float64, hidden bool) (y [][]float64) {
	name := func(s string) mat.Matrix { return ws[fmt.Sprintf("layers.%d.%s", l, s)] }
	z, src, dst, bias := affine(x, name("weight"), mat.Matrix{}), name("att_src"), name("att_dst"), wide(name("bias").Data)
	heads, q := src.Rows, src.Cols
	product := func(a mat.Matrix, k, i int) (s float64) {
		for d, v := range a.Row(k) {
			s += float64(v) * z[i][k*q+d]
		}
		return s
	}
	for v, us := range from {
		row := make([]float64, len(bias))
		copy(row, bias)
		for k := range heads {
			var e []float64
			total := 0.0
			for _, u := range us {
				s := product(src, k, u) + product(dst, k, v)
				if s < 0 {
					s *= 0.2
				}
				e = append(e, math.Exp(s))
				total += math.Exp(s)
			}
			for i, u := range us {
				for d := range q {
					if hidden {
						row[k*q+d] += e[i] / total * z[u][k*q+d]
					} else {
						row[d] += e[i] / total * z[u][k*q+d] / float64(heads)
					}
				}
			}
		}
		if hidden {
			for d, f := range row {
				if f < 0 {
					row[d] = math.Exp(f) - 1
				}
			}
		}
		y = append(y, row)
	}
	return y
}

// referenceOutputs computes the outputs of m in float64, straight from the
// formulas and by the parameters' names.
func referenceOutputs(m Model, g *graph.Graph, b *sample.Batch) (outputs [][][]float64) {
	c, ws := m.Config(), parameters(m)
	blocks := b.Top(c.Layers)
	n := blocks[c.Layers-1].NumDst[g.Target]
	rel := -1
	if c.Kind != "mlp" {
		n = blocks[0].NumSrc[g.Target]
		rel, _ = selfRelation(c.Kind, g)
	}
	x := targetInput(m, g, b, n)
	if c.Kind == "gcnii" {
		x = relu(affine(x, ws["input.weight"], ws["input.bias"]))
	}
	first := x
	for l := range blocks {
		var from [][]int
		var weight [][]float64
		if rel >= 0 {
			from, weight = neighbours(g, b, &blocks[l], rel)
		}
		name := func(s string) mat.Matrix { return ws[fmt.Sprintf("layers.%d.%s", l, s)] }
		switch c.Kind {
		case "mlp":
			x = affine(x, name("weight"), name("bias"))
		case "gcn":
			x = affine(sums(from, weight, x), name("weight"), name("bias"))
		case "sage":
			x = sageLayer(&blocks[l].Rel[rel], x, name("self.weight"), name("neigh.weight"), name("bias"), len(from))
		case "gat":
			x = attention(ws, l, from, x, l < c.Layers-1)
		case "gcnii":
			x = gcniiLayer(c, l, sums(from, weight, x), first, name("weight"))
		}
		if l < c.Layers-1 && c.Kind != "gat" || c.Kind == "gcnii" {
			x = relu(x)
		}
		outputs = append(outputs, x)
	}
	if c.Kind == "gcnii" {
		outputs = append(outputs, affine(x, ws["output.weight"], ws["output.bias"]))
	}
	return outputs
}

func sageLayer(a *sample.Adjacency, x [][]float64, self, neigh, bias mat.Matrix, m int) [][]float64 {
	y := affine(x[:m], self, bias)
	for v := range y {
		us := a.In.Row(v)
		for _, u := range us {
			message := make([]float64, neigh.Cols)
			addMul(message, x[u], neigh)
			for d, f := range message {
				y[v][d] += f / float64(len(us))
			}
		}
	}
	return y
}

func gcniiLayer(c Config, l int, sums, first [][]float64, w mat.Matrix) [][]float64 {
	alpha, beta := float64(c.Alpha), math.Log(float64(c.Lambda)/float64(l+1)+1)
	for v, row := range sums {
		for d, f := range row {
			row[d] = (1-alpha)*f + alpha*first[v][d]
		}
	}
	y := affine(sums, w, mat.Matrix{})
	for v, row := range y {
		for d, f := range row {
			row[d] = (1-beta)*sums[v][d] + beta*f
		}
	}
	return y
}
