package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"abkd/assets/lessons"
	"abkd/sim/course"
)

const whole = `---
lesson: depth
language: en
title: Are more layers better?
scene: depth
runs:
  - name: one
    begin: data=karate&layers=1
  - name: two
    begin: data=karate&layers=2
    commands:
      - change drop cites
    until: 3
values:
  one: test student in one
  two: test student in two
  gap: = two - one
guess:
  - two > one
  - otherwise
claims:
  - gap > 0
---

## claim

A claim of *two*
lines.

## guess

Which?

- the **one**
- the other

## run

They run.

## reveal

One: {one}, then **{gap}**.

- an item

## why

[Because](https://example.org/a).
`

func alone(string) ([]byte, error) { return nil, os.ErrNotExist }

func TestRead(t *testing.T) {
	l, err := Read("depth.md", []byte(whole), alone)
	if err != nil {
		t.Fatal(err)
	}
	if l.ID != "depth" || len(l.Runs) != 2 || l.Runs[0].Until != course.End || l.Runs[1].Until != 3 || l.Values[2].Form != "points" || l.Change != nil || l.Step != 3 {
		t.Errorf("%+v", l)
	}
	want := []course.Block{{Text: []course.Inline{{Text: "A claim of "}, {Text: "two", Mark: "em"}, {Text: " lines."}}}}
	if got := l.Texts["claim"]; !reflect.DeepEqual(got, want) {
		t.Errorf("claim is %+v, want %+v", got, want)
	}
	if r := l.Texts["reveal"]; len(r) != 2 || r[0].Text[1].Value != "one" || r[0].Text[3].Value != "gap" || r[0].Text[3].Mark != "b" || !r[1].IsItem {
		t.Errorf("reveal is %+v", r)
	}
	if len(l.Guess) != 2 || l.Guess[0].Text[1].Text != "one" || l.Right(map[string]float64{"one": 0.5, "two": 0.6}) != 0 || l.Right(map[string]float64{"one": 0.5, "two": 0.4}) != 1 {
		t.Errorf("guess is %+v", l.Guess)
	}
}

const demands = `exam:
  free: [hidden, epochs]
  passes:
    - one > 0.5
---

## claim
`

// withExam is the lesson whole as an exam.
var withExam = strings.Replace(strings.Replace(whole, "---\n\n## claim\n", demands, 1), "    commands:\n      - change drop cites\n", "", 1)

func TestReadExam(t *testing.T) {
	l, err := Read("exam.md", []byte(withExam), alone)
	if err != nil {
		t.Fatal(err)
	}
	if e := l.Exam; !slices.Equal(e.Free, []string{"hidden", "epochs"}) || e.Passes[0].Text[0].Text != "an item" || len(l.Texts["reveal"]) != 1 {
		t.Errorf("exam is %+v", e)
	}
	for one, want := range map[float64]bool{0.6: true, 0.5: false} {
		if passed, known := l.Exam.Passed(map[string]float64{"one": one}); passed != want || !known {
			t.Errorf("with %g it is passed: %v, known %v", one, passed, known)
		}
	}
	if _, known := l.Exam.Passed(nil); known {
		t.Error("without values it is known whether it is passed")
	}
	for _, x := range []struct{ was, is, want string }{
		{"[hidden, epochs]", "[]", "m.md:22: exam.free: there are none"},
		{"[hidden, epochs]", "[hidden, seed]", `m.md:22: exam.free[1]: "seed", want the name of a setting`},
		{"[hidden, epochs]", "[hidden, hidden]", `m.md:22: exam.free[1]: "hidden", want the name of a setting of the page, each once`},
		{"- one > 0.5", "- won > 0.5", `m.md:24: exam.passes[0]: "won" is no value`},
		{"- an item", "- an item\n- another", "reveal: 2 demands are listed and the front matter has 1"},
		{"until: 3", "commands: [change drop cites]", "runs[1].commands: an exam is scored by settings alone"},
	} {
		if _, err := Read("m.md", []byte(strings.Replace(withExam, x.was, x.is, 1)), alone); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: %v, want an error with %q", x.is, err, x.want)
		}
	}
}

