package fair

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/setup"
	"abkd/sim/study"
)

func karate(t *testing.T) (*graph.Graph, graph.Split) {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	return g, g.Splits[0]
}

// small is a protocol that takes no time.
func small(g *graph.Graph, criteria ...string) Protocol {
	return Protocol{
		Base:    setup.Experiment{Model: "gcn", Split: g.Splits[0].Name, Teacher: setup.Size{Layers: 2, Hidden: 8}, TeacherEpochs: 10, Epochs: 8},
		Student: setup.Size{Layers: 2, Hidden: 4}, Criteria: criteria,
		Draws: 3, Kept: 2, Full: 3, Tuning: []uint64{1001, 1002}, Seeds: []uint64{1, 2, 3, 4},
	}
}

func do(t *testing.T) func(string, *study.Work) error {
	return func(_ string, w *study.Work) error { return w.Run(t.Context(), 2) }
}

// TestRun runs all criteria, and checks what makes the protocol fair.
func TestRun(t *testing.T) {
	g, split := karate(t)
	p := small(g, study.Criteria()...)
	epochs := map[string]int{} // of training in stage B, by criterion
	var stages []string
	memory := &study.Memory{}
	s, err := p.Run(g, split, memory, func(stage string, w *study.Work) error {
		stages = append(stages, stage)
		for _, c := range w.Cells {
			if strings.HasPrefix(stage, "B") {
				epochs[c.Method.Criterion] += c.Experiment.Epochs
			}
			if len(w.Graph.Splits[0].Test) == 0 != !strings.HasPrefix(stage, "C") {
				t.Errorf("%s has %d test nodes", stage, len(w.Graph.Splits[0].Test))
			}
			if c.Examined != strings.HasPrefix(stage, "C") {
				t.Errorf("%s: a student is examined: %v", stage, c.Examined)
			}
		}
		return w.Run(t.Context(), 2)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 4 || len(s.Criteria) != len(study.Criteria()) || s.Criteria[0].Criterion != "none" || s.Criteria[1].Criterion != "kd" {
		t.Errorf("stages are %q, criteria %q", stages, s.names())
	}
	for criterion, n := range epochs {
		// 2 kept x 6 forms at 4 epochs and 3 at 8, on two seeds.
		if want := 2 * (12*4 + 3*8); n != want {
			t.Errorf("%s is trained for %d epochs in stage B, want %d", criterion, n, want)
		}
	}
	for i := range s.Criteria {
		checkOutcome(t, p, s, &s.Criteria[i])
	}
	if summary, err := Summarise([]*Study{s}); err != nil || len(summary.Standings) != len(s.Criteria) || len(summary.Gains) != 0 {
		t.Errorf("summary is %+v (%v)", summary, err)
	}
	// All that was run is kept: again nothing is to do, and it says the same.
	again, err := p.Run(g, split, memory, func(stage string, w *study.Work) error {
		if w.ToDo() != 0 {
			t.Errorf("%s: %d runs are to do again", stage, w.ToDo())
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(criteriaOf(again), criteriaOf(s)) {
		t.Errorf("again it is %+v (%v), want %+v", again, err, s)
	}
}

// criteriaOf returns the outcomes with numbers that compare, what is unknown too.
func criteriaOf(s *Study) (all []string) {
	for _, o := range s.Criteria {
		all = append(all, strings.Join([]string{o.Criterion, o.Settings, texts(o.Tests), texts(o.Beside), texts(o.Rank)}, " "))
	}
	return all
}

func texts(x []study.Value) (text string) {
	for _, v := range x {
		b, _ := v.MarshalJSON()
		text += string(b) + " "
	}
	return text
}

// TestRecipe: a recipe comes to the test seeds with the settings that distill has for
// it, KD at the same ones beside it, and nothing is tuned.
func TestRecipe(t *testing.T) {
	g, split := karate(t)
	p := small(g, "spread", "abkd+")
	var recipes []study.Cell
	s, err := p.Run(g, split, &study.Memory{}, func(stage string, w *study.Work) error {
		for _, c := range w.Cells {
			if strings.HasSuffix(c.Method.Variant, "abkd+") {
				recipes = append(recipes, c)
			}
		}
		return w.Run(t.Context(), 2)
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := study.ParseMethod("abkd+")
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := study.Spec{Base: p.Base, Methods: []study.Method{m}, Students: []setup.Size{p.Student}, Seeds: p.Seeds}.Plan()
	if err != nil {
		t.Fatal(err)
	}
	if len(recipes) != 2*len(p.Seeds) || study.Text(recipes[0].Experiment) != study.Text(want[0].Experiment) {
		t.Errorf("%d runs are of the recipe and of KD beside it, the first is\n%s\nwant %d, and\n%s", len(recipes), study.Text(recipes[0].Experiment), 2*len(p.Seeds), study.Text(want[0].Experiment))
	}
	if kd := recipes[1].Method; kd.Criterion != "kd" || kd.Settings != "alpha=0.9&temperature=1&nodes=all" {
		t.Errorf("beside it is %s with %s", kd.Criterion, kd.Settings)
	}
	o := s.Find("abkd+")
	if len(o.Tests) != 4 || len(o.Beside) != 4 || o.Tried == nil || len(o.Tried) != 0 || o.Runs != 0 || o.Plain || o.Valid == o.Valid || o.Ratio == o.Ratio {
		t.Errorf("it comes to %+v", o)
	}
	if summary, err := Summarise([]*Study{s}); err != nil || len(summary.Primary) != 2+3+1 {
		t.Errorf("%d comparisons are declared (%v), want two beside kd, three with kd's winner and one with the control", len(summary.Primary), err)
	}
}

func checkOutcome(t *testing.T, p Protocol, s *Study, o *Outcome) {
	t.Helper()
	beside := o.Criterion != "none" && o.Criterion != "kd"
	if len(o.Tests) != len(p.Seeds) || (len(o.Beside) == len(p.Seeds)) != beside || len(o.Constant) != len(p.Seeds) || len(o.Tried) != 12 {
		t.Errorf("%s has %d tests, %d of kd beside, %d settings tried", o.Criterion, len(o.Tests), len(o.Beside), len(o.Tried))
	}
	for _, rank := range o.Rank {
		if !(rank >= 0 && rank <= 4) {
			t.Errorf("%s: the effective rank of 4 units is %v", o.Criterion, rank)
		}
	}
	if o.Plain && texts(o.Tests) != texts(o.Beside) {
		t.Errorf("%s is kd alone and has the tests %v, kd %v", o.Criterion, o.Tests, o.Beside)
	}
	if !beside {
		return
	}
	var common []string
	for _, x := range s.Taught {
		common = append(common, x.Settings)
	}
	full := 0
	for _, x := range o.Tried {
		if x.Valid == x.Valid {
			full++
		}
		if !slices.ContainsFunc(common, func(text string) bool { return strings.HasPrefix(x.Settings, text+"&") }) {
			t.Errorf("%s is tried with %s, which is beside none of %q", o.Criterion, x.Settings, common)
		}
	}
	if full != p.Full {
		t.Errorf("%s has %d settings of all epochs, want %d", o.Criterion, full, p.Full)
	}
}

// TestRunStops: an error of a stage ends the study, and what was done is kept.
func TestRunStops(t *testing.T) {
	g, split := karate(t)
	p, memory, stop := small(g, "at"), &study.Memory{}, errors.New("stop")
	if _, err := p.Run(g, split, memory, func(stage string, w *study.Work) error {
		if strings.HasPrefix(stage, "B, all") {
			return stop
		}
		return w.Run(t.Context(), 1)
	}); !errors.Is(err, stop) {
		t.Fatalf("error is %v", err)
	}
	var todo []int
	interrupted, err := p.Run(g, split, memory, func(_ string, w *study.Work) error {
		todo = append(todo, w.ToDo())
		return w.Run(t.Context(), 2)
	})
	if err != nil || todo[0] != 0 || todo[1] != 0 || todo[2] == 0 {
		t.Errorf("then %v runs are to do (%v)", todo, err)
	}
	whole, err := p.Run(g, split, &study.Memory{}, do(t))
	if err != nil || !reflect.DeepEqual(criteriaOf(interrupted), criteriaOf(whole)) {
		t.Errorf("interrupted it is %q, else %q (%v)", criteriaOf(interrupted), criteriaOf(whole), err)
	}
}

// TestDraws: the graph alone decides the draws, all are different, and more begin
// with the same.
func TestDraws(t *testing.T) {
	space := commonOf("kd")
	a, b := draws("f", space, 16), draws("f", space, 40)
	if !slices.Equal(a, b[:16]) || slices.Equal(a, draws("g", space, 16)) {
		t.Errorf("draws are %q, then %q", a, b)
	}
	sorted := slices.Clone(b)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != 40 {
		t.Error("some draws are the same")
	}
	if n := len(draws("f", commonOf("none"), 1000)); n != 60 {
		t.Errorf("a space of 60 has %d draws", n)
	}
	other := others("f", Setting{Settings: a[0]}, 6)
	for _, text := range other {
		if prefix := strings.Join(strings.Split(a[0], "&")[:3], "&"); !strings.HasPrefix(text, prefix) || text == a[0] {
			t.Errorf("beside %s is %s", a[0], text)
		}
	}
	if len(other) != 6 {
		t.Errorf("others are %q", other)
	}
}

// TestForms: every criterion has six, all that its space allows, with the same
// ratios from low to high.
func TestForms(t *testing.T) {
	for _, criterion := range study.Criteria()[2:] {
		forms := formsOf(criterion)
		if len(forms) != 6 {
			t.Errorf("%s has %d forms", criterion, len(forms))
		}
		for _, f := range forms {
			text := "criterion=" + criterion
			if f.settings != "" {
				text += "&" + f.settings
			}
			if m, err := study.ParseVariant("form:" + text); err != nil || !(f.ratio > 0) {
				t.Errorf("form %+v of %s: %v (%v)", f, criterion, m, err)
			}
		}
	}
}

// TestUnit: with the beta of ratio 1 the gradient of each criterion is as long as
// that of all else.
func TestUnit(t *testing.T) {
	g, split := karate(t)
	p := small(g)
	for _, criterion := range study.Criteria()[2:] {
		blind, _ := study.Blind(g, split)
		r := &run{Protocol: p, store: &study.Memory{}, graph: blind, print: "f", do: do(t)}
		settings := "alpha=0.5&nodes=all&dropout=0.5"
		w, _, err := r.stage("A", 8, p.Tuning, []study.Method{{Criterion: "kd", Settings: settings}}, false)
		if err != nil {
			t.Fatal(err)
		}
		r.tuned = w
		unit, err := r.unit(criterion, settings)
		if err != nil {
			t.Fatal(err)
		}
		s := r.spec(1, p.Tuning[:1], []study.Method{{Criterion: criterion, Settings: settings}})
		_, cells, err := s.Plan()
		if err != nil {
			t.Fatal(err)
		}
		teacher, err := w.Teacher(cells[0])
		if err != nil {
			t.Fatal(err)
		}
		m := gauge{plan: cells[0].Experiment.Plan(), teacher: teacher}
		rest, own := m.parts(t, w.Graph, split.Train, unit)
		if ratio := length(own) / length(rest); math.Abs(ratio-1) > 0.01 {
			t.Errorf("%s: with beta %v the gradients have the ratio %v, want 1", criterion, unit, ratio)
		}
	}
}

// parts returns the gradients of all else and of the criterion at the latest epoch
// at which it has any.
func (m *gauge) parts(t *testing.T, g *graph.Graph, train []int32, beta float64) (rest, own []float64) {
	t.Helper()
	for _, epochs := range measuredAt {
		if err := m.teach(g, train, epochs); err != nil {
			t.Fatal(err)
		}
		rest, err := m.gradient(0)
		if err != nil {
			t.Fatal(err)
		}
		own, err := m.gradient(beta)
		if err != nil {
			t.Fatal(err)
		}
		for i := range own {
			own[i] -= rest[i]
		}
		if length(own) > 0 {
			return rest, own
		}
	}
	t.Fatalf("%s has no gradient", m.plan.Criterion)
	return nil, nil
}

func TestCheck(t *testing.T) {
	g, _ := karate(t)
	for want, spoil := range map[string]func(p *Protocol){
		`criterion is "kl"`:                        func(p *Protocol) { p.Criteria = []string{"kl"} },
		"criterion at is there twice":              func(p *Protocol) { p.Criteria = []string{"at", "at"} },
		"seed 1001 is both tuned and tested on":    func(p *Protocol) { p.Seeds = []uint64{1001} },
		"there are 0 draws":                        func(p *Protocol) { p.Draws = 0 },
		"there are 3 draws, 2 kept, 0 and 4 seeds": func(p *Protocol) { p.Tuning = nil },
	} {
		p := small(g, "at")
		spoil(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}
