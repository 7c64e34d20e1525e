// Package sim runs experiments: it trains teachers, distils students and
// describes what happened as values that a screen, a page or a file can show.
//
//	Experiment --> Run --(Step)--> Snapshot --> scene, page, report
//	                ^
//	Command --------'  (an inbox drained between steps)
//
// An Experiment and its seed determine a run. What is shown never reaches the
// trainer except as a Command.
package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
	"abkd/kd"
	"abkd/sim/inspect"
	"abkd/sim/setup"
	"abkd/sim/view"
	"abkd/sim/wire"
)

// A Run trains what an experiment says, one step at a time: the teacher, if
// it is to be trained, then the students.
type Run struct {
	graph   *graph.Graph // as given
	now     *graph.Graph // as the changes have left it
	given   *graph.Graph // that to the models: with the labels of the changes
	split   graph.Split
	said    setup.Experiment
	plan    setup.Plan // what it means
	options Options
	backend *mat.Backend

	layers  int // of the deeper model
	sampler sample.Sampler
	eval    *evaluation
	view    *view.View // nil without Options.View
	wish    wish

	phase wire.Phase
	err   error
	step  int   // steps done in this epoch
	epoch int   // epochs done in this phase
	edges int64 // see Edges

	batches, unlabelled int // see Unlabelled

	teacher *lane
	lanes   []*lane // that this phase trains: the teacher's, or the students'

	changes    []wire.Change // in order of time
	applied    int           // changes[:applied] have been made
	world      world         // what they add up to
	edits      []edit        // of the teacher's weights, in the order in which they were made
	graphPrint uint64        // 0 if not known yet

	gathered []byte // draws of all ranks

	baselines []wire.Baseline // of the graph and the labels as the changes have left them, nil if not known yet
	remarks   []wire.Remark   // on the settings and the graph, nil if not looked for yet
}

// Options are what a run is given beside its experiment. The zero Options
// train one student alone and describe no graph.
type Options struct {
	// Teacher holds trained weights. It may be nil if the experiment trains
	// its own teacher, or needs none. Changes of the run may be made in it.
	Teacher gnn.Model
	// Baseline adds a lane with a student that learns from the labels alone.
	Baseline bool
	// View fills in Snapshot.Graph.
	View bool
	// Group is the ranks that train the models together, each on its share of
	// every batch; nil is this process alone. All of them make the same run and
	// the same calls of Step and GatherDraws. What is counted of a run is what
	// this rank has done.
	Group parallel.Group
	// Backend computes the run and counts what it does; nil stands for the
	// fastest one.
	Backend *mat.Backend
}

// New prepares a run of e on g.
func New(g *graph.Graph, e setup.Experiment, o Options) (*Run, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	split, err := g.Split(e.Split)
	if err != nil {
		return nil, err
	}
	if len(split.Train) == 0 {
		return nil, fmt.Errorf("sim: split %s of %s has no training nodes, want at least one to learn from", split.Name, g.Name)
	}
	plan := e.Plan()
	if err := plan.CheckRanks(o.Group, split.Train); err != nil {
		return nil, err
	}
	if plan.Distils() {
		if err := plan.Trains(); err != nil {
			return nil, err
		}
	}
	g = plan.Prepare(g)
	r := &Run{graph: g, now: g, given: g, split: split, said: e, plan: plan, options: o, backend: o.Backend}
	r.world = r.newWorld()
	r.layers = max(r.plan.Student.Layers, r.plan.Teacher.Layers)
	if o.Teacher != nil {
		r.layers = max(r.plan.Student.Layers, o.Teacher.Config().Layers)
	}
	if r.backend == nil {
		if r.backend, err = mat.NewBackend(""); err != nil {
			return nil, err
		}
	}
	r.eval = r.newEvaluation(g, setup.IsSmall(g))
	r.sampler = r.plan.NewSampler(o.Group, g, r.layers, split.Train)
	switch {
	case o.Teacher != nil:
		err = r.distilFrom(o.Teacher)
	case r.plan.Teach == "untrained":
		var m gnn.Model
		if m, _, err = r.newModels(r.plan.Teacher, setup.TeacherWeights); err == nil {
			err = r.distilFrom(m)
		}
	case r.plan.Teach == "on":
		err = r.beginTeaching()
	case r.plan.Distils():
		err = fmt.Errorf("sim: criterion %s with alpha %g needs a teacher: give its weights or train it here", r.plan.Criterion, r.plan.Alpha)
	default:
		err = r.beginDistilling()
	}
	if err != nil {
		return nil, err
	}
	if o.View {
		r.view = view.New(g, split, r.layers, r.eval.batch)
	}
	return r, nil
}

