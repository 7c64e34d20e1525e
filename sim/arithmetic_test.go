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

// Every term and its formula, on numbers that can be checked by eye.
func TestArithmetic(t *testing.T) {
	matrix := func(cols int, x ...float32) mat.Matrix { return mat.Matrix{Rows: len(x) / cols, Cols: cols, Data: x} }
	var a arithmetic
	x := a.given("x", "", "A row.", matrix(2, 3, -4))
	w := a.given("w", "", "A matrix.", matrix(2, 1, 2, 0.5, -1))
	two := a.scalar("s", "", "A number.", "", 2)
	for _, c := range []struct {
		got     int
		at      int
		want    []float32
		formula string
	}{
		{a.product("p", "", "", x, w), 0, []float32{1, 10}, "p[0] = 3·1 + -4·0.5 = 1"},
		{a.mean("m", "", "", w), 0, []float32{0.75, 0.5}, "m[0] = (1 + 0.5) / 2 = 0.75"},
		{a.sum("z", "", "", x, x), 0, []float32{6, -8}, "z[0] = 3 + 3 = 6"},
		{a.each("r", "", "", "relu", relu, x), 0, []float32{3, 0}, "r[0] = relu(3) = 3"},
		{a.scaled("s·x", "", "", two, x), 0, []float32{6, -8}, "s·x[0] = 2·3 = 6"},
		{a.scaled("s·s", "", "", two, two), 0, []float32{4}, "s·s = 2·2 = 4"},
		{a.dot("d", "", "", 0.5, " / 2", x, x), 0, []float32{12.5}, "d = (3·3 + -4·(-4)) / 2 = 12.5"},
		{a.length("‖x‖", "", "", x), 0, []float32{5}, "‖x‖ = sqrt(Σ x²) = 5"},
	} {
		q := a.list[c.got]
		same(t, q.Symbol, mat.Matrix(q.Value), wide(mat.Matrix{Rows: 1, Cols: len(c.want), Data: c.want}), 0)
		if q.Formula != c.formula {
			t.Errorf("formula is %q, want %q", q.Formula, c.formula)
		}
	}
}

// Formulas spell the chosen component, and of long sums the first terms only.
func TestFormulas(t *testing.T) {
	a := arithmetic{at: 1}
	long := mat.New(1, 5)
	for k := range long.Data {
		long.Data[k] = float32(k) - 1
	}
	x := a.given("x", "", "A row.", long)
	w := a.given("w", "", "A matrix.", mat.New(5, 2))
	a.value(w).Row(0)[1] = 7
	if f := a.list[a.product("p", "", "", x, w)].Formula; f != "p[1] = -1·7 + 0·0 + 1·0 + … (5 terms) = -7" {
		t.Errorf("a long product is %q", f)
	}
	if f := a.list[a.mean("m", "", "", w)].Formula; f != "m[1] = (7 + 0 + 0 + … (5 terms)) / 5 = 1.4" {
		t.Errorf("a long mean is %q", f)
	}
	if f := a.list[a.product("q", "", "", x, a.given("v", "", "A column.", mat.New(5, 1)))].Formula; !strings.HasPrefix(f, "q = ") {
		t.Errorf("a product of one component is %q", f)
	}
	if f := a.list[a.each("e", "", "", "relu", relu, w)].Formula; f != "e[0,1] = relu(7) = 7" {
		t.Errorf("of a matrix %q", f)
	}
	for want, terms := range map[string][]float32{"": nil, "0": {0}, "-1 - 2 + 3": {-1, -2, 3}, "0.3333": {1. / 3}, "1.235e+04": {12346}, "1.5e-07": {1.5e-7}} {
		if got := plus(terms); got != want {
			t.Errorf("%v joined is %q, want %q", terms, got, want)
		}
	}
	if got := numbers([]int32{4, 5}) + "|" + numbers(evenly(13, 13)); got != "4, 5|0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …" {
		t.Errorf("numbers are %q", got)
	}
}

// A value that is given is copied: what is computed later does not change it.
func TestGivenIsACopy(t *testing.T) {
	var a arithmetic
	m := mat.New(1, 2)
	i := a.given("x", "", "A row.", m)
	m.Data[0] = 5
	if a.value(i).Data[0] != 0 {
		t.Error("a quantity changed with what it was made from")
	}
	r := rowsOf(mat.Matrix{Rows: 3, Cols: 1, Data: []float32{1, 2, 3}}, []int32{2, 0})
	same(t, "rows 2 and 0", r, rows{{3}, {1}}, 0)
}
