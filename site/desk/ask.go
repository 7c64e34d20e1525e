package desk

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/file"
	"abkd/gnn/graph"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

// An Ask is what a page asks to compare, or to search for. What it leaves at 0 or
// "" is as the command line has it for the size of the graph.
type Ask struct {
	Kind          store.Kind `json:"kind"`
	Criteria      []string   `json:"criteria"` // such as kd+abkd in a comparison
	Students      string     `json:"students"` // such as "2x8,2x16"; of a search one
	Seeds         int        `json:"seeds"`
	Trials        int        `json:"trials"` // of each criterion, of a search
	Epochs        int        `json:"epochs"`
	TeacherEpochs int        `json:"teacherEpochs"`
}

// Limits of what a page may ask for: what takes a night, not a year.
const (
	mostSeeds  = 100
	mostTrials = 1000
)

// askFile is where a folder has what was asked for.
const askFile = "asked.json"

func readAsk(dir string) (*Ask, error) {
	text, err := file.Read(filepath.Join(dir, askFile))
	if err != nil {
		return nil, err
	}
	a := &Ask{}
	return a, json.Unmarshal(text, a)
}

// A plan is what an Ask means on a graph.
type plan struct {
	graph  *graph.Graph // as the runs may see it
	split  graph.Split
	spec   study.Spec
	search *study.Search // nil for a comparison
	lines  []string      // what the manifest says of the methods, nil for the spec's
}

// planOf checks a, and says what it means.
func (a *Ask) planOf(g *graph.Graph, split string) (p plan, err error) {
	p.graph = g
	if p.split, err = g.Split(split); err != nil {
		return p, err
	}
	base := setup.Defaults(g)
	base.Data, base.Split, base.Seed = "", p.split.Name, setup.Some[uint64](1)
	students := a.Students
	if students == "" {
		students = study.SizeText(base.Student)
	}
	base.Student, base.Criterion = setup.Size{}, ""
	if a.Epochs > 0 {
		base.Epochs = a.Epochs
	}
	if a.TeacherEpochs > 0 {
		base.TeacherEpochs = a.TeacherEpochs
	}
	sizes, err := study.ParseSizes(students)
	switch {
	case err != nil:
		return p, fmt.Errorf("students: %w", err)
	case a.Seeds < 1 || a.Seeds > mostSeeds:
		return p, fmt.Errorf("seeds is %d, want 1..%d", a.Seeds, mostSeeds)
	case len(a.Criteria) == 0:
		return p, fmt.Errorf("no criterion is chosen, want at least one")
	case a.Kind == store.Comparison:
		err = p.compare(base, a, sizes)
	case a.Kind == store.Search && len(sizes) != 1:
		return p, fmt.Errorf("students is %q, want one size for a search", students)
	case a.Kind == store.Search:
		err = p.tune(base, a, sizes[0])
	default:
		return p, fmt.Errorf("kind is %.20q, want %s or %s", a.Kind, store.Comparison, store.Search)
	}
	if err == nil {
		_, _, err = p.spec.Plan()
	}
	return p, err
}

func seedsFrom(first uint64, n int) (seeds []uint64) {
	for i := range n {
		seeds = append(seeds, first+uint64(i))
	}
	return seeds
}

func (p *plan) compare(base setup.Experiment, a *Ask, sizes []setup.Size) error {
	p.spec = study.Spec{Base: base, Students: sizes, Seeds: seedsFrom(1, a.Seeds)}
	for _, name := range a.Criteria {
		m, err := study.ParseMethod(name)
		if err != nil {
			return err
		}
		p.spec.Methods = append(p.spec.Methods, m)
	}
	return nil
}

// firstTuningSeed is far from the seeds of comparisons, as that of the command
// line is.
const firstTuningSeed = 1001

func (p *plan) tune(base setup.Experiment, a *Ask, size setup.Size) (err error) {
	switch {
	case a.Trials < 1 || a.Trials > mostTrials:
		return fmt.Errorf("trials is %d, want 1..%d", a.Trials, mostTrials)
	case len(p.split.Valid) == 0:
		return fmt.Errorf("split %s has no validation nodes, want some: trials are chosen by their accuracy", p.split.Name)
	}
	p.graph, p.split = study.Blind(p.graph, p.split)
	base.Seed, base.Split = setup.Some[uint64](firstTuningSeed), p.split.Name
	p.search = &study.Search{Base: base, Student: size, Trials: a.Trials, Seeds: seedsFrom(firstTuningSeed, a.Seeds)}
	for _, name := range a.Criteria {
		if !slices.Contains(study.Criteria(), name) {
			return fmt.Errorf("criterion is %.40q, want one of %s (KD beside a criterion is part of its search)", name, strings.Join(study.Criteria(), ", "))
		}
		p.search.Criteria = append(p.search.Criteria, name)
		p.lines = append(p.lines, fmt.Sprintf("%s: %d trials", name, a.Trials))
	}
	p.spec, err = p.search.Spec()
	return err
}
