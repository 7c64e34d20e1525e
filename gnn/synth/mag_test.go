package synth

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"abkd/gnn/graph"
)

// hash digests all of g but its names.
func hash(g *graph.Graph) uint64 {
	h := fnv.New64a()
	ints := func(x []int32) { binary.Write(h, binary.LittleEndian, append(x[:len(x):len(x)], -1)) }
	for _, ty := range g.Types {
		ints([]int32{int32(ty.Count)})
		ints(ty.Years)
		binary.Write(h, binary.LittleEndian, ty.Features.Data)
	}
	for _, r := range g.Relations {
		ints(r.In.Ptr)
		ints(r.In.Col)
	}
	ints(g.Labels)
	for _, s := range g.Splits {
		ints(s.Train)
		ints(s.Valid)
		ints(s.Test)
	}
	return h.Sum64()
}

func TestMAGIsDetermined(t *testing.T) {
	a, b, c := MAG(Config{Papers: 300, Seed: 5}), MAG(Config{Papers: 300, Seed: 5}), MAG(Config{Papers: 300, Seed: 6})
	if hash(a) != hash(b) {
		t.Error("one seed gives two graphs")
	}
	if hash(a) == hash(c) {
		t.Error("two seeds give one graph")
	}
}

// The numbers are the same on every machine; a change of them changes every
// published experiment and stored picture.
func TestMAGHash(t *testing.T) {
	for _, c := range []struct {
		g    *graph.Graph
		want uint64
	}{
		{Karate(), 0x55e2e57d551cfe31},
		{MAGMini(), 0x3fbf23f4b75c3a9c},
		{MAG(Config{Papers: 1000, Seed: 1}), 0xbfdc795c14e7c9dd},
	} {
		if got := hash(c.g); got != c.want {
			t.Errorf("hash of %s is %#x, want %#x", c.g.Name, got, c.want)
		}
	}
}

func TestMAGSchema(t *testing.T) {
	for _, papers := range []int{20, 100, 400, 3000} {
		t.Run(fmt.Sprintf("papers=%d", papers), func(t *testing.T) {
			g := MAG(Config{Papers: papers, Features: 16, Seed: 1})
			if err := g.Validate(); err != nil {
				t.Fatal(err)
			}
			var types, relations []string
			for _, ty := range g.Types {
				types = append(types, ty.Name)
				if ty.Count == 0 || len(ty.Labels) != ty.Count {
					t.Errorf("%d %s with %d names, want some and as many", ty.Count, ty.Name, len(ty.Labels))
				}
			}
			for _, r := range g.Relations {
				relations = append(relations, r.String())
				if len(r.In.Col) == 0 {
					t.Errorf("%v has no edge", r)
				}
			}
			if want := []string{"paper", "author", "institution", "field_of_study"}; !slices.Equal(types, want) {
				t.Errorf("types are %q, want %q", types, want)
			}
			if want := []string{
				"author__affiliated_with__institution", "institution__rev_affiliated_with__author",
				"author__writes__paper", "paper__rev_writes__author", "paper__cites__paper",
				"paper__has_topic__field_of_study", "field_of_study__rev_has_topic__paper",
			}; !slices.Equal(relations, want) {
				t.Errorf("relations are %q, want %q", relations, want)
			}
			if g.Types[0].Features.Cols != 16 || g.Target != 0 || len(g.ClassNames) != g.Classes {
				t.Errorf("%d features, target %d, %d names of %d classes", g.Types[0].Features.Cols, g.Target, len(g.ClassNames), g.Classes)
			}
			checkSplits(t, g)
		})
	}
}

// checkSplits checks that every split has every paper once, and that years
// and the time split agree.
func checkSplits(t *testing.T, g *graph.Graph) {
	t.Helper()
	for _, s := range g.Splits {
		if n := len(s.Train) + len(s.Valid) + len(s.Test); n != g.Types[0].Count {
			t.Errorf("split %s has %d papers, want all %d", s.Name, n, g.Types[0].Count)
		}
	}
	s := g.Splits[0]
	if s.Name != "time" || g.Splits[1].Name != "random" {
		t.Fatalf("splits are %s and %s, want time and random", s.Name, g.Splits[1].Name)
	}
	for _, p := range []struct {
		nodes    []int32
		from, to int32
	}{{s.Train, 2010, 2017}, {s.Valid, 2018, 2018}, {s.Test, 2019, 2019}} {
		for _, v := range p.nodes {
			if y := g.Types[0].Years[v]; y < p.from || y > p.to {
				t.Fatalf("paper %d is of %d, want %d..%d", v, y, p.from, p.to)
			}
		}
	}
}

