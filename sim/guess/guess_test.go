package guess

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"abkd/assets/messages"
	"abkd/sim/lesson"
	"abkd/sim/wire"
)

// over is a run at its end whose taught student, and whose student alone, have so
// many of the test nodes right that the other has not, and both so many; the teacher
// has all.
func over(taught, alone, both int) *wire.Snapshot {
	s := &wire.Snapshot{Phase: wire.Finished, Epoch: 3, Alpha: 0.5, Lanes: []wire.Lane{{Criterion: "none"}, {Criterion: "abkd", Model: wire.ModelState{Layers: 2}, History: []wire.Point{{Aux: 4}, {Aux: 1}}}}}
	p := &s.Predictions
	for i := range taught + alone + both {
		p.Label, p.Part, p.Teacher = append(p.Label, 0), append(p.Part, test), append(p.Teacher, 0)
		missed := func(by bool) int32 { return map[bool]int32{true: 1}[by] }
		p.Student, p.Alone = append(p.Student, missed(i >= taught && i < taught+alone)), append(p.Alone, missed(i < taught))
	}
	return s
}

// keys are the options that the answer to a question leaves.
func keys(t *testing.T, ask string, s *wire.Snapshot) []string {
	t.Helper()
	In(s)
	q := Of(ask, s)
	if q == nil || q.Answer == "" {
		t.Fatalf("%s has no answer: %+v", ask, q)
	}
	for _, k := range q.Keys {
		if !slices.Contains(q.Options, k) {
			t.Errorf("%s leaves %s, which is none of %s", ask, k, q.Options)
		}
	}
	if q.Hidden {
		t.Errorf("%s has an answer that is hidden", ask)
	}
	return q.Keys
}

// TestStanding parts two students by the nodes that one of them alone has right.
func TestStanding(t *testing.T) {
	for _, x := range []struct {
		taught, alone int
		want          string
	}{{30, 5, "taught"}, {5, 30, "alone"}, {5, 4, "tie"}, {0, 0, "tie"}, {14, 6, "tie"}, {15, 5, "taught"}} {
		s := over(x.taught, x.alone, 40)
		if In(s); Of("gains", s) != nil {
			t.Error("beside soft labels the gain is theirs, and is asked for")
		}
		s.Alpha = 0
		if got := keys(t, "gains", s); !slices.Equal(got, []string{x.want}) {
			t.Errorf("%d nodes against %d gains %s, want %s", x.taught, x.alone, got, x.want)
		}
		if left := Of("gains", s).Figures[4]; left.Name != "left" || left.Values[0] != 0.25 {
			t.Errorf("of a loss of 4 that is 1 there is left %+v", left)
		}
	}
}

// TestLost counts what the teacher knows and the student alone does not.
func TestLost(t *testing.T) {
	for n, want := range map[int]string{0: "few", 25: "few", 26: "some", 50: "some", 51: "most"} {
		s := over(n, 0, 100-n)
		if got := keys(t, "lost", s); !slices.Equal(got, []string{want}) || Of("lost", s).Figures[0].Values[0] != float32(n) {
			t.Errorf("%d of 100 lost are %s, want %s", n, got, want)
		}
	}
}

// TestHidden judges nothing before its end, and asks for nothing that can be seen.
func TestHidden(t *testing.T) {
	s := over(30, 5, 0)
	s.Phase = wire.Distilling
	for _, begun := range []bool{false, true} {
		if !begun {
			s.Epoch = 0
		} else {
			s.Step = 1
		}
		In(s)
		for _, ask := range []string{"lost", "attends"} {
			if q := Of(ask, s); q == nil || q.Hidden == begun || q.Answer != "" {
				t.Errorf("%s of a run that has begun %t is %+v", ask, begun, q)
			}
		}
	}
	s.Lanes, s.Alpha = s.Lanes[1:], 0
	if In(s); Of("gains", s) != nil || Of("lost", s) != nil {
		t.Errorf("of one student alone it is asked %+v", s.Questions)
	}
}

