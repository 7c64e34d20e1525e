package sim

import (
	"math"
	"strings"
	"testing"

	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// rows is a matrix in float64.
type rows [][]float64

func wide(m mat.Matrix) rows {
	out := make(rows, m.Rows)
	for i := range out {
		for _, v := range m.Row(i) {
			out[i] = append(out[i], float64(v))
		}
	}
	return out
}

// by returns x·w.
func (x rows) by(w rows) rows {
	out := make(rows, len(x))
	for i := range x {
		out[i] = make([]float64, len(w[0]))
		for c := range out[i] {
			for k := range w {
				out[i][c] += x[i][k] * w[k][c]
			}
		}
	}
	return out
}

// map1 returns f of every element.
func (x rows) map1(f func(float64) float64) rows {
	out := make(rows, len(x))
	for i := range x {
		for _, v := range x[i] {
			out[i] = append(out[i], f(v))
		}
	}
	return out
}

func (x rows) times(s float64) rows { return x.map1(func(v float64) float64 { return s * v }) }

// and returns x + y; a y of one row is added to every row.
func (x rows) and(y rows) rows {
	out := make(rows, len(x))
	for i := range x {
		for c := range x[i] {
			out[i] = append(out[i], x[i][c]+y[min(i, len(y)-1)][c])
		}
	}
	return out
}

// middle returns the mean row.
func (x rows) middle() rows {
	out := make(rows, 1)
	out[0] = make([]float64, len(x[0]))
	for i := range x {
		for c, v := range x[i] {
			out[0][c] += v / float64(len(x))
		}
	}
	return out
}

// mixed returns Σ_k a[k]·x[k] over the rows from lo to hi.
func (x rows) mixed(a []float64, lo, hi int) rows {
	out := rows{make([]float64, len(x[0]))}
	for k := lo; k < hi; k++ {
		out = out.and(rows{x[k]}.times(a[k]))
	}
	return out
}

func (x rows) squares() (sum float64) {
	for _, r := range x {
		for _, v := range r {
			sum += v * v
		}
	}
	return sum
}

func one(v float64) rows { return rows{{v}} }

// same reports the first difference of more than tolerance, relative to the
// largest number.
func same(t *testing.T, what string, got mat.Matrix, want rows, tolerance float64) {
	t.Helper()
	if got.Rows != len(want) || got.Cols != len(want[0]) {
		t.Fatalf("%s is %v, want %d×%d", what, got, len(want), len(want[0]))
	}
	scale := 1e-3
	for i := range want {
		for _, v := range want[i] {
			scale = max(scale, math.Abs(v))
		}
	}
	for i := range want {
		for c, v := range want[i] {
			if g := float64(got.Row(i)[c]); !(math.Abs(g-v) <= tolerance*scale) {
				t.Fatalf("%s[%d,%d] is %g, want %g", what, i, c, g, v)
			}
		}
	}
}

// A hand computes a quantity from the values of what it uses.
type hand func(q *wire.Quantity, uses []rows) rows

func productByHand(_ *wire.Quantity, u []rows) rows { return u[0].by(u[1]) }
func meanByHand(_ *wire.Quantity, u []rows) rows    { return u[0].middle() }
func lengthByHand(_ *wire.Quantity, u []rows) rows  { return one(math.Sqrt(u[0].squares())) }
func scaledByHand(_ *wire.Quantity, u []rows) rows  { return u[1].times(u[0][0][0]) }
func shiftByHand(_ *wire.Quantity, u []rows) rows   { return u[0].and(u[1]) }
func sumByHand(_ *wire.Quantity, u []rows) rows {
	out := u[0]
	for _, x := range u[1:] {
		out = out.and(x)
	}
	return out
}

func eluByHand(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.Exp(x) - 1
}

// activationByHand reads which activation a formula names.
func activationByHand(q *wire.Quantity, u []rows) rows {
	switch {
	case strings.Contains(q.Formula, "relu("):
		return u[0].map1(func(x float64) float64 { return max(x, 0) })
	case strings.Contains(q.Formula, "elu("):
		return u[0].map1(eluByHand)
	}
	return u[0]
}

// byHand checks every quantity that is computed from others against the
// values of those others alone, by the hand for its symbol.
func byHand(t *testing.T, list []wire.Quantity, hands map[string]hand) {
	t.Helper()
	for i := range list {
		q := &list[i]
		if len(q.Uses) == 0 {
			continue
		}
		h := hands[q.Symbol]
		if h == nil {
			t.Fatalf("nobody has computed %s of %s by hand", q.Symbol, q.Of)
		}
		var uses []rows
		for _, u := range q.Uses {
			uses = append(uses, wide(mat.Matrix(list[u].Value)))
		}
		same(t, q.Symbol+" of "+q.Of, mat.Matrix(q.Value), h(q, uses), 2e-6)
	}
}
