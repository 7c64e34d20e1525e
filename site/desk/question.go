package desk

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"abkd/gnn/file"
	"abkd/sim/guess"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
	"abkd/sim/wire"
)

// Question returns what the story asks of many runs, depth, wins or size, judged by
// those of v; nil if v is a study of something else.
func (v *View) Question(ask string) *wire.Question {
	if v.Kind != store.Comparison {
		return nil
	}
	var methods, students []string
	for _, r := range v.Rows {
		methods, students = add(methods, r.Method), add(students, r.Student)
	}
	isAlone := len(methods) == 1 && methods[0] == alone
	switch {
	case ask == "depth" && isAlone && len(students) > 1 && depths(students) == len(students):
		return guess.Depth(v.runs(func(c *Cell, s setup.Size) string { return strconv.Itoa(s.Layers) }), !v.Running, areLevel)
	case ask == "wins" && len(methods) > 1 && len(students) == 1:
		return guess.Winner(methods, v.runs(func(c *Cell, _ setup.Size) string { return c.Method }), !v.Running, areLevel)
	case ask == "size" && !isAlone && len(students) > 1:
		taught := func(c *Cell, s setup.Size) string {
			if c.Method == alone {
				return ""
			}
			return fmt.Sprintf("%d × %d", s.Layers, s.Hidden)
		}
		return guess.Enough(v.runs(taught), !v.Running)
	}
	return nil
}

// alone is the method without a teacher.
const alone = "none"

// depths is how many numbers of layers these sizes have.
func depths(students []string) int {
	var all []string
	for _, s := range students {
		if size, err := study.ParseSizes(s); err == nil {
			all = add(all, strconv.Itoa(size[0].Layers))
		}
	}
	return len(all)
}

func add(all []string, s string) []string {
	if slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}

// runs returns what the finished runs came to; those that are of "" are left out.
func (v *View) runs(of func(*Cell, setup.Size) string) (all []guess.Run) {
	teachers := map[string]study.Outcome{}
	for i := range v.Cells {
		c := &v.Cells[i]
		size, err := study.ParseSizes(c.Student)
		if err != nil || !c.Done || math.IsNaN(float64(c.Test)) {
			continue
		}
		name := of(c, size[0])
		if name == "" {
			continue
		}
		if _, known := teachers[c.teacher]; !known {
			teachers[c.teacher] = v.teacher(c.teacher)
		}
		t := teachers[c.teacher]
		all = append(all, guess.Run{Of: name, Seed: c.Seed, Test: float64(c.Test), Teacher: float64(t.Test), Smaller: float64(t.Params) / float64(c.params)})
	}
	return all
}

// teacher returns what became of the teacher of that key; where that is not known its
// accuracy is NaN.
func (v *View) teacher(key string) study.Outcome {
	var r study.TeacherResult
	if text, err := file.Read(filepath.Join(v.Folder, "teachers", key+".json")); err != nil || store.ParseRun(text, &r) != nil {
		return study.Outcome{Test: study.Value(math.NaN())}
	}
	return r.Outcome
}

// areLevel is the paired t-test of study.Compare. One pair tells nothing of chance:
// there only equals are level.
func areLevel(best, other []float64) bool {
	p := study.Compare("", best, other)
	return p.Low.Known() && p.Low <= 0 || !p.Low.Known() && p.Diff == 0
}