// newModels returns two models of the same weights: one to train, one to keep
// the best weights in.
func (r *Run) newModels(s setup.Size, purpose setup.Purpose) (m, keep gnn.Model, err error) {
	if m, err = gnn.New(r.plan.Config(s), r.graph, rand.New(r.plan.Stream(purpose))); err != nil {
		return nil, nil, err
	}
	gnn.SetDecay(m, r.plan.Decay, r.plan.DenseDecay)
	if keep, err = gnn.New(r.plan.Config(s), r.graph, nil); err != nil {
		return nil, nil, err
	}
	gnn.Copy(keep.Params(), m.Params())
	return m, keep, nil
}

// beginTeaching begins the phase in which the teacher is trained.
func (r *Run) beginTeaching() error {
	m, keep, err := r.newModels(r.plan.Teacher, setup.TeacherWeights)
	if err != nil {
		return err
	}
	d := kd.NewDistiller(nil, m, nil, kd.Settings{LR: r.plan.LR, Backend: r.backend, Group: r.options.Group})
	r.teacher = newLane("none", m, keep, d, r.ownStream(setup.TeacherDropout), r.plan.TeacherEpochs)
	r.eval.measureUntrained(m, &r.teacher.state)
	r.lanes = []*lane{r.teacher}
	r.phase, r.epoch, r.step = wire.Teaching, 0, 0
	return nil
}

// distilFrom makes m the teacher, as it is, and begins to train the students.
func (r *Run) distilFrom(m gnn.Model) error {
	r.teacher = &lane{criterion: "none", model: m, bestModel: m, state: sizeOf(m)}
	r.eval.measureUntrained(m, &r.teacher.state)
	r.teacher.best = r.teacher.state
	return r.beginDistilling()
}

// beginDistilling begins the phase in which the students are trained.
func (r *Run) beginDistilling() error {
	lanes, err := r.students()
	if err != nil {
		return err
	}
	r.lanes = lanes
	r.applyWorld(lanes)
	r.phase, r.epoch, r.step = wire.Distilling, 0, 0
	r.weigh(0)
	return nil
}

// students returns the lanes of the students, untrained.
func (r *Run) students() (lanes []*lane, err error) {
	if r.options.Baseline && r.plan.Distils() {
		l, err := r.student("none", kd.Settings{LR: r.plan.LR})
		if err != nil {
			return nil, err
		}
		lanes = append(lanes, l)
	}
	l, err := r.student(r.plan.Criterion, r.plan.CriterionSettings())
	if err != nil {
		return nil, err
	}
	return append(lanes, l), nil
}

// student returns a lane in which a student learns by that criterion.
func (r *Run) student(criterion string, s kd.Settings) (*lane, error) {
	m, keep, err := r.newModels(r.plan.Student, setup.StudentWeights)
	if err != nil {
		return nil, err
	}
	var c kd.Criterion
	var teacher gnn.Model
	var draws *rand.PCG
	if criterion != "none" || s.Alpha > 0 {
		teacher = r.teacher.bestModel
		options, err := r.plan.CriterionConfig()
		if err != nil {
			return nil, err
		}
		draws = r.plan.Stream(setup.CriterionWeights)
		if c, err = kd.Between(criterion, teacher, m, options, rand.New(draws)); err != nil {
			return nil, err
		}
	}
	s.Backend, s.Group = r.backend, r.options.Group
	l := newLane(criterion, m, keep, kd.NewDistiller(teacher, m, c, s), r.ownStream(setup.StudentDropout), r.plan.Epochs)
	l.draws = draws
	r.eval.measureUntrained(m, &l.state)
	return l, nil
}

// weigh gives the criterion the weight that it has in an epoch of the students,
// counted from 0.
func (r *Run) weigh(epoch int) {
	for _, l := range r.lanes {
		l.distiller.SetWeight(r.plan.CriterionWeight(epoch))
	}
}

