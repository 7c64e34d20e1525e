// Package study compares ways to train a student: methods × student sizes ×
// seeds on one graph, with one teacher for each seed.
//
//	Spec --Plan--> Teachers, Cells --Teach, Train--> Results --Rows--> Rows
//
// A cell is one training run. It depends on nothing but its experiment, its
// teacher and the graph, so cells may run in any order, side by side, and in
// several sittings; Key names all that its result depends on.
package study

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"abkd/sim/setup"
)

// A Spec says what to compare.
type Spec struct {
	// Base is what all runs share. Its Teacher, TeacherEpochs and Epochs are
	// those of every run; criterion, student and seed are set for each.
	Base     setup.Experiment
	Methods  []Method
	Students []setup.Size
	Seeds    []uint64
	// Weights, if not nil, are those of the teacher of all students, in place of
	// one that is trained for each seed: a checkpoint of Base's Teacher.
	Weights []byte
	// Baselines has models that are no GNN trained beside the students, see
	// Baseline.
	Baselines bool
	// Examined has the health of each student taken, see Health. A result that
	// was kept without stays without.
	Examined bool
}

// A Method is one way to train a student.
type Method struct {
	Criterion string
	// Variant says what is special about it, "" for the criterion as it is.
	Variant string
	// Settings is set upon the base, in the text form of an experiment.
	// Besides, pin may be "diagonal" or "last", see Pin, and teacher may be
	// "untrained".
	Settings string
}

// String returns the method's name in tables.
func (m Method) String() string {
	if m.Variant == "" {
		return m.Criterion
	}
	return m.Criterion + " " + m.Variant
}

// A Teacher is a teacher to be trained: for one seed, and of one size.
type Teacher struct {
	Experiment setup.Experiment // it trains its teacher
	Untrained  bool             // with the weights that training begins with
	Weights    []byte           // that are given, nil for one to be trained
}

// A Cell is one student to be trained.
type Cell struct {
	Method     Method
	Experiment setup.Experiment
	Teacher    Teacher
	Examined   bool // for Result.Health
}

// fixed are the settings that a method may not have, as they would give it
// another task or another budget.
var fixed = []string{"data", "split", "seed", "model", "layers", "hidden", "teach", "epochs", "teacher-epochs", "input", "inputs", "label-reuse", "sampler", "batch", "fanout", "roots", "steps", "eval-every"}

// WithKD are the published weights of criteria beside KD, where those alone
// are others.
var WithKD = map[string]string{"fitnet": "1", "at": "100", "lsp": "1", "gsp": "1"}

// ParseMethod reads a method such as "fitnet", or "kd+fitnet" for both terms
// together.
func ParseMethod(text string) (Method, error) {
	if slices.Contains(Criteria(), text) {
		return Method{Criterion: text}, nil
	}
	name, ok := strings.CutPrefix(text, "kd+")
	if !ok {
		name, ok = strings.CutSuffix(text, "+kd")
	}
	if ok && name != "kd" && name != "none" && slices.Contains(Criteria(), name) {
		return Method{Criterion: name, Variant: "+ kd"}, nil
	}
	if r, err := setup.FindRecipe(text); err == nil {
		return ParseVariant(r.Name + " recipe:" + r.Settings)
	}
	return Method{}, fmt.Errorf("study: criterion is %q, want one of %s, or kd+ another one, such as kd+abkd", text, strings.Join(Criteria(), ", "))
}

// MethodNames returns what ParseMethod reads: the criteria, and each that can
// with KD beside it.
func MethodNames() []string {
	all := Criteria()
	for _, name := range Criteria() {
		if name != "none" && name != "kd" {
			all = append(all, "kd+"+name)
		}
	}
	return all
}

