package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"abkd/assets/lessons"
	"abkd/assets/messages"
	"abkd/sim/course"
	"abkd/sim/course/markdown"
	"abkd/sim/course/play"
	"abkd/sim/wire"
)

// writeLessons writes the course of each language into a file, which the page
// fetches when the course is opened. A language in which a lesson is not written
// has it in the first.
func writeLessons(public string, languages []*messages.Catalogue) error {
	for _, c := range languages {
		all, err := lessonsIn(languages[0].Tag, c.Tag)
		if err != nil {
			return err
		}
		text, err := json.Marshal(all)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(public, "lessons-"+c.Tag+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeAnswers writes what the lessons came to, for who teaches them.
func writeAnswers(public, first string) error {
	all, err := lessonsIn(first, first)
	if err != nil {
		return err
	}
	var outcomes map[string]play.Outcome
	if err := json.Unmarshal(lessons.Outcomes, &outcomes); err != nil {
		return fmt.Errorf("%s: %w", outcomesFile, err)
	}
	answers := map[string]course.Answer{}
	for _, l := range all {
		o := outcomes[l.ID]
		if o.Of != play.Of(&l) || len(o.Values) == 0 {
			return fmt.Errorf("%s has other runs of %s than the lesson: make lessons", outcomesFile, l.ID)
		}
		answers[l.ID] = o.Answer(&l)
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(public, "answers.json"), text, 0o644)
}

// lessonsIn reads the lessons in a language, those that nobody has written in it
// in the first, in the order of the course.
func lessonsIn(first, tag string) (all []course.Lesson, err error) {
	names, err := fs.Glob(lessons.Files, "*."+first+".md")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		own := name[:len(name)-len(first+".md")] + tag + ".md"
		if _, err := fs.Stat(lessons.Files, own); err != nil {
			own = name
		}
		text, err := lessons.Files.ReadFile(own)
		if err != nil {
			return nil, err
		}
		l, err := markdown.Read(own, text, lessons.Files.ReadFile)
		if err != nil {
			return nil, fmt.Errorf("assets/lessons: %w", err)
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b course.Lesson) int {
		if (a.Sitting == 0) != (b.Sitting == 0) { // further lessons come last
			return b.Sitting - a.Sitting
		}
		return 100*(a.Sitting-b.Sitting) + a.Place - b.Place
	})
	return all, nil
}

// courseScript is what lessons are, for the page.
func courseScript() (string, error) {
	docs, err := comments("sim/course")
	if err != nil {
		return "", err
	}
	s := newScript("sim/course", "import type { SceneID } from './lesson';\nimport type { Showable } from './wire';", docs)
	s.line("/** The parts of a lesson's text, in their order. */\nexport const parts = %s as const;", list(course.Parts))
	s.line("export type Part = (typeof parts)[number];\n")
	s.line("/** The parts that students are not shown. */\nexport type ForTeachers = %s;\n", union(course.ForTeachers))
	s.line("/** How values are written. */\nexport type Form = %s;\n", union(course.Forms))
	s.line("/** The until of a run that is looked at when it is over. */\nexport const end = %d;\n", course.End)
	s.line("export type Condition = Comparison[];\n")
	for _, t := range []reflect.Type{
		reflect.TypeFor[course.Term](), reflect.TypeFor[course.Comparison](), reflect.TypeFor[course.Inline](), reflect.TypeFor[course.Block](),
		reflect.TypeFor[course.Option](), reflect.TypeFor[course.Claim](), reflect.TypeFor[course.Value](), reflect.TypeFor[course.Run](), reflect.TypeFor[course.Exam](), reflect.TypeFor[course.Lesson](), reflect.TypeFor[course.Answer](),
	} {
		s.record(t)
	}
	return s.String(), nil
}

// lessonValues has each measure in a snapshot, and conditions on them: the page
// has to come to the same.
func lessonValues(s *wire.Snapshot) ([]byte, error) {
	type one struct {
		Value course.Value `json:"value"`
		In    *float64     `json:"in"` // null for what is not known
	}
	type judged struct {
		Text  string           `json:"text"`
		When  course.Condition `json:"when"`
		Holds bool             `json:"holds"`
		Known bool             `json:"known"`
	}
	texts := []string{
		"test teacher", "test alone", "valid student", "train student", "loss student", "weights teacher", "kib alone", "epoch", "left", "A T2 S1", "D T1 S2", "A T9 S1", "lead", "lost",
		"cosine teacher 2", "cosine student 9", "top teacher 1", "top student 2.5", "dead", "term D 1", "term nothing 1", "baseline lp", "baseline majority",
	}
	var values []course.Value
	seen := []one{}
	for i, text := range texts {
		v, err := course.ParseValue(fmt.Sprintf("v%d", i), text, []string{"run"})
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	for _, sum := range [][2]string{{"gap", "v0 - v1"}, {"ratio", "2*v5/v6 + 0.5*v7"}} {
		v, err := course.ParseSum(sum[0], sum[1], values)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	reckoned := (&course.Lesson{Values: values}).Reckon(map[string]*wire.Snapshot{"run": s})
	var names []string
	for _, v := range values {
		names = append(names, v.Name)
		x := one{Value: v}
		if in := reckoned[v.Name]; !math.IsNaN(in) {
			x.In = &in
		}
		seen = append(seen, x)
	}
	conditions := []judged{}
	for _, text := range []string{"otherwise", "v0 > v1", "v0 <= v1 and v7 > 1", "v5 = v5", "v11 > 0", "gap < 0.5*v0 + 3", "ratio >= 100"} {
		c, err := course.ParseCondition(text, names)
		if err != nil {
			return nil, err
		}
		holds, known := c.Holds(reckoned)
		conditions = append(conditions, judged{text, c, holds, known})
	}
	return json.MarshalIndent(map[string]any{"values": seen, "conditions": conditions}, "", "\t")
}
