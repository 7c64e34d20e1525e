package setup

import (
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
)

// addBatches adds what depends on the batches.
func (p Plan) addBatches(f *Footprint, g *graph.Graph, split graph.Split, models []member, layers int) {
	whole := wholeExtents(g, layers)
	blocks, rows := whole, len(split.Train)
	switch p.Sampler {
	case "neighbor":
		b := p.neighbors(g, layers, split.Train).Next()
		blocks, rows = extentsOf(b), len(b.Rows)
		f.Batches = 4*nodesOf(g) + 8*int64(len(split.Train))
		for _, x := range blocks {
			f.Batches += (1 + ahead) * x.bytes(g)
		}
	case "saint":
		b := p.walks(g, layers, split.Train).Next()
		blocks, rows = extentsOf(b), len(b.Rows)
		f.Batches = 8*nodesOf(g) + (1+ahead)*blocks[0].bytes(g) // the blocks share one storage
		for _, r := range g.Relations {
			f.Batches += 4 * int64(len(r.In.Col)) // the edges from their sources
		}
	default:
		f.Batches = wholeBytes(whole, g)
	}
	if p.Nodes == "all" {
		rows = blocks[layers-1].dst[g.Target]
	}
	for _, m := range models {
		f.Layers += layerBytes(m.Config, g, blocks[layers-m.Layers:], p.Sampler != "full" || m.Kind == "rgcn", m.trained)
	}
	f.Layers += p.lossBytes(g, models, rows, blocks[layers-1].dst[g.Target])
	if IsSmall(g) {
		f.Evaluation = wholeBytes(whole, g)
		f.Measuring = f.Evaluation + wholeLayers(models[0].Config, g, whole)
		if p.Sampler != "full" { // whose storage the models have already
			for _, m := range models {
				f.Evaluation += layerBytes(m.Config, g, whole[layers-m.Layers:], false, false)
			}
		}
	}
}

// wholeBytes returns the size of the batch of all of g, whose extents are
// whole, with the covers.
func wholeBytes(whole []extent, g *graph.Graph) int64 { return 2 * whole[0].bytes(g) }

// wholeLayers returns the size of what a model of c that has no storage yet
// keeps of that batch.
func wholeLayers(c gnn.Config, g *graph.Graph, whole []extent) int64 {
	return layerBytes(c, g, whole[len(whole)-c.Layers:], c.Kind == "rgcn", false)
}

// An extent is the size of a block.
type extent struct{ src, dst, edges []int } // per type, per type, per relation

// wholeExtents returns the blocks of the batch of all of g.
func wholeExtents(g *graph.Graph, layers int) []extent {
	x := make([]extent, layers)
	dst := make([]int, len(g.Types))
	dst[g.Target] = g.Types[g.Target].Count
	for l := layers - 1; l >= 0; l-- {
		x[l] = extent{append([]int(nil), dst...), dst, make([]int, len(g.Relations))}
		for i, r := range g.Relations {
			if dst[r.Dst] > 0 {
				x[l].src[r.Src], x[l].edges[i] = g.Types[r.Src].Count, len(r.In.Col)
			}
		}
		dst = x[l].src
	}
	return x
}

func extentsOf(b *sample.Batch) (x []extent) {
	for _, block := range b.Blocks {
		e := extent{append([]int(nil), block.NumSrc...), append([]int(nil), block.NumDst...), nil}
		for _, rel := range block.Rel {
			e.edges = append(e.edges, len(rel.In.Col))
		}
		x = append(x, e)
	}
	return x
}

// bytes returns the size of the block's edges: both ends and a weight.
func (x extent) bytes(g *graph.Graph) (n int64) {
	for i, r := range g.Relations {
		n += 12*int64(x.edges[i]) + 4*int64(x.dst[r.Dst]+x.src[r.Src])
	}
	return n
}

