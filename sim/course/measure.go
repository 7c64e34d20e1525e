package course

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"abkd/sim/wire"
)

// Forms are how values are written: a share as percent, a count as a whole
// number, a number with three decimals, a difference of shares in percentage
// points.
var Forms = []string{"share", "count", "number", "points"}

// A Measure is a quantity of a moment of a run.
type Measure struct {
	Name  string
	Of    []string // what its arguments are: MODEL, LAYER, T, S, TEMPERATURE, SYMBOL or COLUMN
	Form  string   // of Forms
	Shows string   // what has to be shown for it, of wire.Showable; "" for nothing
	Is    string   // what it is, in a sentence
}

var measures = []Measure{
	{"test", []string{"MODEL"}, "share", "", "accuracy on the test nodes"},
	{"valid", []string{"MODEL"}, "share", "", "accuracy on the validation nodes"},
	{"train", []string{"MODEL"}, "share", "", "accuracy on the training nodes"},
	{"loss", []string{"MODEL"}, "number", "", "mean cross-entropy on the training nodes"},
	{"weights", []string{"MODEL"}, "count", "", "number of weights"},
	{"kib", []string{"MODEL"}, "number", "", "size of all numbers as float32, in KiB"},
	{"epoch", nil, "count", "", "epochs done"},
	{"left", nil, "share", "", "the criterion's loss of the last epoch by that of the first"},
	{"A", []string{"T", "S"}, "share", "", "attention of teacher layer T to student layer S, counted from 1"},
	{"D", []string{"T", "S"}, "number", "", "dissimilarity of teacher layer T and student layer S, counted from 1"},
	{"lead", nil, "number", "predictions", "by how many standard deviations of chance the taught student is ahead of the one alone on the test nodes (sign test)"},
	{"lost", nil, "share", "predictions", "of the test nodes that the teacher has right, those that the student alone has wrong"},
	{"cosine", []string{"MODEL", "LAYER"}, "number", "smoothness", "mean cosine between the outputs of two nodes of a layer, counted from 1"},
	{"top", []string{"MODEL", "TEMPERATURE"}, "share", "logits", "what the likeliest class of the focus has at that temperature"},
	{"dead", nil, "count", "activity", "hidden units of the student that are 0 for every node"},
	{"term", []string{"SYMBOL", "COLUMN"}, "number", "", "a column, counted from 1, of the last quantity of that symbol in what the command inspect shows"},
	{"baseline", []string{"BASELINE"}, "share", "", "test accuracy of what learns nothing of features: majority or lp"},
}

// Measures returns all of them. They must not be changed.
func Measures() []Measure { return measures }

