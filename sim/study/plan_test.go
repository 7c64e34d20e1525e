package study

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"abkd/sim/setup"
)

func TestPlan(t *testing.T) {
	s := spec(t, "none", "kd", "kd+abkd")
	s.Students = append(s.Students, setup.Size{Layers: 2, Hidden: 6})
	s.Methods = append(s.Methods, Method{"abkd", "deep", "teacher-layers=4"}, Method{"abkd", "random", "teacher=untrained"})
	teachers, cells, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if len(teachers) != 2*3 || len(cells) != 2*2*5 {
		t.Fatalf("%d teachers and %d cells, want 6 and 20", len(teachers), len(cells))
	}
	for i, c := range cells {
		if want := s.Seeds[i/10]; c.Experiment.Plan().Seed != want || c.Teacher.Experiment.Plan().Seed != want {
			t.Errorf("cell %d has seed %d and a teacher of seed %d, want %d", i, c.Experiment.Plan().Seed, c.Teacher.Experiment.Plan().Seed, want)
		}
		if want := s.Students[i/5%2]; c.Experiment.Student != want {
			t.Errorf("cell %d is %v, want %v", i, c.Experiment.Student, want)
		}
		if want := i%5 == 4; c.Teacher.Untrained != want {
			t.Errorf("cell %d has an untrained teacher: %t", i, c.Teacher.Untrained)
		}
		layers := 3
		if i%5 == 3 {
			layers = 4
		}
		if got := c.Teacher.Experiment.Teacher.Layers; got != layers {
			t.Errorf("cell %d has a teacher of %d layers, want %d", i, got, layers)
		}
	}
}

func TestPlanErrors(t *testing.T) {
	for want, change := range map[string]func(*Spec){
		"at least one of each": func(s *Spec) { s.Seeds = nil },
		"is there twice":       func(s *Spec) { s.Methods = append(s.Methods, s.Methods[0]) },
		"hidden is":            func(s *Spec) { s.Students[0].Hidden = 5000 },
		"epochs is":            func(s *Spec) { s.Base.Epochs = 1 << 20 },
	} {
		s := spec(t, "none", "abkd")
		change(&s)
		if _, _, err := s.Plan(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the plan says %v, want %q in it", err, want)
		}
	}
}

func TestPin(t *testing.T) {
	for _, c := range []struct {
		name   string
		lt, ls int
		want   string
	}{
		{"diagonal", 3, 2, "1,0;0.5,0.5;0,1"},
		{"diagonal", 2, 2, "1,0;0,1"},
		{"diagonal", 3, 3, "1,0,0;0,1,0;0,0,1"},
		{"diagonal", 5, 3, "1,0,0;0.5,0.5,0;0,1,0;0,0.5,0.5;0,0,1"},
		{"diagonal", 1, 2, "0,1"},
		{"diagonal", 2, 1, "1;1"},
		{"last", 3, 2, "0,0;0,0;0,1"},
		{"last", 1, 1, "1"},
		{"1,0;0,1", 9, 9, "1,0;0,1"},
		{"", 3, 2, ""},
	} {
		if got, err := Pin(c.name, c.lt, c.ls); err != nil || got != c.want {
			t.Errorf("Pin(%q, %d, %d) is %q (%v), want %q", c.name, c.lt, c.ls, got, err, c.want)
		}
	}
	if _, err := Pin("last", 3, 0); err == nil {
		t.Error("a pin to no layers is no error")
	}
}

// TestKeys checks that whatever a result depends on changes its key, and that
// nothing else does.
func TestKeys(t *testing.T) {
	key := func(change func(*Spec)) (teacher, cell string) {
		s := spec(t, "kd")
		change(&s)
		_, cells, err := s.Plan()
		if err != nil {
			t.Fatal(err)
		}
		return cells[0].Teacher.Key("data", "go"), cells[0].Key("data", "go")
	}
	teacher, cell := key(func(*Spec) {})
	for _, c := range []struct {
		name           string
		change         func(*Spec)
		teachers, same bool // whether the teacher's, and the cell's stay
	}{
		{"more seeds", func(s *Spec) { s.Seeds = append(s.Seeds, 9) }, true, true},
		{"data's name", func(s *Spec) { s.Base.Data = "elsewhere" }, true, true},
		{"default spelled out", func(s *Spec) { s.Base.LR = setup.Some(0.01) }, true, true},
		{"epochs", func(s *Spec) { s.Base.Epochs = 6 }, true, false},
		{"alpha", func(s *Spec) { s.Base.Alpha = setup.Some(0.2) }, true, false},
		{"student", func(s *Spec) { s.Students[0].Hidden = 5 }, true, false},
		{"teacher epochs", func(s *Spec) { s.Base.TeacherEpochs = 6 }, false, false},
		{"teacher", func(s *Spec) { s.Base.Teacher.Hidden = 9 }, false, false},
		{"lr", func(s *Spec) { s.Base.LR = setup.Some(0.02) }, false, false},
		{"split", func(s *Spec) { s.Base.Split = "random" }, false, false},
		{"seed", func(s *Spec) { s.Seeds[0] = 3 }, false, false},
		{"untrained", func(s *Spec) { s.Methods[0] = Method{"kd", "x", "alpha=0.9&teacher=untrained"} }, false, false},
	} {
		if gotT, gotC := key(c.change); (gotT == teacher) != c.teachers || (gotC == cell) != c.same {
			t.Errorf("%s: teacher's key stays: %t, cell's: %t, want %t and %t", c.name, gotT == teacher, gotC == cell, c.teachers, c.same)
		}
	}
	_, cells, _ := spec(t, "kd").Plan()
	if cells[0].Key("data", "avx2") == cell || cells[0].Key("other", "go") == cell || len(cell) != 24 {
		t.Errorf("key %s does not depend on data and kernels", cell)
	}
}

