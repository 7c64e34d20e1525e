package course

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Condition is comparisons that all have to hold; one of none always does. Its
// text is "otherwise", or comparisons with "and" between, such as
//
//	deep > shallow + 0.02 and deep < 0.9
type Condition []Comparison

// A Comparison holds if its left side is so to its right.
type Comparison struct {
	Left  []Term `json:"left"`
	Is    string `json:"is"` // "<", "<=", ">", ">=" or "="
	Right []Term `json:"right"`
}

// A Term is a number, or one times or by values: what is added up.
type Term struct {
	Factor float64  `json:"factor"`
	Times  []string `json:"times"` // names of values
	By     []string `json:"by"`
}

const otherwise = "otherwise"

// ParseCondition reads the text of a Condition about values of these names.
func ParseCondition(text string, names []string) (Condition, error) {
	if strings.TrimSpace(text) == otherwise {
		return Condition{}, nil
	}
	var c Condition
	for part := range strings.SplitSeq(text, " and ") {
		from := strings.IndexAny(part, "<>=")
		if from < 0 {
			return nil, fmt.Errorf("%.60q compares nothing, want two sides with <, <=, >, >= or = between, or otherwise", part)
		}
		is := part[from : from+1]
		if strings.HasPrefix(part[from+1:], "=") {
			is += "="
		}
		left, err := parseSum(part[:from], names)
		if err != nil {
			return nil, err
		}
		right, err := parseSum(part[from+len(is):], names)
		if err != nil {
			return nil, err
		}
		if is == "==" {
			is = "="
		}
		c = append(c, Comparison{left, is, right})
	}
	return c, nil
}

// parseSum reads terms with + or - between, which spaces stand around.
func parseSum(text string, names []string) (sum []Term, err error) {
	sign, want := 1.0, true
	for word := range strings.FieldsSeq(text) {
		if !want {
			if word != "+" && word != "-" {
				return nil, fmt.Errorf("%.40q, want + or - between two terms", word)
			}
			sign, want = map[string]float64{"+": 1, "-": -1}[word], true
			continue
		}
		t, err := parseTerm(word, names)
		if err != nil {
			return nil, err
		}
		t.Factor *= sign
		sum, want = append(sum, t), false
	}
	if want {
		return nil, fmt.Errorf("%.60q ends before a number or a value", text)
	}
	return sum, nil
}

// parseTerm reads such as 2*deep/wide, without spaces.
func parseTerm(word string, names []string) (t Term, err error) {
	t = Term{Factor: 1, Times: []string{}, By: []string{}}
	for rest, divides := word, false; ; {
		at := strings.IndexAny(rest, "*/")
		factor := rest
		if at >= 0 {
			factor = rest[:at]
		}
		v, err := strconv.ParseFloat(factor, 64)
		isNumber := err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
		switch {
		case isNumber && divides && v == 0:
			return t, fmt.Errorf("%.40q divides by 0", word)
		case isNumber && divides:
			t.Factor /= v
		case isNumber:
			t.Factor *= v
		case !slices.Contains(names, factor):
			return t, fmt.Errorf("%.40q is no value, want a number or one of %s", factor, strings.Join(names, ", "))
		case divides:
			t.By = append(t.By, factor)
		default:
			t.Times = append(t.Times, factor)
		}
		if at < 0 {
			return t, nil
		}
		rest, divides = rest[at+1:], rest[at] == '/'
	}
}

// Holds reports whether c holds of values, and whether that is known: a value
// that is not there or NaN leaves it open.
func (c Condition) Holds(values map[string]float64) (holds, known bool) {
	holds = true
	for _, x := range c {
		l, r := sum(x.Left, values), sum(x.Right, values)
		if math.IsNaN(l) || math.IsNaN(r) {
			return false, false
		}
		holds = holds && compare(l, x.Is, r)
	}
	return holds, true
}

func compare(l float64, is string, r float64) bool {
	switch is {
	case "<":
		return l < r
	case "<=":
		return l <= r
	case ">":
		return l > r
	case ">=":
		return l >= r
	}
	return l == r
}

func sum(terms []Term, values map[string]float64) (s float64) {
	of := func(name string) float64 {
		if v, there := values[name]; there {
			return v
		}
		return math.NaN()
	}
	for _, t := range terms {
		v := t.Factor
		for _, name := range t.Times {
			v *= of(name)
		}
		for _, name := range t.By {
			v /= of(name)
		}
		s += v
	}
	return s
}
