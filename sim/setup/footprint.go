package setup

import (
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
)

// A Footprint is an estimate of the memory that a run has in use when it has
// most, in bytes.
type Footprint struct {
	Graph      int64 // features and edges
	Models     int64 // weights, those of the best epoch, gradients; the teacher's weights
	Optimiser  int64 // two means per weight
	Batches    int64 // what is sampled, and what sampling needs
	Layers     int64 // outputs of the layers and their gradients
	Evaluation int64 // the graph as one batch, or two layers' outputs of all nodes
	Measuring  int64 // the same once more, for the best weights when the run is done
	Garbage    int64 // what the collector has not found yet
}

// Total returns the sum of the parts.
func (f Footprint) Total() int64 {
	return f.alive() + f.Garbage
}

func (f Footprint) alive() int64 {
	return f.Graph + f.Models + f.Optimiser + f.Batches + f.Layers + f.Evaluation + f.Measuring
}

// A member is a model of a run.
type member struct {
	gnn.Config
	trained bool
}

// Footprint estimates the memory of a run of e, which trains one student, on g,
// which e has prepared. The teacher is nil if there is none. To know the size
// of a sampled batch it draws one, unless all that is known before comes to
// more than limit bytes already; 0 is no limit.
func (e Experiment) Footprint(g *graph.Graph, teacher *gnn.Config, limit int64) (f Footprint, err error) {
	split, err := g.Split(e.Split)
	if err != nil {
		return f, err
	}
	e = e.Resolved()
	student, err := e.Config(e.Student).Defaults(g)
	if err != nil {
		return f, err
	}
	models := []member{{student, true}}
	if teacher != nil {
		models = append(models, member{*teacher, false})
	}
	return e.footprint(g, split, models, limit)
}

// footprint is Footprint of a run with these models, of which the first is the
// student.
func (e Experiment) footprint(g *graph.Graph, split graph.Split, models []member, limit int64) (f Footprint, err error) {
	f.Graph = GraphBytes(g)
	layers := e.Teacher.Layers
	for _, m := range models {
		shapes, err := gnn.Shapes(m.Config, g)
		if err != nil {
			return f, err
		}
		layers = max(layers, m.Layers)
		f.addModel(shapes, m.trained)
		if !IsSmall(g) {
			n, err := gnn.EvaluationBytes(m.Config, g)
			if err != nil {
				return f, err
			}
			f.Evaluation = max(f.Evaluation, n)
		}
	}
	f.Measuring = f.Evaluation
	if limit <= 0 || f.Total() <= limit {
		e.addBatches(&f, g, split, models, layers)
	}
	f.Garbage = f.alive()/8 + f.Graph // reading leaves about as much as it makes
	return f, nil
}

// GraphBytes returns the size of the features and edges of g.
func GraphBytes(g *graph.Graph) (n int64) {
	for _, t := range g.Types {
		n += 4 * int64(len(t.Features.Data))
	}
	for _, r := range g.Relations {
		n += 4 * int64(len(r.In.Ptr)+len(r.In.Col))
	}
	return n + 8*int64(len(g.Labels)) // with the splits
}

// addModel adds what a model has beside its layers' outputs.
func (f *Footprint) addModel(shapes []gnn.Shape, trained bool) {
	for _, s := range shapes {
		weights, perModel := 4*int64(s.Rows)*int64(s.Cols), int64(0)
		if s.Embedding {
			perModel = weights + 4*int64(s.Rows)
		} else {
			perModel = 2 * weights
		}
		f.Models += perModel
		if trained {
			f.Models += perModel // the best
			f.Optimiser += 2 * weights
		}
	}
}