func TestAblations(t *testing.T) {
	names := func(base setup.Experiment) map[string]bool {
		methods, err := Ablations(base)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]bool{}
		for _, m := range methods {
			out[m.Variant] = true
		}
		return out
	}
	paper := names(setup.Experiment{Teacher: setup.Size{Layers: 3, Hidden: 64}})
	for name, want := range map[string]bool{
		"row softmax": false, "column softmax": true, "global softmax": true, "uniform attention": true, "detached attention": true,
		"pooled": false, "per node": true, "without subspace": true, "with subspace": false, "frozen teacher projection": true,
		"pinned: diagonal": true, "pinned: last pair": true, "teacher of 2 layers": true, "teacher of 3 layers": false,
		"teacher of 4 layers": true, "untrained teacher": true, "linear heads": false, "batch-norm heads": true,
	} {
		if paper[name] != want {
			t.Errorf("ABKD as published has the ablation %q: %t, want %t", name, paper[name], want)
		}
	}
	heads := names(setup.Experiment{Head: "batchnorm", Frozen: true, Softmax: "column"})
	for name, want := range map[string]bool{
		"row softmax": true, "column softmax": false, "pooled": false, "per node": false, "batch-norm heads": false,
		"linear heads": true, "trained teacher projection": true, "frozen teacher projection": false,
	} {
		if heads[name] != want {
			t.Errorf("ABKD with heads has the ablation %q: %t, want %t", name, heads[name], want)
		}
	}
}

// TestPresets plans each preset.
func TestPresets(t *testing.T) {
	for _, p := range append(Presets(), Preset{}) {
		t.Run("preset="+p.Name, func(t *testing.T) {
			found, err := FindPreset(p.Name)
			if err != nil || len(found.Methods) == 0 || found.Seeds < 1 || (found.Epochs == 0) != (found.TeacherEpochs == 0) {
				t.Fatalf("preset is %+v (%v)", found, err)
			}
			s := spec(t, found.Methods...)
			if found.Ablate {
				more, err := Ablations(s.Base)
				if err != nil {
					t.Fatal(err)
				}
				s.Methods = append(s.Methods, more...)
			}
			if _, _, err := s.Plan(); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := FindPreset("nosuch"); err == nil || !strings.Contains(err.Error(), `"quick"`) {
		t.Errorf("an unknown preset says %v", err)
	}
}

// TestTeacherTakesTheBase has a teacher take over from the base every setting
// that is not about students, those that are yet to be added included.
func TestTeacherTakesTheBase(t *testing.T) {
	students := strings.Fields("Student Criterion Alpha Beta Temperature Dim Softmax Head Granularity NoSubspace Detach Frozen Nodes Kernel Tau HeadDim MaxNodes HiddenOnly Dissimilarity Renormalise Attend Pin Warmup Fade Gate OwnLR OwnDecay Teach Epochs")
	given := strings.Fields("Data Seed Teacher") // by the cell, or known from the graph
	var base setup.Experiment
	v := reflect.ValueOf(&base).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int, reflect.Int64:
			f.SetInt(7)
		case reflect.Struct:
			switch opt := f.Addr().Interface().(type) {
			case *setup.Opt[uint64]:
				*opt = setup.Some[uint64](7)
			case *setup.Opt[float64]:
				*opt = setup.Some(0.7)
			}
		}
	}
	got := reflect.ValueOf(Spec{Base: base}.teacher(setup.Size{Layers: 3, Hidden: 4}, 9, false).Experiment)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if slices.Contains(students, name) || slices.Contains(given, name) {
			continue
		}
		if !got.Field(i).Equal(v.Field(i)) {
			t.Errorf("the teacher's %s is %v, the base has %v", name, got.Field(i), v.Field(i))
		}
	}
}
