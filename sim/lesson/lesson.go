// Package lesson has what is told beside the picture of a run, as data: the
// page is written from it, and the picture is framed by it.
package lesson

// A Scene is told beside the picture. It changes what is shown of a run, never
// the run; where it needs another experiment it offers to begin that.
type Scene struct {
	ID    string // a word: names the scene in links and messages
	Name  string // as the strip of scenes has it
	Title string
	Claim string   // what it claims, in one sentence; "" where the run itself says it
	Act   string   // what to do
	Shows []string // what the trainer computes for it, of wire.Showable
	Frame Frame    // what of the picture it brings to the fore
	Tab   string   // what a phone shows with it, of Tabs

	Curves bool // the learning curves stand beside the picture
}

// A Frame is a part of the picture.
type Frame uint8

// The frames.
const (
	Overview      Frame = iota // graph, layers and matrices
	Neighbourhood              // the graph alone
	Terms                      // the focus and what each relation brings to it, one below the other
	Stacks                     // the layers of both models
	Matrices                   // the layers above the matrices
	Verdicts                   // the models to scale, and every test node that each gets right or wrong
	Directions                 // where the outputs of each layer point, seen from their mean
	Embeddings                 // the outputs of each layer along two axes
	SoftLabels                 // the soft labels of the focus beside its neighbours'
	Frames                     // how many there are
)

// IsCanvas reports whether f is a canvas made for one scene, which shares
// nothing with the overview.
func (f Frame) IsCanvas() bool { return f >= Verdicts && f < Frames }

// Tabs are the parts of the page that a phone shows one at a time.
var Tabs = []string{"graph", "align", "curves"}

// Beats are the parts of a training step that slow motion shows one by one, in
// the order in which a step is made.
var Beats = []string{"forward", "loss", "backward", "update"}

// BeatSeconds is how long a beat moves before it rests.
const BeatSeconds = 3.0

// The scenes in their order. A digit key, and a link of before scenes had
// words, names one by its place.
var scenes = []Scene{
	{
		ID: "start", Name: "Start", Title: "Two students, one seed",
		Act:   "Guess which student layer the teacher’s second layer is copied by, then look at A.",
		Shows: []string{"predictions"}, Frame: Verdicts, Tab: "graph", Curves: true,
	},
	{
		ID: "node", Name: "One node", Title: "One node, one relation at a time",
		Claim: "A node’s new vector is a sum: its own share, a bias, and one mean per relation.",
		Act:   "Pause, then switch a relation off and see what becomes of the prediction.",
		Shows: []string{"logits"}, Frame: Terms, Tab: "graph",
	},
	{
		ID: "depth", Name: "Depth", Title: "Depth and over-smoothing",
		Claim: "Each layer averages over neighbours once more; with too many, nodes grow alike and accuracy falls.",
		Act:   "Add layers and watch the cosine between papers, and the accuracy.",
		Shows: []string{"smoothness", "directions", "predictions"}, Frame: Directions, Tab: "graph",
	},
	{
		ID: "teacher", Name: "Teacher", Title: "What the teacher’s layers see",
		Claim: "Layer by layer the teacher moves the nodes of one class together and away from the others.",
		Act:   "Compare its layers with the student’s below, then point at a class.",
		Shows: []string{"embeddings", "predictions"}, Frame: Embeddings, Tab: "align",
	},
	{
		ID: "alone", Name: "Alone", Title: "Where the student alone fails",
		Claim: "The teacher still knows some of the papers that a student alone gets wrong; those are what there is to learn.",
		Act:   "Click a row to see its papers, then a paper to see its neighbourhood.",
		Shows: []string{"predictions", "calibration"}, Frame: Neighbourhood, Tab: "graph",
	},
	{
		ID: "labels", Name: "Soft labels", Title: "Soft labels and their temperature",
		Claim: "A teacher’s second thoughts say more than its first: temperature makes them heard.",
		Act:   "Pull the temperature from 1 to 10 and watch which class grows.",
		Shows: []string{"logits", "neighbours"}, Frame: SoftLabels, Tab: "graph",
	},
	{
		ID: "alignment", Name: "Alignment", Title: "Which layer copies which",
		Claim: "Each teacher layer shares out one unit of attention, A; a pair’s distance, D, counts as much as A says.",
		Act:   "Click a cell for its arithmetic, then pin A and go on from the same step.",
		Shows: []string{"attention"},
		Frame: Matrices, Tab: "align", Curves: true,
	},
	{
		ID: "methods", Name: "Methods", Title: "The methods against one another",
		Claim: "Same seed, same batches, another criterion: only the spread over seeds tells a gain from luck.",
		Act:   "Start the lanes, then open a lane to see its loss.",
		Frame: Matrices, Tab: "align",
	},
	{
		ID: "frontier", Name: "Frontier", Title: "How small can it be?",
		Claim: "Every size of student buys its accuracy with parameters, bytes and time.",
		Act:   "Set width and depth; each run leaves a dot.",
		Frame: Stacks, Tab: "align",
	},
	{
		ID: "collapse", Name: "Collapse", Title: "A loss that falls by itself, and the cure",
		Claim: "Projections that train with the student can meet without it: then D is nearly nothing, and nothing was learned.",
		Act:   "Run the published loss, then the cure, and compare the two curves.",
		Frame: Matrices, Tab: "align",
	},
}

// Scenes returns the scenes in their order. They must not be changed.
func Scenes() []Scene { return scenes }

// FrameOf returns the frame of the scene of that ID, Overview for none.
func FrameOf(id string) Frame {
	for i := range scenes {
		if scenes[i].ID == id {
			return scenes[i].Frame
		}
	}
	return Overview
}