// ParseVariant reads a method such as "heads:criterion=abkd&head=batchnorm":
// a name, then settings of which one is the criterion.
func ParseVariant(text string) (Method, error) {
	name, settings, ok := strings.Cut(text, ":")
	m := Method{Variant: name}
	var rest, keys []string
	for _, pair := range strings.Split(settings, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if pair != "" && slices.Contains(keys, key) {
			return Method{}, fmt.Errorf("study: variant %q says %s twice, want each setting once", text, key)
		}
		keys = append(keys, key)
		if value, is := strings.CutPrefix(pair, "criterion="); is {
			m.Criterion = value
		} else if pair != "" {
			rest = append(rest, pair)
		}
	}
	m.Settings = strings.Join(rest, "&")
	if !ok || name == "" || m.Criterion == "" {
		return Method{}, fmt.Errorf(`study: variant is %q, want a name and settings, such as "heads:criterion=abkd&head=batchnorm"`, text)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == ',' || r == '"' }) {
		return Method{}, fmt.Errorf("study: variant's name is %q, want no comma, quote or control character", name)
	}
	_, _, err := m.apply(setup.Experiment{})
	return m, err
}

// Criteria returns the names of all criteria: none and kd, then the others in
// the order of the table of controls.
func Criteria() []string {
	names := []string{"none", "kd"}
	for _, c := range setup.Controls() {
		if c.Key != "criterion" {
			continue
		}
		for _, name := range c.All() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// apply returns base with m's settings, and whether the teacher is to be an
// untrained one. A criterion alone has no KD term, whatever base says: base's
// alpha is that of the methods with KD.
func (m Method) apply(base setup.Experiment) (e setup.Experiment, untrained bool, err error) {
	e = base
	both := m.Variant == "+ kd" && m.Settings == ""
	if err := set(&e, "criterion", m.Criterion); err != nil {
		return e, false, fmt.Errorf("study: %s: %w", m, err)
	}
	switch {
	case m.Criterion == "kd":
	case both:
		e.Alpha = setup.Some(e.Alpha.Or(0.9))
	default:
		e.Alpha = setup.Some(0.0)
	}
	_, weighed := base.Beta.Get()
	if beta, ok := WithKD[m.Criterion]; ok && both && !weighed {
		if err := set(&e, "beta", beta); err != nil {
			return e, false, err
		}
	}
	for _, pair := range strings.Split(m.Settings, "&") {
		key, value, _ := strings.Cut(pair, "=")
		switch {
		case pair == "":
		case key == "teacher" && value == "untrained":
			untrained = true
		case slices.Contains(fixed, key):
			return e, false, fmt.Errorf("study: %s: %s cannot differ between methods", m, key)
		default:
			if err := set(&e, key, value); err != nil {
				return e, false, fmt.Errorf("study: %s: %w", m, err)
			}
		}
	}
	return e, untrained, nil
}

// set sets the setting key of e.
func set(e *setup.Experiment, key, value string) error {
	controls := setup.Controls()
	i := slices.IndexFunc(controls, func(c setup.Control) bool { return c.Key == key })
	if i < 0 {
		return fmt.Errorf("%.40q is no setting", key)
	}
	return controls[i].Set(e, value)
}

// Text returns every setting of e, those at their default too, one key=value
// after the other. Equal texts are equal runs. Native settings and some others are
// younger than folders of results, whose keys are made of this text: at their
// default they are left out.
func Text(e setup.Experiment) string {
	var b strings.Builder
	for _, c := range setup.Controls() {
		v := c.Get(&e)
		if d := c.DefaultIn(&e); v == "" || v == d {
			if v = d; c.Native() || slices.Contains(younger, c.Key) {
				continue
			}
		}
		fmt.Fprintf(&b, "%s=%s\n", c.Key, v)
	}
	return b.String()
}

// younger are the settings of the page too that folders of before have not.
var younger = []string{"label-reuse", "hidden-only", "dissimilarity", "attend", "renormalise", "warmup", "fade", "gate", "own-lr", "own-decay"}

// Difference returns the first setting that is not the same in a and b, as
// key=value of each; two empty texts if there is none.
func Difference(a, b setup.Experiment) (inA, inB string) {
	for _, c := range setup.Controls() {
		inA, inB = cmp.Or(c.Get(&a), c.DefaultIn(&a)), cmp.Or(c.Get(&b), c.DefaultIn(&b))
		if inA != inB {
			return c.Key + "=" + inA, c.Key + "=" + inB
		}
	}
	return "", ""
}
