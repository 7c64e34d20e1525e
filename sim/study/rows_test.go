package study

import (
	"math"
	"testing"
)

// results are three methods on three seeds, with the accuracies given.
func results(t *testing.T) ([]Result, []TeacherResult) {
	t.Helper()
	var cells []Result
	var teachers []TeacherResult
	for seed := range uint64(3) {
		key := string('a' + rune(seed))
		teachers = append(teachers, TeacherResult{Key: key, Seed: seed, Seconds: 2,
			Outcome: Outcome{Layers: 3, Hidden: 64, Params: 1000, EmbeddingParams: 100, Bytes: 4400, Test: 0.75, Valid: 0.5 + 0.125*Value(seed)}})
		for _, m := range []struct {
			criterion, variant string
			valid              Value
			test               [3]Value
		}{
			{"none", "", 0.5, [3]Value{0.25, 0.5, 0.25}},
			{"kd", "", 0.625, [3]Value{0.5, 0.5, 0.75}}, // the best of all but abkd on validation
			{"fitnet", "", 0.375, [3]Value{1, 1, 1}},    // better, but on test
			{"abkd", "", 0.75, [3]Value{0.5, 0.75, 0.75}},
			{"abkd", "+ kd", 0.875, [3]Value{0.75, 0.75, 1}},
		} {
			cells = append(cells, Result{Criterion: m.criterion, Variant: m.variant, Seed: seed, Teacher: key, Seconds: float64(seed),
				Outcome: Outcome{Layers: 2, Hidden: 8, Params: 50, EmbeddingParams: 60, Bytes: 440, Valid: m.valid, Test: m.test[seed], BestEpoch: int(seed) + 1}})
		}
	}
	return cells, teachers
}

func TestRows(t *testing.T) {
	cells, teachers := results(t)
	cells[1].Failure = "kd: step: total loss is NaN"
	rows := Rows(cells, teachers)
	if len(rows) != 5 {
		t.Fatalf("%d rows, want 5", len(rows))
	}
	for i, c := range []struct {
		name, baseline string
		mean, diff     float64
	}{
		{"none", "abkd + kd", 1. / 3, -0.5},
		{"kd", "abkd + kd", 7. / 12, -0.25},
		{"fitnet", "abkd + kd", 1, 1. / 6},
		{"abkd", "kd", 2. / 3, 1. / 12}, // its own variant is no other criterion
		{"abkd + kd", "kd", 10. / 12, 0.25},
	} {
		r := rows[i]
		if r.Name() != c.name || r.Baseline != c.baseline || !near(r.TestMean, c.mean) || !near(r.Diff, c.diff) {
			t.Errorf("row %d is %s, mean %v, %v to %s, want %s, %v, %v to %s", i, r.Name(), r.TestMean, r.Diff, r.Baseline, c.name, c.mean, c.diff, c.baseline)
		}
		if r.Seeds != 3 || r.Ratio != 20 || r.ByteRatio != 10 || r.TrainSeconds != 1 || r.TeacherSize != "3x64" || r.TeacherTest != 0.75 || r.Size() != "2x8" {
			t.Errorf("row %d is %+v", i, r)
		}
		if r.InferMS.Known() {
			t.Errorf("row %d has an inference time of %v that nobody measured", i, r.InferMS)
		}
	}
	if rows[1].Failed != 1 || rows[2].Failed != 0 {
		t.Errorf("%d and %d runs of kd and fitnet failed, want 1 and 0", rows[1].Failed, rows[2].Failed)
	}
	if p := rows[4].Plain; p == nil || p.Against != "abkd" || !near(p.Diff, 1./6) || rows[3].Plain != nil || rows[1].Plain != nil {
		t.Errorf("only the variant is to be compared with the plain criterion, by 1/6: %+v, %+v", rows[4].Plain, rows[3].Plain)
	}
}

// TestRowsBySize checks that sizes are not mixed up.
func TestRowsBySize(t *testing.T) {
	cells, teachers := results(t)
	for _, c := range cells[:len(cells):len(cells)] {
		c.Hidden, c.Params, c.Valid = 16, 100, 1-c.Valid
		cells = append(cells, c)
	}
	rows := Rows(cells, teachers)
	if len(rows) != 10 {
		t.Fatalf("%d rows, want 10", len(rows))
	}
	// With the validation turned round, fitnet is the best.
	if r := rows[5]; r.Size() != "2x16" || r.Ratio != 10 || r.Baseline != "fitnet" || r.Seeds != 3 {
		t.Errorf("the first row of the larger size is %+v, want it compared with fitnet", r)
	}
	if rows[0].Baseline != "abkd + kd" {
		t.Errorf("the smaller size is compared with %s, want abkd + kd as before", rows[0].Baseline)
	}
}

func TestRowsAlone(t *testing.T) {
	cells, teachers := results(t)
	rows := Rows(cells[3:4], teachers)
	r := rows[0]
	if r.Baseline != "" || r.Diff.Known() || r.P.Known() || r.TestSD.Known() || r.TestMean != 0.5 {
		t.Errorf("one run alone gives %+v, want a mean and nothing else", r)
	}
}

func TestRowsWithoutTeacher(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a run of an unknown teacher is no panic")
		}
	}()
	cells, teachers := results(t)
	Rows(cells, teachers[1:])
}

func TestSeedless(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "seed=3": "", "seed=3&alpha=0.9": "alpha=0.9", "split=time&seed=3&beta=2": "split=time&beta=2", "seeds=3": "seeds=3",
	} {
		if got := seedless(text); got != want {
			t.Errorf("seedless(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestTeacherRows(t *testing.T) {
	_, teachers := results(t)
	random := teachers[0]
	random.Untrained, random.Test, random.Seconds = true, 0.125, 0
	rows := TeacherRows(append(teachers, random))
	if len(rows) != 2 {
		t.Fatalf("%d rows, want 2", len(rows))
	}
	if r := rows[0]; r.Size() != "3x64" || r.Seeds != 3 || r.TestMean != 0.75 || r.TestSD != 0 || !near(r.ValidMean, 0.625) || !near(r.ValidSD, 0.125) || r.TrainSeconds != 2 {
		t.Errorf("the trained teachers are %+v", r)
	}
	if r := rows[1]; r.Size() != "untrained 3x64" || r.Seeds != 1 || r.TestMean != 0.125 || !math.IsNaN(float64(r.TestSD)) {
		t.Errorf("the untrained teacher is %+v", r)
	}
}
