package kd

import (
	"fmt"
	"math"
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/parallel"
	"abkd/gnn/sample"
)

// Settings says how a Distiller mixes its losses and trains.
type Settings struct {
	Alpha       float64 // weight of KD, 0 to 1; the cross-entropy has 1-Alpha
	Beta        float64 // weight of the criterion
	Temperature float64 // of KD; read only if Alpha is not 0
	LR          float64 // Adam's learning rate; read only without an Optimizer
	AllNodes    bool    // distil on all seeds of a batch, not only on those with a loss

	// Of the criterion: how large its gradient may be beside that of the task,
	// see gate (0: no gate), and how its own parameters are trained.
	Gate     float64
	OwnLR    float64 // Adam's learning rate of them (LR); read only without an Optimizer
	OwnDecay float64 // their weight decay, while the criterion has a weight

	// Backend computes the step: teacher, student, criterion and optimiser are
	// given to it, those that have a method SetBackend. It stays theirs, and what
	// it counts is what they did. Nil leaves them as they are.
	Backend *mat.Backend

	// Group is the ranks that train the student together, each on the shard of
	// the batches that its sampler draws (see sample.Sharder); nil is this
	// process alone. Every rank makes its models and its criterion with the same
	// weights and takes the same steps. A criterion's nodes are drawn alike on
	// all ranks, dropout from a stream of the rank's own.
	Group parallel.Group

	// Optimizer makes what updates the student and the criterion's own
	// parameters; nil stands for Adam.
	Optimizer func(params []*gnn.Param) gnn.Optimizer
}

// Losses are the losses of one step, before its update:
//
//	Total = (1-α)·CE + α·KD + w·β·Aux
//
// w is 1, or what SetWeight has made of it.
type Losses struct {
	Total float64
	CE    float64 // cross-entropy with the labels
	KD    float64 // 0 if Alpha is 0
	Aux   float64 // the criterion's loss, not weighted; 0 without a criterion

	// Unlabelled says that no node of the batch has a label that is learned
	// from: CE is NaN, and Total has the other terms alone.
	Unlabelled bool
	// Idle says that there is nothing to compare either: every loss of the
	// step is NaN, and it changed no weight.
	Idle bool
}

// idleLosses are the losses of a step that has nothing to learn from.
func (d *Distiller) idleLosses() Losses {
	l := Losses{Total: math.NaN(), CE: math.NaN(), Unlabelled: true, Idle: true}
	if d.kd != nil {
		l.KD = math.NaN()
	}
	if d.criterion != nil {
		l.Aux = math.NaN()
	}
	return l
}

// A NotFiniteError says which loss is not a finite number, and what may help.
type NotFiniteError struct {
	Loss   string
	Value  float64
	Advice string
}

// Error implements error.
func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("kd: step: %s is %v, want a finite number: %s", e.Loss, e.Value, e.Advice)
}

