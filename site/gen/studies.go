package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// studiesFile holds what "make studies" computes.
const studiesFile = "assets/packs/debian-mini-studies.json"

// StoredStudies are the runs of the scenes of many runs, on what the page opens
// with. They are computed with the portable kernels, whose bits are the same on
// every machine.
type StoredStudies struct {
	Of       string      `json:"of"` // tells graph, split and teacher from others
	Teacher  StoredEnd   `json:"teacher"`
	Race     []StoredRun `json:"race"`
	Frontier []StoredRun `json:"frontier"`
	Depth    []StoredRun `json:"depth"`
}

// A StoredRun is what one experiment came to.
type StoredRun struct {
	Experiment string    `json:"experiment"` // text form
	Student    StoredEnd `json:"student"`
	Alone      StoredEnd `json:"alone,omitzero"`       // the same student alone, where Student is taught
	Smoothness []float32 `json:"smoothness,omitempty"` // of each layer of a student of the walk into the depth
}

// A StoredEnd is a model at the epoch of its best validation accuracy.
type StoredEnd struct {
	Layers          int     `json:"layers"`
	Hidden          int     `json:"hidden"`
	Params          int64   `json:"params"`
	EmbeddingParams int64   `json:"embeddingParams"`
	Bytes           int64   `json:"bytes"`
	Valid           float32 `json:"valid"`
	Test            float32 `json:"test"`
	BestEpoch       int     `json:"bestEpoch"`
}

func endOf(s wire.ModelState) StoredEnd {
	return StoredEnd{s.Layers, s.Hidden, s.Params, s.EmbeddingParams, s.Bytes, s.Valid, s.Test, s.BestEpoch}
}

// run runs an experiment of a study to its end.
func (s shipment) run(text string, smoothness bool) (r StoredRun, teacher StoredEnd, err error) {
	e, err := setup.ParseExperiment(text)
	if err != nil {
		return r, teacher, err
	}
	portable, err := mat.NewBackend("go")
	if err != nil {
		return r, teacher, err
	}
	own, err := gnn.Read(gnn.Encode(s.teacher, nil), s.graph) // runs go on beside each other
	if err != nil {
		return r, teacher, err
	}
	run, err := sim.New(s.graph, e, sim.Options{Teacher: own, Baseline: true, Backend: portable})
	if err != nil {
		return r, teacher, err
	}
	defer run.Close()
	for run.Step() {
	}
	if err := run.Err(); err != nil {
		return r, teacher, err
	}
	_, best := run.Best()
	r = StoredRun{Experiment: text, Student: endOf(best)}
	if m, alone := run.Alone(); m != nil {
		r.Alone = endOf(alone)
	}
	if smoothness {
		var snap wire.Snapshot
		run.Show([]string{"smoothness"})
		run.Snapshot(&snap)
		r.Smoothness = snap.Smoothness.Student
	}
	_, state := run.Teacher()
	return r, endOf(state), nil
}

// lists are the runs of a study by its name.
func (s *StoredStudies) lists() map[string]*[]StoredRun {
	return map[string]*[]StoredRun{"race": &s.Race, "frontier": &s.Frontier, "depth": &s.Depth}
}

// writeStudies runs the experiments that a file lists, by the names of the
// studies, and writes what they came to. The page makes the list, since it knows
// which runs its scenes begin.
func writeStudies(list string) error {
	b, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var texts map[string][]string
	if err := json.Unmarshal(b, &texts); err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	ship, err := openShipment()
	if err != nil {
		return err
	}
	s := StoredStudies{Of: ship.print}
	for name, runs := range s.lists() {
		*runs = make([]StoredRun, len(texts[name]))
		var failed []error
		var mu sync.Mutex
		var group sync.WaitGroup
		free := make(chan bool, runtime.NumCPU())
		for i, text := range texts[name] {
			group.Add(1)
			free <- true
			go func() {
				defer func() { <-free; group.Done() }()
				r, teacher, err := ship.run(text, name == "depth")
				mu.Lock()
				defer mu.Unlock()
				if (*runs)[i] = r; name == "race" {
					s.Teacher = teacher
				}
				failed = append(failed, err)
				log.Printf("%s, run %d of %d", name, i+1, len(texts[name]))
			}()
		}
		group.Wait()
		if err := errors.Join(failed...); err != nil {
			return err
		}
	}
	out, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(studiesFile, append(out, '\n'), 0o644)
}

// A StoredCourse is how one run went, epoch by epoch, see wire.Course. It is
// computed with each build, in some seconds.
type StoredCourse struct {
	Experiment string    `json:"experiment"` // text form
	L          []float32 `json:"l"`
	Taught     float32   `json:"taught"`
	Alone      float32   `json:"alone"`
	Units      int       `json:"units"`
	At         []int32   `json:"at"`
	Share      []float32 `json:"share"`
	D          []float32 `json:"d"`
}

// A course that the scene of the collapse opens with is of a preset, by its key, and
// perhaps of settings beside it. The first two are about a loss that falls by itself, the others about units that
// die, the last of them a control that knows nothing of the teacher.
var collapsing = []struct{ preset, beside string }{
	{"abkd", ""}, {"abkd-node", ""},
	{"dying", ""}, {"dying", "pin=0.5,0.5;0.5,0.5"}, {"dying", "warmup=50"}, {"dying", "criterion=spread"},
}

// courses runs them with the default teacher.
func courses(teacher []byte) (all []StoredCourse, err error) {
	for _, want := range collapsing {
		i := slices.IndexFunc(setup.Presets(), func(p setup.Preset) bool { return p.Key == want.preset })
		if i < 0 {
			return nil, fmt.Errorf("there is no preset %q", want.preset)
		}
		experiment := setup.Presets()[i].Experiment
		if want.beside != "" {
			experiment += "&" + want.beside
		}
		e, err := setup.ParseExperiment(experiment)
		if err != nil {
			return nil, err
		}
		s, err := after(teacher, "speed 0", "begin "+experiment, "show activity")
		if err != nil {
			return nil, err
		}
		all = append(all, courseOf(e.String(), s))
	}
	return all, nil
}

func courseOf(experiment string, s *wire.Snapshot) StoredCourse {
	taught, alone := &s.Lanes[1], &s.Lanes[0]
	c := StoredCourse{Experiment: experiment, Taught: taught.Model.Test, Alone: alone.Model.Test, Units: taught.Model.Hidden, At: s.Activity.Epochs, L: []float32{}, D: []float32{}}
	for _, point := range taught.History {
		c.L = append(c.L, rounded(point.Aux, 1e4))
	}
	for _, d := range s.Activity.D {
		c.D = append(c.D, rounded(d, 1e4))
	}
	for _, share := range s.Activity.Share.Data {
		if c.Share = append(c.Share, rounded(share, 1e3)); share > 0 && c.Share[len(c.Share)-1] == 0 {
			c.Share[len(c.Share)-1] = 1e-3 // at work, if hardly
		}
	}
	return c
}

func rounded(x float32, to float64) float32 { return float32(math.Round(float64(x)*to) / to) }

// readStudies returns the stored studies, if they are of the graph of now.
func readStudies() (s StoredStudies, err error) {
	b, err := os.ReadFile(studiesFile)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("%s: %w", studiesFile, err)
	}
	ship, err := openShipment()
	if err != nil {
		return s, err
	}
	if s.Of != ship.print {
		return s, fmt.Errorf("%s is of another graph or another teacher: run make studies", studiesFile)
	}
	return s, nil
}
