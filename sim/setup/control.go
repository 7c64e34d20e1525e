package setup

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/kd"
)

// A Control describes one setting of an Experiment: how a front shows it, how
// a link spells it, what it may be. The page and the desktop window render
// the same table, so no setting exists on one of them only. Its words are messages
// of assets/messages: control.KEY, its label, control.KEY.help, and
// control.KEY.VALUE for each option.
type Control struct {
	Key     string   `json:"key"`
	Group   string   `json:"group"` // "run", "student", "teacher", "distillation", "training"
	Kind    Kind     `json:"kind"`
	Options []string `json:"options,omitempty"` // of a Choice
	Min     float64  `json:"min"`               // of an Int or Float
	Max     float64  `json:"max"`
	Step    float64  `json:"step"`
	Default string   `json:"default"`
	// Instead says when the default is another one: the first that holds counts.
	Instead []Instead `json:"instead,omitempty"`
	// Needs says when the setting has an effect. Empty means always.
	Needs Needs `json:"needs,omitempty"`
	// Advanced settings are shown on demand.
	Advanced bool `json:"advanced,omitempty"`

	nativeOptions []string // for the command line alone, as a native setting is
	native        bool
}

// AutoInputs stands for inputs that are chosen before the run. No model has them.
const AutoInputs = "auto"

// A Kind is the type of a control's value.
type Kind string

// The kinds of controls.
const (
	Choice Kind = "choice"
	Int    Kind = "int"
	Float  Kind = "float"
	Bool   Kind = "bool" // "on" or "off"
	Text   Kind = "text"
)

// An Instead is the default of a control while the control of that key has
// that value.
type Instead struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Default string `json:"default"`
}

var (
	aligning   = []string{"abkd", "stride"}
	teaching   = []string{"abkd", "stride", "fitnet", "at", "lsp", "gsp", "gcrd", "kd", "spread"}
	weighted   = []string{"abkd", "stride", "fitnet", "at", "lsp", "gsp", "gcrd", "spread"}
	projecting = []string{"abkd", "stride", "fitnet", "gcrd"} // with parameters of their own
	embedded   = Condition{"dissimilarity", []string{"embedding"}}
	chains     = []string{"gcn", "sage", "gat", "gcnii", "mlp", "cs"}
	layered    = []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp", "cs"}
	trained    = []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp", "cs", "sgc"}
)

