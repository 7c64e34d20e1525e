// Package lesson has what is told beside the picture of a run, as data: the
// page is written from it, and the picture is framed by it.
package lesson

// A Scene is told beside the picture. It changes what is shown of a run, never
// the run; where it needs another experiment it offers to begin that.
type Scene struct {
	ID    string // a word: names the scene in links and messages
	Name  string // as the strip of scenes has it
	Title string
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
	Text string // what it says or asks
	Do   string // what the reader may do, "" for nothing
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

// Asks are what can be guessed: which student has more test nodes right at the
// end; a number of a node's sum; the best depth; which class the student parts
// best; how many of what the teacher knows are lost on the student alone; the
// share that the likeliest class keeps at temperature 10; which student layer
// the teacher's second one attends to most; which method wins; the size of a
// student that equals the teacher; whether a student gains whose loss fell.
var Asks = []string{"", "ahead", "sum", "depth", "parts", "lost", "share", "attends", "wins", "size", "gains"}

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
		Shows: []string{"predictions"}, Frame: Verdicts, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "beta", "hidden", "layers", "epochs"},
		Steps: []Step{
			{Kind: "claim", Text: "A big teacher and two small students. Both begin with the same weights and learn from the same labels; one of them learns from the teacher, too."},
			{Kind: "guess", Text: "Which student will have more test nodes right at the end?", Do: "Choose while the run stands at its first moment.", Move: "start", Ask: "ahead"},
			{Kind: "run", Text: "Each dot is an answer to one test node. They fall to right and to wrong as the students learn.", Move: "play"},
			{Kind: "reveal", Text: "Where the two differ on a few nodes only, chance alone would part them as far: that is a tie. Bands, where there are some, are runs of ten seeds: a gap between bands is no luck."},
			{Kind: "change", Text: "Another seed is another run. Does the order stay?", Do: "Look at a node you know, or choose another seed under Settings (S), and play."},
		},
	},
	{
		ID: "node", Name: "One node", Title: "One node, one relation at a time",
		Shows: []string{"logits"}, Frame: Terms, Tab: "graph",
		Uses: []string{"data", "seed", "model", "hidden", "layers"},
		Steps: []Step{
			{Kind: "claim", Text: "A node’s new vector is a sum: its own share, a bias, and one mean per relation."},
			{Kind: "guess", Text: "Every column of the table adds up to its sum, and one number of it is hidden now. What is it?", Do: "Add up its column, and type the number.", Move: "pause", Ask: "sum"},
			{Kind: "change", Text: "Without a relation its messages are missing from the sum, and the prediction may be another one.", Do: "Switch a relation off: the run stands still, so that both predictions are of the same weights.", Move: "pause"},
			{Kind: "why", Text: "Each relation has weights of its own: a neighbour counts by how it is related, not only by what it is."},
		},
	},
	{
		ID: "depth", Name: "Depth", Title: "Depth and over-smoothing",
		Shows: []string{"smoothness", "directions", "predictions"}, Frame: Directions, Tab: "graph",
		Uses: []string{"data", "seed", "model", "hidden", "layers"},
		Steps: []Step{
			{Kind: "claim", Text: "Each layer averages over neighbours once more. A deep model of this kind is worse than a shallow one."},
			{Kind: "guess", Text: "With how many layers, of one to eight, will most test nodes be right?", Do: "Choose before the models are trained.", Ask: "depth"},
			{Kind: "run", Text: "Models of one to eight layers learn from the same labels; nothing but the depth differs.", Do: "Train 1 to 8 layers."},
			{Kind: "reveal", Text: "Accuracy is highest with a few layers and falls with many. The cosine between nodes stays well below 1: they grow no further alike than that, so a deep model is above all hard to train."},
			{Kind: "change", Text: "GCNII keeps a share of its input in every layer, and was made to go deep.", Do: "Choose GCNII as the model, and train again."},
		},
	},
	{
		ID: "teacher", Name: "Teacher", Title: "What the teacher’s layers see",
		Shows: []string{"embeddings", "predictions"}, Frame: Embeddings, Tab: "align",
		Uses: []string{"data", "seed", "teacher-layers", "teacher-hidden", "teach"},
		Steps: []Step{
			{Kind: "claim", Text: "From its first layer to its last the teacher moves the nodes of one class together and away from the others."},
			{Kind: "guess", Text: "Which class will the student hold together best in its last layer, once it is trained?", Do: "Look at the teacher’s layers, and choose while the student knows nothing.", Move: "start", Ask: "parts"},
			{Kind: "run", Text: "The student’s last layer does the same while it trains, with far fewer numbers.", Do: "Let it run, and watch the share between classes.", Move: "play"},
			{Kind: "reveal", Text: "The share is that of the variance between the classes’ means: 100 % would be one point for each class."},
			{Kind: "change", Text: "Some classes lie apart in every layer, others part late.", Do: "Choose a class, and follow it from layer to layer."},
		},
	},
	{
		ID: "alone", Name: "Alone", Title: "Where the student alone fails",
		Shows: []string{"predictions", "calibration"}, Frame: Neighbourhood, Tab: "graph",
		Uses: []string{"data", "seed", "hidden", "layers", "dropout", "lr", "epochs"},
		Steps: []Step{
			{Kind: "claim", Text: "The teacher knows some of the test nodes that the student alone gets wrong; those are what there is to learn.", Frame: Verdicts},
			{Kind: "guess", Text: "Of the test nodes that the teacher has right, how many will be lost on the student alone at the end?", Do: "Choose while the run stands at its first moment.", Move: "start", Ask: "lost", Frame: Verdicts},
			{Kind: "run", Text: "They become fewer as the students learn.", Move: "play", Frame: Verdicts},
			{Kind: "reveal", Text: "The table says which classes are taken for which: rows are the truth, columns what is said.", Do: "Choose a row to see its nodes.", Frame: Verdicts},
			{Kind: "change", Text: "A node that is lost has neighbours that say why.", Do: "Choose one of the nodes: it becomes the focus of the drawing."},
		},
	},
	{
		ID: "labels", Name: "Soft labels", Title: "Soft labels and their temperature",
		Shows: []string{"logits", "neighbours"}, Frame: SoftLabels, Tab: "graph",
		Uses: []string{"data", "seed", "criterion", "alpha", "temperature", "nodes"},
		Steps: []Step{
			{Kind: "claim", Text: "A soft label says which classes the teacher nearly chose, not only which one it chose."},
			{Kind: "guess", Text: "At temperature 1 this is what the teacher says of this node. What will the likeliest class keep at temperature 10?", Do: "Choose before you pull the temperature.", Ask: "share", Temperature: 1},
			{Kind: "reveal", Text: "A higher temperature gives the second thoughts a larger share. Far above the logits every class would have the same, and the label would say nothing again.", Temperature: 10},
			{Kind: "why", Text: "The factor T² keeps the gradient’s size, which falls as 1/T²."},
			{Kind: "change", Text: "Between the two lies what a student can learn from.", Do: "Pull the temperature to where the second class can just be told from the rest."},
		},
	},
	{
		ID: "alignment", Name: "Alignment", Title: "Which layer copies which",
		Shows: []string{"attention"}, Frame: Matrices, Tab: "align", Curves: true,
		Uses: []string{"data", "seed", "criterion", "beta", "alpha", "softmax", "granularity", "head", "pin", "no-subspace", "frozen"},
		Steps: []Step{
			{Kind: "claim", Text: "Each teacher layer shares out one unit of attention, A, over the student’s layers; a pair’s distance, D, counts as much as A says."},
			{Kind: "guess", Text: "Which student layer will the teacher’s second layer attend to most?", Do: "Choose while the run stands at its first moment.", Move: "start", Ask: "attends", Frame: Stacks},
			{Kind: "run", Text: "No row of A is decided at first. Within some dozen epochs most are.", Move: "play"},
			{Kind: "reveal", Text: "What decides is D: attention goes where the distance is small, and the loss with it.", Do: "Click a cell for its arithmetic."},
			{Kind: "change", Text: "Pinned, A is yours and no longer learned.", Do: "Pin A, and go on from the same step.", Move: "pause"},
		},
	},
	{
		ID: "methods", Name: "Methods", Title: "The methods against one another",
		Frame: Matrices, Tab: "align",
		Uses: []string{"data", "seed", "criterion", "alpha", "epochs", "nodes"},
		Steps: []Step{
			{Kind: "claim", Text: "The same student from the same weights, another criterion: only the spread over seeds tells a gain from luck."},
			{Kind: "guess", Text: "Which method will have most test nodes right? Or will chance alone explain what parts the best ones?", Do: "Choose before the race.", Ask: "wins"},
			{Kind: "run", Text: "Every method runs once for each seed.", Do: "Start the race."},
			{Kind: "reveal", Text: "Each run is set against the student alone of its own seed. An interval that holds 0 says nothing."},
			{Kind: "change", Text: "Soft labels beside each criterion: whose is the gain then?", Do: "Tick “soft labels”, and race again."},
		},
	},
	{
		ID: "frontier", Name: "Frontier", Title: "How small can it be?",
		Frame: Stacks, Tab: "align",
		Uses: []string{"data", "seed", "criterion", "alpha", "hidden", "layers", "epochs"},
		Steps: []Step{
			{Kind: "claim", Text: "Every size of student buys its accuracy with parameters, bytes and time."},
			{Kind: "guess", Text: "How many parameters does a student need to have as many test nodes right as the teacher?", Do: "Choose before the dots fall.", Ask: "size"},
			{Kind: "run", Text: "Each run leaves a dot: how large the student is, and how many test nodes it gets right.", Do: "Run 15 sizes, or set width and depth."},
			{Kind: "change", Text: "Parameters are not time.", Do: "Set the dots against bytes, or against measured time."},
		},
	},
	{
		ID: "collapse", Name: "Collapse", Title: "A loss that falls by itself",
		Shows: []string{"predictions"}, Frame: Matrices, Tab: "align",
		Uses: []string{"data", "seed", "criterion", "beta", "granularity", "no-subspace", "frozen", "detach", "head"},
		Steps: []Step{
			{Kind: "claim", Text: "Where the projections train with the student, the criterion’s loss L falls to almost nothing. That need not be the student’s doing."},
			{Kind: "guess", Text: "L will fall. Will the taught student have gained on the one alone by then?", Do: "Begin the published loss below, and choose while it stands at its first moment.", Move: "start", Ask: "gains"},
			{Kind: "run", Text: "Two runs from the same seed: the published loss, and one whose projections of the teacher are frozen.", Do: "Run both, and compare the two curves.", Move: "play"},
			{Kind: "reveal", Text: "With frozen projections L stays far higher. Neither falling nor staying says whether the student gains: under each stand the taught one and the one alone."},
			{Kind: "why", Text: "D compares projections, not layers: two that both train can meet in a point that says nothing of either layer."},
		},
	},
}

// Scenes returns the scenes in their order. They must not be changed.
func Scenes() []Scene { return scenes }

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
