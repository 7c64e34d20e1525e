package kd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// An ABKDConfig holds ABKD's switches. The zero value is the paper's method;
// the zero value of a field is the default in parentheses.
type ABKDConfig struct {
	Dim             int        // width d of the shared space (32)
	Softmax         string     // "row", "column", "global" or "uniform" ("row")
	Head            string     // "linear" or "batchnorm" ("linear")
	Granularity     string     // "pooled" or "per-node" ("pooled"; "per-node" for head "batchnorm", which has no other)
	NoSubspace      bool       // leave out P: Q = I
	DetachAttention bool       // no gradient through A
	FrozenTeacher   bool       // the teacher's projections are random, orthogonal and not trained
	HiddenOnly      bool       // leave out the logits of both models
	Dissimilarity   string     // what D is, one of Dissimilarities ("embedding")
	Renormalise     bool       // u and w are made unit vectors again behind Q
	Attend          string     // which pairs the attention learns to weigh: "easy", "hard" or "helpful" ("easy")
	Pin             mat.Matrix // A, set by the user [Lt × Ls] (empty: computed)

	comparedTeacher, comparedStudent int  // set by complete: layers that are compared
	teacherApart, studentApart       bool // see Config
	classes                          int  // of the logits
}

// ABKD is attention-based knowledge distillation, Ahluwalia et al.,
// https://arxiv.org/abs/2310.15938. Every layer of the teacher is compared
// with every layer of the student, weighted by an attention that is learned:
//
//	          S_0   S_1
//	   T_0  [ A_00  A_01 ]   u_i = l2(mean_rows(T_i)·Pt_i)·Q
//	   T_1  [ A_10  A_11 ]   w_j = l2(mean_rows(S_j)·Ps_j)·Q    Q = √d·P/‖P‖_F
//	   T_2  [ A_20  A_21 ]   D_ij = ‖u_i - w_j‖²
//
//	L = 1/Lt Σ_i Σ_j A_ij·D_ij
//
// Published: the pairs of layers weighted by attention, its row-wise softmax,
// the squared Euclidean distance between layer embeddings that are pooled by
// the mean over nodes and projected, and the trainable subspace P. Ours: the
// 1/√d of the attention, where exactly l2 stands, the norm that guards P, and
// the following switches.
//
//	Granularity per-node   u, w row by row; D_ij = mean over rows of ‖u - w‖²
//	Head batchnorm         the projection is that of FitNet, see batchNorm;
//	                       a mean of all rows has no batch, hence per node only
//	FrozenTeacher          Pt_i (the whole head, if batchnorm) is a constant
//
// The attention is always computed from the mean rows. Its gradient moves it to
// the pairs of the smallest D, as published: dz_ij is A_ij·(D_ij - their mean).
// Attend hard turns the sign for its parameters; helpful puts in the place of D
// what makes them go to the pairs that help, see agreement. With both no gradient
// reaches the student through A. Renormalise makes u and w unit vectors behind Q, so that D is at most
// 4 for every Q and β means the same throughout. Dissimilarity has other D, see
// energyMaps, readings, pairsAlike and posteriors, per node by what they are.
//
// # Collapse
//
// With everything trainable the loss can fall to 0 while the student does not
// change, because the projections meet on their own; pooled it does so within
// tens of steps. What prevents it is to compare per node, to freeze the
// teacher's projections and to leave out P: a trainable P of rank 1 keeps its
// norm, and can still choose a direction in which nothing differs, above all
// where d is larger than the widths of the layers.
type ABKD struct {
	mat              *mat.Backend
	dissimilarity    string
	form             dissimilarity // nil: that of the embeddings
	agreement        *agreement    // nil: the attention does not ask what helps
	perNode          bool
	attention        *attention
	teacher, student []*embedding
	subspace         *subspace // nil: Q = I
	params           []*gnn.Param

	meanT, meanS []mat.Matrix // mean rows [1 × p_i], [1 × q_j]
	dmean        []mat.Matrix // dL/dmean of the student's [1 × q_j]
	dist         mat.Matrix   // D [Lt × Ls]
	exact        []float64    // the same, not rounded
}