func TestEveryClassHasPapers(t *testing.T) {
	for _, c := range []Config{{Papers: 20, Classes: 4}, {Papers: 100, Classes: 20}, {Papers: 1745, Classes: 349}, {Papers: 400, Classes: 2}} {
		g := MAG(c)
		n := make([]int, g.Classes)
		for _, y := range g.Labels {
			n[y]++
		}
		if slices.Min(n) < 1 || n[0] != slices.Max(n) {
			t.Errorf("%d papers of %d classes: sizes are %v, want each 1 or more, the first the largest", c.Papers, c.Classes, n)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	for _, c := range []struct {
		c    Config
		want string
	}{
		{Config{}, ""},
		{Config{Papers: 19, Classes: 2}, "synth: mag-19: 19 papers, want 20..67108864"},
		{Config{Papers: -1, Classes: 2}, "synth: mag--1: -1 papers, want 20..67108864"},
		{Config{Papers: 20, Classes: 5}, "synth: mag-20: 5 classes, want 2..4"},
		{Config{Papers: 9999, Classes: 401}, "synth: mag-9999: 401 classes, want 2..400"},
		{Config{Features: -2}, "synth: mag-2000: -2 features, want 1..65536"},
		{Config{AuthorSignal: 1.5}, "synth: mag-2000: author signal is 1.5, want 0..1"},
		{Config{Stray: -1}, "synth: mag-2000: stray is -1, want 0..1"},
		{Config{Spread: math.NaN()}, "synth: mag-2000: spread is NaN, want 0..100"},
	} {
		err := c.c.Check()
		if got := fmt.Sprint(err); err == nil && c.want != "" || err != nil && got != c.want {
			t.Errorf("Check(%+v) says %v, want %q", c.c, err, c.want)
		}
	}
	defer func() {
		if p := recover(); p != "synth: mag-3: 3 papers, want 20..67108864" {
			t.Errorf("MAG of 3 papers panics with %v", p)
		}
	}()
	MAG(Config{Papers: 3, Classes: 2, Seed: 1})
}

func TestMAGMini(t *testing.T) {
	g := MAGMini()
	if g.Name != "mag-mini" || g.Types[0].Count != 400 || g.Classes != 8 || g.Types[0].Features.Cols != 32 {
		t.Errorf("%s has %d papers of %d classes with %d features, want mag-mini with 400, 8, 32", g.Name, g.Types[0].Count, g.Classes, g.Types[0].Features.Cols)
	}
	if m := majority(g); m >= .25 {
		t.Errorf("the commonest class has %.1f %% of the papers, want less than 25", 100*m)
	}
	for _, ty := range g.Types {
		seen := map[string]bool{}
		for _, name := range ty.Labels {
			if ty.Name != "paper" && seen[name] || name == "" {
				t.Errorf("two nodes of %s are called %q", ty.Name, name)
			}
			seen[name] = true
		}
	}
	if names := slices.Clone(g.ClassNames); len(slices.Compact(slices.Sorted(slices.Values(names)))) != 8 {
		t.Errorf("classes are called %q, want different names", names)
	}
}

// Each channel says more than nothing and far less than all, and together
// they say more than any of them.
func TestSignals(t *testing.T) {
	for _, g := range []*graph.Graph{MAGMini(), MAG(Config{Papers: 8000, Classes: 40, Features: 64, Seed: 1})} {
		s := g.Splits[0]
		rest := append(slices.Clone(s.Valid), s.Test...)
		all := channels(t, g, s.Train)
		together := accuracy(g, all["all"], rest)
		for _, name := range []string{"features", "citations", "authors", "topics"} {
			acc := accuracy(g, all[name], rest)
			t.Logf("%s: %s alone %.1f %%, majority %.1f %%, together %.1f %%", g.Name, name, 100*acc, 100*majority(g), 100*together)
			if acc < majority(g)+.08 {
				t.Errorf("%s: %s alone are right on %.1f %% of the papers, want well above %.1f", g.Name, name, 100*acc, 100*majority(g))
			}
			if acc > .75 || acc > together-.03 {
				t.Errorf("%s: %s alone are right on %.1f %% of the papers, want well below 75 and %.1f", g.Name, name, 100*acc, 100*together)
			}
		}
	}
}

// A shuffled signal is none: with all channels random, votes are at chance.
func TestNoSignal(t *testing.T) {
	const none = 1e-9
	g := MAG(Config{Papers: 3000, Classes: 8, Features: 16, FeatureSignal: none, AuthorSignal: none, CitationSignal: none, TopicSignal: none, Seed: 1})
	s := g.Splits[1]
	all := channels(t, g, s.Train)
	for _, name := range []string{"features", "authors", "topics", "all"} {
		if acc := accuracy(g, all[name], s.Test); acc > majority(g)+.06 {
			t.Errorf("%s without a signal are right on %.1f %% of the papers, want about %.1f", name, 100*acc, 100*majority(g))
		}
	}
}

// shape is what a degree distribution looks like.
type shape struct {
	mean      float64
	max       int
	none, one float64 // shares of the nodes with no edge and with one
}

func shapeOf(c graph.CSR) (s shape) {
	n := float64(c.Rows())
	for i := range c.Rows() {
		d := len(c.Row(i))
		s.max = max(s.max, d)
		s.mean += float64(d) / n
		switch d {
		case 0:
			s.none += 1 / n
		case 1:
			s.one += 1 / n
		}
	}
	return s
}

// At 20,000 papers the graph has OGBN-Mag's proportions.
func TestMAGAtScale(t *testing.T) {
	g := MAG(Config{Papers: 20000, Features: 32, Seed: 1})
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{20000, 30816, 237, 1628} {
		if n := g.Types[i].Count; n < want-1 || n > want+1 && i != 2 {
			t.Errorf("%d nodes of type %s, want %d", n, g.Types[i].Name, want)
		}
	}
	for _, c := range []struct {
		relation     string
		low, high    float64 // mean
		maxLow       int
		noneLow, one [2]float64
	}{
		{"author__writes__paper", 8.3, 9.8, 60, [2]float64{0, 0}, [2]float64{0, .1}},
		{"paper__rev_writes__author", 5.4, 6.4, 60, [2]float64{0, 0}, [2]float64{.4, .6}},
		{"paper__has_topic__field_of_study", 95, 126, 20000, [2]float64{0, .05}, [2]float64{0, .3}},
		{"field_of_study__rev_has_topic__paper", 8, 10.3, 12, [2]float64{0, 0}, [2]float64{0, .1}},
		{"paper__cites__paper", 12, 14.8, 150, [2]float64{0, .1}, [2]float64{0, .1}},
		{"author__affiliated_with__institution", 85, 130, 300, [2]float64{0, .1}, [2]float64{0, .1}},
		{"institution__rev_affiliated_with__author", .75, 1, 10, [2]float64{.2, .5}, [2]float64{.3, .6}},
	} {
		s := shapeOf(relationOf(t, g, c.relation))
		t.Logf("%s: %+v", c.relation, s)
		if s.mean < c.low || s.mean > c.high {
			t.Errorf("%s: mean degree is %.2f, want %v..%v", c.relation, s.mean, c.low, c.high)
		}
		if s.max < c.maxLow {
			t.Errorf("%s: largest degree is %d, want at least %d", c.relation, s.max, c.maxLow)
		}
		if s.none < c.noneLow[0] || s.none > c.noneLow[1] {
			t.Errorf("%s: %.2f have no edge, want %v", c.relation, s.none, c.noneLow)
		}
		if s.one < c.one[0] || s.one > c.one[1] {
			t.Errorf("%s: %.2f have one edge, want %v", c.relation, s.one, c.one)
		}
	}
	checkSplits(t, g)
	if s := g.Splits[0]; len(s.Train) < 16700 || len(s.Train) > 17300 || len(s.Test) < 1050 || len(s.Test) > 1350 {
		t.Errorf("time split is %d, %d, %d, want about 85, 9 and 6 %%", len(s.Train), len(s.Valid), len(s.Test))
	}
	mean, square := 0.0, 0.0
	x := g.Types[0].Features.Data
	for _, f := range x {
		mean += float64(f) / float64(len(x))
		square += float64(f) * float64(f) / float64(len(x))
	}
	if std := math.Sqrt(square - mean*mean); math.Abs(mean-.0103) > .02 || math.Abs(std-.2318) > .01 {
		t.Errorf("features have mean %.4f and deviation %.4f, want .0103 and .2318", mean, std)
	}
}