// Step makes one training step and reports whether there is another one.
func (r *Run) Step() bool {
	if r.phase >= wire.Finished {
		return false
	}
	b := r.sampler.Next()
	r.gathered = nil
	r.weigh(r.epoch)
	unlabelled := false
	for _, l := range r.lanes {
		var err error
		if unlabelled, err = l.makeStep(b, r.step == 0); err != nil {
			r.fail(r.diagnose(l, b, err))
			return false
		}
	}
	r.edges += edgesOf(b)
	r.batches++
	if unlabelled {
		r.unlabelled++
	}
	if r.step++; r.step == r.sampler.Steps() {
		r.endEpoch()
	}
	r.makeDue()
	return r.phase < wire.Finished
}

// SetFocus makes target node the focus of the snapshots that follow.
func (r *Run) SetFocus(node int) {
	if r.view != nil {
		r.view.SetFocus(node)
	}
}

// timings is how many times the teacher's inference is measured for a view: a
// first one is slower than the students' fastest of many. On a large graph, which
// a run begins without, it is measured once.
const timings = 12

func (r *Run) endEpoch() {
	evaluate := r.plan.Evaluates(r.epoch+1, r.epochs(r.phase))
	for _, l := range r.lanes {
		l.endEpoch(r.eval, evaluate)
	}
	if r.view != nil && r.phase == wire.Distilling {
		r.lanes[len(r.lanes)-1].keepCourses(&r.wish, r.eval.batch)
	}
	if t := r.teacher; r.view != nil && r.phase == wire.Distilling && t != nil && (r.eval.batch != nil && r.epoch < timings || evaluate && t.state.InferMicros == 0) {
		r.eval.measure(t.bestModel, &t.state)
	}
	r.step = 0
	r.epoch++
	switch {
	case r.phase == wire.Teaching && r.epoch == r.plan.TeacherEpochs:
		r.teacher.state = r.teacher.best
		if err := r.beginDistilling(); err != nil {
			r.fail(err)
		}
	case r.phase == wire.Distilling && r.epoch == r.plan.Epochs:
		r.phase = wire.Finished
		r.Close()
	}
}

// Extend gives the students so many epochs in all, more than they have. A run
// that is over goes on where it ended, as one that had them from the start.
// After an error nothing has changed.
func (r *Run) Extend(epochs int) error {
	e := r.said
	e.Epochs = epochs
	switch err := e.Check(); {
	case err != nil:
		return err
	case epochs <= r.plan.Epochs:
		return fmt.Errorf("sim: command extend: epochs is %d, want more than the %d that the run has", epochs, r.plan.Epochs)
	case r.phase == wire.Failed:
		return fmt.Errorf("sim: command extend: the run has failed: rewind it first")
	case r.phase == wire.Finished && !r.plan.Evaluates(r.epoch, epochs):
		return fmt.Errorf("sim: command extend: the last epoch, %d, was evaluated because it was the last: with an evaluation every %d epochs a longer run would be another one", r.epoch, r.plan.EvalEvery)
	}
	r.said, r.plan.Epochs = e, epochs
	if r.phase == wire.Finished {
		r.phase = wire.Distilling
	}
	return nil
}

// epochs returns the number of epochs of the phase, or of that which led to it.
func (r *Run) epochs(p wire.Phase) int {
	if p == wire.Teaching {
		return r.plan.TeacherEpochs
	}
	return r.plan.Epochs
}

func (r *Run) fail(err error) {
	r.phase, r.err = wire.Failed, err
	r.Close()
}

// Plan returns what r runs.
func (r *Run) Plan() setup.Plan { return r.plan }

// Backend returns the name of what computes r.
func (r *Run) Backend() string { return r.backend.Name() }

// Err returns the error that stopped the run, nil if none did.
func (r *Run) Err() error { return r.err }

// Phase returns what the run is doing.
func (r *Run) Phase() wire.Phase { return r.phase }

// Epoch returns the number of epochs done in this phase.
func (r *Run) Epoch() int { return r.epoch }

// Steps returns the number of steps of one epoch.
func (r *Run) Steps() int { return r.sampler.Steps() }

// StepsDone returns the number of steps done in this epoch.
func (r *Run) StepsDone() int { return r.step }

// Edges returns over how many edges messages have passed since New: those of
// every batch, each counted in every layer.
func (r *Run) Edges() int64 { return r.edges }

// Unlabelled returns how many of how many batches since New had no training
// node. The cross-entropy has nothing to learn from in such a batch; without a
// comparison on all nodes it changes no weight.
func (r *Run) Unlabelled() (k, n int) { return r.unlabelled, r.batches }

