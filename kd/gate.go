package kd

import (
	"math"

	"abkd/gnn/mat"
)

// A Pull says how two gradients stand to each other at one output of the
// student, over all its rows: that of the task, which is the cross-entropy and KD,
// and that of the criterion, as it has come back to there through the layers above.
type Pull struct {
	Task, Criterion float64 // lengths
	Cosine          float64 // of the angle between them, NaN if one is 0
}

// Ratio returns how many times the task's gradient the criterion's is.
func (p Pull) Ratio() float64 { return p.Criterion / p.Task }

// A gate compares the two gradients and, with a share, keeps the criterion's, a,
// small and out of the way of the task's, t. At each output of the student, over
// the rows of all ranks (a hidden node that several of them compute counts for each),
//
//	a' = a - t·min(0, ⟨a,t⟩)/‖t‖²            what opposes the task goes
//	a″ = a'·min(1, share·‖t‖/‖a'‖)
//
// from the last output to the first, so what flows on has passed the gate. The
// projection is that of Yu et al., Gradient Surgery for Multi-Task Learning,
// https://arxiv.org/abs/2001.06782, in one direction; that it is taken of layers'
// outputs, and the bound, are ours. The criterion's own parameters have no task,
// and no gate.
type gate struct {
	share float64
	ranks *ranks
	task  []mat.Matrix // t of each output
	pulls []Pull
	left  int // outputs that no gradient has come to yet
	sums  [3]float64

	keep, pass, look func(output int, dy mat.Matrix) // see gnn.WatchGradient
}

func newGate(share float64, r *ranks) *gate {
	g := &gate{share: share, ranks: r}
	g.keep, g.pass, g.look = g.keepTask, g.passCriterion, g.lookAtBoth
	return g
}

// begin forgets the last step, of a student with those outputs.
func (g *gate) begin(outputs []mat.Matrix) {
	if g.task == nil {
		g.task, g.pulls = make([]mat.Matrix, len(outputs)), make([]Pull, len(outputs))
	}
	for l, y := range outputs {
		g.task[l], g.pulls[l] = g.task[l].Reshape(0, y.Cols), Pull{Cosine: math.NaN()}
	}
	g.left = len(outputs)
}

// keepTask notes the task's gradient.
func (g *gate) keepTask(l int, dy mat.Matrix) {
	g.task[l] = g.task[l].Reshape(dy.Rows, dy.Cols)
	copy(g.task[l].Data, dy.Data)
}

// passCriterion lets the criterion's gradient through.
func (g *gate) passCriterion(l int, dy mat.Matrix) {
	along := g.compare(l, dy, 0)
	p := g.pulls[l]
	length := p.Criterion
	if along < 0 {
		c := along / (p.Task * p.Task)
		length = math.Sqrt(max(length*length-along*c, 0))
		for i, t := range g.task[l].Data {
			dy.Data[i] -= float32(c * float64(t))
		}
	}
	if most := g.share * p.Task; length > most {
		c := float32(most / length)
		for i := range dy.Data {
			dy.Data[i] *= c
		}
	}
}

// lookAtBoth takes the sum of both gradients, which stays as it is.
func (g *gate) lookAtBoth(l int, dy mat.Matrix) { g.compare(l, dy, 1) }

// compare sets the pull at output l, with the criterion's gradient dy less so many
// times the task's, and returns ⟨a,t⟩.
func (g *gate) compare(l int, dy mat.Matrix, less float64) float64 {
	g.left = l
	s := &g.sums
	*s = [3]float64{}
	for i, task := range g.task[l].Data {
		t := float64(task)
		a := float64(dy.Data[i]) - float64(less*t)
		s[0] += float64(t * t)
		s[1] += float64(a * a)
		s[2] += float64(a * t)
	}
	g.ranks.sum(s[:])
	p := Pull{Task: math.Sqrt(s[0]), Criterion: math.Sqrt(s[1])}
	p.Cosine = s[2] / (p.Task * p.Criterion)
	g.pulls[l] = p
	return s[2]
}

// end takes part in what the other ranks add up of outputs where this one has no
// rows.
func (g *gate) end() {
	for g.left > 0 {
		g.compare(g.left-1, mat.Matrix{}, 0)
	}
}
