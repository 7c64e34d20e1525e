package kd

import (
	"math"
	"math/rand/v2"

	"abkd/gnn/mat"
	"abkd/gnn/principal"
)

// readings say how much of a teacher's layer a linear map can read off the
// student's. With ~ for rows less their mean, U_i [n × h] the first h of the
// whitened principal directions of T̃_i, h the width of S_j or less where T_i has
// a lower rank,
//
//	D_ij = 1 - tr(U_iᵀ·S̃_j·G_j⁻¹·S̃_jᵀ·U_i)/h, from 0 to 1   G_j = S̃_jᵀS̃_j + λ_j·I
//	λ_j = 1/1000 of the mean of the diagonal of S̃_jᵀS̃_j
//
// which is 1 - R² of the regression of U_i on S_j. The map is the best one, in
// closed form, so nothing can meet it without the student, and a student that
// loses a direction pays. It is ours; h = 1 direction each is canonical
// correlation with the teacher's side fixed.
type readings struct {
	plain
	teacher []leading
	student []read
}

// A leading holds the leading whitened directions of a teacher's layer.
type leading struct {
	most    int // of them that any student layer can hold
	mean    mat.Matrix
	centred mat.Matrix
	square  mat.Matrix // T̃ᵀT̃
	u       mat.Matrix // U [n × h]
	known   bool

	// Of find: directions of p numbers, and squares as wide as there are.
	start, block, image [][]float64
	small, vectors      [][]float64
	w                   mat.Matrix
}

// A read is a student's layer and what was read off it.
type read struct {
	mean, centred mat.Matrix
	square        mat.Matrix // S̃ᵀS̃
	g             cholesky
	storage       []float64
	ridge         float64
	cross         []mat.Matrix // UᵀS̃ for each layer of the teacher [h × q]
	x             []mat.Matrix // its rows times G⁻¹
	column        []float64
	outer         mat.Matrix // [q × q]
}

func newReading(teacher, student []int) *readings {
	r := &readings{}
	widest := 0
	for _, q := range student {
		widest = max(widest, q)
		r.student = append(r.student, read{
			mean: mat.New(1, q), square: mat.New(q, q), storage: make([]float64, q*q), column: make([]float64, q), outer: mat.New(q, q),
			cross: make([]mat.Matrix, len(teacher)), x: make([]mat.Matrix, len(teacher)),
		})
	}
	for _, p := range teacher {
		t := leading{most: min(widest, p), mean: mat.New(1, p), square: mat.New(p, p)}
		m := min(t.most+spare, p)
		t.start, t.block, t.image = directions(m, p), table(m, p), table(m, p)
		t.small, t.vectors = table(m, m), table(m, m)
		r.teacher = append(r.teacher, t)
	}
	return r
}

func table(rows, cols int) [][]float64 {
	t := make([][]float64, rows)
	for i := range t {
		t[i] = make([]float64, cols)
	}
	return t
}

func (r *readings) measure(l Layers, d []float64) {
	for i := range r.teacher {
		if t := &r.teacher[i]; !l.Kept || !t.known {
			t.find(r.mat, l.Teacher[i])
		}
	}
	for j := range r.student {
		s := &r.student[j]
		s.centred = centred(r.mat, s.centred, s.mean, l.Student[j])
		r.mat.TMul(s.square, s.centred, s.centred)
		if s.ridge = withRidge(s.storage, s.square); s.ridge > 0 {
			s.g.factor(s.storage, s.square.Rows)
		}
		for i := range r.teacher {
			d[i*len(r.student)+j] = s.unread(r.mat, i, r.teacher[i].u)
		}
	}
}

// unread returns the share of u that cannot be read off s, and keeps UᵀS̃ and
// UᵀS̃·G⁻¹. Off a layer that is the same for all nodes nothing can be read; of a
// teacher's that is nothing is left to read.
func (s *read) unread(on *mat.Backend, i int, u mat.Matrix) float64 {
	q := s.centred.Cols
	h := min(u.Cols, q)
	s.cross[i] = s.cross[i].Reshape(u.Cols, q)
	on.TMul(s.cross[i], u, s.centred)
	s.x[i] = s.x[i].Reshape(u.Cols, q)
	s.x[i].Zero()
	switch {
	case h == 0:
		return 0
	case s.ridge == 0:
		return 1
	}
	share := 0.0
	for k := range h {
		c := s.cross[i].Row(k)
		for m, x := range c {
			s.column[m] = float64(x)
		}
		s.g.solve(s.column)
		for m, x := range s.column {
			s.x[i].Row(k)[m] = float32(x)
			share += float64(x * float64(c[m]))
		}
	}
	return 1 - share/float64(h)
}