var controls = []Control{
	{Key: "data", Group: "run", Kind: Choice, Default: "mag-mini",
		Options: []string{DebianMini, "mag-mini", "karate", PackData}},
	{Key: "split", Group: "run", Kind: Text, Advanced: true},
	{Key: "seed", Group: "run", Kind: Int, Default: "1", Min: 0, Max: 1 << 32, Step: 1},
	{Key: "model", Group: "run", Kind: Choice, Default: "rgcn", Advanced: true,
		Options:       []string{"rgcn", "gcn", "sage", "gat", "gcnii", "mlp"},
		nativeOptions: []string{"majority", "lp", "sgc", "cs"}},
	{Key: "layers", Group: "student", Kind: Int, Default: "2", Min: 1, Max: 64, Step: 1, Needs: Needs{{"model", layered}}},
	{Key: "hidden", Group: "student", Kind: Int, Default: "5", Min: 1, Max: 1024, Step: 1, Needs: Needs{{"model", layered}}},
	{Key: "teacher-layers", Group: "teacher", Kind: Int, Default: "3", Min: 1, Max: 64, Step: 1},
	{Key: "teacher-hidden", Group: "teacher", Kind: Int, Default: "64", Min: 1, Max: 1024, Step: 1},
	{Key: "teach", Group: "teacher", Kind: Choice, Default: "off",
		Options: []string{"off", "on", "untrained"}},
	{Key: "teacher-epochs", Group: "teacher", Kind: Int, Default: "100", Min: 1, Max: 100000, Step: 1, Advanced: true},
	{Key: "input", Group: "training", Kind: Int, Min: 0, Max: 4096, Step: 1, Advanced: true, Needs: Needs{{"model", layered}}},
	{Key: "inputs", Group: "training", Kind: Choice, Default: "means", Advanced: true, Needs: Needs{{"model", []string{"rgcn"}}},
		Options:       []string{"means", "embedding", "fastrp"},
		nativeOptions: []string{AutoInputs}},
	{Key: "label-reuse", Group: "training", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"model", []string{"rgcn"}}}},
	{Key: "criterion", Group: "distillation", Kind: Choice, Default: "abkd",
		Options: []string{"abkd", "stride", "fitnet", "at", "lsp", "gsp", "gcrd", "kd", "none", "spread"}},
	{Key: "beta", Group: "distillation", Kind: Float, Default: "1", Min: 0, Max: 100000, Step: 0.1,
		Instead: []Instead{{"criterion", "fitnet", "100"}, {"criterion", "at", "10000"}, {"criterion", "lsp", "100"}, {"criterion", "gsp", "100"}, {"criterion", "gcrd", "0.1"}},
		Needs:   Needs{{"criterion", weighted}}},
	{Key: "alpha", Group: "distillation", Kind: Float, Default: "0", Instead: []Instead{{"criterion", "kd", "0.9"}}, Min: 0, Max: 1, Step: 0.05, Needs: Needs{{"criterion", teaching}}},
	{Key: "temperature", Group: "distillation", Kind: Float, Default: "4", Min: 0.1, Max: 100, Step: 0.5, Advanced: true, Needs: Needs{{"alpha", []string{">0"}}, {"criterion", teaching}}},
	{Key: "dissimilarity", Group: "distillation", Kind: Choice, Default: "embedding", Advanced: true, Needs: Needs{{"criterion", aligning}},
		Options: kd.Dissimilarities},
	{Key: "softmax", Group: "distillation", Kind: Choice, Default: "row", Needs: Needs{{"criterion", aligning}, {"pin", []string{""}}},
		Options: []string{"row", "column", "global", "uniform"}},
	{Key: "attend", Group: "distillation", Kind: Choice, Default: "easy", Advanced: true, Needs: Needs{{"criterion", aligning}, {"detach", []string{"off"}}, {"pin", []string{""}}, {"softmax", []string{"row", "column", "global"}}},
		Options: []string{"easy", "hard", "helpful"}},
	{Key: "head", Group: "distillation", Kind: Choice, Default: "linear", Needs: Needs{{"criterion", aligning}, embedded},
		Options: []string{"linear", "batchnorm"}},
	{Key: "granularity", Group: "distillation", Kind: Choice, Default: "pooled", Instead: []Instead{{"head", "batchnorm", "per-node"}}, Needs: Needs{{"criterion", aligning}, embedded},
		Options: []string{"pooled", "per-node"}},
	{Key: "dim", Group: "distillation", Kind: Int, Default: "32", Min: 1, Max: 1024, Step: 1, Advanced: true, Needs: Needs{{"criterion", aligning}}},
	{Key: "no-subspace", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}, embedded}},
	{Key: "renormalise", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}, embedded, {"no-subspace", []string{"off"}}}},
	{Key: "detach", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}, {"pin", []string{""}}, {"softmax", []string{"row", "column", "global"}}}},
	{Key: "frozen", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}, embedded}},
	{Key: "kernel", Group: "distillation", Kind: Choice, Default: "rbf", Needs: Needs{{"criterion", []string{"lsp", "gsp"}}},
		Options: []string{"rbf", "cosine", "poly", "l2"}},
	{Key: "tau", Group: "distillation", Kind: Float, Default: "0.075", Instead: []Instead{{"criterion", "stride", "0.5"}}, Min: 0.001, Max: 10, Step: 0.005, Needs: Needs{{"criterion", []string{"gcrd", "stride"}}}},
	{Key: "head-dim", Group: "distillation", Kind: Int, Default: "128", Min: 1, Max: 4096, Step: 1, Advanced: true, Needs: Needs{{"criterion", []string{"fitnet", "gcrd"}}}},
	{Key: "max-nodes", Group: "distillation", Kind: Int, Default: "1024", Min: 2, Max: 1 << 30, Step: 1, Advanced: true, Needs: Needs{{"criterion", []string{"gsp", "gcrd", "stride"}}}},
	{Key: "nodes", Group: "distillation", Kind: Choice, Default: "train", Advanced: true,
		Options: []string{"train", "all"}, Needs: Needs{{"criterion", teaching}}},
	{Key: "hidden-only", Group: "distillation", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"criterion", aligning}}},
	{Key: "pin", Group: "distillation", Kind: Text, Advanced: true, Needs: Needs{{"criterion", aligning}}},
	{Key: "warmup", Group: "distillation", Kind: Int, Min: 0, Max: 100000, Step: 10, Advanced: true, Needs: Needs{{"criterion", weighted}}},
	{Key: "fade", Group: "distillation", Kind: Int, Min: 0, Max: 100000, Step: 10, Advanced: true, Needs: Needs{{"criterion", weighted}}},
	{Key: "gate", Group: "distillation", Kind: Float, Min: 0.001, Max: 1000, Step: 0.1, Advanced: true, Needs: Needs{{"criterion", weighted}}},
	{Key: "own-lr", Group: "distillation", Kind: Float, Min: 0.000001, Max: 1, Step: 0.001, Advanced: true, Needs: Needs{{"criterion", projecting}}},
	{Key: "own-decay", Group: "distillation", Kind: Float, Default: "0", Min: 0, Max: 1, Step: 0.0001, Advanced: true, Needs: Needs{{"criterion", projecting}}},
	{Key: "epochs", Group: "training", Kind: Int, Default: "150", Min: 1, Max: 100000, Step: 1, Needs: Needs{{"model", trained}},
		Instead: []Instead{{"model", "majority", "1"}, {"model", "lp", "1"}}},
	{Key: "lr", Group: "training", Kind: Float, Default: "0.01", Min: 0.000001, Max: 1, Step: 0.001, Needs: Needs{{"model", trained}}},
	{Key: "dropout", Group: "training", Kind: Float, Default: "0.5", Min: 0, Max: 0.95, Step: 0.05, Needs: Needs{{"model", layered}}},
	{Key: "decay", Group: "training", Kind: Float, Default: "0", Min: 0, Max: 1, Step: 0.0001, Advanced: true, Needs: Needs{{"model", trained}},
		Instead: []Instead{{"model", "gcn", "0.0005"}, {"model", "sage", "0.0005"}, {"model", "gat", "0.0005"}, {"model", "mlp", "0.0005"}, {"model", "gcnii", "0.01"}, {"model", "cs", "0.0005"}, {"model", "sgc", "0.0005"}}},
	{Key: "dense-decay", Group: "training", Kind: Float, Default: "0.0005", Min: 0, Max: 1, Step: 0.0001, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}}},
	{Key: "input-dropout", Group: "training", Kind: Float, Min: 0, Max: 0.95, Step: 0.05, Advanced: true, Needs: Needs{{"model", chains}}},
	{Key: "row-normalise", Group: "training", Kind: Bool, Default: "off", Advanced: true, Needs: Needs{{"model", append(chains[:len(chains):len(chains)], "sgc")}}},
	{Key: "heads", Group: "training", Kind: Int, Default: "8", Min: 1, Max: 64, Step: 1, Advanced: true, Needs: Needs{{"model", []string{"gat"}}}},
	{Key: "initial-share", Group: "training", Kind: Float, Default: "0.1", Min: 0, Max: 1, Step: 0.05, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}}},
	{Key: "lambda", Group: "training", Kind: Float, Default: "0.5", Min: 0.01, Max: 10, Step: 0.1, Advanced: true, Needs: Needs{{"model", []string{"gcnii"}}}},
	{Key: "rounds", Group: "training", Kind: Int, Default: "40", Min: 1, Max: 10000, Step: 1, native: true, Instead: []Instead{{"model", "sgc", "2"}}, Needs: Needs{{"model", []string{"lp", "cs", "sgc"}}}},
	{Key: "neighbour-share", Group: "training", Kind: Float, Default: "0.9", Min: 0.01, Max: 0.99, Step: 0.05, native: true, Needs: Needs{{"model", []string{"lp", "cs"}}}},
	{Key: "through", Group: "training", Kind: Text, native: true, Needs: Needs{{"model", []string{"lp", "cs", "sgc"}}}},
	{Key: "sampler", Group: "training", Kind: Choice, Default: "full", Advanced: true, Needs: Needs{{"model", trained}},
		Options: []string{"full", "neighbor", "saint"}},
	{Key: "batch", Group: "training", Kind: Int, Default: "512", Min: 1, Max: 1 << 20, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"neighbor"}}}},
	{Key: "fanout", Group: "training", Kind: Int, Default: "10", Min: 1, Max: 10000, Step: 1, Advanced: true, Needs: Needs{{"model", []string{"rgcn", "gcn", "sage", "gat", "gcnii"}}, {"sampler", []string{"neighbor"}}}},
	{Key: "roots", Group: "training", Kind: Int, Default: "20000", Min: 1, Max: 1 << 24, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"saint"}}}},
	{Key: "steps", Group: "training", Kind: Int, Default: "30", Min: 1, Max: 100000, Step: 1, Advanced: true, Needs: Needs{{"sampler", []string{"saint"}}}},
	{Key: "eval-every", Group: "training", Kind: Int, Default: "1", Min: 1, Max: 100000, Step: 1, Advanced: true, Needs: Needs{{"model", trained}}},
}

