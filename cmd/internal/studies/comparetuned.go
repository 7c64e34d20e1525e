package studies

import (
	"errors"
	"fmt"

	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/sim/setup"
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
		c := setup.ControlOf(key)
		if v := c.Get(&base); v != "" && !j.given(settings.FlagName(key)) {
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
func (j *comparison) checkTuned(d *source.Dataset) error {
	if j.tuned == nil {
		return nil
	}
	refuse := func(err error) error { return fmt.Errorf("--tuned %s: %w", j.from, err) }
	if !j.given("split") {
		split, err := j.tuned.SplitOf(d.Graph)
		if err != nil {
			return refuse(err)
		}
		d.Split = split
	}
	if err := j.tuned.Check(d.Graph, d.Split, j.Data, j.spec); err != nil {
		return refuse(settings.WithFlags(err))
	}
	return nil
}
