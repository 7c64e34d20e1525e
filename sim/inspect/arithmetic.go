package inspect

import (
	"math"
	"strconv"
	"strings"

	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// An arithmetic is a computation written down term by term, each with its
// formula in the numbers of this moment. Sums are taken in float64 and
// rounded once, so that they are what a reader with a calculator gets.
type arithmetic struct {
	list []wire.Quantity
	at   int // the component of vectors that formulas spell out
}

// add appends a quantity that is computed from others and returns its index.
// It and the other short methods here stay calls: their bodies at each of some
// hundred calls would be 70 kB of trainer.wasm.
//
//go:noinline
func (a *arithmetic) add(symbol, of, text, formula string, value mat.Matrix, uses ...int) int {
	a.list = append(a.list, wire.Quantity{Symbol: symbol, Of: of, Text: text, Formula: formula, Uses: uses, Value: wire.Matrix(value)})
	return len(a.list) - 1
}

// given appends a copy of a value that nothing here computes.
//
//go:noinline
func (a *arithmetic) given(symbol, of, text string, value mat.Matrix) int {
	return a.add(symbol, of, text, "", value.Clone())
}

//go:noinline
func (a *arithmetic) value(i int) mat.Matrix { return mat.Matrix(a.list[i].Value) }

// scalar appends a number.
//
//go:noinline
func (a *arithmetic) scalar(symbol, of, text, formula string, v float64, uses ...int) int {
	return a.add(symbol, of, text, formula, mat.Matrix{Rows: 1, Cols: 1, Data: []float32{float32(v)}}, uses...)
}

// number returns the value of a quantity that is one.
//
//go:noinline
func (a *arithmetic) number(i int) float64 { return float64(a.value(i).Data[0]) }

// product appends x·W [r × q] for the quantities x [r × p] and w [p × q].
func (a *arithmetic) product(symbol, of, text string, x, w int) int {
	m, n := a.value(x), a.value(w)
	i := a.add(symbol, of, text, "", multiply(m, n), x, w)
	c := a.component(n.Cols)
	terms := make([]string, 0, spelled)
	for k := range min(m.Cols, spelled) {
		terms = append(terms, times(m.Row(0)[k], n.Row(k)[c]))
	}
	a.list[i].Formula = a.name(i) + " = " + strings.Join(terms, " + ") + more(m.Cols) + " = " + figure(a.value(i).Row(0)[c])
	return i
}

// mean appends the mean of the rows of quantity x.
func (a *arithmetic) mean(symbol, of, text string, x int) int {
	m := a.value(x)
	value := mat.New(1, m.Cols)
	for c := range value.Data {
		sum := 0.0
		for r := range m.Rows {
			sum += float64(m.Row(r)[c])
		}
		value.Data[c] = float32(sum / float64(m.Rows))
	}
	i := a.add(symbol, of, text, "", value, x)
	c := a.component(m.Cols)
	terms := make([]float32, 0, spelled)
	for r := range min(m.Rows, spelled) {
		terms = append(terms, m.Row(r)[c])
	}
	a.list[i].Formula = a.name(i) + " = (" + plus(terms) + more(m.Rows) + ") / " + strconv.Itoa(m.Rows) + " = " + figure(value.Data[c])
	return i
}

// sum appends the sum of rows [1 × q].
func (a *arithmetic) sum(symbol, of, text string, terms ...int) int {
	q := a.value(terms[0]).Cols
	value := mat.New(1, q)
	for c := range value.Data {
		sum := 0.0
		for _, t := range terms {
			sum += float64(a.value(t).Data[c])
		}
		value.Data[c] = float32(sum)
	}
	i := a.add(symbol, of, text, "", value, terms...)
	c := a.component(q)
	parts := make([]float32, len(terms))
	for k, t := range terms {
		parts[k] = a.value(t).Data[c]
	}
	a.list[i].Formula = a.name(i) + " = " + plus(parts) + " = " + figure(value.Data[c])
	return i
}

// each appends f of every element of quantity x; name is what formulas call f.
func (a *arithmetic) each(symbol, of, text, name string, f func(float64) float64, x int) int {
	value := a.value(x).Clone()
	for k, v := range value.Data {
		value.Data[k] = float32(f(float64(v)))
	}
	i := a.add(symbol, of, text, "", value, x)
	c := a.component(value.Cols)
	a.list[i].Formula = a.name(i) + " = " + name + "(" + figure(a.value(x).Row(0)[c]) + ") = " + figure(value.Row(0)[c])
	return i
}

// scaled appends s times quantity x, for the number s.
func (a *arithmetic) scaled(symbol, of, text string, s, x int) int {
	value := a.value(x).Clone()
	for k, v := range value.Data {
		value.Data[k] = float32(a.number(s) * float64(v))
	}
	i := a.add(symbol, of, text, "", value, s, x)
	c := a.component(value.Cols)
	a.list[i].Formula = a.name(i) + " = " + times(float32(a.number(s)), a.value(x).Row(0)[c]) + " = " + figure(value.Row(0)[c])
	return i
}

// dot appends the product of two rows, times scale; suffix is what formulas
// call that.
func (a *arithmetic) dot(symbol, of, text string, scale float64, suffix string, x, y int) int {
	u, v := a.value(x).Data, a.value(y).Data
	sum := 0.0
	terms := make([]string, 0, spelled)
	for k := range u {
		sum += float64(u[k]) * float64(v[k])
		if k < spelled {
			terms = append(terms, times(u[k], v[k]))
		}
	}
	formula := symbol + " = (" + strings.Join(terms, " + ") + more(len(u)) + ")" + suffix + " = " + figure(float32(sum*scale))
	return a.scalar(symbol, of, text, formula, sum*scale, x, y)
}

// component returns the component that formulas spell out of a row of width q.
func (a *arithmetic) component(q int) int {
	if a.at < q {
		return a.at
	}
	return 0
}

// name returns what the spelled component of quantity i is called.
func (a *arithmetic) name(i int) string {
	q := &a.list[i]
	if len(q.Value.Data) == 1 {
		return q.Symbol
	}
	c := strconv.Itoa(a.component(q.Value.Cols))
	if q.Value.Rows > 1 {
		c = "0," + c
	}
	return q.Symbol + "[" + c + "]"
}

// spelled is how many terms of a long sum a formula spells out.
const spelled = 3

// more says how long a sum of n terms is, if it is longer than what is spelled.
func more(n int) string {
	if n <= spelled {
		return ""
	}
	return " + … (" + strconv.Itoa(n) + " terms)"
}

// plus joins numbers by their signs.
func plus(terms []float32) string {
	var b strings.Builder
	for k, v := range terms {
		switch {
		case k == 0:
			b.WriteString(figure(v))
		case math.Signbit(float64(v)):
			b.WriteString(" - " + figure(-v))
		default:
			b.WriteString(" + " + figure(v))
		}
	}
	return b.String()
}

// times returns x·y for a formula.
func times(x, y float32) string {
	if math.Signbit(float64(y)) {
		return figure(x) + "·(" + figure(y) + ")"
	}
	return figure(x) + "·" + figure(y)
}

// figure returns v for a formula, short; its quantity has all digits.
func figure(v float32) string { return strconv.FormatFloat(float64(v), 'g', 4, 32) }

// multiply returns x·W.
func multiply(x, w mat.Matrix) mat.Matrix {
	y := mat.New(x.Rows, w.Cols)
	sums := make([]float64, w.Cols)
	for r := range x.Rows {
		clear(sums)
		for k, v := range x.Row(r) {
			for c, u := range w.Row(k) {
				sums[c] += float64(v) * float64(u)
			}
		}
		for c, s := range sums {
			y.Row(r)[c] = float32(s)
		}
	}
	return y
}

// norm returns the Euclidean norm of all elements.
func norm(m mat.Matrix) float64 {
	sum := 0.0
	for _, v := range m.Data {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

func relu(x float64) float64 { return max(x, 0) }

// numbers joins whole numbers by commas, the first few of many.
func numbers(v []int32) string {
	const most = 12
	var b strings.Builder
	for k, x := range v[:min(len(v), most)] {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(int(x)))
	}
	if len(v) > most {
		b.WriteString(", …")
	}
	return b.String()
}

// rowsOf returns the given rows of m.
func rowsOf(m mat.Matrix, rows []int32) mat.Matrix {
	out := mat.Matrix{Rows: len(rows), Cols: m.Cols, Data: make([]float32, 0, len(rows)*m.Cols)}
	for _, r := range rows {
		out.Data = append(out.Data, m.Row(int(r))...)
	}
	return out
}
