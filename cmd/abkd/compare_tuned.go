package main

import (
	"errors"
	"fmt"
	"slices"

	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/report"
)

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
	if j.tuned, err = report.ReadTuned(j.from); err != nil {
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
	if was, is := study.Difference(base, here); was != is {
		return refuse("it was made with %s, here it is %s", was, is)
	}
	for _, s := range j.spec.Students {
		if study.SizeText(s) != t.Student {
			return refuse("it was made for a student of %s, here is one of %s", t.Student, study.SizeText(s))
		}
	}
	for _, s := range j.spec.Seeds {
		if slices.Contains(t.Seeds, s) {
			return refuse("seed %d was tuned on, want others to compare with (--seed)", s)
		}
	}
	return nil
}
