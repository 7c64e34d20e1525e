package synth

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

func newScaledMAG(t *testing.T, scale float64, seed uint64) *ScaledMAG {
	t.Helper()
	s, err := NewScaledMAG(scale, seed, MAGDifficulty)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole returns s as a graph.
func whole(t *testing.T, s *ScaledMAG) *graph.Graph {
	t.Helper()
	x := mat.New(s.Papers, MAGFeatures)
	s.Features(0, s.Papers, x.Data)
	g := &graph.Graph{
		Name: "shape",
		Types: []graph.NodeType{
			{Name: "paper", Count: s.Papers, Features: x, Years: s.Years}, {Name: "author", Count: s.Authors},
			{Name: "institution", Count: s.Institutions}, {Name: "field_of_study", Count: s.Fields},
		},
		Labels: s.Labels, Classes: s.Classes, ClassNames: s.ClassNames(), Splits: []graph.Split{s.Split()},
	}
	for r, typ := range s.Relations() {
		out := s.Out(r)
		var src, dst []int32
		for u := range out.Rows() {
			for _, v := range out.Row(u) {
				src, dst = append(src, int32(u)), append(dst, v)
			}
		}
		if err := g.AddWithReverse(typ, src, dst); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func TestScaledMAGIsAGraph(t *testing.T) {
	for _, scale := range []float64{MinScale, .001, .004} {
		t.Run(fmt.Sprintf("scale=%v", scale), func(t *testing.T) {
			s := newScaledMAG(t, scale, 1)
			g := whole(t, s)
			if err := g.Validate(); err != nil {
				t.Fatal(err)
			}
			for r := range 4 {
				out := s.Out(r)
				if len(out.Col) != s.Edges(r) {
					t.Errorf("%v has %d edges, want %d", s.Relations()[r], len(out.Col), s.Edges(r))
				}
				for u := range out.Rows() {
					if row := out.Row(u); !slices.IsSorted(row) || len(slices.Compact(slices.Clone(row))) != len(row) {
						t.Fatalf("row %d of %v is %v, want it sorted, each once", u, s.Relations()[r], row)
					}
				}
			}
			size := make([]int, s.Classes)
			for _, k := range s.Labels {
				size[k]++
			}
			if slices.Min(size) < 1 || size[0] != slices.Max(size) {
				t.Errorf("classes have %v papers, want each 1 or more, the first the most", size)
			}
			if split := g.Splits[0]; len(split.Valid) != s.scaled(MAGValid) || len(split.Test) != s.scaled(MAGTest) {
				t.Errorf("%d papers are for validation, %d for test, want %d and %d", len(split.Valid), len(split.Test), s.scaled(MAGValid), s.scaled(MAGTest))
			}
		})
	}
}

// No paper cites itself or a later one, except where no other is left.
func TestScaledMAGCitesThePast(t *testing.T) {
	s := newScaledMAG(t, .01, 1)
	out := s.Out(2)
	late := 0
	for u := range out.Rows() {
		for _, v := range out.Row(u) {
			if int(v) == u {
				t.Fatalf("paper %d cites itself", u)
			}
			if s.Years[v] > s.Years[u] {
				late++
			}
		}
	}
	if late > len(out.Col)/10000 {
		t.Errorf("%d of %d citations are of a later paper, want next to none", late, len(out.Col))
	}
}

// The facts that do not depend on the scale are met.
func TestScaledMAGFacts(t *testing.T) {
	s := newScaledMAG(t, .01, 1)
	facts := s.NodeFacts()
	for r := range 4 {
		facts = append(facts, s.EdgeFacts(r, s.Out(r))...)
	}
	var m Moments
	for lo := 0; lo < s.Papers; lo += FeatureBlock {
		x := make([]float32, (min(lo+FeatureBlock, s.Papers)-lo)*MAGFeatures)
		s.Features(lo, lo+len(x)/MAGFeatures, x)
		m.Add(x)
	}
	facts = append(facts, m.Facts()...)
	if len(facts) < 30 {
		t.Errorf("%d facts, want 30 or more", len(facts))
	}
	for _, f := range facts {
		most := .06 // the mean of the features is a hundredth of their deviation
		if strings.HasSuffix(f.Name, "least") || strings.HasSuffix(f.Name, "greatest") {
			most = .3 // of a hundredth of the numbers
		}
		if f.Name == "features, mean" {
			most = .2
		}
		if e := f.Error(); !(math.Abs(e) <= most) {
			t.Errorf("%s is %v, want %v: %+.1f %% off", f.Name, f.Got, f.Want, 100*e)
		}
	}
}

// At scale 1 the numbers of nodes, edges and of the split are OGBN-Mag's.
func TestScaledMAGAtFullSize(t *testing.T) {
	s := newScaledMAG(t, 1, 1)
	if s.Papers != MAGPapers || s.Authors != MAGAuthors || s.Institutions != MAGInstitutions || s.Fields != MAGFields || s.Classes != MAGClasses {
		t.Errorf("%d papers, %d authors, %d institutions, %d fields, %d classes", s.Papers, s.Authors, s.Institutions, s.Fields, s.Classes)
	}
	edges := 0
	for r := range 4 {
		edges += s.Edges(r)
	}
	if nodes := s.Papers + s.Authors + s.Institutions + s.Fields; nodes != 1939743 || edges != 21111007 {
		t.Errorf("%d nodes and %d edges, want 1939743 and 21111007", nodes, edges)
	}
	if p := s.Split(); len(p.Train) != 629571 || len(p.Valid) != 64879 || len(p.Test) != 41939 {
		t.Errorf("split is %d, %d, %d, want 629571, 64879, 41939", len(p.Train), len(p.Valid), len(p.Test))
	}
	for _, c := range []struct {
		d                       degrees
		n, total, others, first int
	}{
		{authorsPerPaper, MAGPapers, MAGWrites, MAGAuthors, 5050},
		{authorsPerInstitution, MAGInstitutions, MAGAffiliated, MAGAuthors, 27000},
	} {
		seq := c.d.sequence(c.n, c.total, c.others/4)
		sum := 0
		for _, d := range seq {
			sum += int(d)
		}
		if sum != c.total || int(seq[0]) != c.first || !slices.IsSortedFunc(seq[1:], func(a, b int32) int { return int(b - a) }) {
			t.Errorf("degrees of %d nodes begin %v and sum to %d, want %d, falling, and %d", c.n, seq[:3], sum, c.first, c.total)
		}
	}
}

// The files of published experiments depend on these numbers, which are the
// same on every machine.
func TestScaledMAGHash(t *testing.T) {
	digest := func(seed uint64) uint64 {
		s := newScaledMAG(t, .001, seed)
		h := fnv.New64a()
		x := make([]float32, s.Papers*MAGFeatures)
		s.Features(0, s.Papers, x)
		binary.Write(h, binary.LittleEndian, x)
		binary.Write(h, binary.LittleEndian, s.Labels)
		binary.Write(h, binary.LittleEndian, s.Years)
		for r := range 4 {
			out := s.Out(r)
			binary.Write(h, binary.LittleEndian, out.Ptr)
			binary.Write(h, binary.LittleEndian, out.Col)
		}
		return h.Sum64()
	}
	if got, want := digest(1), uint64(0xdeb08c89becb33f); got != want {
		t.Errorf("hash is %#x, want %#x", got, want)
	}
	if digest(2) == digest(1) {
		t.Error("two seeds give one graph")
	}
}

// Blocks of features may be asked for in any order.
func TestScaledMAGFeatureBlocks(t *testing.T) {
	s := newScaledMAG(t, .002, 1)
	all := make([]float32, s.Papers*MAGFeatures)
	s.Features(0, s.Papers, all)
	for lo := (s.Papers - 1) / FeatureBlock * FeatureBlock; lo >= 0; lo -= FeatureBlock {
		hi := min(lo+FeatureBlock, s.Papers)
		x := make([]float32, (hi-lo)*MAGFeatures)
		if s.Features(lo, hi, x); !slices.Equal(x, all[lo*MAGFeatures:hi*MAGFeatures]) {
			t.Errorf("features of papers %d to %d differ", lo, hi-1)
		}
	}
}

// Each channel tells something, none tells all, and together they tell more.
func TestScaledMAGSignals(t *testing.T) {
	s, err := NewScaledMAG(.002, 1, MAGDifficulty)
	if err != nil {
		t.Fatal(err)
	}
	g := whole(t, s)
	p := g.Splits[0]
	rest := append(slices.Clone(p.Valid), p.Test...)
	all := channels(t, g, p.Train)
	together := accuracy(g, all["all"], rest)
	for _, name := range []string{"features", "citations", "authors", "topics"} {
		acc := accuracy(g, all[name], rest)
		t.Logf("%s alone %.1f %%, majority %.1f %%, together %.1f %%", name, 100*acc, 100*majority(g), 100*together)
		if acc < 2*majority(g) || acc > together {
			t.Errorf("%s alone are right on %.1f %% of the papers, want between twice %.1f and %.1f", name, 100*acc, 100*majority(g), 100*together)
		}
	}
}

func TestScaledMAGRefuses(t *testing.T) {
	bad := MAGDifficulty
	bad.Topics = 1.5
	wide := MAGDifficulty
	wide.Spread = math.NaN()
	for _, c := range []struct {
		scale float64
		d     Difficulty
		want  string
	}{
		{0, MAGDifficulty, "synth: scale is 0, want 0.0005..4"},
		{math.NaN(), MAGDifficulty, "synth: scale is NaN, want 0.0005..4"},
		{4.1, MAGDifficulty, "synth: scale is 4.1, want 0.0005..4"},
		{1, bad, "want probabilities in 0..1"},
		{1, wide, "synth: spread is NaN, want 0..100"},
	} {
		if _, err := NewScaledMAG(c.scale, 1, c.d); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("NewScaledMAG(%v, %+v) says %v, want %s", c.scale, c.d, err, c.want)
		}
	}
}

func TestPower(t *testing.T) {
	for _, c := range []struct {
		x    float64
		k    int
		want float64
	}{{4, 512, 2}, {4, 1024, 4}, {9, 1536, 27}, {7, 0, 1}, {1, 777, 1}, {3, 2048, 9}} {
		if got := power(c.x, c.k); got != c.want {
			t.Errorf("power(%v, %d) is %v, want %v", c.x, c.k, got, c.want)
		}
	}
	for k := range 3000 {
		if got, want := power(17.5, k), math.Pow(17.5, float64(k)/1024); math.Abs(got/want-1) > 1e-12 {
			t.Fatalf("power(17.5, %d) is %v, want %v", k, got, want)
		}
	}
}

// Sums are met whatever the shares say, as far as there is room.
func TestDegreeSequences(t *testing.T) {
	for _, c := range []struct {
		d               degrees
		n, total, limit int
		want            int // sum
	}{
		{degrees{[]float64{0}, 10}, 10, 10, 10, 10},
		{degrees{[]float64{0}, 10}, 10, 55, 10, 55},
		{degrees{[]float64{.5}, 4}, 10, 20, 4, 20},
		{degrees{[]float64{.5, .5}, 4}, 10, 9, 4, 9},
		{degrees{[]float64{.9}, 50}, 10, 30, 3, 30},   // more than the tail holds
		{degrees{[]float64{.9}, 50}, 10, 99, 3, 30},   // more than all hold
		{degrees{[]float64{0, .1}, 50}, 10, 3, 9, 10}, // less than one each
	} {
		seq := c.d.sequence(c.n, c.total, c.limit)
		sum := 0
		for _, d := range seq {
			sum += int(d)
		}
		if sum != c.want || len(seq) != c.n || int(slices.Max(seq)) > c.limit {
			t.Errorf("%+v of %d nodes and %d edges is %v with sum %d, want %d and at most %d", c.d, c.n, c.total, seq, sum, c.want, c.limit)
		}
	}
}

func TestScaledMAGNames(t *testing.T) {
	s := newScaledMAG(t, .01, 1)
	for typ, n := range []int{s.Papers, s.Authors, s.Institutions, s.Fields} {
		seen := map[string]bool{}
		for i := range n {
			if name := s.Name(typ, i); name == "" || seen[name] {
				t.Fatalf("node %d of type %d is called %q, want a name of its own", i, typ, name)
			} else {
				seen[name] = true
			}
		}
	}
	if names := s.ClassNames(); len(names) != s.Classes || names[0] == names[1] {
		t.Errorf("classes are called %q", names)
	}
}