// TestAttends reads A of the teacher's second layer, unless nobody learned it.
func TestAttends(t *testing.T) {
	s := over(1, 1, 1)
	for want, a := range map[string][]float32{"0": {0.5, 0.5, 0.9, 0.1}, "1": {0.5, 0.5, 0.1, 0.9}, "tie": {0.9, 0.1, 0.52, 0.48}} {
		s.A = wire.Matrix{Rows: 2, Cols: 2, Data: a}
		if got := keys(t, "attends", s); !slices.Equal(got, []string{want}) {
			t.Errorf("a row %v attends %s, want %s", a[2:], got, want)
		}
	}
	for _, said := range []string{"pin=1,0;1,0;0,1", "alpha=0.5&softmax=uniform", "detach=on&epochs=7"} {
		if s.Experiment = said; len(keys(t, "attends", s)) > 0 {
			t.Errorf("%s: what nobody learned is judged", said)
		}
	}
	s.Experiment = "pin=&epochs=3"
	if got := keys(t, "attends", s); len(got) != 1 {
		t.Errorf("without a pin it is %s", got)
	}
}

// TestCopies reads A of the teacher's last layer: it is no other question than that
// of the second, but who shows A says whether it is hidden.
func TestCopies(t *testing.T) {
	s := over(1, 1, 1)
	s.A = wire.Matrix{Rows: 3, Cols: 2, Data: []float32{0.1, 0.9, 0.1, 0.9, 0.98, 0.02}}
	if got := keys(t, "copies", s); !slices.Equal(got, []string{"0"}) {
		t.Errorf("the last row of %v is copied by %s, want 0", s.A.Data, got)
	}
	if q := Of("copies", s); q.Answer != "guess.attends" || q.Figures[1].Values[0] != 3 {
		t.Errorf("it is told of the layer as %+v, want the third", q)
	}
	s.Phase, s.Epoch = wire.Distilling, 0
	In(s)
	if q := Of("copies", s); q.Hidden || q.Answer != "" {
		t.Errorf("before the first step it is %+v, want no answer", q)
	}
}

// TestParts holds a class together whose nodes are nearest to its own mean, and has
// those tie that chance may part.
func TestParts(t *testing.T) {
	s := over(0, 0, 0)
	s.Predictions.Label, s.Predictions.Part = []int32{0, 0, 0, 1, 1, 1, -1}, make([]int32, 7)
	s.Embeddings = []wire.Embedding{{Model: "student", Nodes: []int32{0, 1, 2, 3, 4, 5, 6}, X: []float32{0, 1, 0, 10, 11, 1, 5}, Y: []float32{0, 0, 1, 0, 0, 1, 5}}}
	if got := keys(t, "parts", s); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("three of three and two of three are %s, want a tie", got)
	}
	if got := s.Embeddings[0].Held; !slices.Equal(got, []wire.Held{{Class: 0, Nodes: 3, Held: 3}, {Class: 1, Nodes: 3, Held: 2}}) {
		t.Errorf("held together are %+v", got)
	}
	e := wire.Embedding{Model: "student", Y: make([]float32, 60)}
	s.Predictions = wire.Predictions{Part: make([]int32, 60)}
	for i := range 60 {
		class := i / 30
		s.Predictions.Nodes, s.Predictions.Label = append(s.Predictions.Nodes, int32(2*i)), append(s.Predictions.Label, int32(class))
		e.Nodes, e.X = append(e.Nodes, int32(2*i)), append(e.X, float32(i%2)*map[int]float32{0: 1, 1: 50}[class])
	}
	s.Embeddings = []wire.Embedding{e}
	if got := keys(t, "parts", s); !slices.Equal(got, []string{"0"}) {
		t.Errorf("all of a class against half of another are %s, want the first", got)
	}
}