// NewABKD returns the criterion between layers of the given widths.
func NewABKD(teacher, student []int, c ABKDConfig, rng *rand.Rand) (*ABKD, error) {
	c, err := c.complete(teacher, student)
	if err != nil {
		return nil, err
	}
	a := &ABKD{
		perNode: c.Granularity == "per-node", dissimilarity: c.Dissimilarity,
		attention: newAttention(teacher, student, c, rng),
		dist:      mat.New(len(teacher), len(student)),
		exact:     make([]float64, len(teacher)*len(student)),
	}
	a.params = append(append(a.params, a.attention.teacher...), a.attention.student...)
	if c.Attend == "helpful" {
		a.agreement = newAgreement(len(teacher), student)
	}
	for _, p := range teacher {
		a.meanT = append(a.meanT, mat.New(1, p))
	}
	for _, q := range student {
		a.meanS = append(a.meanS, mat.New(1, q))
		a.dmean = append(a.dmean, mat.New(1, q))
	}
	if a.form = newDissimilarity(teacher, student, c, rng); a.form != nil {
		a.params = append(a.params, a.form.params()...)
		return a, nil
	}
	a.newEmbeddings(teacher, student, c, rng)
	return a, nil
}

func (a *ABKD) newEmbeddings(teacher, student []int, c ABKDConfig, rng *rand.Rand) {
	for i, p := range teacher {
		e := a.embed("embedding.teacher."+strconv.Itoa(i), p, c, rng)
		if c.FrozenTeacher {
			e.makeConstant(rng)
		} else {
			a.params = append(a.params, e.params()...)
		}
		a.teacher = append(a.teacher, e)
	}
	for j, q := range student {
		e := a.embed("embedding.student."+strconv.Itoa(j), q, c, rng)
		a.params = append(a.params, e.params()...)
		a.student = append(a.student, e)
	}
	if !c.NoSubspace {
		a.subspace = newSubspace(c.Dim)
		a.params = append(a.params, a.subspace.p)
	}
}

func (a *ABKD) embed(name string, width int, c ABKDConfig, rng *rand.Rand) *embedding {
	return &embedding{projection: newProjection(name, width, c.Dim, c.Head == "batchnorm", rng), renormalise: c.Renormalise && !c.NoSubspace}
}

// complete returns c with the defaults filled in, or what is wrong with it.
func (c ABKDConfig) complete(teacher, student []int) (ABKDConfig, error) {
	if c.Dim == 0 {
		c.Dim = 32
	}
	if err := checkDim("ABKD", "dim", c.Dim); err != nil {
		return c, err
	}
	for _, s := range []struct {
		name  string
		value *string
		known []string
	}{
		{"softmax", &c.Softmax, []string{"row", "column", "global", "uniform"}},
		{"head", &c.Head, []string{"linear", "batchnorm"}},
		{"granularity", &c.Granularity, []string{"pooled", "per-node"}},
		{"dissimilarity", &c.Dissimilarity, Dissimilarities},
		{"attend", &c.Attend, []string{"easy", "hard", "helpful"}},
	} {
		switch {
		case *s.value == "" && s.name == "granularity" && c.Head == "batchnorm":
			*s.value = "per-node"
		case *s.value == "":
			*s.value = s.known[0]
		case !slices.Contains(s.known, *s.value):
			return c, fmt.Errorf("kd: ABKD: %s is %q, want one of %q", s.name, *s.value, s.known)
		}
	}
	if c.Head == "batchnorm" && c.Granularity == "pooled" {
		return c, fmt.Errorf("kd: ABKD: head is %q with granularity %q, want %q: a single mean row has no batch statistics", c.Head, c.Granularity, "per-node")
	}
	if err := checkWidths("ABKD", "teacher", teacher); err != nil {
		return c, err
	}
	if err := checkWidths("ABKD", "student", student); err != nil {
		return c, err
	}
	if c.classes == 0 {
		c.classes = teacher[len(teacher)-1]
	}
	return c.completeLayers(teacher, student)
}

