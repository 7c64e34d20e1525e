package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"reflect"
	"slices"

	"abkd/assets/packs"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// storedFile holds the curves that "make seeds" computes.
const storedFile = "assets/packs/debian-mini-seeds.json"

// storedSeeds is over how many seeds.
const storedSeeds = 10

// Stored are the learning curves of the opening experiment, and of those that
// leave out one half of what teaches, over seeds: how many test nodes are right
// after each epoch. They are computed with the portable kernels, whose bits are
// the same on every machine.
type Stored struct {
	Of      string  `json:"of"`      // tells graph, split and teacher from others
	Tests   int     `json:"tests"`   // how many test nodes there are
	Teacher int     `json:"teacher"` // of which it has so many right
	Alone   [][]int `json:"alone"`   // for each seed from 1 on
	Taught  []Runs  `json:"taught"`
	Known   []Known `json:"known"` // packages to look at first
}

// A Known is a package that many people know.
type Known struct {
	Name string `json:"name"`
	Node int    `json:"node"`
}

// wellKnown are test nodes of different sections, from packs/well-known.txt.
var wellKnown = []string{"python3", "git", "gimp", "firefox-esr", "minetest", "fonts-dejavu", "mplayer"}

// Runs are the curves of the student that is taught in one experiment.
type Runs struct {
	Experiment string  `json:"experiment"` // text form, without the seed
	Right      [][]int `json:"right"`      // for each seed from 1 on
}

// A shipment is the graph that ships, and its teacher.
type shipment struct {
	graph   *graph.Graph
	teacher gnn.Model
	tests   int    // test nodes
	print   string // tells graph, split and teacher from others
}

func openShipment() (s shipment, err error) {
	p, err := graph.DecodePack(packs.DebianMini)
	if err != nil {
		return s, err
	}
	split, err := p.Graph.Split("")
	if err != nil {
		return s, err
	}
	s = shipment{graph: p.Graph, tests: len(split.Test)}
	if s.teacher, err = gnn.Read(p.Teacher, p.Graph); err != nil {
		return s, err
	}
	s.print = fmt.Sprintf("%s %x", fingerprint.Run(p.Graph, split), sha256.Sum256(gnn.Encode(s.teacher, nil)))
	return s, nil
}

// presetsOn returns the experiments of the presets on a graph.
func presetsOn(data string) (texts []string) {
	for _, p := range setup.Presets() {
		if e, err := setup.ParseExperiment(p.Experiment); err == nil && e.Plan().Data == data {
			texts = append(texts, p.Experiment)
		}
	}
	return texts
}

// computeStored trains all of it: some minutes.
func computeStored() (s Stored, err error) {
	ship, err := openShipment()
	if err != nil {
		return s, err
	}
	s = Stored{Of: ship.print, Tests: ship.tests}
	for i, text := range presetsOn(setup.DebianMini) {
		runs := Runs{Experiment: text}
		for seed := uint64(1); seed <= storedSeeds; seed++ {
			lanes, teacher, err := ship.curves(text, seed, i == 0)
			if err != nil {
				return s, err
			}
			if s.Teacher = teacher; i == 0 {
				s.Alone = append(s.Alone, lanes[0])
			}
			runs.Right = append(runs.Right, lanes[len(lanes)-1])
			log.Printf("stored seed %d of %s", seed, text)
		}
		s.Taught = append(s.Taught, runs)
	}
	return s, nil
}

// curves trains the taught student of an experiment, after the one alone if
// that is asked for, and returns how many test nodes each has right after each
// epoch, and how many the teacher.
func (s shipment) curves(text string, seed uint64, alone bool) (lanes [][]int, teacher int, err error) {
	e, err := setup.ParseExperiment(text)
	if err != nil {
		return nil, 0, err
	}
	e.Seed = setup.Some(seed)
	portable, err := mat.NewBackend("go")
	if err != nil {
		return nil, 0, err
	}
	run, err := sim.New(s.graph, e, sim.Options{Teacher: s.teacher, Baseline: alone, Backend: portable})
	if err != nil {
		return nil, 0, err
	}
	defer run.Close()
	for run.Step() {
	}
	if err := run.Err(); err != nil {
		return nil, 0, err
	}
	var snap wire.Snapshot
	run.Snapshot(&snap)
	right := func(share float32) int { return int(math.Round(float64(share) * float64(s.tests))) }
	for _, l := range snap.Lanes {
		var counts []int
		for _, p := range l.History {
			counts = append(counts, right(p.Test))
		}
		lanes = append(lanes, counts)
	}
	return lanes, right(snap.Teacher.Test), nil
}

// writeStored computes the curves and writes their file.
func writeStored() error {
	s, err := computeStored()
	if err != nil {
		return err
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(storedFile, append(b, '\n'), 0o644)
}

// readStored returns the curves in their file, if they are of the experiments
// and the graph of now.
func readStored() (s Stored, err error) {
	b, err := os.ReadFile(storedFile)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("%s: %w", storedFile, err)
	}
	ship, err := openShipment()
	if err != nil {
		return s, err
	}
	if s.Known, err = ship.known(); err != nil {
		return s, err
	}
	presets := presetsOn(setup.DebianMini)
	current := s.Of == ship.print && len(s.Alone) == storedSeeds && len(s.Taught) == len(presets)
	for i, t := range s.Taught {
		current = current && t.Experiment == presets[i] && len(t.Right) == storedSeeds
	}
	if !current {
		return s, fmt.Errorf("%s is of other experiments, another graph or another teacher: run make seeds", storedFile)
	}
	return s, nil
}

// known looks the well-known packages up in the graph.
func (s shipment) known() (all []Known, err error) {
	split, err := s.graph.Split("")
	if err != nil {
		return nil, err
	}
	for _, name := range wellKnown {
		node := slices.Index(s.graph.Types[s.graph.Target].Labels, name)
		if !slices.Contains(split.Test, int32(node)) {
			return nil, fmt.Errorf("%s is no test node of %s", name, setup.DebianMini)
		}
		all = append(all, Known{name, node})
	}
	return all, nil
}

// storedScript is what the page shows before a run of its own has got anywhere.
func storedScript() (string, error) {
	stored, err := readStored()
	if err != nil {
		return "", err
	}
	docs, err := comments("site/gen")
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(stored)
	if err != nil {
		return "", err
	}
	s := newScript("site/gen", "", docs)
	s.jsonRecord(reflect.TypeFor[Runs]())
	s.jsonRecord(reflect.TypeFor[Known]())
	s.jsonRecord(reflect.TypeFor[Stored]())
	s.jsonRecord(reflect.TypeFor[StoredEnd]())
	s.jsonRecord(reflect.TypeFor[StoredRun]())
	s.jsonRecord(reflect.TypeFor[StoredStudies]())
	s.jsonRecord(reflect.TypeFor[StoredCourse]())
	s.line("export const stored: Stored = %s;", b)
	return s.String(), nil
}