// TestShare keeps a share at a high temperature.
func TestShare(t *testing.T) {
	for want, logits := range map[string][]float32{"most": {50, 0, 0}, "some": {1, 0, 0, 0, 0}, "little": append(make([]float32, 20), 1)} {
		s := &wire.Snapshot{Focus: wire.Focused{Teacher: logits}}
		if got := keys(t, "share", s); !slices.Equal(got, []string{want}) {
			t.Errorf("of %v it keeps %s, want %s", logits, got, want)
		}
	}
}

// TestRuns judges the runs of runs.json, as the page does.
func TestRuns(t *testing.T) {
	text, err := os.ReadFile("testdata/runs.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Ask, Name              string
		Runs                   [][]any // of, seed, test, smaller
		Over, Hidden, Answered bool
		Keys                   []string
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 10 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, c := range cases {
		var runs []Run
		for _, r := range c.Runs {
			run := Run{Of: r[0].(string), Seed: uint64(r[1].(float64)), Test: r[2].(float64), Teacher: 0.6}
			if len(r) > 3 {
				run.Smaller = r[3].(float64)
			}
			runs = append(runs, run)
		}
		q := map[string]func() *wire.Question{
			"depth": func() *wire.Question { return Depth(runs, c.Over, threeLevel) },
			"wins": func() *wire.Question {
				return Winner([]string{"none", "kd", "abkd"}, runs, c.Over, threeLevel)
			},
			"size": func() *wire.Question { return Enough(runs, c.Over) },
		}[c.Ask]()
		if q.Hidden != c.Hidden || (q.Answer != "") != c.Answered || !slices.Equal(q.Keys, c.Keys) {
			t.Errorf("%s, %s: %+v, want hidden %t, answered %t, %s", c.Ask, c.Name, q, c.Hidden, c.Answered, c.Keys)
		}
	}
}

// threeLevel is the paired t-test at 5 % of up to three pairs.
func threeLevel(x, y []float64) bool {
	mean, sum := 0.0, 0.0
	for i := range x {
		mean += (x[i] - y[i]) / float64(len(x))
	}
	for i := range x {
		sum += (x[i] - y[i] - mean) * (x[i] - y[i] - mean)
	}
	if n := float64(len(x)); n == 3 && sum > 1e-9 {
		return mean <= 4.303*math.Sqrt(sum/(n-1)/n)
	}
	return mean == 0
}

// TestMessages has a message for each answer, which takes the figures that there are.
func TestMessages(t *testing.T) {
	all, err := messages.Read(messages.Files)
	if err != nil {
		t.Fatal(err)
	}
	s := over(3, 2, 5)
	s.A, s.Focus.Teacher = wire.Matrix{Rows: 1, Cols: 2, Data: []float32{0.9, 0.1}}, []float32{1, 2}
	s.Predictions.Label[0] = 1
	nodes := []int32{0, 1, 2, 3}
	s.Embeddings = []wire.Embedding{{Model: "student", Nodes: nodes, X: make([]float32, 4), Y: make([]float32, 4)}}
	In(s)
	runs := []Run{{Of: "1", Teacher: 0.1}}
	questions := append(slices.Clone(s.Questions), *Enough(runs, true), *Enough([]Run{{Of: "1", Teacher: 1}}, true), *Winner([]string{"1"}, runs, true, threeLevel))
	s.Alpha = 0
	In(s)
	for _, q := range append(questions, *Of("gains", s)) {
		if !slices.Contains(lesson.Asks, q.Ask) {
			t.Errorf("no step asks for %s", q.Ask)
		}
		var figures []string
		for _, f := range q.Figures {
			figures = append(figures, f.Name)
		}
		slices.Sort(figures)
		for _, c := range all {
			if m, ok := c.Texts[q.Answer]; !ok {
				t.Errorf("%s does not say %q", c.Tag, q.Answer)
			} else if got := slices.Sorted(maps.Keys(m.Args())); !slices.Equal(got, figures) {
				t.Errorf("%s: %s puts in %s, want %s", c.Tag, q.Answer, got, figures)
			}
		}
	}
}
