package wire

import "slices"

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

// Phases are the names of the phases, in their order.
var Phases = []string{"teaching", "distilling", "finished", "failed"}

// A Snapshot describes a run between two steps, in full: the last one is all
// that a view needs. It shares no memory with the run.
type Snapshot struct {
	Phase      Phase
	Running    bool   // stepping by itself
	Epoch      int    // epochs done in this phase
	Epochs     int    // epochs of this phase
	Step       int    // steps done in this epoch
	Steps      int    // steps of an epoch
	Recorded   int    // the furthest epoch of this phase that can be replayed, at least Epoch
	Hash       uint64 // of everything that the next step depends on: weights, optimiser, random numbers, epoch, step
	Seed       uint64 // of the run
	Tests      int    // test nodes of its split
	Backend    string // kernel implementation, such as "go"
	Error      string // one sentence for the user, "" if all is well
	Alpha      float32
	Beta       float32
	Experiment string // the experiment's text form

	Teacher ModelState
	Lanes   []Lane // the student alone, then the student with the criterion; only the latter if there is one lane

	A, D  Matrix // alignment of this step [Lt × Ls], empty for a criterion without
	G     Matrix // structure term of STRIDE, empty for others
	Graph GraphView

	Changes []Change // what the user changed, in order of time; those after Epoch, which are replayed, too

	// What a command asked to be shown, empty without.
	Inspection  Inspection
	Predictions Predictions
	Focus       Focused
	Embeddings  []Embedding // one per teacher layer, then one per student layer
	Smoothness  Smoothness
	Found       Found
	Named       Named
	Calibration Calibration
	Answers     Answers
	Attention   Attention
	Directions  []Direction // one per teacher layer, then one per student layer
	Neighbours  Neighbours
	Activity    Activity

	Baselines []Baseline // what needs no training achieves on the graph as the changes have left it, empty until it is known
	Remarks   []Remark   // what is so extreme that the numbers mislead
	Questions []Question // what can be guessed of the run; that of soft labels has its answer always
}

// A Question is something to be guessed before it is seen, and its answer once that
// is known.
type Question struct {
	Ask     string   // of lesson.Asks
	Options []string // by their keys
	Hidden  bool     // the answer cannot be seen yet
	Answer  string   // key of the message that says it, "" while it is not known
	Keys    []string // of the options that the answer leaves: several tie, and with none nothing was learned that could be guessed
	Figures []Figure // what the message puts in
}

// A Figure is an argument of a message.
type Figure struct {
	Name   string
	Is     string    // of FigureKinds
	Words  []string  // one of a word, of names any number
	Values []float32 // one of a count, a share or times, of classes any number
}

// FigureKinds are a whole number, a share that is shown in per cent, how many times
// something is smaller, a word of the message's own choices, names, and classes that
// are called by theirs.
var FigureKinds = []string{"count", "share", "times", "word", "names", "classes"}

// A Remark is something to be told beside the numbers that it concerns.
type Remark struct {
	Code   string  // one of RemarkCodes
	Of     string  // the node type whose features are too large, "" for others
	Value  float32 // learning rate, β, largest absolute feature, mean cross-entropy; number of test nodes or of dead units; largest A·D
	Beside float32 // what is usual: default of a setting, cross-entropy of a guess; the share of one test node; number of hidden units; below what A·D is silent; 0 of features
}

// RemarkCodes are what a remark is about: the learning rate, the weight of the
// criterion, features, test nodes, a loss; once a run is over, its dead units and an
// alignment that is silent.
var RemarkCodes = []string{"rate", "weight", "features", "tests", "loss", "dead", "silent"}

// A Baseline is what a model that learns nothing of features achieves: a GNN has
// to be above it. An accuracy that is not known is NaN.
type Baseline struct {
	Model       string // "majority", the largest class of the training nodes, or "lp", label propagation
	Valid, Test float32
}

// A ModelState is the size, cost and quality of one model. A loss or an accuracy
// over no nodes is NaN, as is one that was not measured yet.
type ModelState struct {
	Layers, Hidden  int
	Params          int64   // weights, embedding tables not counted
	EmbeddingParams int64   // numbers in embedding tables
	Bytes           int64   // of all of them as float32
	InferMicros     float32 // fastest measured inference on the whole graph, 0 if not measured yet
	Loss            float32 // mean cross-entropy on the training nodes
	Train           float32 // accuracy, 0..1
	Valid           float32
	Test            float32
	BestEpoch       int // epoch of the best validation accuracy; the last without validation nodes
}

// A Lane is one student in training.
type Lane struct {
	Criterion string
	Model     ModelState
	Earlier   int     // epochs done before those of History; not 0 only where AppendAfter left them out
	History   []Point // one for each epoch done, the last one always
}

// A Point is one epoch of a learning curve. Losses are those of the last step
// of the epoch whose batch had a training node, NaN if none had; accuracies
// those after it, or of the last evaluation if not every epoch has one, and NaN
// over no nodes.
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
	Part      int // nodes around the focus that are computed for what is shown of a large graph, 0 for all

	TeacherMessages [][]float32 // [layer][edge] norm of the message, 0 where the layer does not use the edge
	StudentMessages [][]float32
	TeacherActs     [][]float32 // [layer] output of the focus node, in units of width
	StudentActs     [][]float32
}

// A RelationView names a relation of the graph.
type RelationView struct {
	Name     string
	Src, Dst int    // indices into Types
	Full     string // SRC__REL__DST, as parameters have it
	Key      string // as commands and subjects have it: Name, or Full where another relation has that name
}

