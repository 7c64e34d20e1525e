// Package lesson has what is told beside the picture of a run, as data: the
// page is written from it, and the picture is framed by it. Its words are
// messages of assets/messages: scene.ID.name as the strip of scenes has it,
// scene.ID.title, and of each step, counted from 1, scene.ID.1.text, what it says
// or asks, and perhaps scene.ID.1.do, what the reader may do.
package lesson

// A Scene is told beside the picture. It changes what is shown of a run, never
// the run; where it needs another experiment it offers to begin that.
type Scene struct {
	ID    string   // a word: names the scene in links and messages
	Steps []Step   // its story, from the claim to what may be changed
	Shows []string // what the trainer computes for it, of wire.Showable
	Frame Frame    // what of the picture it brings to the fore
	Tab   string   // what a phone shows with it, of Tabs

	Curves bool     // the learning curves stand beside the picture
	Uses   []string // the settings that it is about, keys of setup.Controls
}

// A Step is one thought of a scene's story. Reaching it may move the run.
type Step struct {
	Kind string // of Kinds
	Move string // of Moves
	Ask  string // the guess that it asks for, of Asks; "" for none

	Frame       Frame   // what of the picture it brings to the fore, Overview for what its scene does
	Temperature float64 // of the soft labels that it shows, 0 for what they have
}

// Kinds are what steps are, in the order in which a whole story has them: it
// claims, asks for a guess while the answer is hidden, runs, shows the answer,
// says why, and has one thing changed.
var Kinds = []string{"claim", "guess", "run", "reveal", "why", "change"}

// Moves are what reaching a step does to the run: nothing; to its first moment,
// standing still; on; or standing still where it is.
var Moves = []string{"", "start", "play", "pause"}

// Asks are what can be guessed: which student layer the teacher's last one attends
// to most, where A is not shown; a number of a node's sum; the best depth; which class the student parts
// best; how many of what the teacher knows are lost on the student alone; the
// share that the likeliest class keeps at temperature 10; which student layer
// the teacher's second one attends to most; which method wins; the size of a
// student that equals the teacher; whether a student gains whose loss fell.
var Asks = []string{"", "copies", "sum", "depth", "parts", "lost", "share", "attends", "wins", "size", "gains"}

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
	Race                       // methods against one another, on one scale of accuracy
	Frontier                   // accuracy against cost
	Units                      // how the units of the student live and die, beside the criterion's loss
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
		ID:    "start",
		Shows: []string{"predictions"}, Frame: Verdicts, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "beta", "hidden", "layers", "epochs"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "run", Move: "play"},
			{Kind: "guess", Ask: "copies"},
			{Kind: "reveal"},
			{Kind: "change"},
		},
	},
	{
		ID:    "node",
		Shows: []string{"logits"}, Frame: Terms, Tab: "graph",
		Uses: []string{"data", "seed", "model", "hidden", "layers"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Move: "pause", Ask: "sum"},
			{Kind: "change", Move: "pause"},
			{Kind: "why"},
		},
	},
	{
		ID:    "depth",
		Shows: []string{"smoothness", "directions", "predictions"}, Frame: Directions, Tab: "graph",
		Uses: []string{"data", "seed", "model", "hidden", "layers"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Ask: "depth"},
			{Kind: "run"},
			{Kind: "reveal"},
			{Kind: "change"},
		},
	},
	{
		ID:    "teacher",
		Shows: []string{"embeddings", "predictions"}, Frame: Embeddings, Tab: "align",
		Uses: []string{"data", "seed", "teacher-layers", "teacher-hidden", "teach"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Move: "start", Ask: "parts"},
			{Kind: "run", Move: "play"},
			{Kind: "reveal"},
			{Kind: "change"},
		},
	},
	{
		ID:    "alone",
		Shows: []string{"predictions", "calibration"}, Frame: Neighbourhood, Tab: "graph",
		Uses: []string{"data", "seed", "hidden", "layers", "dropout", "lr", "epochs"},
		Steps: []Step{
			{Kind: "claim", Frame: Verdicts},
			{Kind: "guess", Move: "start", Ask: "lost", Frame: Verdicts},
			{Kind: "run", Move: "play", Frame: Verdicts},
			{Kind: "reveal", Frame: Verdicts},
			{Kind: "change"},
		},
	},
	{
		ID:    "labels",
		Shows: []string{"logits", "neighbours"}, Frame: SoftLabels, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "temperature", "nodes"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Ask: "share", Temperature: 1},
			{Kind: "reveal", Temperature: 10},
			{Kind: "why"},
			{Kind: "change"},
		},
	},
	{
		ID:    "alignment",
		Shows: []string{"attention"}, Frame: Matrices, Tab: "align", Curves: true,
		Uses: []string{"data", "seed", "criterion", "beta", "alpha", "softmax", "granularity", "head", "pin", "no-subspace", "frozen"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Move: "start", Ask: "attends", Frame: Stacks},
			{Kind: "run", Move: "play"},
			{Kind: "reveal"},
			{Kind: "change", Move: "pause"},
		},
	},
	{
		ID:    "methods",
		Frame: Race, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "epochs", "nodes"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Ask: "wins"},
			{Kind: "run"},
			{Kind: "reveal"},
			{Kind: "change"},
		},
	},
	{
		ID:    "frontier",
		Frame: Frontier, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "hidden", "layers", "epochs"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Ask: "size"},
			{Kind: "run"},
			{Kind: "change"},
		},
	},
	{
		ID:    "collapse",
		Shows: []string{"predictions", "activity"}, Frame: Units, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "beta", "granularity", "no-subspace", "frozen", "detach", "head"},
		Steps: []Step{
			{Kind: "claim"},
			{Kind: "guess", Move: "start", Ask: "gains"},
			{Kind: "run", Move: "play"},
			{Kind: "reveal"},
			{Kind: "why"},
		},
	},
}

// Scenes returns the scenes in their order. They must not be changed.
func Scenes() []Scene { return scenes }

// Asked returns what s has asked by that step, counted from 0; "" before its guess.
func (s *Scene) Asked(step int) (ask string) {
	for i := range s.Steps[:min(step+1, len(s.Steps))] {
		if s.Steps[i].Ask != "" {
			ask = s.Steps[i].Ask
		}
	}
	return ask
}

// FrameOf returns the frame of a step, counted from 0, of the scene of that ID;
// Overview for none.
func FrameOf(id string, step int) Frame {
	for i := range scenes {
		s := &scenes[i]
		if s.ID != id {
			continue
		}
		if step >= 0 && step < len(s.Steps) && s.Steps[step].Frame != Overview {
			return s.Steps[step].Frame
		}
		return s.Frame
	}
	return Overview
}