// completeLayers says which layers are compared.
func (c ABKDConfig) completeLayers(teacher, student []int) (_ ABKDConfig, err error) {
	c.comparedTeacher, c.comparedStudent = len(teacher), len(student)
	if c.HiddenOnly {
		if c.comparedTeacher, err = lastHidden("ABKD", "teacher", teacher, c.teacherApart); err != nil {
			return c, err
		}
		if c.comparedStudent, err = lastHidden("ABKD", "student", student, c.studentApart); err != nil {
			return c, err
		}
		c.comparedTeacher, c.comparedStudent = c.comparedTeacher+1, c.comparedStudent+1
	}
	return c, checkPin(c.Pin, len(teacher), len(student))
}

func checkPin(pin mat.Matrix, lt, ls int) error {
	if pin.Rows == 0 && pin.Cols == 0 {
		return nil
	}
	if pin.Rows != lt || pin.Cols != ls {
		return fmt.Errorf("kd: ABKD: pinned attention is %v, want %d×%d (teacher layers × student layers)", pin, lt, ls)
	}
	for k, v := range pin.Data {
		if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("kd: ABKD: pinned attention of pair %d, %d is %v, want a finite number", k/ls, k%ls, v)
		}
	}
	return nil
}

// Params returns the trained parameters. A frozen teacher's projections are
// not among them.
func (a *ABKD) Params() []*gnn.Param { return a.params }

// Alignment returns A and D of the last Loss. It shares their storage.
func (a *ABKD) Alignment() Alignment { return Alignment{A: a.attention.w, D: a.dist} }

// Loss returns L on l.
func (a *ABKD) Loss(l Layers) float64 {
	a.check(l)
	if a.form == nil && !a.perNode || !a.attention.constant() {
		meanRows(a.mat, a.meanT, l.Teacher)
		meanRows(a.mat, a.meanS, l.Student)
	}
	a.attention.forward(a.meanT, a.meanS)
	if a.form != nil {
		a.form.measure(l, a.exact)
	} else {
		a.measureEmbeddings(l)
	}
	sum := 0.0
	for k, d := range a.exact {
		a.dist.Data[k] = float32(d)
		sum += float64(float64(a.attention.w.Data[k]) * d)
	}
	return sum / float64(a.attention.lt)
}

// measureEmbeddings sets D to the distances of embeddings.
func (a *ABKD) measureEmbeddings(l Layers) {
	if a.subspace != nil {
		a.subspace.forward()
	}
	xt, xs := a.meanT, a.meanS
	if a.perNode {
		xt, xs = l.Teacher, l.Student
	}
	for i, e := range a.teacher {
		e.forward(xt[i], a.subspace)
	}
	for j, e := range a.student {
		e.forward(xs[j], a.subspace)
	}
	for i, u := range a.teacher {
		for j, w := range a.student {
			a.exact[i*len(a.student)+j] = meanSquaredDistance(u.y, w.y)
		}
	}
}

// Backward adds scale times the derivative of L, which reaches S_j through
// D and, over the mean of its rows, through A:
//
//	dA_ij = D_ij/Lt   du_i = Σ_j 2·A_ij/(Lt·r)·(u_i - w_j) = -(the part of dw_j)
//
// with r the rows of u and w: 1 if pooled, n per node.
func (a *ABKD) Backward(scale float32, grad []mat.Matrix) {
	scale /= float32(a.attention.lt)
	weighed := a.dist
	if a.agreement != nil {
		weighed = a.agree()
	}
	a.clearMeans()
	a.attention.backward(scale, weighed, a.meanT, a.meanS, a.dmean)
	a.compareBackward(scale, a.attention.w, grad)
	a.addMeans(grad)
}