// Controls returns the table of all settings. It must not be changed.
func Controls() []Control { return controls }

// Shown returns those that the page shows, and of their needs what depends on
// what it shows.
func Shown() (shown []Control) {
	for _, c := range controls {
		if c.native {
			continue
		}
		needs := c.Needs
		c.Needs = nil
		for _, n := range needs {
			other := ControlOf(n.Key)
			n.Values = slices.DeleteFunc(slices.Clone(n.Values), other.isNative)
			if len(other.nativeOptions) == 0 || len(n.Values) < len(other.Options) {
				c.Needs = append(c.Needs, n)
			}
		}
		c.Instead = slices.DeleteFunc(slices.Clone(c.Instead), func(i Instead) bool { return ControlOf(i.Key).isNative(i.Value) })
		shown = append(shown, c)
	}
	return shown
}

func (c *Control) isNative(value string) bool {
	return slices.Contains(c.nativeOptions, value)
}

// Native reports whether c is a setting of the command line alone.
func (c *Control) Native() bool { return c.native }

// All returns the options of a Choice, those of the command line alone too.
func (c *Control) All() []string { return slices.Concat(c.Options, c.nativeOptions) }

func ControlOf(key string) *Control {
	i := slices.IndexFunc(controls, func(c Control) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &controls[i]
}

func keys() string {
	var k []string
	for _, c := range controls {
		k = append(k, c.Key)
	}
	return strings.Join(k, ", ")
}

// DefaultIn returns the setting's default in e.
func (c *Control) DefaultIn(e *Experiment) string {
	for _, i := range c.Instead {
		other := ControlOf(i.Key)
		if v := other.Get(e); v == i.Value || v == "" && other.Default == i.Value {
			return i.Default
		}
	}
	return c.Default
}

// Get returns the text of what e says of the setting, "" if that is nothing.
func (c *Control) Get(e *Experiment) string {
	switch v := e.field(c.Key).(type) {
	case *string:
		return *v
	case *int:
		if *v != 0 {
			return strconv.Itoa(*v)
		}
	case *Opt[uint64]:
		if v.said {
			return strconv.FormatUint(v.value, 10)
		}
	case *Opt[float64]:
		if v.said {
			return strconv.FormatFloat(v.value, 'g', -1, 64)
		}
	case *bool:
		if *v {
			return "on"
		}
	}
	return ""
}

// Set makes e say the setting's text. It returns an error for a value that is
// not of the control's kind, range or options.
func (c *Control) Set(e *Experiment, text string) error {
	switch v := e.field(c.Key).(type) {
	case *string:
		if err := c.checkText(text); err != nil {
			return err
		}
		*v = text
	case *bool:
		if text != "on" && text != "off" {
			return c.refuseText(text)
		}
		*v = text == "on"
	case *Opt[float64]:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || strings.ContainsAny(text, "xX_") || f < c.Min || f > c.Max {
			return c.refuseText(text)
		}
		*v = Some(f + 0) // -0 is 0
	case *Opt[uint64]:
		n, err := c.parseWhole(text)
		if err != nil {
			return err
		}
		*v = Some(uint64(n))
	case *int:
		n, err := c.parseWhole(text)
		if err != nil {
			return err
		}
		*v = int(n)
	}
	return nil
}

// parseWhole reads a whole number in the control's range.
func (c *Control) parseWhole(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || float64(n) < c.Min || float64(n) > c.Max {
		return 0, c.refuseText(text)
	}
	return n, nil
}

func (c *Control) checkText(text string) error {
	known := c.Kind == Choice && slices.Contains(c.All(), text)
	if plain := c.Kind == Text && graph.Sayable(text); known || plain {
		return nil
	}
	return c.refuseText(text)
}

func (c *Control) refuseText(text string) error {
	return fmt.Errorf("sim: %s is %.40q, want %s", c.Key, text, c.Want())
}

// Want says what a value of the setting must be.
func (c *Control) Want() string {
	switch c.Kind {
	case Bool:
		return "on or off"
	case Int:
		return fmt.Sprintf("a whole number from %.0f to %.0f", c.Min, c.Max)
	case Float:
		return fmt.Sprintf("a number from %g to %g", c.Min, c.Max)
	case Text:
		return `no space and none of "&=#"`
	}
	return "one of " + strings.Join(c.All(), ", ")
}
