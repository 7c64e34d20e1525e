package fair

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// measuredAt is after how many epochs of KD alone the gradients are measured. At
// an earlier one they are if a criterion's is 0 there.
var measuredAt = []int{20, 10, 5, 2, 1, 0}

// weighed returns the setting of a criterion's form beside a common one: its beta
// is what makes the criterion's gradient so many times that of all else.
func (r *run) weighed(criterion string, common Setting, f form) (Setting, error) {
	settings := common.Settings
	if f.settings != "" {
		settings += "&" + f.settings
	}
	unit, err := r.unit(criterion, settings)
	if err != nil {
		return Setting{}, err
	}
	beta := min(f.ratio*unit, setup.ControlOf("beta").Max)
	settings += "&beta=" + strconv.FormatFloat(beta, 'g', 4, 64)
	return Setting{Settings: settings, Common: common.Common, Ratio: study.Value(f.ratio)}, nil
}

// unit returns the beta at which the criterion's gradient on the student's
// weights is as long as that of cross-entropy and KD together. It is measured on
// the first tuning seed, at a student that KD alone has taught for 20 epochs and
// with the criterion's own weights as they are drawn: where it would begin to act.
func (r *run) unit(criterion, settings string) (float64, error) {
	key := criterion + "&" + settings
	if unit, ok := r.measured[key]; ok {
		return unit, nil
	}
	s := r.spec(1, r.Tuning[:1], []study.Method{{Criterion: criterion, Settings: settings}})
	_, cells, err := s.Plan()
	if err != nil {
		return 0, err
	}
	teacher, err := r.tuned.Teacher(cells[0])
	if err != nil {
		return 0, err
	}
	split, err := r.tuned.Graph.Split(s.Base.Split)
	if err != nil {
		return 0, err
	}
	p := cells[0].Experiment.Plan()
	unit := 0.0
	for _, epochs := range measuredAt {
		m := gauge{plan: p, teacher: teacher}
		if err := m.teach(r.tuned.Graph, split.Train, epochs); err != nil {
			return 0, err
		}
		if unit, err = m.unit(); err != nil || unit > 0 {
			break
		}
	}
	if unit == 0 {
		unit = p.Beta // it has nothing to say of this student
	}
	if r.measured == nil {
		r.measured = map[string]float64{}
	}
	r.measured[key] = unit
	return unit, err
}

// A gauge compares the gradients of a criterion and of all else.
type gauge struct {
	plan             setup.Plan
	teacher, student gnn.Model
	batch            *sample.Batch
}

// teach trains a student for so many epochs by KD alone, from the weights and with
// the batches and the dropout of the run that the plan says.
func (m *gauge) teach(g *graph.Graph, train []int32, epochs int) (err error) {
	p := m.plan
	if m.student, err = gnn.New(p.Config(p.Student), g, rand.New(p.Stream(setup.StudentWeights))); err != nil {
		return err
	}
	gnn.SetDecay(m.student, p.Decay, p.DenseDecay)
	batches := p.NewSampler(nil, g, max(p.Student.Layers, m.teacher.Config().Layers), train)
	if ahead, ok := batches.(*sample.Prefetch); ok {
		defer ahead.Close()
	}
	d := kd.NewDistiller(m.teacher, m.student, nil, m.settings(0))
	dropout := rand.New(p.Stream(setup.StudentDropout))
	for range epochs * batches.Steps() {
		if err := d.Step(batches.Next(), dropout).Check(); err != nil {
			return fmt.Errorf("study: gradients of %s: %w", p.Criterion, err)
		}
	}
	m.batch = batches.Next()
	return nil
}

func (m *gauge) settings(beta float64) kd.Settings {
	s := m.plan.CriterionSettings()
	s.Beta, s.Gate = beta, 0
	return s
}

// unit returns the beta of equal gradients, 0 if the criterion has none. It is
// measured twice, the second time near itself, where float32 loses least.
func (m *gauge) unit() (float64, error) {
	rest, err := m.gradient(0)
	if err != nil {
		return 0, err
	}
	beta := m.plan.Beta
	for range 2 {
		both, err := m.gradient(beta)
		if err != nil {
			return 0, err
		}
		own := 0.0
		for i, g := range both {
			own += (g - rest[i]) * (g - rest[i])
		}
		if own == 0 {
			return 0, nil
		}
		beta *= length(rest) / math.Sqrt(own)
	}
	return beta, nil
}

// gradient returns that of the student's weights, with its dropout drawn alike each
// time.
func (m *gauge) gradient(beta float64) (all []float64, err error) {
	p := m.plan
	config, err := p.CriterionConfig()
	if err != nil {
		return nil, err
	}
	c, err := kd.Between(p.Criterion, m.teacher, m.student, config, rand.New(p.Stream(setup.CriterionWeights)))
	if err != nil {
		return nil, err
	}
	d := kd.NewDistiller(m.teacher, m.student, c, m.settings(beta))
	if err := d.Gradient(m.batch, rand.New(p.Stream(setup.StudentDropout))).Check(); err != nil {
		return nil, fmt.Errorf("study: gradients of %s: %w", p.Criterion, err)
	}
	for _, param := range m.student.Params() {
		for _, g := range param.Gradient().Data {
			all = append(all, float64(g))
		}
	}
	return all, nil
}

func length(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum)
}
