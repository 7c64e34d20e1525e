package study

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/setup"
)

// Plan returns what there is to run: the teachers that the cells need, each
// once, and the cells. Both are in the order of the seeds, so that a study
// that is cut short has whole seeds.
func (s Spec) Plan() (teachers []Teacher, cells []Cell, err error) {
	if err := s.Base.Plan().Trains(); err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, seed := range s.Seeds {
		for _, student := range s.Students {
			for _, m := range s.Methods {
				c, err := s.cell(m, student, seed)
				if err != nil {
					return nil, nil, err
				}
				if text := c.Teacher.text(); !known[text] {
					known[text] = true
					teachers = append(teachers, c.Teacher)
				}
				cells = append(cells, c)
			}
		}
	}
	return teachers, cells, s.distinct(cells)
}

// distinct reports two methods of one name.
func (s Spec) distinct(cells []Cell) error {
	if len(cells) == 0 {
		return fmt.Errorf("study: there are %d methods, %d students and %d seeds, want at least one of each", len(s.Methods), len(s.Students), len(s.Seeds))
	}
	known := map[string]bool{}
	for _, c := range cells {
		e := c.Experiment
		name := fmt.Sprintf("%s %dx%d, seed %d", c.Method, e.Student.Layers, e.Student.Hidden, e.Plan().Seed)
		if known[name] {
			return fmt.Errorf("study: %s is there twice, want each method, student and seed once", name)
		}
		known[name] = true
	}
	return nil
}

func (s Spec) cell(m Method, student setup.Size, seed uint64) (Cell, error) {
	e, untrained, err := m.apply(s.Base)
	if err != nil {
		return Cell{}, err
	}
	e.Data, e.Seed, e.Student, e.Teach = "", setup.Some[uint64](seed), student, ""
	layers := e.Plan().Teacher.Layers
	if e.Pin, err = Pin(e.Pin, layers, student.Layers); err != nil {
		return Cell{}, err
	}
	if err := e.Check(); err != nil {
		return Cell{}, fmt.Errorf("study: %s: %w", m, err)
	}
	return Cell{m, e, s.teacher(e.Teacher, seed, untrained), s.Examined}, nil
}

// teacher returns the teacher of that shape and seed, or the one that is given,
// for all seeds. What it is trained with is the base's, whatever its students
// are trained with.
func (s Spec) teacher(shape setup.Size, seed uint64, untrained bool) Teacher {
	b := s.Base
	if s.Weights != nil && !untrained {
		return Teacher{setup.Experiment{
			Split: b.Split, Model: b.Model, Teacher: shape, Input: b.Input, Inputs: b.Inputs, LabelReuse: b.LabelReuse, RowNormalise: b.RowNormalise,
			Criterion: "none", Student: setup.Size{Layers: 1, Hidden: 1},
		}, false, s.Weights}
	}
	e := s.alone(b.Model, seed)
	e.Teacher, e.Teach, e.TeacherEpochs = shape, "on", b.TeacherEpochs
	// Behind the teacher stands the smallest student that there is; it is never trained.
	e.Criterion, e.Student, e.Epochs = "none", setup.Size{Layers: 1, Hidden: 1}, 1
	return Teacher{e, untrained, nil}
}

// alone is what the base says of a model of that kind which learns from the labels.
func (s Spec) alone(kind string, seed uint64) setup.Experiment {
	b := s.Base
	return setup.Experiment{
		Split: b.Split, Seed: setup.Some[uint64](seed), Model: kind, Input: b.Input, Inputs: b.Inputs, LabelReuse: b.LabelReuse,
		InputDropout: b.InputDropout, RowNormalise: b.RowNormalise, Heads: b.Heads, InitialShare: b.InitialShare, Lambda: b.Lambda,
		Rounds: b.Rounds, NeighbourShare: b.NeighbourShare, Through: b.Through,
		Decay: b.Decay, DenseDecay: b.DenseDecay, LR: b.LR, Dropout: b.Dropout,
		Sampler: b.Sampler, BatchSize: b.BatchSize, Fanout: b.Fanout, Roots: b.Roots, Steps: b.Steps, EvalEvery: b.EvalEvery,
	}
}

// Pin returns the pinned attention of that name between lt teacher layers and
// ls student layers. A text that is no name is the matrix itself.
//
//	diagonal   each teacher layer to the student layer at the same depth, see kd.Diagonal
//	last       the last teacher layer to the last student layer, no others
func Pin(name string, lt, ls int) (string, error) {
	if name != "diagonal" && name != "last" {
		return name, nil
	}
	if lt < 1 || ls < 1 {
		return "", fmt.Errorf("study: pin %s: %d teacher layers and %d student layers, want at least one of each", name, lt, ls)
	}
	m := kd.Diagonal(lt, ls)
	if name == "last" {
		m = mat.New(lt, ls)
		m.Row(lt - 1)[ls-1] = 1
	}
	rows := make([]string, lt)
	for i := range rows {
		entries := make([]string, ls)
		for j, v := range m.Row(i) {
			entries[j] = strconv.FormatFloat(float64(v), 'g', -1, 32)
		}
		rows[i] = strings.Join(entries, ",")
	}
	return strings.Join(rows, ";"), nil
}

func (t Teacher) text() string {
	text := fmt.Sprintf("untrained=%t\n%s", t.Untrained, Text(t.Experiment))
	if t.Weights != nil {
		text += "weights=" + WeightsPrint(t.Weights) + "\n"
	}
	return text
}

// WeightsPrint returns a hash of weights.
func WeightsPrint(weights []byte) string {
	h := sha256.Sum256(weights)
	return hex.EncodeToString(h[:16])
}

// Key returns the name of t's result: a hash of all that it depends on, with
// data the fingerprint of the graph and backend the kernels that compute.
func (t Teacher) Key(data, backend string) string {
	return digest("teacher", data, backend, t.text())
}

// Key returns the name of c's result, as Teacher.Key does.
func (c Cell) Key(data, backend string) string {
	return digest("cell", data, backend, c.Teacher.text(), Text(c.Experiment))
}

// keyVersion changes when the meaning of a stored result does.
const keyVersion = "1"

func digest(parts ...string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", keyVersion)
	for _, p := range parts {
		fmt.Fprintf(h, "%d\n%s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
