package study

import (
	"fmt"
	"slices"

	"abkd/sim/setup"
)

// A Preset is a comparison worth making. What the user says himself comes
// before what it says.
type Preset struct {
	Name                  string
	Why                   string
	Methods               []string       // for ParseMethod
	Recipes               []setup.Recipe // further methods
	Ablate                bool           // and the variants of ABKD
	Seeds                 int
	Epochs, TeacherEpochs int // 0 for those that setup.Defaults says
}

// RecipeMethods returns the methods that stand for p's recipes.
func (p Preset) RecipeMethods() (methods []Method) {
	for _, r := range p.Recipes {
		m, err := ParseVariant(r.Name + " recipe:" + r.Settings)
		if err != nil {
			panic(err) // of the table itself
		}
		methods = append(methods, m)
	}
	return methods
}

var presets = []Preset{
	{"quick", "the main criteria, three seeds, few epochs: two minutes",
		[]string{"none", "kd", "fitnet", "abkd", "kd+abkd"}, nil, false, 3, 60, 40},
	{"recipes", "the student alone and by each recipe of distill, five seeds",
		[]string{"none"}, setup.Recipes(), false, 5, 0, 0},
	{"ablation", "ABKD with one switch changed at a time",
		[]string{"none", "kd", "fitnet", "abkd", "kd+abkd"}, nil, true, 5, 100, 100},
	{"full", "every criterion alone and with KD, ten seeds", append([]string{
		"none", "kd", "fitnet", "at", "lsp", "gsp", "gcrd", "abkd", "stride"},
		"kd+fitnet", "kd+at", "kd+lsp", "kd+gsp", "kd+gcrd", "kd+abkd", "kd+stride"), nil, false, 10, 150, 100},
}

// Presets returns the presets. They must not be changed.
func Presets() []Preset { return presets }

// FindPreset returns the preset of that name; "" is every criterion alone.
func FindPreset(name string) (Preset, error) {
	if name == "" {
		return Preset{Methods: []string{"none", "kd", "fitnet", "at", "lsp", "gsp", "gcrd", "abkd", "stride"}, Seeds: 3}, nil
	}
	i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		var known []string
		for _, p := range presets {
			known = append(known, p.Name)
		}
		return Preset{}, fmt.Errorf("study: preset is %q, want one of %q", name, known)
	}
	return presets[i], nil
}

// ablations are ABKD with one switch changed. Both positions of each stand
// here; the one that the base has already is left out.
var ablations = []Method{
	{Variant: "row softmax", Settings: "softmax=row"},
	{Variant: "column softmax", Settings: "softmax=column"},
	{Variant: "global softmax", Settings: "softmax=global"},
	{Variant: "uniform attention", Settings: "softmax=uniform"},
	{Variant: "detached attention", Settings: "detach=on"},
	{Variant: "attached attention", Settings: "detach=off"},
	{Variant: "pooled", Settings: "granularity=pooled"},
	{Variant: "per node", Settings: "granularity=per-node"},
	{Variant: "without subspace", Settings: "no-subspace=on"},
	{Variant: "with subspace", Settings: "no-subspace=off"},
	{Variant: "frozen teacher projection", Settings: "frozen=on"},
	{Variant: "trained teacher projection", Settings: "frozen=off"},
	{Variant: "linear heads", Settings: "head=linear"},
	{Variant: "batch-norm heads", Settings: "head=batchnorm&granularity=per-node"},
	{Variant: "pinned: diagonal", Settings: "pin=diagonal"},
	{Variant: "pinned: last pair", Settings: "pin=last"},
	{Variant: "teacher of 2 layers", Settings: "teacher-layers=2"},
	{Variant: "teacher of 3 layers", Settings: "teacher-layers=3"},
	{Variant: "teacher of 4 layers", Settings: "teacher-layers=4"},
	{Variant: "untrained teacher", Settings: "teacher=untrained"},
}

// Ablations returns ABKD as base has it with one switch changed at a time.
func Ablations(base setup.Experiment) (methods []Method, err error) {
	plain, _, err := Method{Criterion: "abkd"}.apply(base)
	if err != nil {
		return nil, err
	}
	for _, m := range ablations {
		m.Criterion = "abkd"
		e, untrained, err := m.apply(base)
		if err != nil {
			return nil, err
		}
		if !untrained && Text(e) == Text(plain) {
			continue
		}
		if r := e.Plan(); r.Head == "batchnorm" && r.Granularity == "pooled" {
			continue // such heads have no pooled form
		}
		methods = append(methods, m)
	}
	return methods, nil
}
