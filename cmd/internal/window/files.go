package window

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"abkd/gnn"
	"abkd/gnn/file"
	"abkd/gnn/filetype"
	"abkd/internal/built"
	"abkd/sim"
	"abkd/sim/origin"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

func pt(size [2]int) image.Point { return image.Pt(size[0], size[1]) }

// files saves what there is, and opens what was saved.
func (w *Window) files() part {
	k, say := w.kit, w.speech.say
	parts := []part{
		k.text(say("desktop.tab.files"), heading, k.ink, 0),
		k.text(say("desktop.save.folder"), small, k.muted, textWidth),
		k.input("folder", w.folder(), "", func(text string) { w.state.Folder, w.stale = text, true }),
	}
	for _, f := range []struct {
		key  string
		save func()
		own  bool // of a run of the window's own alone
	}{
		{"experiment", w.saveExperiment, false}, {"weights", w.saveWeights, true}, {"checkpoint", w.saveCheckpoint, true},
		{"png", w.savePNG, false}, {"svg", w.saveSVG, false}, {"csv", w.saveCSV, false},
	} {
		if !f.own || w.attended == nil {
			parts = append(parts, k.button("save "+f.key, say("desktop.save."+f.key), look{left: true, wide: true}, f.save))
		}
	}
	if w.attended != nil {
		return w.panelColumn(parts...)
	}
	parts = append(parts, k.rule(),
		k.text(say("desktop.load"), small, k.muted, textWidth),
		k.input("load", "", "", w.load))
	return w.panelColumn(parts...)
}

// folder is where files are saved.
func (w *Window) folder() string {
	if w.state.Folder != "" {
		return w.state.Folder
	}
	if home, err := os.UserHomeDir(); err == nil {
		return home
	}
	return "."
}

// target is the name of a file to save, of that ending.
func (w *Window) target(ending string) string {
	title := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, w.graph.Title)
	epoch := ""
	if w.snapshot != nil {
		epoch = "-" + strconv.Itoa(w.snapshot.Epoch)
	}
	return filepath.Join(w.folder(), "abkd-"+title+epoch+ending)
}

// told says what became of a file.
func (w *Window) told(name string, err error) {
	if err != nil && !errors.Is(err, file.ErrNotDurable) {
		w.tell(w.speech.say("desktop.unsaved", "name", name, "reason", file.Cause(err).Error()))
		return
	}
	w.tell(w.speech.say("desktop.saved", "name", name))
}

func (w *Window) write(name string, content []byte) {
	w.told(name, file.Write(name, file.Bytes(content)))
}

// saveExperiment saves what follows the # of a link to the page.
func (w *Window) saveExperiment() {
	w.write(w.target(".experiment"), []byte(w.state.Experiment+"\n"))
}

// inTrainer writes a file of the run, between two of its steps.
func (w *Window) inTrainer(name string, write func(r *sim.Run) error) {
	w.trainer.Do(func(s *sim.Session) {
		err := errors.New("no run has begun")
		if r := s.Run(); r != nil {
			err = write(r)
		}
		w.afterwards(func() { w.told(name, err) })
	})
}

func (w *Window) saveWeights() {
	name := w.target(".safetensors")
	g, said := w.graph, w.state.Experiment
	early := w.speech.say("desktop.early")
	w.inTrainer(name, func(r *sim.Run) error {
		m, state := r.Best()
		if m == nil || state.BestEpoch == 0 {
			return errors.New(early)
		}
		split, err := g.Pack.Graph.Split(r.Plan().Split)
		if err != nil {
			return err
		}
		at := origin.Place{Graph: g.Pack.Graph, Split: split, Print: new(origin.Print)}
		return gnn.Save(name, m, at.Meta(g.Title, said, built.From().Short()))
	})
}

func (w *Window) saveCheckpoint() {
	name := w.target(".checkpoint")
	w.inTrainer(name, func(r *sim.Run) error { return file.Write(name, r.WriteState) })
}

func (w *Window) savePNG() {
	name := w.target(".png")
	w.captured = append(w.captured, func(m *ebiten.Image) {
		out := image.NewRGBA(m.Bounds())
		m.ReadPixels(out.Pix)
		w.told(name, file.Write(name, func(f io.Writer) error { return png.Encode(f, out) }))
	})
}

func (w *Window) saveSVG() { w.write(w.target(".svg"), w.game.SVG()) }

// saveCSV saves the learning curves.
func (w *Window) saveCSV() { w.write(w.target(".csv"), curvesCSV(w.snapshot)) }

// curvesCSV has a row for each model and epoch; what is not known is empty.
func curvesCSV(s *wire.Snapshot) []byte {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	out.Write([]string{"model", "epoch", "loss", "ce", "kd", "aux", "train", "valid", "test"})
	for i, l := range s.Lanes {
		model := laneName(s, i)
		for k, p := range l.History {
			row := []string{model, strconv.Itoa(k + 1)}
			for _, v := range []float32{p.Total, p.CE, p.KD, p.Aux, p.Train, p.Valid, p.Test} {
				text := ""
				if !math.IsNaN(float64(v)) {
					text = strconv.FormatFloat(float64(v), 'g', -1, 32)
				}
				row = append(row, text)
			}
			out.Write(row)
		}
	}
	out.Flush()
	return b.Bytes()
}

func (w *Window) saveArithmetic() { w.write(w.target("-arithmetic.txt"), []byte(w.arithmetic())) }

// load opens what was saved: an experiment, a checkpoint of this experiment, or the
// weights of a teacher for this graph.
func (w *Window) load(name string) {
	if name == "" {
		return
	}
	b, err := file.Read(name)
	if err != nil {
		w.tell(w.speech.say("desktop.refused", "name", name, "reason", file.Cause(err).Error()))
		return
	}
	if len(b) > 9 && b[8] == '{' { // weights
		g, err := w.graph.WithTeacher(w.state.Experiment, b)
		if err != nil {
			w.tell(w.speech.say("desktop.refused", "name", name, "reason", err.Error()))
			return
		}
		w.begin(&g, false)
		return
	}
	w.trainer.Do(func(s *sim.Session) {
		err := loadInto(s, name, b)
		w.afterwards(func() {
			if err != nil {
				w.tell(w.speech.say("desktop.refused", "name", name, "reason", err.Error()))
			} else {
				w.tell(w.speech.say("desktop.loaded", "name", name))
			}
		})
	})
}

// loadInto makes the session go on with what a file holds.
func loadInto(s *sim.Session, name string, b []byte) error {
	if filetype.Of(name, b[:min(len(b), filetype.HeadSize)]) == filetype.Checkpoint {
		if err := s.Resume(b); err != nil {
			return err
		}
		return s.Do(wire.Pause{})
	}
	e, err := setup.ParseExperiment(strings.TrimSpace(strings.TrimPrefix(string(b[:min(len(b), 1<<16)]), "#")))
	if err != nil {
		return fmt.Errorf("it is neither an experiment, a checkpoint nor weights: %w", err)
	}
	return s.Do(wire.Begin{Experiment: e.String()})
}
