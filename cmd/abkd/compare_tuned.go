package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"abkd/gnn/file"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// loadTuned reads a file that tune wrote.
func loadTuned(name string) (*tuned, error) {
	text, err := file.Read(name)
	if err != nil {
		return nil, cause(err)
	}
	return parseTuned(text)
}

func parseTuned(text []byte) (*tuned, error) {
	t := &tuned{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("it is no result of abkd tune: %w", err)
	}
	return t, t.check()
}

// check reports what a damaged file may have got wrong.
func (t *tuned) check() error {
	if t.Format != tunedFormat {
		return fmt.Errorf("its format is %q, want %q: it is no result of abkd tune, or one of another version", t.Format, tunedFormat)
	}
	if t.Fingerprint == "" || len(t.Seeds) == 0 || t.Trials < 1 || len(t.Criteria) == 0 {
		return fmt.Errorf("it has the fingerprint %q, %d seeds, %d trials and %d criteria, want some of each", t.Fingerprint, len(t.Seeds), t.Trials, len(t.Criteria))
	}
	if _, err := setup.ParseExperiment(t.Base); err != nil {
		return fmt.Errorf("base: %w", err)
	}
	if _, err := parseShapes(t.Student); err != nil {
		return errors.New("student: " + strings.TrimPrefix(err.Error(), "--"))
	}
	for i := range t.Criteria {
		c := &t.Criteria[i]
		if _, err := c.Method(); err != nil {
			return fmt.Errorf("criterion %d: %w", i+1, err)
		}
		if slices.Contains(t.names()[:i], c.Criterion) {
			return fmt.Errorf("criterion %s is there twice", c.Criterion)
		}
		if c.Trials != t.Trials || c.Runs != t.Trials*len(t.Seeds) {
			return fmt.Errorf("criterion %s had %d trials and %d runs, want %d and %d as all others: the budget must be the same", c.Criterion, c.Trials, c.Runs, t.Trials, t.Trials*len(t.Seeds))
		}
	}
	return nil
}

func (t *tuned) names() (names []string) {
	for i := range t.Criteria {
		names = append(names, t.Criteria[i].Criterion)
	}
	return names
}

// find returns a criterion's tuning, nil if there is none.
func (t *tuned) find(criterion string) *study.Tuned {
	if i := slices.Index(t.names(), criterion); i >= 0 {
		return &t.Criteria[i]
	}
	return nil
}

// method returns a criterion with the settings that were found for it.
func (t *tuned) method(criterion string) (study.Method, error) {
	c := t.find(criterion)
	if c == nil {
		return study.Method{}, fmt.Errorf("criterion %q was not tuned, want one of %s", criterion, strings.Join(t.names(), ", "))
	}
	return c.Method()
}

// readTuned reads --tuned, and makes what the flags leave open as it was
// tuned for.
func (j *comparison) readTuned() (err error) {
	if j.from == "" {
		if j.given("tuned") {
			return errors.New(`--tuned is "", want the file tuned.json of abkd tune`)
		}
		return nil
	}
	if j.preset != "" {
		return errors.New("--preset and --tuned are given, want one: a preset chooses criteria and epochs of its own")
	}
	if j.tuned, err = loadTuned(j.from); err != nil {
		return fmt.Errorf("--tuned %s: %w", j.from, err)
	}
	base, err := setup.ParseExperiment(j.tuned.Base)
	if err != nil {
		return err // not after the check
	}
	for _, key := range compareKeys() {
		c := findControl(setup.Controls(), key)
		if v := c.Get(&base); v != "" && !j.given(flagName(key)) {
			if err := c.Set(&j.base, v); err != nil {
				return err
			}
		}
	}
	if !j.given("students") {
		j.students = j.tuned.Student
	}
	return nil
}

// checkTuned refuses to compare on anything else than was tuned for. Where no
// split is asked for, it takes that of the tuning.
func (j *comparison) checkTuned(d *dataset) (err error) {
	t := j.tuned
	if t == nil {
		return nil
	}
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("--tuned %s: %s", j.from, fmt.Sprintf(format, args...))
	}
	if !j.given("split") {
		if d.split, err = d.graph.Split(t.Split); err != nil {
			return refuse("it was made for split %s of %s: %v", t.Split, t.Data, err)
		}
	}
	if d.split.Name != t.Split {
		return refuse("it was made for split %s, here it is %s", t.Split, d.split.Name)
	}
	if f := study.Fingerprint(study.Blind(d.graph, d.split)); f != t.Fingerprint {
		return refuse("it was made for %s, which is another graph or another split than %s (fingerprints %s and %s)", t.Data, j.data, t.Fingerprint, f)
	}
	base, err := setup.ParseExperiment(t.Base)
	if err != nil {
		return err
	}
	here := j.spec.Base
	here.Split = d.split.Name
	here.Seed, here.Data, base.Seed, base.Data = setup.Opt[uint64]{}, "", setup.Opt[uint64]{}, ""
	was, is := strings.Fields(study.Text(base)), strings.Fields(study.Text(here))
	for i := range max(len(was), len(is)) { // a value with a blank is several words
		if at(was, i) != at(is, i) {
			return refuse("it was made with %s, here it is %s", at(was, i), at(is, i))
		}
	}
	for _, s := range j.spec.Students {
		if shapeText(s) != t.Student {
			return refuse("it was made for a student of %s, here is one of %s", t.Student, shapeText(s))
		}
	}
	for _, s := range j.spec.Seeds {
		if slices.Contains(t.Seeds, s) {
			return refuse("seed %d was tuned on, want others to compare with (--seed)", s)
		}
	}
	return nil
}