// A NodeView is one node that is drawn. The first is the focus.
type NodeView struct {
	Type             int
	ID               int    // index of the node within its type
	Name             string // "" for none; cut to a line
	Hop              int    // distance from the focus
	Label            int    // class, -1 for types without labels
	Teacher, Student int    // predicted class, -1 for types without labels
}

// Found are the target nodes whose name or number the command find asks for,
// those that fit best first.
type Found struct {
	Text  string
	Count int // of all
	Nodes []FoundNode
}

// A FoundNode is a target node.
type FoundNode struct {
	ID    int
	Name  string // "" for none; cut to a line
	Label int    // class, -1 for none
}

// Named are the names of the target nodes that the command name asks for.
type Named struct {
	Nodes string   // as asked
	Names []string // of each, "" for none; cut to a line
}

// An EdgeView is one edge that is drawn; Src and Dst are indices into Nodes.
type EdgeView struct{ Rel, Src, Dst int }

// An Inspection is the arithmetic behind one number of the screen.
type Inspection struct {
	Subject    string // the argument of the command, such as "node student 1 paper 17"
	Error      string // why there is none, "" if all is well
	Quantities []Quantity
}

// A Quantity is one term of an Inspection. Its value is what the quantities
// that it uses come to by its formula.
type Quantity struct {
	Symbol  string // such as "W_r", "mean", "z"
	Of      string // what it belongs to, such as "writes" or "T2"; may be ""
	Text    string // one plain sentence: what it is
	Formula string // in plain text, with this step's numbers where that is short; "" for what is given
	Uses    []int  // indices of the quantities that it is computed from, all before it
	Value   Matrix
}

// Predictions are the classes of all target nodes, or of those of the part that is
// shown of a large graph. The slices of a model that the run does not have are
// empty.
type Predictions struct {
	Nodes   []int32 // the number of each, increasing; empty for all nodes in their order
	Label   []int32 // true class, -1 where unknown
	Part    []int32 // of the split: 0 training, 1 validation, 2 test, 3 none
	Teacher []int32
	Alone   []int32 // the student that learns from the labels alone
	Student []int32
}

// Node returns the number of the target node in a row of p.
func (p *Predictions) Node(row int) int {
	if len(p.Nodes) == 0 {
		return row
	}
	return int(p.Nodes[row])
}

// Row returns the row of a target node in p, or none that p has.
func (p *Predictions) Row(node int) int {
	if len(p.Nodes) == 0 {
		return node
	}
	if row, there := slices.BinarySearch(p.Nodes, int32(node)); there {
		return row
	}
	return len(p.Label)
}

// Focused holds the logits of the focus node.
type Focused struct {
	Label                   int // class, -1 where unknown
	Teacher, Alone, Student []float32
}

// An Embedding is one layer's output on the target nodes, seen along its two
// principal axes. The axes stay where they were when they were first shown,
// so that points move and axes do not.
type Embedding struct {
	Model     string // "teacher" or "student"
	Layer     int
	Nodes     []int32    // target nodes, at most 1000
	X, Y      []float32  // of each of Nodes
	Explained [2]float32 // share of the variance along either axis, now
	Held      []Held     // how each class lies, those of most nodes first; empty where Predictions are not shown
}

// Held is how a class lies in a layer.
type Held struct {
	Class int
	Nodes int // of the class
	Held  int // of them, nearer to their own class's mean than to that of any other
}

// Smoothness is the mean cosine between the outputs of two different target
// nodes, one for each layer: near 1 all nodes look alike.
type Smoothness struct{ Teacher, Student []float32 }

// An Attention is A at the end of each of some epochs, all of the first ones
// and ever fewer of the later ones. A row of A is that of an epoch: the rows of
// the alignment one after the other, NaN if it is not known.
type Attention struct {
	Epochs []int32
	A      Matrix // [epochs × Lt·Ls]
}

// An Activity is how much the units of the student's hidden layers are at work
// at the end of each of some epochs, chosen as those of Attention: the share of
// the target nodes for which a unit is not 0. One whose share is 0 is dead: it
// says nothing of any node, and no gradient reaches it.
type Activity struct {
	Epochs []int32
	Share  Matrix    // [epochs × units], the units of one layer after those of the layer before
	D      []float32 // [epochs] mean dissimilarity of all pairs of layers in the last step; empty where none are aligned
}

// A Direction is where one layer's outputs for the target nodes point, seen from
// the mean direction: (X, Y) is as far from the origin as the angle to it, in
// radians, in the direction that two axes of the unit vectors give: those that
// were principal when it was first shown. Nodes whose output is all zeros point nowhere and are left out.
type Direction struct {
	Model string // "teacher" or "student"
	Layer int
	Nodes []int32 // target nodes, at most 256
	X, Y  []float32
}

// Neighbours holds the logits of the drawn target nodes.
type Neighbours struct {
	Nodes            []int32 // indices into GraphView.Nodes
	Teacher, Student Matrix  // [nodes × classes], empty for a model that the run does not have
}

// A Calibration says of each model how often its predictions for the test nodes
// are right, by how sure they are. A model that the run does not have has no
// bins.
type Calibration struct{ Teacher, Alone, Student Reliability }

// A Reliability has the predictions of a model by their confidence, the
// probability of the predicted class, in bins of equal width from 0 to 1.
type Reliability struct {
	ECE        float32   // expected calibration error (Guo et al. 2017, eq. 3), NaN without nodes
	Nodes      []int32   // of each bin
	Confidence []float32 // mean of each bin, NaN for one without nodes
	Accuracy   []float32
}

// Answers are what Predictions do not have of the target nodes: what they are
// called, and how sure each model is of its prediction.
type Answers struct {
	Names                   []string  // empty if unknown
	Teacher, Alone, Student []float32 // confidence, 0..1
}
