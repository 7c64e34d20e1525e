// Package kd distils a teacher into a student by comparing what their layers
// compute on the same nodes.
//
// The formulas are those of the papers cited at each criterion. Where a paper
// leaves a choice open the documentation says "ours". The teacher is a
// constant: no gradient reaches it.
//
// # Shapes
//
//	n   distillation nodes            d    width of the shared space
//	Lt  teacher layers                Ls   student layers
//	T_i [n × p_i] output of teacher layer i, S_j [n × q_j] of student layer j
package kd

import (
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// Layers is what a criterion compares, on the same n distillation nodes, at
// least one.
type Layers struct {
	Teacher []mat.Matrix // T_i [n × p_i]
	Student []mat.Matrix // S_j [n × q_j]
	Edges   graph.CSR    // in-edges among the nodes, for LSP; may be empty

	Relations []graph.CSR // the same of each relation apart, for pairs of nodes
	Logits    mat.Matrix  // the teacher's [n × classes], where they are none of its layers
	Kept      bool        // Teacher is what it was in the last Loss
}

// A Criterion is a distillation loss. It is asked for Loss and then, where the
// student learns, for Backward. Of several ranks each one asks it for the loss
// on the rows of all, so it need not know of them.
type Criterion interface {
	// Loss returns the loss on l and keeps what Backward needs.
	Loss(l Layers) float64
	// Backward adds scale·dL/dS_j to grad[j] [n × q_j] and scale times the
	// gradients of the criterion's own parameters to theirs, for the last Loss.
	Backward(scale float32, grad []mat.Matrix)
	// Params returns the criterion's own trainable parameters in a fixed order.
	Params() []*gnn.Param
}

// An EdgeReader is a criterion for which a Distiller may set Layers.Edges, or
// Layers.Relations.
type EdgeReader interface {
	Criterion
	// ReadsEdges reports whether it wants them, and whether of each relation
	// apart.
	ReadsEdges() (wants, apart bool)
}

// teacherLogits returns the teacher's logits.
func (l Layers) teacherLogits() mat.Matrix {
	if l.Logits.Cols > 0 {
		return l.Logits
	}
	return l.Teacher[len(l.Teacher)-1]
}

// An Alignment is what an attention-based criterion compared in its last
// Loss: A is how much, D how different, and G, which only STRIDE has, how
// badly the structure term tells the nodes apart, each [Lt × Ls].
type Alignment struct{ A, D, G mat.Matrix }

// An Aligner is a criterion that can say what it compared.
type Aligner interface {
	Criterion
	// Alignment returns A and D of the last Loss, valid until the next one.
	Alignment() Alignment
}
