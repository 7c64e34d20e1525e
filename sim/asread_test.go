package sim

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// A span is what a number may be that is shown rounded.
type span struct{ lo, hi float64 }

func (x span) plus(y span) span  { return span{x.lo + y.lo, x.hi + y.hi} }
func (x span) minus(y span) span { return span{x.lo - y.hi, x.hi - y.lo} }
func (x span) times(y span) span {
	a, b, c, d := x.lo*y.lo, x.lo*y.hi, x.hi*y.lo, x.hi*y.hi
	return span{min(a, b, c, d), max(a, b, c, d)}
}
func (x span) over(y span) span { return x.times(span{1 / y.hi, 1 / y.lo}) }

// rising returns f of x, for an f that never falls.
func (x span) rising(f func(float64) float64) span { return span{f(x.lo), f(x.hi)} }

// meets allows for what float32 rounds.
func (x span) meets(y span) bool {
	slack := 1e-6 * max(math.Abs(x.lo), math.Abs(x.hi))
	return x.lo <= y.hi+slack && y.lo <= x.hi+slack
}

// functions are those that formulas name. None of them falls.
var functions = map[string]func(float64) float64{
	"sqrt": math.Sqrt, "exp": math.Exp, "ln": math.Log,
	"relu": func(x float64) float64 { return max(x, 0) }, "elu": eluByHand,
}

// shownSpan returns what a number of a formula, which has four digits, may be.
func shownSpan(text string) (span, error) {
	v, err := strconv.ParseFloat(text, 64)
	if v == 0 || err != nil {
		return span{}, err
	}
	half := 0.5 * math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
	return span{v - half, v + half}, nil
}

// A reader reads a side of a formula as a person with a calculator does.
type formulaReader struct {
	rest string
	bad  bool // it is not all numbers
}

// worked returns what a side of a formula comes to, unless it has letters in it
// or leaves terms out.
func worked(text string) (span, bool) {
	r := formulaReader{rest: text}
	x := r.sum()
	return x, !r.bad && r.rest == ""
}

func (r *formulaReader) take(prefix string) bool {
	rest, found := strings.CutPrefix(r.rest, prefix)
	r.rest = rest
	return found
}

func (r *formulaReader) sum() span {
	x := r.product()
	for !r.bad {
		switch {
		case r.take(" + "):
			x = x.plus(r.product())
		case r.take(" - "):
			x = x.minus(r.product())
		default:
			return x
		}
	}
	return x
}

func (r *formulaReader) product() span {
	x := r.power()
	for !r.bad {
		switch {
		case r.take("·"):
			x = x.times(r.power())
		case r.take(" / "), r.take("/"):
			x = x.over(r.power())
		default:
			return x
		}
	}
	return x
}

func (r *formulaReader) power() span {
	x := r.atom()
	if r.take("²") {
		top := max(math.Abs(x.lo), math.Abs(x.hi))
		x = x.times(x)
		x = span{max(x.lo, 0), top * top}
	}
	return x
}

func (r *formulaReader) atom() span {
	name := r.rest[:len(r.rest)-len(strings.TrimLeft(r.rest, "abcdefghijklmnopqrstuvwxyz"))]
	f := functions[name]
	if f == nil && name != "" {
		r.bad = true
		return span{}
	}
	r.rest = r.rest[len(name):]
	if r.take("(") {
		x := r.sum()
		r.bad = r.bad || !r.take(")")
		if f != nil {
			x = x.rising(f)
		}
		return x
	}
	digits := len(r.rest) - len(strings.TrimLeft(r.rest, "-0123456789."))
	for _, exponent := range [...]string{"e+", "e-"} {
		if strings.HasPrefix(r.rest[digits:], exponent) {
			digits += 4 // e-07
		}
	}
	x, err := shownSpan(r.rest[:min(digits, len(r.rest))])
	r.rest = r.rest[min(digits, len(r.rest)):]
	r.bad = r.bad || err != nil || f != nil
	return x
}

// misread returns what of a formula does not come to what it says it does, and
// how many of its sides were worked out.
func misread(formula string) (fault string, sides int) {
	parts := strings.Split(formula, " = ")
	end, isNumber := worked(parts[len(parts)-1])
	if !isNumber {
		return "", 0
	}
	for _, part := range parts[1 : len(parts)-1] {
		if x, all := worked(part); all {
			sides++
			if !x.meets(end) {
				return part + " is between " + short(float32(x.lo)) + " and " + short(float32(x.hi)), sides
			}
		}
	}
	return "", sides
}

// checkAsRead holds what formulas spell out to what they say it comes to, within
// the digits that are shown.
func checkAsRead(t *testing.T, list []wire.Quantity) {
	t.Helper()
	for _, q := range list {
		if fault, _ := misread(q.Formula); fault != "" {
			t.Errorf("%s of %s reads %q, but %s", q.Symbol, q.Of, q.Formula, fault)
		}
	}
}

// A reader is not fooled, and finds out all kinds of formulas.
func TestAsRead(t *testing.T) {
	for formula, want := range map[string]int{ // sides worked out, -1 if it is wrong
		"p[0] = 3·1 + -4·0.5 = 1":                      1,
		"p[0] = 3·1 + -4·0.5 = 1.01":                   -1,
		"p = 3·1 + … (5 terms) = 7":                    0,
		"z[0] = -1 - 2 + 3 = 0":                        1,
		"d = (3·3 + -4·(-4)) / 2 = 12.5":               1,
		"d = (3·3 + -4·(-4)) / sqrt(4) = 12.51":        -1,
		"L = Σ A·D / Lt = 0.1284 / 3 = 0.0428":         1,
		"L = Σ A·D / Lt = 0.129 / 3 = 0.0428":          -1,
		"D = (0.1)² + (-0.2)² = 0.05":                  1,
		"D = (0.1)² + (-0.2)² = -0.03":                 -1,
		"A = exp(1) / (exp(1) + exp(1)) = 0.5":         1,
		"A = 3·exp(1) / (exp(1) + exp(1)) = 0.5":       -1,
		"r[0] = relu(-3) = 0":                          1,
		"r[0] = elu(-3) = -0.9502":                     1,
		"r[0] = relu(-3) = -3":                         -1,
		"u[0] - w[0] = 1.5e-07 - (-1.235e+04) = 12350": 1,
		"beta = ln(0.5/1 + 1) = 0.4055":                1,
		"a = (1 - 0.1)/sqrt((2 + 1)·(3 + 1)) = 0.2598": 1,
		"‖x‖ = sqrt(Σ x²) = 5":                         0,
	} {
		fault, sides := misread(formula)
		if fault != "" {
			sides = -1
		}
		if sides != want {
			t.Errorf("%s: %d sides worked out, %q; want %d", formula, sides, fault, want)
		}
	}
}
