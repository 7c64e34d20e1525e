package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"abkd/sim/setup"
	"abkd/sim/study"
)

// A tuned is the result of tune, and the form of tuned.json.
type tuned struct {
	Format      string        `json:"format"`
	Line        string        `json:"line"` // the command line
	Data        string        `json:"data"` // a name only, as is the split's
	Split       string        `json:"split"`
	Fingerprint string        `json:"fingerprint"` // of the data without what only a test may see
	Model       string        `json:"model"`
	Student     string        `json:"student"` // such as "2x8"
	Base        string        `json:"base"`    // settings of all runs
	Seeds       []uint64      `json:"seeds"`
	Trials      int           `json:"trials"` // of each criterion
	Epochs      int           `json:"epochs"` // of each run
	Seconds     float64       `json:"seconds"`
	Criteria    []study.Tuned `json:"criteria"`
	Notes       notes         `json:"notes"`
}

// tunedFormat changes when the meaning of tuned.json does.
const tunedFormat = "abkd tune 1"

func (j *tuning) report(w *work, results []study.Result) (*tuned, error) {
	criteria, err := j.search.Best(results)
	if err != nil {
		return nil, err
	}
	base := j.spec.Base
	t := &tuned{
		Format: tunedFormat, Line: j.line, Data: j.data, Split: base.Split, Fingerprint: w.fingerprint, Model: base.Model,
		Student: shapeText(j.search.Student), Base: given(base), Seeds: j.search.Seeds, Trials: j.trials, Epochs: base.Epochs, Criteria: criteria, Notes: j.notes,
	}
	for i := range criteria {
		t.Seconds += criteria[i].Seconds
	}
	return t, nil
}

// given returns the text form of e with all fields that are not zero, those
// that say the default too. The seed is left out.
func given(e setup.Experiment) string {
	e.Seed = setup.Opt[uint64]{}
	var pairs []string
	for _, c := range setup.Controls() {
		if v := c.Get(&e); v != "" {
			pairs = append(pairs, c.Key+"="+v)
		}
	}
	return strings.Join(pairs, "&")
}

// save writes tuned.json last: where it is, the table is too.
func (t *tuned) save(s *store) error {
	trials, err := t.csv()
	if err != nil {
		return err
	}
	if err := replaceFile(s.path("trials.csv"), trials); err != nil {
		return err
	}
	return s.write(t, "tuned.json")
}

// csv returns every trial as comma-separated values.
func (t *tuned) csv() ([]byte, error) {
	var b bytes.Buffer
	w := newSheet(&b)
	w.Write([]string{"criterion", "trial", "best", "valid_mean", "valid", "seconds", "failed", "settings"})
	for i := range t.Criteria {
		c := &t.Criteria[i]
		for _, x := range c.All {
			var valid []string
			for _, v := range x.Valid {
				valid = append(valid, strconv.FormatFloat(float64(v), 'f', -1, 32))
			}
			w.Write([]string{c.Criterion, strconv.Itoa(x.Trial), strconv.FormatBool(x.Trial == c.Best.Trial), plain(x.ValidMean),
				strings.Join(valid, " "), plain(study.Number(x.Seconds)), strconv.Itoa(x.Failed), x.Settings})
		}
	}
	err := w.Done()
	return b.Bytes(), err
}

// text is the report for people.
func (t *tuned) text() string {
	return fmt.Sprintf("%s on %s, split %s, student %s\n%s\n\n", t.Model, t.Data, t.Split, t.Student, t.budget()) + table(t.found())
}

// found returns a table of what was found.
func (t *tuned) found() [][]string {
	rows := [][]string{{"criterion", "valid %", "trial", "train s", "settings"}}
	for i := range t.Criteria {
		c := &t.Criteria[i]
		rows = append(rows, []string{c.Criterion + failures(c.Best.Failed), points(c.Best.ValidMean), strconv.Itoa(c.Best.Trial),
			digits(study.Number(c.Seconds), 3), settingsText(c)})
	}
	return rows
}

// A spaceRow is a setting of search spaces: its values, and for which
// criteria.
type spaceRow struct {
	study.Choice
	Of []string
}

// spaceTable sums up the search spaces of criteria: choices of the same
// values are one row.
func spaceTable(criteria []study.Tuned) (rows []spaceRow) {
	for i := range criteria {
		for _, c := range criteria[i].Space {
			k := slices.IndexFunc(rows, func(r spaceRow) bool { return r.String() == c.String() && r.Why == c.Why })
			if k < 0 {
				k = len(rows)
				rows = append(rows, spaceRow{Choice: c})
			}
			rows[k].Of = append(rows[k].Of, criteria[i].Criterion)
		}
	}
	for k := range rows {
		if len(rows[k].Of) == len(criteria) {
			rows[k].Of = []string{"all"}
		}
	}
	return rows
}

// spaceRows is spaceTable as text.
func spaceRows(criteria []study.Tuned) (rows [][]string) {
	for _, r := range spaceTable(criteria) {
		rows = append(rows, []string{"  " + r.String(), strings.Join(r.Of, " ")})
	}
	return rows
}

// settingsText returns the settings that were found, without the criterion.
func settingsText(c *study.Tuned) string {
	_, settings, _ := strings.Cut(c.Best.Settings, "&")
	if settings == "" {
		return "as published"
	}
	return strings.ReplaceAll(settings, "&", " ")
}

// budget says in a line what the search had.
func (t *tuned) budget() string {
	seeds := "seed"
	if len(t.Seeds) > 1 {
		seeds = "seeds"
	}
	return fmt.Sprintf("tuned by validation accuracy: %d trials of each criterion, %s %s, %d epochs each, %s s of training in all",
		t.Trials, seeds, seedsText(t.Seeds), t.Epochs, digits(study.Number(t.Seconds), 3))
}
