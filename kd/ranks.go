package kd

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// ranks are what a step has to know of those that train the same student, each
// on its share of the batch:
//
//   - The cross-entropy and KD are means over rows. Each rank takes them over
//     its own rows, and they count by their share in all ranks' rows.
//   - A criterion may look at all nodes at once: at pooled means, statistics of
//     the batch, pairs. So every rank gathers the rows of all, computes the loss
//     of the whole batch, and passes on the gradient of its own rows.
//
// One process has all rows, shares of 1, and gathers nothing.
type ranks struct {
	group parallel.Group

	labelled, compared           int     // rows of all ranks
	labelledShare, comparedShare float64 // that this rank has

	mat    *mat.Backend
	first  int    // of the compared rows of all ranks, the first that is this one's
	layers Layers // of all ranks
	logits []mat.Matrix
	grad   []mat.Matrix
	task   []mat.Matrix
	place  []int32 // per target node, 1 + its row among those of all ranks, or 0
}

func (r *ranks) alone() bool { return parallel.Alone(r.group) }

// sum adds up numbers over the ranks.
func (r *ranks) sum(x []float64) {
	if !r.alone() {
		r.group.SumFloat64(x)
	}
}

// addLosses makes l, with means over so many rows of this rank, that of the
// rows of all ranks.
func (r *ranks) addLosses(l *Losses, labelled, compared int) {
	r.labelled, r.compared = labelled, compared
	r.labelledShare, r.comparedShare = 1, 1
	if r.alone() {
		return
	}
	sums := []float64{float64(labelled), float64(compared), 0, l.KD * float64(compared)}
	if labelled > 0 {
		sums[2] = l.CE * float64(labelled)
	}
	r.group.SumFloat64(sums)
	r.labelled, r.compared = int(sums[0]), int(sums[1])
	r.labelledShare, r.comparedShare = float64(labelled)/max(sums[0], 1), float64(compared)/max(sums[1], 1)
	l.CE, l.KD = math.NaN(), sums[3]/max(sums[1], 1)
	if r.labelled > 0 {
		l.CE = sums[2] / sums[0]
	}
}

// gather sets layers to what own holds of each rank's rows; the teacher's only
// if they are new.
func (r *ranks) gather(own Layers, anew bool) {
	r.first, _ = parallel.Offset(r.group, own.Student[0].Rows)
	r.layers.Student = r.gatherRows(r.layers.Student, own.Student)
	r.layers.Kept = !anew
	if !anew {
		return
	}
	r.layers.Teacher = r.gatherRows(r.layers.Teacher, own.Teacher)
	if own.Logits.Cols > 0 {
		r.logits = r.gatherRows(r.logits, []mat.Matrix{own.Logits})
		r.layers.Logits = r.logits[0]
	}
}

// gatherTask returns the task's gradient at the rows of all ranks.
func (r *ranks) gatherTask(own []mat.Matrix) []mat.Matrix {
	if r.alone() {
		return own
	}
	r.task = r.gatherRows(r.task, own)
	return r.task
}

// gatherRows returns the rows of all ranks, in the storage of dst.
func (r *ranks) gatherRows(dst, own []mat.Matrix) []mat.Matrix {
	if dst == nil {
		dst = make([]mat.Matrix, len(own))
	}
	for l, m := range own {
		dst[l] = dst[l].Reshape(r.compared, m.Cols)
		parallel.Gather(r.group, dst[l].Data, m.Data, r.first*m.Cols)
	}
	return dst
}

// gatherEdges sets the edges of layers to those that each rank finds among the
// nodes of all.
func (r *ranks) gatherEdges(e *edges, b *sample.Batch, rows []int32) {
	own := make([]int32, len(rows))
	for i, row := range rows {
		own[i] = row
		if b.Nodes != nil {
			own[i] = b.Nodes[e.target][row]
		}
	}
	nodes := make([]int32, r.compared)
	parallel.GatherInt32(r.group, nodes, own, r.first)
	for i, v := range nodes {
		for len(r.place) <= int(v) {
			r.place = append(r.place, 0)
		}
		r.place[v] = int32(i + 1)
	}
	found := e.among(b, rows, r.first, r.place)
	for _, v := range nodes {
		r.place[v] = 0
	}
	all := make([]graph.CSR, len(found))
	for k, f := range found {
		all[k] = r.gatherCSR(f)
	}
	e.give(&r.layers, all)
}

// gatherCSR returns the rows of all ranks.
func (r *ranks) gatherCSR(own graph.CSR) graph.CSR {
	degree := make([]int32, own.Rows())
	for i := range degree {
		degree[i] = own.Ptr[i+1] - own.Ptr[i]
	}
	first, n := parallel.Offset(r.group, len(own.Col))
	all := graph.CSR{Ptr: make([]int32, r.compared+1), Col: make([]int32, n)}
	parallel.GatherInt32(r.group, all.Ptr[1:], degree, r.first)
	parallel.GatherInt32(r.group, all.Col, own.Col, first)
	for i := range r.compared {
		all.Ptr[i+1] += all.Ptr[i]
	}
	return all
}

// backward adds to grad, that of this rank's rows, what c's last Loss gives
// them. The gradients of c's own parameters are the same on every rank: those
// of rank 0 are counted.
func (r *ranks) backward(c Criterion, scale float32, grad []mat.Matrix) {
	if r.grad == nil {
		r.grad = make([]mat.Matrix, len(grad))
	}
	for j, s := range r.layers.Student {
		r.grad[j] = zeroed(r.grad[j], s)
	}
	c.Backward(scale, r.grad)
	if r.group.Rank() > 0 {
		gnn.ZeroGrad(Weights(c))
	}
	for j, g := range grad {
		r.mat.Axpy(1, r.grad[j].Slice(r.first, r.first+g.Rows), g)
	}
}