// compareBackward adds scale times the derivative of Σ w_ij·D_ij by D, to grad and,
// if pooled, to dmean.
func (a *ABKD) compareBackward(scale float32, w mat.Matrix, grad []mat.Matrix) {
	if a.form != nil {
		a.form.backward(scale, w, grad)
		return
	}
	a.distanceBackward(scale, w)
	if a.subspace != nil {
		a.subspace.dq.Zero()
	}
	for _, e := range a.teacher {
		e.backward(a.subspace)
	}
	for j, e := range a.student {
		e.backward(a.subspace)
		if a.perNode {
			e.addInput(grad[j])
		} else {
			e.addInput(a.dmean[j])
		}
	}
	if a.subspace != nil {
		a.subspace.backward()
	}
}

// ReadsEdges makes a Distiller set Layers.Relations for pairs of nodes.
func (a *ABKD) ReadsEdges() (wants, apart bool) {
	_, wants = a.form.(*pairsAlike)
	return wants, true
}

// attend adds to grad, and to the gradients of the attention, what
// L' = scale/Lt Σ_ij A_ij·x_ij gives them through A, for the last Loss.
func (a *ABKD) attend(scale float32, x mat.Matrix, grad []mat.Matrix) {
	a.clearMeans()
	a.attention.backward(scale/float32(a.attention.lt), x, a.meanT, a.meanS, a.dmean)
	a.addMeans(grad)
}

func (a *ABKD) clearMeans() {
	for _, d := range a.dmean {
		d.Zero()
	}
}

// addMeans adds to grad what dmean says of the layers: every row has its 1/n
// share of the mean.
func (a *ABKD) addMeans(grad []mat.Matrix) {
	for j, d := range a.dmean {
		n := float32(max(grad[j].Rows, 1))
		for k := range d.Data {
			d.Data[k] /= n
		}
		a.mat.AddBias(grad[j], d)
	}
}

// distanceBackward sets dy of every embedding to that of scale·Σ weight_ij·D_ij.
func (a *ABKD) distanceBackward(scale float32, weight mat.Matrix) {
	for _, u := range a.teacher {
		u.clearGrad()
	}
	for _, w := range a.student {
		w.clearGrad()
	}
	for i, u := range a.teacher {
		for j, w := range a.student {
			c := 2 * scale * weight.Row(i)[j] / float32(max(u.y.Rows, 1))
			du, dw, wy := u.dy.Data, w.dy.Data, w.y.Data
			for k, x := range u.y.Data {
				g := float32(c * (x - wy[k]))
				du[k] += g
				dw[k] -= g
			}
		}
	}
}

// meanSquaredDistance returns the mean over the rows of ‖u - w‖².
func meanSquaredDistance(u, w mat.Matrix) float64 {
	sum := 0.0
	for k, x := range u.Data {
		d := float64(x - w.Data[k])
		sum += float64(d * d)
	}
	return sum / float64(max(u.Rows, 1))
}

func meanRows(on *mat.Backend, mean, layers []mat.Matrix) {
	for l, m := range layers {
		on.MeanRows(mean[l], m)
	}
}

// check panics unless l has the layers that a was made for.
func (a *ABKD) check(l Layers) {
	if len(l.Teacher) != len(a.meanT) || len(l.Student) != len(a.meanS) {
		panic(fmt.Sprintf("kd: ABKD.Loss: %d teacher and %d student layers, want %d and %d", len(l.Teacher), len(l.Student), len(a.meanT), len(a.meanS)))
	}
	n := l.Teacher[0].Rows
	for i, t := range l.Teacher {
		if p := a.meanT[i].Cols; t.Rows != n || t.Cols != p {
			panic(fmt.Sprintf("kd: ABKD.Loss: teacher layer %d is %v, want %d×%d", i, t, n, p))
		}
	}
	for j, s := range l.Student {
		if q := a.meanS[j].Cols; s.Rows != n || s.Cols != q {
			panic(fmt.Sprintf("kd: ABKD.Loss: student layer %d is %v, want %d×%d", j, s, n, q))
		}
	}
}
