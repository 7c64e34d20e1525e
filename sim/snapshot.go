package sim

import "abkd/gnn/mat"

// A Phase says what a run is doing.
type Phase uint8

// The phases of a run, in order. A run given a teacher's weights starts with
// Distilling.
const (
	Teaching   Phase = iota // training the teacher
	Distilling              // training the students
	Finished                // all epochs are done
	Failed                  // stopped by an error, see Snapshot.Error
)

// A Snapshot describes a run between two steps, in full: the last one is all
// that a view needs. It shares no memory with the run.
type Snapshot struct {
	Phase      Phase
	Running    bool   // stepping by itself
	Epoch      int    // epochs done in this phase
	Epochs     int    // epochs of this phase
	Seed       uint64 // of the run
	Backend    string // kernel implementation, such as "go"
	Error      string // one sentence for the user, "" if all is well
	Alpha      float32
	Beta       float32
	Experiment string // the experiment's text form

	Teacher ModelState
	Lanes   []Lane // the student alone, then the student with the criterion; only the latter if there is one lane

	A, D  mat.Matrix // alignment of this step [Lt × Ls], empty for a criterion without
	G     mat.Matrix // structure term of STRIDE, empty for others
	Graph GraphView
}

// A ModelState is the size, cost and quality of one model.
type ModelState struct {
	Layers, Hidden  int
	Params          int     // weights, embedding tables not counted
	EmbeddingParams int     // numbers in embedding tables
	Bytes           int     // of all of them as float32
	InferMicros     float32 // fastest measured inference on the whole graph, 0 if not measured yet
	Loss            float32 // mean cross-entropy on the training nodes
	Train           float32 // accuracy, 0..1
	Valid           float32
	Test            float32
	BestEpoch       int // epoch of the best validation accuracy
}

// A Lane is one student in training.
type Lane struct {
	Criterion string
	Model     ModelState
	History   []Point // one for each epoch done
}

// A Point is one epoch of a learning curve. Losses are those of the last
// step of the epoch, accuracies those after it.
type Point struct {
	Total, CE, KD, Aux float32 // Total = (1-alpha)·CE + alpha·KD + beta·Aux
	Train, Valid, Test float32
}

// A GraphView is the part of the graph around the focus that is drawn, with
// what both models computed on it in this step.
type GraphView struct {
	Types     []string // node types
	Relations []RelationView
	Classes   []string
	Target    int // index into Types
	Nodes     []NodeView
	Edges     []EdgeView

	TeacherMessages [][]float32 // [layer][edge] norm of the message, 0 where the layer does not use the edge
	StudentMessages [][]float32
	TeacherActs     [][]float32 // [layer] output of the focus node, in units of width
	StudentActs     [][]float32
}

// A RelationView names a relation of the graph.
type RelationView struct {
	Name     string
	Src, Dst int // indices into Types
}

// A NodeView is one node that is drawn. The first is the focus.
type NodeView struct {
	Type             int
	ID               int // index of the node within its type
	Hop              int // distance from the focus
	Label            int // class, -1 for types without labels
	Teacher, Student int // predicted class, -1 for types without labels
}

// An EdgeView is one edge that is drawn; Src and Dst are indices into Nodes.
type EdgeView struct{ Rel, Src, Dst int }
