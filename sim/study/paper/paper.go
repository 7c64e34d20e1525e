// Package paper makes of finished studies what goes into a paper: figures as SVG,
// tables in LaTeX and Markdown, and one page of HTML that has all of them and says
// how they were made. Everything is read from the folders of the studies.
//
//	folders of compare or of study -> Read -> Paper -> Files
package paper

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/file"
	"abkd/sim/study"
	"abkd/sim/study/fair"
	"abkd/sim/study/report"
	"abkd/sim/study/store"
)

// A Paper is what studies came to, by graph and method.
type Paper struct {
	Sources []Source
	Graphs  []Graph
	Names   []string // of all methods, in the order of the first graph

	// Of studies by the fair protocol.
	Fair      bool
	Headlines []fair.Headline
	Gains     []string
}

// A Source is a folder, and what it says of how it was made.
type Source struct {
	Folder   string
	Hash     string // SHA-256 of its result
	Line     string
	Versions map[string]string
	Backend  string   // the kernels
	Protocol []string // sentences
	Settings string   // of all runs
	Notes    []string
	Seconds  float64 // of training; NaN: not known
}

// A Graph is what methods came to on one graph and split, with students of one
// size.
type Graph struct {
	Data, Split, Fingerprint, Model string
	Teacher, Student                string // sizes
	TeacherTest, TeacherSD          study.Number
	Ratio                           study.Number
	Seeds                           []uint64
	Methods                         []Method
	others                          []string // of a comparison: what each is compared with
}

// A Method is one on a graph. What is not known is NaN, and Tests are of every seed.
type Method struct {
	Name, Criterion string
	Params          int // 0: not known
	Ratio           study.Number
	Tests           []float64
	Over            []Difference // as they were declared
	From            study.Number // mean of what its slope begins at
	Units           study.Number // share of constant hidden units
	Rank, Agreement study.Number
	Settings        string
	Failed          int
}

// A Difference is one to something else, in accuracy, paired by seed.
type Difference struct {
	study.Paired
	Holm study.Number
}

// Name returns what the graph is called among others.
func (g *Graph) Name() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", filepath.Base(g.Data), g.Split, g.Student))
}

// Mean returns the mean and the standard deviation over the seeds.
func (m *Method) Mean() (mean, sd study.Number) { return study.MeanSD(m.Tests) }

// Method returns the method of that name, nil if there is none.
func (g *Graph) Method(name string) *Method {
	i := slices.IndexFunc(g.Methods, func(m Method) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &g.Methods[i]
}

// Read reads folders, all of study or all of compare.
func Read(folders []string) (*Paper, error) {
	p := &Paper{}
	var studies []*fair.Study
	for i, folder := range folders {
		if slices.ContainsFunc(folders[:i], func(f string) bool { return filepath.Clean(f) == filepath.Clean(folder) }) {
			return nil, fmt.Errorf("%s: it is there twice, want each folder once", folder)
		}
		isFair, err := kindOf(folder)
		if err != nil {
			return nil, err
		}
		if i > 0 && isFair != p.Fair {
			return nil, fmt.Errorf("%s: it is of another command than %s, want folders of abkd study alone, or of abkd compare", folder, folders[0])
		}
		p.Fair = isFair
		read := p.readComparison
		if isFair {
			read = func(folder string) error {
				more, err := p.readStudy(folder)
				studies = append(studies, more...)
				return err
			}
		}
		if err := read(folder); err != nil {
			return nil, err
		}
	}
	if p.Fair {
		if err := p.addStudies(studies); err != nil {
			return nil, err
		}
	} else {
		p.correct()
	}
	for _, g := range p.Graphs {
		for _, m := range g.Methods {
			if !slices.Contains(p.Names, m.Name) {
				p.Names = append(p.Names, m.Name)
			}
		}
	}
	return p, p.distinct()
}

// The files that hold a result, and what a folder that is not finished has.
const (
	fairResult    = "fair.json"
	compareResult = "result.json"
)

// kindOf reports whether a folder is of study, and not of compare.
func kindOf(folder string) (isFair bool, err error) {
	has := func(name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err == nil
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return false, fmt.Errorf("%s: %w: want a folder of abkd study or abkd compare", folder, file.Cause(err))
	case !info.IsDir():
		return false, fmt.Errorf("%s: it is a file, want a folder of abkd study or abkd compare", folder)
	case has(fairResult):
		return true, nil
	case has(compareResult):
		return false, nil
	}
	for _, kind := range []store.Kind{store.Study, store.Comparison} {
		if has(string(kind) + ".json") {
			command := map[store.Kind]string{store.Study: "study", store.Comparison: "compare"}[kind]
			return false, fmt.Errorf("%s: its %s is not finished: run its command of abkd %s again, which goes on where it was", folder, kind, command)
		}
	}
	if has("tuned.json") || has(string(store.Search)+".json") {
		return false, fmt.Errorf("%s: it is a search by abkd tune, which compares nothing: want a folder of abkd study or abkd compare", folder)
	}
	return false, fmt.Errorf("%s: it has neither %s nor %s: want a folder of abkd study or abkd compare", folder, fairResult, compareResult)
}

// source reads the result of a folder and begins what is said of it.
func source(folder, result string) (s Source, text []byte, err error) {
	name := filepath.Join(folder, result)
	if text, err = file.Read(name); err != nil {
		return s, nil, fmt.Errorf("%s: %w", name, file.Cause(err))
	}
	hash := sha256.Sum256(text)
	return Source{Folder: filepath.Base(filepath.Clean(folder)), Hash: hex.EncodeToString(hash[:]), Seconds: math.NaN()}, text, nil
}

// readManifest adds what the manifest says, where there is one: results of before
// and those that were copied have none.
func (s *Source) readManifest(folder string, kind store.Kind) error {
	name := filepath.Join(folder, string(kind)+".json")
	text, err := file.Read(name)
	if err != nil {
		return nil
	}
	var m store.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("%s: it is damaged: %w", name, err)
	}
	s.Backend = m.Backend
	return nil
}