// Check returns a *NotFiniteError for the first loss that is not a finite
// number, though the step had nodes to take it on.
func (l Losses) Check() error {
	if l.Idle {
		return nil
	}
	for _, part := range [...]struct {
		name, advice string
		value        float64
	}{
		{"cross-entropy", "lower the learning rate", l.CE},
		{"KD loss", "lower alpha or the learning rate", l.KD},
		{"criterion's loss", "lower beta or the learning rate", l.Aux},
		{"total loss", "lower beta or the learning rate", l.Total},
	} {
		if !finite(part.value) && !(l.Unlabelled && part.name == "cross-entropy") {
			return &NotFiniteError{part.name, part.value, part.advice}
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// A Distiller trains a student, with or without a teacher, a step at a time:
//
//	       teacher --outputs---.
//	batch <                     > rows --> α·KD + β·criterion --.
//	       student --outputs---'                                 > gradient --> optimiser
//	              '---logits---> rows --> (1-α)·cross-entropy ---'
//
// The outputs of a model are its layers and, if they are not the last of
// them, its logits. A criterion compares the layers, KD the logits. The
// teacher runs in evaluation mode and is not changed.
type Distiller struct {
	teacher, student gnn.Model
	criterion        Criterion
	kd               *KD // nil if Alpha is 0
	ce               gnn.CrossEntropy
	optimizer        gnn.Optimizer
	params           []*gnn.Param // what it trains
	settings         Settings
	weight           float64 // of the criterion, times Beta
	ranks            ranks
	gate             *gate      // nil if nobody compares gradients
	looks            bool       // the next step shows its pulls
	reader           TaskReader // the criterion, if it reads the task's gradient

	edges            *edges // nil if the criterion does not want any
	layersT, layersS int    // numbers of layers

	outputs Layers       // what both compute on the distillation rows: all outputs with a criterion, else the logits
	grad    []mat.Matrix // gradient for outputs.Student
	task    []mat.Matrix // the task's at the compared rows of the student's layers
	full    []mat.Matrix // gradient for all rows of every student output; empty: zero
	all     []int32      // 0, 1, 2, ...
	kept    *sample.Batch
	batch   *sample.Batch // of the last step
	chosen  []int32       // its distillation rows
}

// NewDistiller returns the trainer of student. A nil c is no criterion; the
// teacher may be nil if there is none and Alpha is 0.
func NewDistiller(teacher, student gnn.Model, c Criterion, s Settings) *Distiller {
	if !(s.Alpha >= 0 && s.Alpha <= 1) {
		panic(fmt.Sprintf("kd: NewDistiller: alpha is %v, want 0..1", s.Alpha))
	}
	if !(s.Beta >= 0) {
		panic(fmt.Sprintf("kd: NewDistiller: beta is %v, want at least 0", s.Beta))
	}
	d := &Distiller{teacher: teacher, student: student, criterion: c, settings: s, ranks: ranks{group: s.Group}}
	if s.Alpha > 0 {
		kd, err := NewKD(s.Temperature)
		if err != nil {
			panic(err.Error())
		}
		d.kd = kd
	}
	if (d.kd != nil || c != nil) && teacher == nil {
		panic("kd: NewDistiller: teacher is nil, want one for alpha above 0 or a criterion")
	}
	d.beginOwn()
	params := append(Weights(c), student.Params()...)
	gnn.ZeroGrad(params)
	if !gnn.SameWeights(s.Group, params) {
		panic("kd: NewDistiller: the ranks begin with different weights, want the same: draw them from one seed or read one file")
	}
	d.params = params
	if s.Optimizer != nil {
		d.optimizer = s.Optimizer(params)
	} else {
		d.optimizer = gnn.NewAdam(params, s.LR)
	}
	d.layersS = len(student.Widths())
	if b := s.Backend; b != nil {
		d.ce.Backend, d.ranks.mat = b, b
		gnn.SetBackend(b, teacher, student, c, d.optimizer)
		if d.kd != nil {
			d.kd.SetBackend(b)
		}
	}
	if c != nil {
		d.layersT = len(teacher.Widths())
		edges, err := edgesFor(c, student)
		if err != nil {
			panic(err.Error())
		}
		d.edges = edges
	}
	return d
}

// beginOwn prepares what Settings say of the criterion.
func (d *Distiller) beginOwn() {
	s := d.settings
	if !(s.Gate >= 0) {
		panic(fmt.Sprintf("kd: NewDistiller: gate is %v, want at least 0", s.Gate))
	}
	if r, ok := d.criterion.(TaskReader); ok && r.ReadsTask() {
		d.reader = r
	}
	if s.Gate > 0 && d.criterion != nil || d.reader != nil {
		d.gate = newGate(s.Gate, &d.ranks)
		if !gnn.WatchGradient(d.student, nil) {
			panic("kd: NewDistiller: the student cannot be followed, see gnn.WatchGradient, want one that can for a gate, or attention to what helps")
		}
	}
	d.SetWeight(1)
	if s.OwnLR > 0 && s.Optimizer == nil {
		for _, p := range Weights(d.criterion) {
			p.Rate = s.OwnLR / s.LR
		}
	}
}

// hasTerms reports whether the student is compared with the teacher.
func (d *Distiller) hasTerms() bool { return d.kd != nil || d.criterion != nil }

// compares reports whether this rank has anything to compare, on rows. One of
// several ranks takes part without any of its own.
func (d *Distiller) compares(rows []int32) bool {
	return d.hasTerms() && (len(rows) > 0 || !d.ranks.alone())
}

// Step trains the student on b: Gradient, the sum over the ranks, then Apply.
// Dropout is drawn from rng; nil means none. A step with a loss that is not a finite number changes no
// weight, so that what led to it can still be seen; so can the gradient of any
// other step, until the next. Nor does a step without any node to learn from,
// which takes the dropout of others: runs that are compared stay in step.
func (d *Distiller) Step(b *sample.Batch, rng *rand.Rand) Losses {
	l := d.Gradient(b, rng)
	if l.Check() == nil && !l.Idle {
		gnn.SumGradients(d.settings.Group, d.params)
		d.Apply()
	}
	return l
}

// Gradient returns the losses on b and sets the gradient of every one of
// Params to that of the total loss, 0 if there is nothing to learn from. If a
// loss is not a finite number, the gradients are those of the step before. In
// a Group the losses are those of all ranks' rows, and the gradients are this
// rank's part: gnn.SumGradients makes the whole of them.
func (d *Distiller) Gradient(b *sample.Batch, rng *rand.Rand) Losses {
	l, trace, rows := d.loss(b, rng)
	if l.Check() == nil {
		gnn.ZeroGrad(d.params)
		if !l.Idle {
			d.backward(b, trace, rows)
		}
	}
	return l
}

// Apply updates the parameters with the gradients that they have: those of
// Gradient, or what was made of them, such as a sum over processes.
func (d *Distiller) Apply() { d.optimizer.Update() }

// Params returns what d trains: the criterion's own parameters, then the
// student's.
func (d *Distiller) Params() []*gnn.Param { return d.params }

// loss runs the models and returns the losses, the student's trace and the
// rows that were compared.
func (d *Distiller) loss(b *sample.Batch, rng *rand.Rand) (Losses, *gnn.Trace, []int32) {
	trace := d.student.Forward(b, rng)
	rows := d.rows(b, trace)
	d.batch, d.chosen = b, rows
	l := Losses{CE: d.ce.Loss(trace.Logits(), b.Rows, b.Labels)}
	anew := false
	if d.compares(rows) {
		anew = d.observeTeacher(b, rows)
		d.outputs.Student = gather(d.outputs.Student, d.compared(trace), rows)
		if d.kd != nil {
			l.KD = d.kd.Loss(d.outputs)
		}
	}
	d.ranks.addLosses(&l, len(b.Rows), len(rows))
	l.Unlabelled = d.ranks.labelled == 0
	if l.Unlabelled && (!d.hasTerms() || d.ranks.compared == 0) {
		return d.idleLosses(), trace, rows
	}
	if d.criterion != nil && d.ranks.compared > 0 {
		l.Aux = d.criterion.Loss(d.layersOfAll(b, rows, anew))
	}
	s := d.settings
	beta := d.Beta()
	l.Total = float64(s.Alpha*l.KD) + float64(beta*l.Aux)
	if !l.Unlabelled {
		l.Total = float64((1-s.Alpha)*l.CE) + float64(s.Alpha*l.KD) + float64(beta*l.Aux)
	}
	return l, trace, rows
}

// rows returns the rows on which student and teacher are compared.
func (d *Distiller) rows(b *sample.Batch, trace *gnn.Trace) []int32 {
	if !d.settings.AllNodes {
		return b.Rows
	}
	n := trace.Logits().Rows
	for len(d.all) < n {
		d.all = append(d.all, int32(len(d.all)))
	}
	return d.all[:n]
}

// observeTeacher sets outputs.Teacher and outputs.Edges, which on a fixed batch are
// always the same, and reports whether it had to.
func (d *Distiller) observeTeacher(b *sample.Batch, rows []int32) bool {
	if d.kept == b {
		return false
	}
	d.kept = nil
	trace := d.teacher.Forward(b, nil)
	d.outputs.Teacher = gather(d.outputs.Teacher, d.compared(trace), rows)
	if d.edges != nil && d.ranks.alone() {
		d.edges.give(&d.outputs, d.edges.among(b, rows, 0, nil))
	}
	if b.Fixed {
		d.kept = b
	}
	return true
}

// layersOfAll returns what the criterion compares on the rows of all ranks.
func (d *Distiller) layersOfAll(b *sample.Batch, rows []int32, anew bool) Layers {
	if d.ranks.alone() {
		l := d.layers()
		l.Kept = !anew
		return l
	}
	d.ranks.gather(d.layers(), anew)
	if d.edges != nil && anew {
		d.ranks.gatherEdges(d.edges, b, rows)
	}
	return d.ranks.layers
}

// compared returns the outputs of trace that a loss looks at: all of them for
// a criterion, the logits for KD.
func (d *Distiller) compared(trace *gnn.Trace) []mat.Matrix {
	if d.criterion != nil {
		return trace.Outputs
	}
	return trace.Outputs[len(trace.Outputs)-1:]
}

// layers returns what of outputs the criterion compares.
func (d *Distiller) layers() Layers {
	o := d.outputs
	l := o
	l.Teacher, l.Student = o.Teacher[:d.layersT], o.Student[:d.layersS]
	if len(o.Teacher) > d.layersT {
		l.Logits = o.Teacher[d.layersT]
	}
	return l
}

// backward adds the gradient of the total loss to that of the student and of
// the criterion.
func (d *Distiller) backward(b *sample.Batch, trace *gnn.Trace, rows []int32) {
	compares := d.criterion != nil && d.ranks.compared > 0
	learns := compares && d.weight > 0
	gates, reads := d.settings.Gate > 0 && learns, d.reader != nil && learns
	looks := d.looks && compares || reads
	if gates || looks {
		d.gate.begin(trace.Outputs)
		d.taskBackward(trace, rows)
		d.studentBackward(b, rows, d.gate.keep)
	}
	if reads {
		d.task = gather(d.task, d.gate.task[:d.layersS], rows)
		d.reader.SetTask(d.ranks.gatherTask(d.task))
	}
	switch {
	case gates:
		d.clear(trace)
		d.criterionBackward()
		d.studentBackward(b, rows, d.gate.pass)
		d.gate.end()
	case looks:
		gnn.ZeroGrad(d.student.Params())
		d.taskBackward(trace, rows)
		d.criterionBackward()
		d.studentBackward(b, rows, d.gate.look)
		d.gate.end()
	default:
		d.taskBackward(trace, rows)
		d.criterionBackward()
		d.studentBackward(b, rows, nil)
	}
}

// taskBackward sets full to the gradient of the cross-entropy, for all rows, and
// grad to that of KD, for the compared ones.
func (d *Distiller) taskBackward(trace *gnn.Trace, rows []int32) {
	d.clear(trace)
	d.ce.Backward(float32((1-d.settings.Alpha)*d.ranks.labelledShare), d.full[len(d.full)-1])
	if d.kd != nil && d.compares(rows) {
		d.kd.Backward(float32(d.settings.Alpha*d.ranks.comparedShare), d.grad)
	}
}

// clear makes full and grad zero.
func (d *Distiller) clear(trace *gnn.Trace) {
	if d.full == nil {
		d.full = make([]mat.Matrix, len(trace.Outputs))
	}
	for l := d.firstOutput(); l < len(d.full); l++ {
		d.full[l] = zeroed(d.full[l], trace.Outputs[l])
	}
	if d.grad == nil {
		d.grad = make([]mat.Matrix, len(d.outputs.Student))
	}
	for j, s := range d.outputs.Student {
		d.grad[j] = zeroed(d.grad[j], s)
	}
}

// firstOutput returns the first of the student's outputs that has a gradient of
// its own.
func (d *Distiller) firstOutput() int { return len(d.full) - max(len(d.outputs.Student), 1) }

// criterionBackward adds the gradient of the criterion to grad.
func (d *Distiller) criterionBackward() {
	switch beta := float32(d.Beta()); {
	case d.criterion == nil || d.ranks.compared == 0 || d.weight == 0:
	case d.ranks.alone():
		d.criterion.Backward(beta, d.grad[:d.layersS])
	default:
		d.ranks.backward(d.criterion, beta, d.grad[:d.layersS])
	}
}

// studentBackward sends full and grad back through the student. Who watches may
// change them on the way.
func (d *Distiller) studentBackward(b *sample.Batch, rows []int32, watch func(int, mat.Matrix)) {
	if d.compares(rows) {
		for j, g := range d.grad {
			d.settings.Backend.ScatterAdd(d.full[d.firstOutput()+j], g, rows)
		}
	}
	if watch != nil {
		gnn.WatchGradient(d.student, watch)
		defer gnn.WatchGradient(d.student, nil)
	}
	d.student.Backward(b, d.full)
}

// SetWeight makes the criterion count w times Beta from the next step on. At 0 it
// is computed, and neither the student nor its own parameters learn from it.
func (d *Distiller) SetWeight(w float64) {
	if w == d.weight {
		return
	}
	d.weight = w
	for _, p := range Weights(d.criterion) {
		p.Decay = 0
		if w > 0 {
			p.Decay = d.settings.OwnDecay
		}
	}
}

// Beta returns the weight that the criterion had in the last step.
func (d *Distiller) Beta() float64 { return d.weight * d.settings.Beta }

// LookAtPulls lets the next steps compare the gradients of criterion and task, see
// Pulls, which takes another pass through the student and changes no number. It
// has no effect without a criterion.
func (d *Distiller) LookAtPulls(on bool) {
	d.looks = on && d.criterion != nil && gnn.WatchGradient(d.student, nil)
	if d.looks && d.gate == nil {
		d.gate = newGate(0, &d.ranks)
	}
}

// Pulls returns how the two gradients stood to each other in the last step that
// compared them, for a gate or to be looked at, at each output of the student. It
// is nil before, and valid until the next.
func (d *Distiller) Pulls() []Pull {
	if d.gate == nil {
		return nil
	}
	return d.gate.pulls
}

// Alignment returns what the criterion compared in the last step, empty if
// it has no alignment. It is valid until the next step.
func (d *Distiller) Alignment() Alignment {
	if a, ok := d.criterion.(Aligner); ok {
		return a.Alignment()
	}
	return Alignment{}
}

// gather returns the given rows of every layer, in the storage of dst.
func gather(dst, layers []mat.Matrix, rows []int32) []mat.Matrix {
	if dst == nil {
		dst = make([]mat.Matrix, len(layers))
	}
	for l, m := range layers {
		dst[l] = dst[l].Reshape(len(rows), m.Cols)
		mat.Gather(dst[l], m, rows)
	}
	return dst
}

// zeroed returns a zero matrix of the shape of m, in the storage of g.
func zeroed(g, m mat.Matrix) mat.Matrix {
	g = g.Reshape(m.Rows, m.Cols)
	g.Zero()
	return g
}
