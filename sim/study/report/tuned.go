package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

// A Tuned is the result of a search, and the form of tuned.json.
type Tuned struct {
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
	Notes       []string      `json:"notes"`

	Results []study.Result `json:"-"` // of the runs
}

// tunedFormat changes when the meaning of tuned.json does.
const tunedFormat = "abkd tune 1"

// NewTuned sums up a search that w did. What is not said by w, such as the name
// of the data, is left to be filled in.
func NewTuned(s study.Search, w *study.Work) (*Tuned, error) {
	results, _, err := w.Results()
	if err != nil {
		return nil, err
	}
	criteria, err := s.Best(results)
	if err != nil {
		return nil, err
	}
	base := w.Spec.Base
	t := &Tuned{
		Format: tunedFormat, Split: base.Split, Fingerprint: w.Fingerprint, Model: base.Model,
		Student: study.SizeText(s.Student), Base: given(base), Seeds: s.Seeds, Trials: s.Trials, Epochs: base.Epochs, Criteria: criteria, Notes: []string{}, Results: results,
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

// Save writes trials.csv and then tuned.json: where that is, the table is too.
func (t *Tuned) Save(f *store.Folder) error {
	trials, err := t.CSV()
	if err != nil {
		return err
	}
	if err := f.Write(trials, "trials.csv"); err != nil {
		return err
	}
	return f.WriteJSON(t, "tuned.json")
}

// CSV returns every trial as comma-separated values.
func (t *Tuned) CSV() ([]byte, error) {
	var b bytes.Buffer
	w := show.NewSheet(&b)
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

// Text is the report for people.
func (t *Tuned) Text() string {
	return fmt.Sprintf("%s on %s, split %s, student %s\n%s\n\n", t.Model, t.Data, t.Split, t.Student, t.Budget()) + show.Table(t.found())
}

// found returns a table of what was found.
func (t *Tuned) found() [][]string {
	rows := [][]string{{"criterion", "valid %", "trial", "train s", "settings"}}
	for i := range t.Criteria {
		c := &t.Criteria[i]
		rows = append(rows, []string{c.Criterion + failures(c.Best.Failed), points(c.Best.ValidMean), strconv.Itoa(c.Best.Trial),
			digits(study.Number(c.Seconds), 3), SettingsText(c)})
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

// SpaceRows is spaceTable as text.
func SpaceRows(criteria []study.Tuned) (rows [][]string) {
	for _, r := range spaceTable(criteria) {
		rows = append(rows, []string{"  " + r.String(), strings.Join(r.Of, " ")})
	}
	return rows
}

// SettingsText returns the settings that were found, without the criterion.
func SettingsText(c *study.Tuned) string {
	_, settings, _ := strings.Cut(c.Best.Settings, "&")
	if settings == "" {
		return "as published"
	}
	return strings.ReplaceAll(settings, "&", " ")
}

// ReadTuned reads a file that Save wrote.
func ReadTuned(name string) (*Tuned, error) {
	text, err := file.Read(name)
	if err != nil {
		return nil, file.Cause(err)
	}
	return ParseTuned(text)
}

// ParseTuned reads the content of such a file.
func ParseTuned(text []byte) (*Tuned, error) {
	t := &Tuned{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("it is no result of abkd tune: %w", err)
	}
	t.Notes = append([]string{}, t.Notes...)
	return t, t.check()
}

// check reports what a damaged file may have got wrong.
func (t *Tuned) check() error {
	if t.Format != tunedFormat {
		return fmt.Errorf("its format is %q, want %q: it is no result of abkd tune, or one of another version", t.Format, tunedFormat)
	}
	if t.Fingerprint == "" || len(t.Seeds) == 0 || t.Trials < 1 || len(t.Criteria) == 0 {
		return fmt.Errorf("it has the fingerprint %q, %d seeds, %d trials and %d criteria, want some of each", t.Fingerprint, len(t.Seeds), t.Trials, len(t.Criteria))
	}
	if _, err := setup.ParseExperiment(t.Base); err != nil {
		return fmt.Errorf("base: %w", err)
	}
	if _, err := study.ParseSizes(t.Student); err != nil {
		return fmt.Errorf("student is %w", err)
	}
	for i := range t.Criteria {
		c := &t.Criteria[i]
		if _, err := c.Method(); err != nil {
			return fmt.Errorf("criterion %d: %w", i+1, err)
		}
		if slices.Contains(t.Names()[:i], c.Criterion) {
			return fmt.Errorf("criterion %s is there twice", c.Criterion)
		}
		if c.Trials != t.Trials || c.Runs != t.Trials*len(t.Seeds) {
			return fmt.Errorf("criterion %s had %d trials and %d runs, want %d and %d as all others: the budget must be the same", c.Criterion, c.Trials, c.Runs, t.Trials, t.Trials*len(t.Seeds))
		}
	}
	return nil
}

// Names returns the criteria that were tuned.
func (t *Tuned) Names() (names []string) {
	for i := range t.Criteria {
		names = append(names, t.Criteria[i].Criterion)
	}
	return names
}

// Find returns a criterion's tuning, nil if there is none.
func (t *Tuned) Find(criterion string) *study.Tuned {
	if i := slices.Index(t.Names(), criterion); i >= 0 {
		return &t.Criteria[i]
	}
	return nil
}

// Method returns a criterion with the settings that were found for it.
func (t *Tuned) Method(criterion string) (study.Method, error) {
	c := t.Find(criterion)
	if c == nil {
		return study.Method{}, fmt.Errorf("criterion %q was not tuned, want one of %s", criterion, strings.Join(t.Names(), ", "))
	}
	return c.Method()
}

// Budget says in a line what the search had.
func (t *Tuned) Budget() string {
	seeds := "seed"
	if len(t.Seeds) > 1 {
		seeds = "seeds"
	}
	return fmt.Sprintf("tuned by validation accuracy: %d trials of each criterion, %s %s, %d epochs each, %s s of training in all",
		t.Trials, seeds, seedsText(t.Seeds), t.Epochs, digits(study.Number(t.Seconds), 3))
}