// backward adds, with X = UᵀS̃·G⁻¹ [h × q] and λ' = 1/1000/q, by which λ grows with
// the squares of S̃,
//
//	dS_j = Σ_i 2·A_ij/h·(S̃·(XᵀX + |X|²·λ'·I) - U·X)
//
// of which the mean over the rows is 0, as those of U and S̃ are.
func (r *readings) backward(scale float32, a mat.Matrix, grad []mat.Matrix) {
	for j := range r.student {
		s := &r.student[j]
		q := s.centred.Cols
		s.outer.Zero()
		for i, t := range r.teacher {
			x := s.x[i]
			c := 2 * scale * a.Row(i)[j] / float32(max(min(t.u.Cols, q), 1))
			size := float32(0)
			for _, v := range x.Data {
				size += float32(v * v)
			}
			s.cross[i] = s.cross[i].Reshape(x.Rows, q)
			for k, v := range x.Data {
				s.cross[i].Data[k] = float32(-c * v)
			}
			r.mat.AddMul(grad[j], t.u, s.cross[i])
			for k := range x.Rows {
				for m, v := range x.Row(k) {
					addScaledRow(s.outer.Row(m), float32(c*v), x.Row(k))
				}
			}
			for m := range q {
				s.outer.Row(m)[m] += float32(c * size * float32(ridge/float64(q)))
			}
		}
		r.mat.AddMul(grad[j], s.centred, s.outer)
	}
}

// rounds is how often a block of directions is turned towards the leading ones,
// spare how many it has beside those that are wanted: the next one of them is then
// forgotten (λ_spare/λ)^rounds.
const (
	rounds = 24
	spare  = 8
)

// flat is to which share of the largest a variance is none.
const flat = 1e-6

// find sets U to T̃·V·Λ^-½, with Λ the largest eigenvalues of T̃ᵀT̃ and V their
// vectors: those of its restriction to a block of directions (Rayleigh and Ritz),
// found by orthogonal iteration, Golub and Van Loan, §8.2.4. A block as wide as
// the layer gives all of them.
func (t *leading) find(on *mat.Backend, x mat.Matrix) {
	t.known = true
	t.centred = centred(on, t.centred, t.mean, x)
	on.TMul(t.square, t.centred, t.centred)
	for i, v := range t.start {
		copy(t.block[i], v)
	}
	for range rounds {
		t.turn()
		t.block, t.image = t.image, t.block
		orthonormalise(t.block)
	}
	t.turn()
	for i, b := range t.block {
		for j, y := range t.image {
			t.small[i][j] = dot(b, y)
		}
	}
	principal.Diagonalise(t.small, t.vectors)
	h := t.sort(max(x.Rows-1, 0))
	t.w = t.w.Reshape(x.Cols, h)
	t.w.Zero()
	for k := range h {
		for i, b := range t.block {
			c := t.vectors[k][i] / math.Sqrt(t.small[k][k])
			for m, y := range b {
				t.w.Row(m)[k] += float32(c * y)
			}
		}
	}
	t.u = t.u.Reshape(x.Rows, h)
	on.Mul(t.u, t.centred, t.w)
}

// sort brings the directions of the largest variance to the front and returns how
// many there are of some, at most limit.
func (t *leading) sort(limit int) (h int) {
	for h < min(t.most, limit) {
		best := h
		for k := h; k < len(t.small); k++ {
			if t.small[k][k] > t.small[best][best] {
				best = k
			}
		}
		t.small[h][h], t.small[best][best] = t.small[best][best], t.small[h][h]
		t.vectors[h], t.vectors[best] = t.vectors[best], t.vectors[h]
		if !(t.small[h][h] > flat*t.small[0][0]) {
			break
		}
		h++
	}
	return h
}

// turn sets image to T̃ᵀT̃ times each direction of block.
func (t *leading) turn() {
	for i, b := range t.block {
		for k := range b {
			sum := 0.0
			for m, x := range t.square.Row(k) {
				sum += float64(float64(x) * b[m])
			}
			t.image[i][k] = sum
		}
	}
}

// directions returns m orthonormal vectors of p numbers, always the same.
func directions(m, p int) [][]float64 {
	rng := rand.New(rand.NewPCG(uint64(m), uint64(p)))
	block := table(m, p)
	for _, v := range block {
		for k := range v {
			v[k] = rng.NormFloat64()
		}
	}
	orthonormalise(block)
	return block
}

// orthonormalise makes vectors orthonormal one after the other (Gram and Schmidt,
// twice, which is enough). One that is a sum of those before becomes 0.
func orthonormalise(block [][]float64) {
	for i, v := range block {
		size := math.Sqrt(dot(v, v))
		for range 2 {
			for _, u := range block[:i] {
				addScaled(v, -dot(u, v), u)
			}
		}
		norm := math.Sqrt(dot(v, v))
		for k := range v {
			if norm <= flat*flat*size {
				v[k] = 0
			} else {
				v[k] /= norm
			}
		}
	}
}
