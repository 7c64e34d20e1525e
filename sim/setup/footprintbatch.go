package setup

import (
	"cmp"
	"slices"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

// A drawn is what the batches of a run are of.
type drawn struct {
	blocks   []extent
	rows     int   // with a loss
	gathered bool  // its nodes are not all of the graph's, whose features are read where they are
	bytes    int64 // of what is sampled, and what sampling needs
}

// draw returns what the batches for models of up to so many layers are of. all is
// the batch of all of g.
func (p Plan) draw(g *graph.Graph, split graph.Split, layers int, all []extent) (d drawn) {
	switch p.Sampler {
	case "neighbor":
		d = largest(p.neighbors(g, layers, split.Train))
		d.bytes = 4*nodesOf(g) + 8*int64(len(split.Train))
		for _, x := range d.blocks {
			d.bytes += (1 + ahead) * x.bytes(g) / 4 * 5 // they grow by appending
		}
		return d
	case "saint":
		d = largest(p.walks(g, layers, split.Train))
		d.bytes = 8*nodesOf(g) + (1+ahead)*d.blocks[0].bytes(g) // the blocks share one storage
		for _, r := range g.Relations {
			d.bytes += 4 * int64(len(r.In.Col)) // the edges from their sources
		}
		return d
	}
	if p.isExact() {
		if field := sample.ExactField(g, layers, split.Train); field != nil {
			d = drawn{blocks: fieldExtents(g, field), rows: len(split.Train), gathered: true, bytes: 8 * nodesOf(g)}
			for _, x := range d.blocks {
				d.bytes += 2 * x.bytes(g) // with the covers
			}
			return d
		}
	}
	return drawn{blocks: all, rows: len(split.Train), bytes: wholeBytes(all, g)}
}

// addBatches adds what depends on the batches. whole says that the models are
// evaluated on the whole graph as one batch.
func (p Plan) addBatches(f *Footprint, g *graph.Graph, split graph.Split, models []member, layers int, whole bool) {
	all := wholeExtents(g, layers)
	d := p.draw(g, split, layers, all)
	f.Batches = d.bytes
	seeds := d.blocks[layers-1].dst[g.Target]
	if p.Nodes == "all" {
		d.rows = seeds
	}
	for _, m := range models {
		own, ownAll := d.blocks[layers-m.Layers:], all[layers-m.Layers:]
		if m.trained {
			f.Layers += trainedBytes(m.Config, g, own, d.gathered)
		}
		if d.gathered {
			f.Layers += inputBytes(m.Config, g, own[0].src, true)
		}
		switch {
		case p.Sampler != "full":
			f.Layers += outputBytes(m.Config, g, own, false)
			if whole {
				f.Evaluation += wholeLayers(m.Config, g, ownAll)
			}
		case whole: // it has the storage for both
			f.Layers += wholeLayers(m.Config, g, ownAll)
		default:
			f.Layers += inputBytes(m.Config, g, own[0].src, false) + outputBytes(m.Config, g, own, true)
		}
	}
	f.Layers += p.lossBytes(g, models, d.rows, seeds)
	if !whole {
		f.Evaluation += min(crossEntropyBytes(g, len(split.Train)), 2*mostLogits)
	} else {
		measured := wholeBytes(all, g) + crossEntropyBytes(g, len(split.Train))
		f.Evaluation += measured
		f.Measuring += measured + wholeLayers(models[0].Config, g, all[layers-models[0].Layers:])
	}
}

// mostLogits is how many bytes of logits gnn.Evaluator.Each gives at a time.
const mostLogits = 8 << 20

// draws is how many batches are drawn to know their size.
const draws = 3

// largest returns what holds each of a few batches of s.
func largest(s sample.Sampler) drawn {
	d := drawn{gathered: true}
	for range draws {
		b := s.Next()
		x := extentsOf(b)
		d.rows = max(d.rows, len(b.Rows))
		if d.blocks == nil {
			d.blocks = x
			continue
		}
		for l := range x {
			raise(d.blocks[l].src, x[l].src)
			raise(d.blocks[l].dst, x[l].dst)
			raise(d.blocks[l].edges, x[l].edges)
		}
	}
	return d
}

// raise raises each of most to the one of n.
func raise(most, n []int) {
	for i := range most {
		most[i] = max(most[i], n[i])
	}
}

// crossEntropyBytes returns the size of what the loss on so many nodes keeps.
func crossEntropyBytes(g *graph.Graph, nodes int) int64 {
	return 2 * 4 * int64(nodes) * int64(g.Classes) // their logits and gradients
}

// wholeBytes returns the size of the batch of all of g, whose extents are
// whole, with the covers; one end of its edges is the graph's own.
func wholeBytes(whole []extent, g *graph.Graph) int64 { return 2*whole[0].bytes(g) - edgeBytes(g) }

// wholeLayers returns the size of what a model of c computes of blocks of that
// batch without training.
func wholeLayers(c gnn.Config, g *graph.Graph, blocks []extent) int64 {
	return inputBytes(c, g, blocks[0].src, false) + outputBytes(c, g, blocks, true)
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

// fieldExtents returns the blocks of the batch of a receptive field.
func fieldExtents(g *graph.Graph, f *sample.Field) []extent {
	layers := len(f.Sizes) - 1
	x := make([]extent, layers)
	for k := range layers {
		e := extent{f.Sizes[k+1], f.Sizes[k], make([]int, len(g.Relations))}
		for i, r := range g.Relations {
			for _, v := range f.Nodes[r.Dst][:e.dst[r.Dst]] {
				e.edges[i] += len(r.In.Row(int(v)))
			}
		}
		x[layers-1-k] = e
	}
	return x
}

func nodesOf(g *graph.Graph) (n int64) {
	for _, t := range g.Types {
		n += int64(t.Count)
	}
	return n
}

// spare returns the size of so many floats, with the room to spare of large
// storage.
func spare(floats int64) int64 { return 4 * floats / 16 * 17 }

// inputBytes returns the size of what a model of c makes of the features of so
// many sources: those of the batch, if they are gathered, and what encodes them.
func inputBytes(c gnn.Config, g *graph.Graph, src []int, gathered bool) int64 {
	floats := int64(0)
	for t, nt := range g.Types {
		n, w := int64(src[t]), int64(nt.Features.Cols)
		if c.Kind != "rgcn" && t != g.Target {
			continue
		}
		if gathered || c.RowNormalise && w != 0 && !isSparse(c, nt.Features) {
			floats += n * cmp.Or(w, int64(c.Input))
		}
		if w != 0 && w != int64(c.Input) {
			floats += n * int64(c.Input)
		}
	}
	return spare(floats)
}

// isSparse reports whether a model of c on a whole graph reads these features of
// its node type as sparse.
func isSparse(c gnn.Config, features mat.Matrix) bool {
	return c.Kind != "rgcn" && features.Cols == c.Input && gnn.SparseBytes(features) > 0
}

// outputBytes returns the size of what a model of c computes of blocks: of each
// layer the means or products of the messages and the output.
func outputBytes(c gnn.Config, g *graph.Graph, blocks []extent, covers bool) (bytes int64) {
	for l, x := range blocks {
		p, q := layerWidths(c, g, l, len(blocks))
		floats := int64(0)
		if c.Kind == "rgcn" {
			between := int64(0)
			for t := range g.Types {
				floats += int64(x.dst[t]) * q
			}
			for i, r := range g.Relations {
				rows := x.means(i, r, covers)
				floats += rows * p
				if covers {
					between = max(between, rows*q)
				}
			}
			floats += between
		} else {
			floats = x.messages(c, g)*q + x.links(c, g)*int64(c.Heads)
			if l == 0 || !x.same(blocks[l-1]) {
				floats += linkNumbers * x.links(c, g)
			}
		}
		bytes += spare(floats)
	}
	if isBetween(c) {
		src, dst := ends(g, blocks)
		bytes += spare(src*int64(c.Hidden) + dst*int64(g.Classes))
	}
	return bytes
}

// linkNumbers is how many numbers a model keeps of an edge, self-loops included:
// its end and weight from either side, and its place on the other.
const linkNumbers = 5

// trainedBytes returns the size of what a model of c keeps of blocks in training
// beside that: of each layer what dropout leaves of its input, and the gradients
// of its input and of what it computes.
func trainedBytes(c gnn.Config, g *graph.Graph, blocks []extent, gathered bool) (bytes int64) {
	src, dst := ends(g, blocks)
	for l, x := range blocks {
		p, q := layerWidths(c, g, l, len(blocks))
		floats := int64(0)
		for t, nt := range g.Types {
			switch n := int64(x.src[t]); {
			case c.Kind != "rgcn" && t != g.Target:
				continue
			case l > 0 || isBetween(c):
				floats += dropped(n * p)
			case c.InputDropout > 0 && (gathered || !isSparse(c, nt.Features)):
				floats += dropped(n * p)
			}
			if !isBetween(c) && (l > 0 || nt.Features.Cols != c.Input) { // else nobody asks for it
				floats += int64(x.src[t]) * p
			}
		}
		switch {
		case c.Kind == "rgcn":
			mean := int64(0)
			for t := range g.Types {
				floats += int64(x.dst[t]) * q
			}
			for i, r := range g.Relations {
				if l > 0 || g.Types[r.Src].Features.Cols != c.Input {
					mean = max(mean, x.means(i, r, false)*p)
				}
			}
			floats += mean
		case !isBetween(c):
			floats += x.messages(c, g)*q + 2*x.links(c, g)*int64(c.Heads)
		}
		bytes += spare(floats)
	}
	if isBetween(c) { // whose layers share their gradients
		const shared = 5
		floats := shared*src*int64(c.Hidden) + dropped(dst*int64(c.Hidden)) + dst*int64(c.Hidden)
		if c.InputDropout > 0 && (gathered || !isSparse(c, g.Types[g.Target].Features)) {
			floats += dropped(src * int64(c.Input))
		}
		if g.Types[g.Target].Features.Cols != c.Input {
			floats += src * int64(c.Input)
		}
		bytes += spare(floats)
	}
	return bytes
}

// dropped returns how many floats dropout keeps of so many, with its decisions.
func dropped(floats int64) int64 { return floats / 16 * 17 }

// isBetween reports whether the layers of a model of c stand between two that are
// none of a block, from its input and to the logits.
func isBetween(c gnn.Config) bool {
	k, _ := gnn.KindOf(c.Kind)
	return k.LogitsApart
}

// ends returns how many nodes of the target type the first layer reads and the
// last one computes.
func ends(g *graph.Graph, blocks []extent) (src, dst int64) {
	return int64(blocks[0].src[g.Target]), int64(blocks[len(blocks)-1].dst[g.Target])
}

// layerWidths returns the widths of the input and of the output, or of each
// head, of layer l of so many.
func layerWidths(c gnn.Config, g *graph.Graph, l, layers int) (p, q int64) {
	p, q = int64(c.Hidden)*heads(c), int64(c.Hidden)
	if isBetween(c) {
		return p, q
	}
	if l == 0 {
		p = int64(c.Input)
	}
	if l == layers-1 {
		q = int64(g.Classes)
	}
	return p, q
}

// heads returns how many heads a layer of a model of c has.
func heads(c gnn.Config) int64 { return int64(max(c.Heads, 1)) }

// same reports whether two blocks are of the same size, as those of a whole
// graph are, which share their edges.
func (x extent) same(y extent) bool {
	return slices.Equal(x.src, y.src) && slices.Equal(x.dst, y.dst) && slices.Equal(x.edges, y.edges)
}

// means returns how many rows the means over relation i, which is r, have. With
// a cover, see sample.Cover, they are no more than the sources, or a little.
func (x extent) means(i int, r graph.Relation, covers bool) int64 {
	if x.edges[i] == 0 {
		return 0
	}
	rows, sources := int64(x.dst[r.Dst]), int64(x.src[r.Src])
	if covers {
		return min(rows, sources+sources/9)
	}
	return rows
}

// messages returns how many vectors a layer of a model that reads the target
// type alone computes: one for each destination and, of what is sent, one for
// each source.
func (x extent) messages(c gnn.Config, g *graph.Graph) int64 {
	n := x.dst[g.Target]
	if k, _ := gnn.KindOf(c.Kind); k.Messages {
		n += x.src[g.Target]
	}
	return int64(n) * heads(c)
}

// links returns how many edges such a layer reads, with the self-loops.
func (x extent) links(c gnn.Config, g *graph.Graph) int64 {
	if k, _ := gnn.KindOf(c.Kind); k.Messages {
		for i, r := range g.Relations {
			if r.Src == g.Target && r.Dst == g.Target {
				return int64(x.dst[g.Target] + x.edges[i])
			}
		}
	}
	return 0
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
	floats += p.formFloats(g, models, n)
	if pairs := int64(min(p.MaxNodes, rows)); p.Criterion == "gsp" || p.Criterion == "gcrd" || p.Criterion == "stride" {
		floats += 4 * pairs * pairs
	}
	return 4 * (floats + 4*n*int64(p.HeadDim))
}

// formFloats counts what dissimilarities other than that of embeddings, and a gate,
// keep of so many rows.
func (p Plan) formFloats(g *graph.Graph, models []member, n int64) (floats int64) {
	layers, widths := int64(0), int64(0)
	for _, c := range models {
		layers += int64(c.Layers)
		widths += int64(c.Layers-1)*int64(c.Hidden)*int64(max(c.Heads, 1)) + int64(g.Classes)
	}
	switch p.Dissimilarity {
	case "subspace", "relations":
		floats = 2 * n * widths // centred or unit rows, and as many of whitened ones or of gradients
	case "posterior":
		floats = 2 * n * layers * int64(g.Classes)
	}
	if p.Dissimilarity == "relations" {
		for _, r := range g.Relations {
			if r.Src == g.Target && r.Dst == g.Target {
				floats += int64(len(r.In.Col)) * (layers + 4)
			}
		}
	}
	if p.Gate > 0 {
		floats += n * widths
	}
	return floats
}
