package setup

// A Preset is an experiment worth seeing, with what it shows.
type Preset struct {
	Name       string `json:"name"`
	Experiment string `json:"experiment"` // text form
	Why        string `json:"why"`
}

// The first ones are on debian-mini: the settings that were best on validation
// nodes, see RESULTS.md, and the same without one half of what teaches.
var presets = []Preset{
	{"Debian", debian + "&beta=0.1&alpha=0.9&temperature=1&nodes=all" + trained120,
		"Packages of Debian, a student 36 times smaller than its teacher, taught by soft labels and aligned layers on every package."},
	{"Debian, KD alone", debian + "&criterion=kd&temperature=1&nodes=all" + trained120,
		"The same without alignment: measured over ten seeds, the soft labels have the whole gain."},
	{"Debian, ABKD alone", debian + "&beta=0.1" + trained120,
		"The same without soft labels: alignment as published, and a student that stays where the one alone is."},
	{"KD + ABKD", "alpha=0.5&nodes=all",
		"mag-mini, a generated graph: soft labels and aligned layers, on every paper. Whose is the gain? Compare KD alone."},
	{"ABKD as published", "",
		"Attention over layer pairs alone, compared by the mean node. Watch D fall to nothing while the student learns little from it: the projections meet without the student."},
	{"ABKD node by node", "beta=3&granularity=per-node&no-subspace=on&frozen=on&nodes=all",
		"Every paper is compared, the teacher's projections are frozen and the subspace is left out, so the loss cannot collapse."},
	{"Batch-norm heads", "beta=3&head=batchnorm&nodes=all",
		"Ours: each projection followed by batch normalisation and ReLU, as in FitNet."},
	{"KD alone", "criterion=kd&alpha=0.5&nodes=all",
		"Soft labels alone: how much of the gain is theirs?"},
	{"Untrained teacher", "teach=untrained&alpha=0.5&nodes=all",
		"The teacher keeps the weights that it was drawn with. What a student still gains from it is not its knowledge."},
	{"Karate club", "data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=60&input-dropout=0",
		"34 people and 78 friendships: small enough to follow every message. The teacher is trained here first."},
}

const (
	debian     = "data=" + DebianMini + "&hidden=6&teacher-hidden=128"
	trained120 = "&epochs=120&lr=0.03&decay=0.0001"
)

// Presets returns the experiments that a front offers; the first is the one
// it opens with. They must not be changed.
func Presets() []Preset { return presets }