// Each mistake is named with its line and field.
func TestMistakes(t *testing.T) {
	for _, x := range []struct{ was, is, want string }{
		{"scene: depth", "scene: deep", `m.md:5: scene: "deep", want one of start`},
		{"lesson: depth", "lesson: Depth One", `m.md:2: lesson: "Depth One", want a word`},
		{"title: Are", "titel: Are", `m.md:4: titel: there is no such field`},
		{"language: en", "language: [", "m.md:3:"},
		{"data=karate&layers=2", "data=karate&layers=two", `m.md:10: runs[1].begin: layers is "two", want a whole number`},
		{"data=karate&layers=2", "data=karate&seed=2", "m.md:10: runs[1].begin: it has a seed"},
		{"data=karate&layers=2", "data=pack", "m.md:10: runs[1].begin: it is on a graph of one's own"},
		{"change drop cites", "play", `m.md:12: runs[1].commands[0]: "play" is the player's`},
		{"change drop cites", "change eat cites", `m.md:12: runs[1].commands[0]: command change: "eat" is no change`},
		{"until: 3", "until: -3", "m.md:13: runs[1].until: -3, want an epoch"},
		{"name: two", "name: one", `m.md:9: runs[1].name: "one", want a word in lower case that no other run has`},
		{"two: test student in two", "two: test pupil in two", `m.md:16: values.two: test: "pupil", want teacher, alone or student`},
		{"gap: = two - one", "gap: = two - three", `m.md:17: values.gap: "three" is no value`},
		{"  - two > one", "  - two > won", `m.md:19: guess[0]: "won" is no value`},
		{"  - gap > 0", "  - gap", `m.md:22: claims[0]: "gap" compares nothing`},
		{"- the other", "", "guess: 1 options are listed and the front matter has 2 conditions"},
		{"One: {one}", "One: {won}", "m.md:43: reveal: {won} is no value, want one of one, two, gap"},
		{"They run.", "They run to {one}.", "m.md:39: run: {one} would tell the answer"},
		{"## why", "## because", `the heading is "because", want each of claim`},
		{"## why", "### why", `the heading is "why", want each of`},
		{"They run.", "![x](y.png)", "m.md:39: run: image is not shown"},
		{"They run.", "<script>alert(1)</script>", "run: htmlblock is not shown"},
		{"https://example.org/a", "javascript:alert(1)", "m.md:49: why: a link leads to"},
		{"---\nlesson", "lesson", "m.md:1: there is no front matter"},
	} {
		text := strings.Replace(whole, x.was, x.is, 1)
		if text == whole {
			t.Fatalf("%q is not in the lesson", x.was)
		}
		_, err := Read("m.md", []byte(text), alone)
		mistakes, are := err.(Mistakes)
		if !are || !slices.ContainsFunc(mistakes, func(m Mistake) bool { return strings.Contains(m.String(), x.want) }) {
			t.Errorf("%q: %v, want %s", x.is, fmt.Sprint([]Mistake(mistakes)), x.want)
		}
	}
}

// A translation has words alone; all else is that of the lesson.
func TestTranslates(t *testing.T) {
	_, words, _ := strings.Cut(whole, "\n---\n")
	files := func(name string) ([]byte, error) {
		if name == "depth.md" {
			return []byte(whole), nil
		}
		return nil, os.ErrNotExist
	}
	front := "---\ntranslates: depth.md\nlanguage: de\ntitle: Tief?\n---\n"
	l, err := Read("depth.de.md", []byte(front+words), files)
	if err != nil || l.ID != "depth" || l.Language != "de" || l.Title != "Tief?" || len(l.Runs) != 2 {
		t.Errorf("%+v, %v", l, err)
	}
	for is, want := range map[string]string{
		strings.Replace(front, "depth.md", "gone.md", 1) + words:           "d.md:2: translates: gone.md cannot be read",
		strings.Replace(front, "depth.md", "../depth.md", 1) + words:       "want the name of a file beside this one",
		front + strings.Replace(words, "- the other\n", "", 1):             "1 options are listed",
		strings.Replace(front, "title: Tief?", "title: ''", 1) + words:     "title: there is none",
		front + strings.Replace(words, "{one}", "{eins}", 1):               "{eins} is no value",
		strings.Replace(front, "language: de", "language: '?'", 1) + words: "language:",
	} {
		if _, err := Read("d.md", []byte(is), files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
}

// Every lesson that ships is read, and is there in English and Chinese.
func TestShipped(t *testing.T) {
	names, err := filepath.Glob("../../../assets/lessons/*.md")
	if err != nil || len(names) < 6 {
		t.Fatal(names, err)
	}
	languages := map[string][]string{}
	for _, path := range names {
		name := filepath.Base(path)
		text, err := lessons.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Read(name, text, lessons.Files.ReadFile)
		if err != nil {
			t.Error(err)
			continue
		}
		if want := l.ID + "." + l.Language + ".md"; name != want {
			t.Errorf("%s is named so, want %s", name, want)
		}
		languages[l.ID] = append(languages[l.ID], l.Language)
	}
	for id, are := range languages {
		if !slices.Equal(are, []string{"en", "zh-Hans"}) {
			t.Errorf("lesson %s is there in %v", id, are)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("---\ntranslates: x\n---\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Read("x.md", text, alone)
		if err == nil && (l.ID == "" || len(l.Runs) == 0 || len(l.Guess) < 2) {
			t.Errorf("%+v is no lesson", l)
		}
	})
}