// EvaluationTime returns how long evaluations have taken since New.
func (r *Run) EvaluationTime() time.Duration { return r.eval.spent }

// FLOP returns how many multiplications and additions the products and sums over
// neighbours of the run have taken since New, evaluations included.
func (r *Run) FLOP() int64 { return r.backend.FLOP() }

// EvaluationFLOP returns how many multiplications and additions evaluations
// have taken since New.
func (r *Run) EvaluationFLOP() int64 { return r.eval.flop }

// History returns the learning curve of the model of Best, a point for each
// epoch done. It must not be changed.
func (r *Run) History() []wire.Point { return r.lanes[len(r.lanes)-1].history }

// Best returns the weights of the epoch of the taught student's, or of the
// teacher's while it is trained, best validation accuracy, and that epoch's
// state. BestEpoch is 0 before the first epoch is done.
func (r *Run) Best() (gnn.Model, wire.ModelState) {
	l := r.lanes[len(r.lanes)-1]
	return l.bestModel, l.best
}

// Learner returns the model of Best as it is now, and the distiller that trains it.
func (r *Run) Learner() (gnn.Model, *kd.Distiller) {
	l := r.lanes[len(r.lanes)-1]
	return l.model, l.distiller
}

// DeadUnits returns what inspect.DeadUnits does of the model of Best. It knows
// of none on a graph that is evaluated layer by layer.
func (r *Run) DeadUnits() (dead, of int) {
	if r.eval.batch == nil {
		return 0, 0
	}
	m, _ := r.Best()
	return inspect.DeadUnits(m, r.eval.batch)
}

// Alone returns what Best does for the student that learns from the labels
// alone, a nil model without one.
func (r *Run) Alone() (gnn.Model, wire.ModelState) {
	if len(r.lanes) < 2 {
		return nil, wire.ModelState{}
	}
	return r.lanes[0].bestModel, r.lanes[0].best
}

// Teacher returns the teacher's best weights and state. The model is nil if
// the run has no teacher.
func (r *Run) Teacher() (gnn.Model, wire.ModelState) {
	if r.teacher == nil {
		return nil, wire.ModelState{}
	}
	return r.teacher.bestModel, r.teacher.best
}

// Snapshot describes the run in s.
func (r *Run) Snapshot(s *wire.Snapshot) {
	*s = wire.Snapshot{
		Phase: r.phase, Epoch: r.epoch, Epochs: r.epochs(r.phase), Step: r.step, Steps: r.Steps(), Recorded: r.epoch,
		Hash: r.Hash(), Changes: slices.Clone(r.changes), Seed: r.plan.Seed, Tests: len(r.split.Test), Backend: r.backend.Name(),
		Alpha: float32(r.plan.Alpha), Beta: float32(r.plan.Beta), Experiment: r.said.String(),
	}
	if r.err != nil {
		s.Error = r.err.Error()
	}
	if r.teacher != nil {
		s.Teacher = r.teacher.state
	}
	for _, l := range r.lanes {
		s.Lanes = append(s.Lanes, wire.Lane{Criterion: l.criterion, Model: l.state, History: slices.Clone(l.history)})
	}
	taught := r.lanes[len(r.lanes)-1]
	if a := taught.distiller.Alignment(); !a.A.Empty() {
		s.A, s.D, s.G = wire.Matrix(a.A.Clone()), wire.Matrix(a.D.Clone()), wire.Matrix(a.G.Clone())
	}
	if r.view != nil {
		teacher, _, student := r.models()
		r.view.Fill(&s.Graph, teacher, student)
	}
	r.fillWish(s)
}

// Evaluate measures m on the whole of g: loss on the training nodes, accuracy
// on each part of the split, the fastest of several inferences, of which there
// are fewer if they take long. A large graph is computed layer by layer, see
// gnn.Evaluator.
func Evaluate(m gnn.Model, g *graph.Graph, split graph.Split) wire.ModelState {
	s := sizeOf(m)
	newEvaluation(nil, g, split, m.Config().Layers, setup.IsSmall(g)).measureFastest(m, &s, 5)
	return s
}

// Assess is Evaluate with a single inference.
func Assess(m gnn.Model, g *graph.Graph, split graph.Split) wire.ModelState {
	s := sizeOf(m)
	newEvaluation(nil, g, split, m.Config().Layers, setup.IsSmall(g)).measure(m, &s)
	return s
}