func measureOf(name string) *Measure {
	i := slices.IndexFunc(measures, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return &measures[i]
}

// ParseValue reads such as "test student in deep" or "A T2 S1": a measure, its
// arguments, and of which of the runs it is, which one run alone need not be
// told.
func ParseValue(name, text string, runs []string) (v Value, err error) {
	words := strings.Fields(text)
	v = Value{Name: name, Of: []string{}, Sum: []Term{}}
	if n := len(words); n > 2 && words[n-2] == "in" {
		v.Run, words = words[n-1], words[:n-2]
	} else if len(runs) == 1 {
		v.Run = runs[0]
	}
	if !slices.Contains(runs, v.Run) {
		return v, fmt.Errorf("run is %.40q, want “in” and one of %s", v.Run, strings.Join(runs, ", "))
	}
	if len(words) == 0 {
		words = []string{""}
	}
	m := measureOf(words[0])
	if m == nil {
		var names []string
		for _, m := range measures {
			names = append(names, m.Name)
		}
		return v, fmt.Errorf("%.40q is no quantity of a run, want one of %s", words[0], strings.Join(names, ", "))
	}
	if len(words)-1 != len(m.Of) {
		return v, fmt.Errorf("%s has %d arguments, want %s", m.Name, len(words)-1, strings.Join(append([]string{m.Name}, m.Of...), " "))
	}
	v.Measure, v.Form = m.Name, m.Form
	for i, is := range m.Of {
		if err := checkArgument(is, words[i+1]); err != nil {
			return v, fmt.Errorf("%s: %w", m.Name, err)
		}
		v.Of = append(v.Of, words[i+1])
	}
	return v, nil
}

// ParseSum reads such as "deep - shallow", of the values before it. A mean of
// shares, whose factors add up to 1, is a share; other sums of shares, such as
// differences, are in percentage points; all else is a number.
func ParseSum(name, text string, before []Value) (v Value, err error) {
	v = Value{Name: name, Of: []string{}, Form: "points"}
	var names []string
	shares := map[string]bool{}
	for _, b := range before {
		names = append(names, b.Name)
		shares[b.Name] = b.Form == "share" || b.Form == "points"
	}
	if v.Sum, err = parseSum(text, names); err != nil {
		return v, err
	}
	factors := 0.0
	for _, t := range v.Sum {
		if len(t.By) > 0 || len(t.Times) != 1 || !shares[t.Times[0]] {
			v.Form = "number"
			return v, nil
		}
		factors += t.Factor
	}
	if math.Abs(factors-1) < 1e-9 {
		v.Form = "share"
	}
	return v, nil
}

func checkArgument(is, word string) error {
	number := func(text string, most float64) bool {
		f, err := strconv.ParseFloat(text, 64)
		return err == nil && f > 0 && f <= most
	}
	whole := func(text string) bool {
		n, err := strconv.Atoi(text)
		return err == nil && n >= 1 && n <= 1024
	}
	wants := map[string]struct {
		ok   bool
		want string
	}{
		"MODEL":       {slices.Contains(wire.Models, word), "teacher, alone or student"},
		"BASELINE":    {word == "majority" || word == "lp", "majority or lp"},
		"LAYER":       {whole(word), "the number of a layer, from 1"},
		"COLUMN":      {whole(word), "the number of a column, from 1"},
		"T":           {strings.HasPrefix(word, "T") && whole(word[1:]), "a layer of the teacher, such as T2"},
		"S":           {strings.HasPrefix(word, "S") && whole(word[1:]), "a layer of the student, such as S1"},
		"TEMPERATURE": {number(word, 1000), "a temperature above 0, at most 1000"},
		"SYMBOL":      {true, ""},
	}[is]
	if !wants.ok {
		return fmt.Errorf("%.40q, want %s", word, wants.want)
	}
	return nil
}

// In returns the value in a snapshot of its run, NaN where it is not known.
func (v Value) In(s *wire.Snapshot) float64 {
	unknown := math.NaN()
	switch v.Measure {
	case "test", "valid", "train", "loss", "weights", "kib":
		if m := modelOf(s, v.Of[0]); m != nil {
			return ofModel(m, v.Measure)
		}
	case "epoch":
		return float64(s.Epoch)
	case "left":
		if n := len(s.Lanes); n > 0 && len(s.Lanes[n-1].History) > 0 {
			h := s.Lanes[n-1].History
			return float64(h[len(h)-1].Aux) / float64(h[0].Aux)
		}
	case "A":
		return entry(s.A, layer(v.Of[0][1:]), layer(v.Of[1][1:]))
	case "D":
		return entry(s.D, layer(v.Of[0][1:]), layer(v.Of[1][1:]))
	case "lead":
		return lead(&s.Predictions)
	case "lost":
		return lost(&s.Predictions)
	case "cosine":
		all := map[string][]float32{"teacher": s.Smoothness.Teacher, "student": s.Smoothness.Student}[v.Of[0]]
		if i := layer(v.Of[1]); i < len(all) {
			return float64(all[i])
		}
	case "top":
		return top(map[string][]float32{"teacher": s.Focus.Teacher, "alone": s.Focus.Alone, "student": s.Focus.Student}[v.Of[0]], v.Of[1])
	case "dead":
		return dead(s.Activity.Share)
	case "term":
		for _, q := range slices.Backward(s.Inspection.Quantities) {
			if q.Symbol == v.Of[0] {
				return entry(q.Value, 0, layer(v.Of[1]))
			}
		}
	case "baseline":
		for _, b := range s.Baselines {
			if b.Model == v.Of[0] {
				return float64(b.Test)
			}
		}
	}
	return unknown
}

// layer returns the place of what is counted from 1.
func layer(text string) int {
	n, _ := strconv.Atoi(text) // ParseValue has seen that it is a number
	return n - 1
}

func modelOf(s *wire.Snapshot, name string) *wire.ModelState {
	switch {
	case name == "teacher":
		return &s.Teacher
	case s.Phase == wire.Teaching || len(s.Lanes) == 0 || name == "alone" && len(s.Lanes) < 2:
		return nil
	case name == "alone":
		return &s.Lanes[0].Model
	}
	return &s.Lanes[len(s.Lanes)-1].Model
}

func ofModel(m *wire.ModelState, measure string) float64 {
	switch measure {
	case "test":
		return float64(m.Test)
	case "valid":
		return float64(m.Valid)
	case "train":
		return float64(m.Train)
	case "loss":
		return float64(m.Loss)
	case "weights":
		return float64(m.Params)
	}
	return float64(m.Bytes) / 1024
}

func entry(m wire.Matrix, i, j int) float64 {
	if i < 0 || j < 0 || i >= m.Rows || j >= m.Cols {
		return math.NaN()
	}
	return float64(m.Data[i*m.Cols+j])
}

// tests are the rows of p that are test nodes of a known class.
func tests(p *wire.Predictions) (rows []int) {
	for v, c := range p.Label {
		if p.Part[v] == 2 && c >= 0 {
			rows = append(rows, v)
		}
	}
	return rows
}

// lead is the sign test's statistic.
func lead(p *wire.Predictions) float64 {
	if len(p.Alone) == 0 || len(p.Student) == 0 {
		return math.NaN()
	}
	ahead, apart := 0.0, 0.0
	for _, v := range tests(p) {
		taught, alone := p.Student[v] == p.Label[v], p.Alone[v] == p.Label[v]
		if taught && !alone {
			ahead, apart = ahead+1, apart+1
		} else if alone && !taught {
			ahead, apart = ahead-1, apart+1
		}
	}
	if apart == 0 {
		return 0
	}
	return ahead / math.Sqrt(apart)
}

func lost(p *wire.Predictions) float64 {
	if len(p.Alone) == 0 || len(p.Teacher) == 0 {
		return math.NaN()
	}
	known, missed := 0.0, 0.0
	for _, v := range tests(p) {
		if p.Teacher[v] != p.Label[v] {
			continue
		}
		known++
		if p.Alone[v] != p.Label[v] {
			missed++
		}
	}
	return missed / known
}

func top(logits []float32, temperature string) float64 {
	if len(logits) == 0 {
		return math.NaN()
	}
	t, _ := strconv.ParseFloat(temperature, 64) // ParseValue has seen that it is a number
	most, sum := slices.Max(logits), 0.0
	for _, x := range logits {
		sum += math.Exp(float64(x-most) / t)
	}
	return 1 / sum
}

// dead counts the units that are at work for no node in the last epoch shown.
func dead(share wire.Matrix) float64 {
	if share.Rows == 0 {
		return math.NaN()
	}
	n := 0.0
	for _, v := range share.Data[(share.Rows-1)*share.Cols:] {
		if v == 0 {
			n++
		}
	}
	return n
}

// Shows returns what has to be shown for the values.
func Shows(values []Value) []string {
	shows := []string{}
	for _, v := range values {
		if m := measureOf(v.Measure); m != nil && m.Shows != "" && !slices.Contains(shows, m.Shows) {
			shows = append(shows, m.Shows)
		}
	}
	return shows
}

// Reckon returns the values of a lesson in the snapshots of its runs, by their
// names; those of a run that is not there are left out.
func (l *Lesson) Reckon(seen map[string]*wire.Snapshot) map[string]float64 {
	values := map[string]float64{}
	for _, v := range l.Values {
		if len(v.Sum) > 0 {
			values[v.Name] = sum(v.Sum, values)
		} else if s := seen[v.Run]; s != nil {
			values[v.Name] = v.In(s)
		}
	}
	return values
}