func (p *Paper) readStudy(folder string) ([]*fair.Study, error) {
	s, text, err := source(folder, fairResult)
	if err != nil {
		return nil, err
	}
	f, err := report.ParseFair(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(folder, fairResult), err)
	}
	if err := s.readManifest(folder, store.Study); err != nil {
		return nil, err
	}
	s.Line, s.Versions, s.Notes, s.Seconds = f.Line, f.Versions, f.Notes, 0
	var studies []*fair.Study
	for i := range f.Studies {
		x := &f.Studies[i]
		studies = append(studies, x)
		s.Seconds += x.Seconds
		s.Settings = x.Base
		s.Protocol = []string{x.Protocol,
			fmt.Sprintf("%d epochs for each student; tested on %d seeds (%s) that tuned nothing, each with a teacher of its own", x.Epochs, len(x.Seeds), seedsText(x.Seeds))}
	}
	p.Sources = append(p.Sources, s)
	return studies, nil
}

// addStudies adds graphs by the fair protocol.
func (p *Paper) addStudies(studies []*fair.Study) error {
	summary, err := fair.Summarise(studies)
	if err != nil {
		return err
	}
	p.Headlines, p.Gains = summary.Headlines, summary.Gains
	for _, s := range studies {
		g := Graph{Data: s.Data, Split: s.Split, Fingerprint: s.Fingerprint, Model: s.Model, Teacher: s.Teacher, Student: s.Student, Ratio: study.Number(s.Ratio), Seeds: s.Seeds}
		g.TeacherTest, g.TeacherSD = study.MeanSD(wide(s.TeacherTest))
		for i := range s.Criteria {
			o := &s.Criteria[i]
			m := Method{Name: o.Criterion, Criterion: o.Criterion, Ratio: g.Ratio, Tests: wide(o.Tests), From: meanOf(o.Beside),
				Units: meanOf(o.Constant), Rank: meanOf(o.Rank), Agreement: meanOf(o.Agreement), Settings: o.Settings, Failed: o.Failed}
			for _, c := range summary.Primary {
				if c.Graph == s.Name() && c.Criterion == o.Criterion {
					m.Over = append(m.Over, Difference{c.Paired, c.Holm})
				}
			}
			g.Methods = append(g.Methods, m)
		}
		p.Graphs = append(p.Graphs, g)
	}
	return nil
}

