package inspect

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/mat"
	"abkd/gnn/principal"
)

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
		if !slices.Equal(q.Value.Data, c.want) {
			t.Errorf("%s is %v, want %v", q.Symbol, q.Value.Data, c.want)
		}
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
	if got := numbers([]int32{4, 5}) + "|" + numbers(principal.Evenly(13, 13)); got != "4, 5|0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …" {
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
	if r.Rows != 2 || !slices.Equal(r.Data, []float32{3, 1}) {
		t.Errorf("rows 2 and 0 are %v", r.Data)
	}
}

// A layer of more numbers than a reader wants is not listed, its mean is.
func TestMeanOfManyNodes(t *testing.T) {
	var v cellView
	v.meanT = map[int]int{}
	x := mat.New(largestListed/8+1, 8)
	rng := rand.New(rand.NewPCG(1, 2))
	for k := range x.Data {
		x.Data[k] = rng.Float32()
	}
	i := v.meanLayer(v.meanT, 0, "T0", "teacher", x)
	if q := v.list; len(q) != 1 || i != 0 || !strings.Contains(q[0].Text, "too many to list") {
		t.Fatalf("%d quantities: %q", len(q), q[0].Text)
	}
	for c, got := range v.value(i).Data {
		want := 0.0
		for r := range x.Rows {
			want += float64(x.Row(r)[c]) / float64(x.Rows)
		}
		if math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("component %d of the mean is %g, want %g", c, got, want)
		}
	}
}