// addBatches adds what depends on the batches.
func (e Experiment) addBatches(f *Footprint, g *graph.Graph, split graph.Split, models []member, layers int) {
	whole := wholeExtents(g, layers)
	blocks, rows := whole, len(split.Train)
	switch e.Sampler {
	case "neighbor":
		s := sample.NewNeighbor(g, layers, split.Train, e.BatchSize, e.Fanout, Stream(e.Seed.Number(), StreamSampler))
		b := s.Next()
		blocks, rows = extentsOf(b), len(b.Rows)
		f.Batches = 4*nodesOf(g) + 8*int64(len(split.Train))
		for _, x := range blocks {
			f.Batches += (1 + Ahead) * x.bytes(g)
		}
	case "saint":
		s := sample.NewRandomWalk(g, layers, split.Train, sample.Walk{Roots: e.Roots, Steps: e.Steps}, Stream(e.Seed.Number(), StreamSampler))
		b := s.Next()
		blocks, rows = extentsOf(b), len(b.Rows)
		f.Batches = 8*nodesOf(g) + (1+Ahead)*blocks[0].bytes(g) // the blocks share one storage
		for _, r := range g.Relations {
			f.Batches += 4 * int64(len(r.In.Col)) // the edges from their sources
		}
	default:
		f.Batches = 2 * whole[0].bytes(g) // with the covers
	}
	if e.Nodes == "all" {
		rows = blocks[layers-1].dst[g.Target]
	}
	for _, m := range models {
		f.Layers += layerBytes(m.Config, g, blocks[layers-m.Layers:], e.Sampler != "full" || m.Kind == "rgcn", m.trained)
	}
	f.Layers += e.lossBytes(g, models, rows, blocks[layers-1].dst[g.Target])
	if IsSmall(g) {
		f.Evaluation = 2 * whole[0].bytes(g)
		f.Measuring = f.Evaluation + layerBytes(models[0].Config, g, whole[layers-models[0].Layers:], models[0].Kind == "rgcn", false)
		if e.Sampler != "full" { // whose storage the models have already
			for _, m := range models {
				f.Evaluation += layerBytes(m.Config, g, whole[layers-m.Layers:], false, false)
			}
		}
	}
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
// alone.
func chainFloats(c gnn.Config, g *graph.Graph, x extent, p, q int64, trained bool) int64 {
	n, heads, edges := int64(x.dst[g.Target]), int64(1), int64(0)
	for i, r := range g.Relations {
		if r.Src == g.Target && r.Dst == g.Target {
			edges = int64(x.edges[i])
		}
	}
	if c.Kind == "gat" {
		heads = int64(c.Heads)
		p = max(p, heads*int64(c.Hidden))
	}
	floats := n*(p+2*heads*q) + (edges+n)*(1+heads)
	if trained {
		floats += n*(p+2*heads*q) + (edges+n)*heads
	}
	return floats
}

// lossBytes returns the size of what the losses compute on so many rows of a
// batch with so many seeds.
func (e Experiment) lossBytes(g *graph.Graph, models []member, rows, seeds int) int64 {
	n, classes := int64(rows), int64(g.Classes)
	floats := 2*n*classes + int64(seeds)*classes
	if len(models) == 1 {
		return 4 * floats
	}
	for i, c := range models {
		width := int64(c.Layers-1)*int64(c.Hidden)*int64(max(c.Heads, 1)) + classes
		copies := int64(2 - i)                                                                    // of the student's outputs also the gradient
		floats += n*(copies*width+4*int64(c.Layers)*int64(e.Dim)) + int64(seeds)*width*(copies-1) // and projections
	}
	if pairs := int64(min(e.MaxNodes, rows)); e.Criterion == "gsp" || e.Criterion == "gcrd" || e.Criterion == "stride" {
		floats += 4 * pairs * pairs
	}
	return 4 * (floats + 4*n*int64(e.HeadDim))
}

// SessionFootprint is Footprint of a session's run: two students, a teacher
// that may be trained beside them, and nothing that is measured at the end.
func (e Experiment) SessionFootprint(g *graph.Graph, teacher gnn.Model, limit int64) (f Footprint, err error) {
	split, err := g.Split(e.Split)
	if err != nil {
		return f, err
	}
	g, e = e.Prepare(g), e.Resolved()
	student, err := e.Config(e.Student).Defaults(g)
	if err != nil {
		return f, err
	}
	models := []member{{student, true}}
	if teacher != nil {
		models = append(models, member{teacher.Config(), false})
	} else {
		c, err := e.Config(e.Teacher).Defaults(g)
		if err != nil {
			return f, err
		}
		models = append(models, member{c, e.Teach != "untrained"})
	}
	models = append(models, member{student, true})
	f, err = e.footprint(g, split, models, limit)
	f.Measuring = 0
	return f, err
}

// wholeSize is up to how many nodes and edges a graph is evaluated as one
// batch. At this size that takes tens of megabytes.
const wholeSize = 1 << 21

// IsSmall reports whether g is evaluated as one batch.
func IsSmall(g *graph.Graph) bool {
	n := 0
	for _, t := range g.Types {
		n += t.Count
	}
	for _, r := range g.Relations {
		n += len(r.In.Col)
	}
	return n <= wholeSize
}

// Ahead is how many batches are drawn while the models compute: one thread
// draws faster than the others train.
const Ahead = 1
