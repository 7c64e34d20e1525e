package play

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"abkd/assets/lessons"
	"abkd/assets/packs"
	"abkd/gnn/mat"
	"abkd/sim/course"
	"abkd/sim/course/markdown"
)

// builtIn returns the lessons that come with the page, in English.
func builtIn(t *testing.T) (all []course.Lesson) {
	t.Helper()
	names, err := fs.Glob(lessons.Files, "*.en.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := lessons.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := markdown.Read(name, text, lessons.Files.ReadFile)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// outcomes returns what the lessons came to when that was computed, of the runs
// that they have now.
func outcomes(t *testing.T, all []course.Lesson) map[string]Outcome {
	t.Helper()
	var kept map[string]Outcome
	if err := json.Unmarshal(lessons.Outcomes, &kept); err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if o := kept[l.ID]; o.Of != Of(&l) || len(o.Values) != Seeds {
			t.Fatalf("assets/lessons/outcomes.json has other runs of %s than the lesson: make lessons", l.ID)
		}
	}
	return kept
}

// Everything that a lesson says of its runs holds on eight of ten seeds at least,
// its own first; and on its own every value is known and one guess is right.
func TestLessonsHold(t *testing.T) {
	all := builtIn(t)
	kept := outcomes(t, all)
	for _, l := range all {
		t.Run(l.ID, func(t *testing.T) {
			holds := make([]int, len(l.Holds))
			for n, values := range kept[l.ID].Values {
				if option := l.Right(values); n == 0 && (option < 0 || len(values) < len(l.Values)) {
					t.Errorf("no guess is right by %v", values)
				}
				for i, c := range l.Holds {
					if held, known := c.That.Holds(values); held {
						holds[i]++
					} else if !known {
						t.Fatalf("seed %d: %q is not known of %v", l.Seed+n, c.Text, values)
					} else if n == 0 {
						t.Errorf("on the seed of the lesson %q does not hold: %v", c.Text, values)
					}
				}
			}
			for i, c := range l.Holds {
				if holds[i] < 8 {
					t.Errorf("%q holds on %d of ten seeds", c.Text, holds[i])
				}
			}
		})
	}
}

// What was computed is what is computed: each lesson on its own seed, to the bit.
func TestLessonsRun(t *testing.T) {
	if testing.Short() || !slices.Contains(mat.Backends(), "avx2") {
		t.Skip("dozens of runs, on the kernels with which assets/lessons/outcomes.json was computed")
	}
	all := builtIn(t)
	kept := outcomes(t, all)
	kit, err := NewKit(packs.DebianMini)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			values, err := kit.Values(&l, l.Seed)
			if err != nil {
				t.Fatal(err)
			}
			if want := kept[l.ID].Values[0]; !maps.Equal(values, want) {
				t.Errorf("comes to %v, and assets/lessons/outcomes.json has %v: if that is meant, make lessons", values, want)
			}
		})
	}
}
