package play

import (
	"fmt"
	"io/fs"
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

// Everything that a lesson says of its runs holds on eight of ten seeds at least,
// its own first; and on its own every value is known and one guess is right.
func TestLessonsHold(t *testing.T) {
	if testing.Short() || !slices.Contains(mat.Backends(), "avx2") {
		t.Skip("dozens of runs")
	}
	kit, err := NewKit(packs.DebianMini)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range builtIn(t) {
		t.Run(l.ID, func(t *testing.T) {
			t.Parallel()
			holds, right := make([]int, len(l.Holds)), map[string]int{}
			for seed := l.Seed; seed < l.Seed+10; seed++ {
				s, err := kit.Session()
				if err != nil {
					t.Fatal(err)
				}
				values, err := Values(s, &l, seed)
				s.Run().Close()
				if err != nil {
					t.Fatal(err)
				}
				option := l.Right(values)
				right[fmt.Sprint(option)]++
				t.Logf("seed %d: option %d of %v", seed, option, values)
				if seed == l.Seed && (option < 0 || len(values) < len(l.Values)) {
					t.Errorf("seed %d: no guess is right by %v", seed, values)
				}
				for i, c := range l.Holds {
					if held, known := c.That.Holds(values); held {
						holds[i]++
					} else if !known {
						t.Fatalf("seed %d: %q is not known of %v", seed, c.Text, values)
					} else if seed == l.Seed {
						t.Errorf("on the seed of the lesson %q does not hold: %v", c.Text, values)
					}
				}
			}
			for i, c := range l.Holds {
				if holds[i] < 8 {
					t.Errorf("%q holds on %d of ten seeds", c.Text, holds[i])
				}
			}
			t.Logf("options that are right, by how often: %v", right)
		})
	}
}