func nodesOf(g *graph.Graph) (n int64) {
	for _, t := range g.Types {
		n += int64(t.Count)
	}
	return n
}

// layerBytes returns the size of what a model of c keeps of blocks: its input,
// if that is gathered or encoded, of each layer the means, the output and, in
// training, what dropout leaves of it and the gradients of output and input.
func layerBytes(c gnn.Config, g *graph.Graph, blocks []extent, gathered, trained bool) int64 {
	var floats, shared int64 // shared: scratch of the layer that needs most
	for t, nt := range g.Types {
		n, w := int64(blocks[0].src[t]), nt.Features.Cols
		switch one := c.Kind != "rgcn"; {
		case one && t != g.Target:
		case gathered || w != 0 && w != c.Input:
			floats += n * int64(c.Input)
		case one && c.RowNormalise:
			floats += n * int64(w)
		case one:
			floats += 3 * n * int64(w) / 4 // if they are sparse
		}
	}
	for l, x := range blocks {
		p, q := int64(c.Hidden), int64(c.Hidden)
		if l == 0 {
			p = int64(c.Input)
		}
		if l == len(blocks)-1 {
			q = int64(g.Classes)
		}
		if c.Kind != "rgcn" {
			if l == 0 && (c.Kind != "sage" || !gathered) {
				p = 0 // the weights come first, and nobody asks for the input's gradient
			}
			floats += chainFloats(c, g, x, p, q, trained)
			continue
		}
		for t := range g.Types {
			floats += int64(x.dst[t]) * q
			if trained {
				floats += 2*int64(x.dst[t])*q + int64(x.src[t])*p
			}
		}
		for i, r := range g.Relations {
			if x.edges[i] > 0 {
				floats += int64(x.dst[r.Dst]) * p
				shared = max(shared, int64(x.dst[r.Dst])*(p+q))
			}
		}
	}
	return 4 * (floats + shared) / 16 * 17 // with the room to spare of large storage
}

// chainFloats is the part of one layer in a model that reads the target type
// alone: what it computes of its nodes, on the way and at last, and in training
// the gradients of both, what dropout leaves of the input and its gradient.
func chainFloats(c gnn.Config, g *graph.Graph, x extent, p, q int64, trained bool) int64 {
	n, heads, edges, steps := int64(x.dst[g.Target]), int64(1), int64(0), int64(1)
	if k, _ := gnn.KindOf(c.Kind); k.Messages {
		steps = 2 // the product and the sums over neighbours
		for i, r := range g.Relations {
			if r.Src == g.Target && r.Dst == g.Target {
				edges = n + int64(x.edges[i])
			}
		}
	}
	if c.Kind == "gat" {
		heads = int64(c.Heads)
		p = max(p, heads*int64(c.Hidden))
	}
	floats := n*steps*heads*q + edges*(1+heads)
	if trained {
		floats += n*(2*p+steps*heads*q) + edges*heads
	}
	return floats
}

// lossBytes returns the size of what the losses compute on so many rows of a
// batch with so many seeds.
func (p Plan) lossBytes(g *graph.Graph, models []member, rows, seeds int) int64 {
	n, classes := int64(rows), int64(g.Classes)
	floats := 2*n*classes + int64(seeds)*classes
	if len(models) == 1 {
		return 4 * floats
	}
	for i, c := range models {
		width := int64(c.Layers-1)*int64(c.Hidden)*int64(max(c.Heads, 1)) + classes
		copies := int64(2 - i)                                                                    // of the student's outputs also the gradient
		floats += n*(copies*width+4*int64(c.Layers)*int64(p.Dim)) + int64(seeds)*width*(copies-1) // and projections
	}
	if pairs := int64(min(p.MaxNodes, rows)); p.Criterion == "gsp" || p.Criterion == "gcrd" || p.Criterion == "stride" {
		floats += 4 * pairs * pairs
	}
	return 4 * (floats + 4*n*int64(p.HeadDim))
}
