package setup

// A Preset is an experiment worth seeing. Its words are messages of assets/messages:
// preset.KEY, its name, and preset.KEY.why, what it shows.
type Preset struct {
	Key        string `json:"key"`
	Experiment string `json:"experiment"` // text form
}

// The first ones are on debian-mini: the settings that were best on validation
// nodes, see RESULTS.md, and the same without one half of what teaches.
var presets = []Preset{
	{"debian", debian + "&beta=0.1&alpha=0.9&temperature=1&nodes=all" + trained120},
	{"debian-kd", debian + "&criterion=kd&temperature=1&nodes=all" + trained120},
	{"debian-abkd", debian + "&beta=0.1" + trained120},
	{"kd-abkd", "alpha=0.5&nodes=all"},
	{"abkd", ""},
	{"abkd-node", "beta=3&granularity=per-node&no-subspace=on&frozen=on&nodes=all"},
	{"batchnorm", "beta=3&head=batchnorm&nodes=all"},
	{"kd", "criterion=kd&alpha=0.5&nodes=all"},
	{"dying", dying},
	{"untrained", "teach=untrained&alpha=0.5&nodes=all"},
	{"karate", "data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=16&teach=on&teacher-epochs=60&input-dropout=0"},
}

// dying is the published loss beside KD, where its first ten steps kill half of the
// units of a narrow student: features are short rows, means of them shorter, and a gradient
// through their unit vectors moves all nodes alike. See RESULTS.md.
const dying = "model=gcn&hidden=7&teacher-layers=2&teach=on&teacher-epochs=60" +
	"&alpha=0.8&temperature=2&nodes=all&lr=0.05&dropout=0.1&decay=0.0001&row-normalise=on"

const (
	debian     = "data=" + DebianMini + "&hidden=6&teacher-hidden=128"
	trained120 = "&epochs=120&lr=0.03&decay=0.0001"
)

// Presets returns the experiments that a front offers; the first is the one
// it opens with. They must not be changed.
func Presets() []Preset { return presets }
