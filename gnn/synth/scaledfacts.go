package synth

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"sync"

	"abkd/gnn/graph"
)

// A Fact is a number that is known of OGBN-Mag, beside that of a ScaledMAG.
type Fact struct {
	Name      string
	Want, Got float64
}

// Error returns how far the number is off, relative to what it should be.
func (f Fact) Error() float64 { return (f.Got - f.Want) / math.Abs(f.Want) }

// NodeFacts returns the facts about nodes, split and classes. The Gini
// coefficient of the classes is that of ogbn-arxiv, since OGBN-Mag's is not
// published.
func (s *ScaledMAG) NodeFacts() []Fact {
	facts := []Fact{
		{"papers", float64(s.scale * MAGPapers), float64(s.Papers)},
		{"authors", float64(s.scale * MAGAuthors), float64(s.Authors)},
		{"institutions", float64(s.scale * MAGInstitutions), float64(s.Institutions)},
		{"fields of study", float64(s.scale * MAGFields), float64(s.Fields)},
		{"classes", MAGClasses, float64(s.Classes)},
	}
	split := s.Split()
	return append(facts,
		Fact{"training papers", s.scale * (MAGPapers - MAGValid - MAGTest), float64(len(split.Train))},
		Fact{"validation papers", s.scale * MAGValid, float64(len(split.Valid))},
		Fact{"test papers", s.scale * MAGTest, float64(len(split.Test))},
		Fact{"Gini coefficient of class sizes", .615, s.gini()})
}

// gini returns the Gini coefficient of the class sizes: 0 if all are equal.
func (s *ScaledMAG) gini() float64 {
	size := make([]int, s.Classes)
	for _, k := range s.Labels {
		size[k]++
	}
	slices.Sort(size)
	sum := 0
	for i, n := range size {
		sum += (2*i + 1 - len(size)) * n
	}
	return float64(sum) / float64(len(size)*s.Papers)
}

// known is what data is known of the degrees on one side of a relation; -1
// where nothing is.
type known struct {
	what      string
	mean      float64
	none, one float64 // shares
	most      float64
}

var knownDegrees = [4][2]known{
	{{"institutions per author", .92, 300000. / MAGAuthors, -1, 47}, {"authors per institution", 119, -1, -1, 27000}},
	{{"papers per author", 6.30, -1, 600000. / MAGAuthors, 1046}, {"authors per paper", 9.70, -1, -1, 5050}},
	{{"papers that a paper cites", 7.36, 120000. / MAGPapers, -1, 609}, {"papers that cite a paper", 7.36, 100000. / MAGPapers, -1, 4744}},
	{{"fields per paper", 10.19, -1, -1, 14}, {"papers per field", 125, -1, 17000. / MAGFields, MAGPapers}},
}

// EdgeFacts returns the facts about relation r, whose edges by source are out.
// Largest degrees depend on the scale: other than at 1 only those are compared
// that do not.
func (s *ScaledMAG) EdgeFacts(r int, out graph.CSR) []Fact {
	sources, destinations := make([]int32, out.Rows()), make([]int32, []int{s.Institutions, s.Papers, s.Papers, s.Fields}[r])
	for u := range sources {
		sources[u] = int32(len(out.Row(u)))
	}
	for _, v := range out.Col {
		destinations[v]++
	}
	want := s.scale * float64([]int{MAGAffiliated, MAGWrites, MAGCites, MAGTopics}[r])
	facts := []Fact{{"edges " + s.Relations()[r].String(), want, float64(len(out.Col))}}
	for i, degree := range [][]int32{sources, destinations} {
		k := knownDegrees[r][i]
		switch {
		case k.most == MAGPapers: // field 0
			k.most = float64(s.Papers)
		case s.scale != 1 && k.most != 14:
			k.most = -1
		}
		facts = append(facts, k.facts(degree)...)
	}
	if r == 3 {
		twelve := 0
		for _, d := range sources {
			if d == 12 || d == 13 {
				twelve++
			}
		}
		facts = append(facts, Fact{"share of papers with 12 or 13 fields", 550000. / MAGPapers, float64(twelve) / float64(s.Papers)})
	}
	if r == 1 {
		facts = append(facts, Fact{"commonest number of authors", 3, float64(mode(destinations))})
	}
	return facts
}

func (k known) facts(degree []int32) (facts []Fact) {
	sum, count := 0, [2]int{}
	for _, d := range degree {
		sum += int(d)
		if d < 2 {
			count[d]++
		}
	}
	n := float64(len(degree))
	for _, f := range []Fact{
		{k.what + ", mean", k.mean, float64(sum) / n},
		{k.what + ", share with none", k.none, float64(count[0]) / n},
		{k.what + ", share with one", k.one, float64(count[1]) / n},
		{k.what + ", largest", k.most, float64(slices.Max(degree))},
	} {
		if f.Want >= 0 {
			facts = append(facts, f)
		}
	}
	return facts
}

// mode returns the commonest of the numbers.
func mode(degree []int32) int {
	count := make([]int, slices.Max(degree)+1)
	for _, d := range degree {
		count[d]++
	}
	return slices.Index(count, slices.Max(count))
}

// Moments sums up features of a ScaledMAG. Several goroutines may add to it; the
// sums are of integers, so that their order does not matter.
type Moments struct {
	mu          sync.Mutex
	n           int
	sum, square int64 // in units of 1e-4 and of 1e-8
	min, max    int64
}

// Add adds features, which have four decimals.
func (m *Moments) Add(x []float32) {
	p := Moments{n: len(x)}
	for _, f := range x {
		i := int64(math.Round(1e4 * float64(f)))
		p.sum += i
		p.square += i * i
		p.min, p.max = min(p.min, i), max(p.max, i)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.n += p.n
	m.sum += p.sum
	m.square += p.square
	m.min, m.max = min(m.min, p.min), max(m.max, p.max)
}

// Facts returns the facts about the features that were added.
func (m *Moments) Facts() []Fact {
	n := float64(cmp.Or(m.n, 1))
	mean := float64(m.sum) / n / 1e4
	return []Fact{
		{"features, mean", .0103, mean},
		{"features, deviation", .2318, math.Sqrt(float64(m.square)/n/1e8 - float64(mean*mean))},
		{"features, least", -1.44, float64(m.min) / 1e4},
		{"features, greatest", 1.70, float64(m.max) / 1e4},
	}
}

// Name returns a made-up name of node i of the type of that index: paper,
// author, institution or field of study.
func (s *ScaledMAG) Name(typ, i int) string {
	switch typ {
	case 0:
		return openings[i%len(openings)] + " " + spell(i, 5) + " (" + strconv.Itoa(int(s.Years[i])) + ")"
	case 1:
		return given[i%len(given)] + " " + capital(spell(i, 5))
	case 2:
		return "University of " + capital(spell(i+11, 4))
	}
	return field(i)
}

// ClassNames returns made-up names of the classes.
func (s *ScaledMAG) ClassNames() (names []string) {
	for k := range s.Classes {
		names = append(names, capital(spell(k, 2)))
	}
	return names
}