// readComparison adds the graph of a comparison, once for each size of students.
func (p *Paper) readComparison(folder string) error {
	s, text, err := source(folder, compareResult)
	if err != nil {
		return err
	}
	name := filepath.Join(folder, compareResult)
	var r report.Comparison
	var said struct { // what files of before lack is not known, which no zero says
		Rows []struct{ Constant *study.Number }
	}
	if err := errors.Join(json.Unmarshal(text, &r), json.Unmarshal(text, &said)); err != nil {
		return fmt.Errorf("%s: it is no result of abkd compare: %s", name, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	if r.Command != "compare" || len(r.Rows) == 0 || len(r.Seeds) == 0 {
		return fmt.Errorf("%s: it is no result of abkd compare: it has %d methods and %d seeds", name, len(r.Rows), len(r.Seeds))
	}
	if err := s.readManifest(folder, store.Comparison); err != nil {
		return err
	}
	s.Line, s.Versions, s.Settings, s.Notes = r.Line, r.Versions, r.Settings, r.Notes
	s.Protocol = []string{fmt.Sprintf("the same %d epochs for each student and %d for each teacher, seeds %s; runs of one seed begin with the same weights and batches", r.Epochs, r.TeachEpochs, seedsText(r.Seeds)),
		"the epoch of the best validation accuracy counts; no test accuracy has chosen anything", "settings are as given: nothing was tuned here"}
	if t := r.Tuned; t != nil {
		s.Protocol[2] = t.Budget()
	}
	s.Seconds = 0
	for i := range r.Rows {
		row := &r.Rows[i]
		if len(row.Tests) != row.Seeds || row.Seeds != len(r.Seeds) {
			return fmt.Errorf("%s: %s %s has %d accuracies of %d seeds: the file is damaged", name, row.Name(), row.Size(), len(row.Tests), len(r.Seeds))
		}
		if said.Rows[i].Constant == nil {
			row.Units = 0
		}
		s.Seconds += float64(row.TrainSeconds) * float64(row.Seeds)
		p.graphOf(&r, row).addRow(row)
	}
	for i := range p.Graphs {
		p.Graphs[i].compareRows()
	}
	p.Sources = append(p.Sources, s)
	return nil
}

// graphOf returns the graph that a row belongs to, a new one if it is the first.
func (p *Paper) graphOf(r *report.Comparison, row *study.Row) *Graph {
	for i := range p.Graphs {
		g := &p.Graphs[i]
		if g.Data == r.Data && g.Split == r.Split && g.Fingerprint == r.Fingerprint && g.Student == row.Size() && slices.Equal(g.Seeds, r.Seeds) {
			return g
		}
	}
	t := r.Teacher
	if t.Params == 0 { // nothing is said of it
		t.TestMean, t.TestSD = unknown, unknown
	}
	p.Graphs = append(p.Graphs, Graph{Data: r.Data, Split: r.Split, Fingerprint: r.Fingerprint, Model: r.Model, Student: row.Size(), Seeds: r.Seeds,
		Teacher: t.Size(), TeacherTest: t.TestMean, TeacherSD: t.TestSD, Ratio: row.Ratio})
	return &p.Graphs[len(p.Graphs)-1]
}

func (g *Graph) addRow(row *study.Row) {
	m := Method{Name: row.Name(), Criterion: row.Criterion, Params: row.Params, Ratio: row.Ratio, Tests: wide(row.Tests), From: unknown,
		Units: unknown, Rank: unknown, Agreement: unknown, Settings: row.Experiment, Failed: row.Failed}
	if row.Units > 0 {
		m.Units, m.Rank, m.Agreement = row.Constant/study.Number(row.Units), row.Rank, row.Agreement
	}
	g.Methods, g.others = append(g.Methods, m), append(g.others, row.Baseline)
}

// compareRows compares each method of a comparison with the best of the other
// criteria by validation accuracy, and lets its slope begin at the student alone.
func (g *Graph) compareRows() {
	alone := g.Method("none")
	for i, other := range g.others {
		m := &g.Methods[i]
		if o := g.Method(other); o != nil && len(m.Over) == 0 {
			m.Over = []Difference{{study.Compare(other, m.Tests, o.Tests), unknown}}
		}
		if alone != nil && m.Name != "none" {
			m.From, _ = alone.Mean()
		}
	}
}

// correct adjusts the p-values of a comparison by Holm, all of them as one family.
func (p *Paper) correct() {
	var all []*Difference
	var values []study.Number
	for i := range p.Graphs {
		for k := range p.Graphs[i].Methods {
			for d := range p.Graphs[i].Methods[k].Over {
				x := &p.Graphs[i].Methods[k].Over[d]
				all, values = append(all, x), append(values, x.P)
			}
		}
	}
	for i, h := range fair.Holm(values) {
		all[i].Holm = h
	}
}

// distinct reports methods or graphs that cannot be told apart, and what is no
// accuracy; a ratio that is none is not known.
func (p *Paper) distinct() error {
	names := map[string]bool{}
	for i := range p.Graphs {
		g := &p.Graphs[i]
		for k := range g.Methods {
			m := &g.Methods[k]
			for _, x := range m.Tests {
				if x < 0 || x > 1 {
					return fmt.Errorf("%s: an accuracy of %s is %v, want 0 to 1: its folder is damaged", g.Name(), m.Name, x)
				}
			}
			if !(m.Ratio > 0 && m.Ratio < 1e9) {
				m.Ratio = unknown
			}
		}
		if !(g.Ratio > 0 && g.Ratio < 1e9) {
			g.Ratio = unknown
		}
		if !(g.TeacherTest >= 0 && g.TeacherTest <= 1) {
			g.TeacherTest, g.TeacherSD = unknown, unknown
		}
		if key := g.Name(); names[key] {
			return fmt.Errorf("%s is there twice: want each graph, split and size of student once", key)
		}
		names[g.Name()] = true
		known := map[string]bool{}
		for _, m := range g.Methods {
			if known[m.Name] {
				return fmt.Errorf("%s: the method %s is there twice, want each once", g.Name(), m.Name)
			}
			known[m.Name] = true
		}
	}
	return nil
}

var unknown = study.Number(math.NaN())

func wide(x []study.Value) (out []float64) {
	for _, v := range x {
		out = append(out, float64(v))
	}
	return out
}

func meanOf(x []study.Value) study.Number {
	mean, _ := study.MeanSD(wide(x))
	return mean
}

func seedsText(s []uint64) string {
	if len(s) == 1 {
		return fmt.Sprint(s[0])
	}
	return fmt.Sprintf("%d to %d", slices.MinFunc(s, cmp.Compare), slices.MaxFunc(s, cmp.Compare))
}
