package course

import (
	"math"
	"strings"
	"testing"

	"abkd/sim/wire"
)

func TestConditions(t *testing.T) {
	values := map[string]float64{"a": 0.5, "b": 0.25, "n": 12, "none": math.NaN()}
	for _, x := range []struct {
		text         string
		holds, known bool
	}{
		{"otherwise", true, true},
		{"a > b", true, true},
		{"a < b", false, true},
		{"a >= 2*b and a <= 2*b", true, true},
		{"a = b + b", true, true},
		{"a - b > 0.2 and n > 20", false, true},
		{"n*b/a = 6", true, true},
		{"n/4 - 1 = 2", true, true},
		{"none > 0", false, false},
		{"a > b and gone < 1", false, false},
		{"a < b and none > 1", false, false},
	} {
		c, err := ParseCondition(x.text, []string{"a", "b", "n", "none", "gone"})
		if err != nil {
			t.Errorf("%s: %v", x.text, err)
			continue
		}
		if holds, known := c.Holds(values); holds != x.holds || known != x.known {
			t.Errorf("%s: %v, known %v, want %v, %v", x.text, holds, known, x.holds, x.known)
		}
	}
}

func TestConditionsRefuse(t *testing.T) {
	for text, want := range map[string]string{
		"":          "compares nothing",
		"a":         "compares nothing",
		"a > ":      "ends before",
		"a > b b":   "want + or -",
		"a > c":     `"c" is no value`,
		"a/0 > b":   "divides by 0",
		"a > NaN":   `"NaN" is no value`,
		"a < b < a": "want + or - between",
	} {
		if _, err := ParseCondition(text, []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}

func TestParseValueRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      `"" is no quantity`,
		"speed student":         `"speed" is no quantity`,
		"test":                  "0 arguments, want test MODEL",
		"test nobody":           "want teacher, alone or student",
		"A 1 2":                 "a layer of the teacher, such as T2",
		"top teacher 0":         "a temperature above 0",
		"cosine student 0":      "the number of a layer, from 1",
		"test student in other": `run is "other"`,
	} {
		if _, err := ParseValue("v", text, []string{"one"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
	if _, err := ParseValue("v", "test student", []string{"one", "two"}); err == nil {
		t.Error("of two runs a value need not say which")
	}
}

// What a student alone has is not what the taught one has, and what is not there
// is not known.
func TestValuesOfASnapshot(t *testing.T) {
	s := &wire.Snapshot{
		Phase: wire.Distilling, Teacher: wire.ModelState{Test: 0.75},
		Lanes: []wire.Lane{{Model: wire.ModelState{Test: 0.5}}, {Model: wire.ModelState{Test: 0.625, Bytes: 2048}, History: []wire.Point{{Aux: 4}, {Aux: 1}}}},
		A:     wire.Matrix{Rows: 2, Cols: 2, Data: []float32{1, 0, 0.25, 0.75}},
		Predictions: wire.Predictions{
			Label: []int32{0, 1, 0, 1, -1}, Part: []int32{2, 2, 2, 0, 2},
			Teacher: []int32{0, 1, 0, 1, 0}, Alone: []int32{1, 0, 0, 0, 0}, Student: []int32{0, 1, 1, 0, 0},
		},
		Activity: wire.Activity{Share: wire.Matrix{Rows: 2, Cols: 3, Data: []float32{1, 1, 1, 0, 0.5, 0}}},
		Focus:    wire.Focused{Teacher: []float32{0, 0}},
	}
	unknown := math.NaN()
	for text, want := range map[string]float64{
		"test teacher": 0.75, "test alone": 0.5, "test student": 0.625, "kib student": 2, "left": 0.25, "A T2 S2": 0.75, "A T3 S1": unknown,
		"lead": 1 / math.Sqrt(3), "lost": 2.0 / 3, "dead": 2, "top teacher 7": 0.5, "top student 7": unknown, "baseline lp": unknown, "cosine student 1": unknown, "term z 1": unknown,
	} {
		v, err := ParseValue("v", text, []string{"run"})
		if err != nil {
			t.Fatal(err)
		}
		if got := v.In(s); math.Abs(got-want) > 1e-9 || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%s is %g, want %g", text, got, want)
		}
	}
	s.Phase = wire.Teaching
	if v, _ := ParseValue("v", "test student", []string{"run"}); !math.IsNaN(v.In(s)) {
		t.Error("while the teacher learns there is a student")
	}
}
