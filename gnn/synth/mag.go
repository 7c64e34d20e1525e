// Package synth makes graphs out of nothing: Zachary's karate club and seeded
// graphs of the shape of OGBN-Mag, at any size.
//
// # How a label shows
//
// Every paper has a class (the venue to predict) and, for each of four
// channels, a class that the channel speaks of: the paper's own with a
// probability called the signal, else one drawn at random.
//
//	channel    what follows the channel's class
//	features   the centre around which the paper's features lie
//	authors    the home class of those who wrote it
//	citations  the class of the papers it cites
//	topics     the home class of its fields of study
//
// Some edges of each relation ignore the channel's class altogether. So each
// channel carries a part of the label, none carries all of it however many
// edges it has, and a model that reads several of them beats one that reads
// one: their errors are independent.
package synth

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn/graph"
)

// Sizes of OGBN-Mag, to which the counts of a generated graph are in
// proportion.
const (
	MAGPapers       = 736389
	MAGAuthors      = 1134649
	MAGInstitutions = 8740
	MAGFields       = 59965
	MAGClasses      = 349
	MAGFeatures     = 128
)

// A Config says which graph MAG makes. The zero value of a field is its
// default, given in parentheses.
type Config struct {
	Name     string // ("mag-" and the number of papers)
	Papers   int    // (2000)
	Classes  int    // (one per 200 papers, at least 4 and at most 349)
	Features int    // width of the papers' features (128)
	Seed     uint64 // 0 is a seed as any other

	// Means of the edge counts, before repeated edges are merged.
	AuthorsPerPaper float64 // (9.70)
	Citations       float64 // per paper (7.36)
	Topics          float64 // per paper (10.19)
	Affiliations    float64 // per author (0.92)

	// Probabilities that a channel speaks of a paper's own class.
	FeatureSignal  float64 // (0.3)
	AuthorSignal   float64 // (0.4)
	CitationSignal float64 // (0.4)
	TopicSignal    float64 // (0.35)

	Spread float64 // standard deviation of a feature around its centre, in units of the centres' own (1.5)
	Stray  float64 // share of the edges that ignore their channel's class (0.3)
}

// FullPapers is the number of papers of OGBN-Mag, MinPapers that of the smallest
// graph there is.
const (
	FullPapers = 736389
	MinPapers  = 20
)

// MaxClasses returns how many classes so many papers may have: a few of them
// each.
func MaxClasses(papers int) int { return min(papers/5, 400) }

// Check reports the first value of c that no graph can have.
func (c Config) Check() error {
	c = c.withDefaults()
	for _, v := range []struct {
		name      string
		got       int
		low, high int
	}{
		{"papers", c.Papers, MinPapers, 1 << 26},
		{"classes", c.Classes, 2, MaxClasses(c.Papers)},
		{"features", c.Features, 1, 1 << 16},
	} {
		if v.got < v.low || v.got > v.high {
			return fmt.Errorf("synth: %s: %d %s, want %d..%d", c.Name, v.got, v.name, v.low, v.high)
		}
	}
	for _, v := range []struct {
		name string
		got  float64
		high float64
	}{
		{"authors per paper", c.AuthorsPerPaper, 100}, {"citations", c.Citations, 100}, {"topics", c.Topics, 100},
		{"affiliations", c.Affiliations, 100}, {"spread", c.Spread, 100},
		{"feature signal", c.FeatureSignal, 1}, {"author signal", c.AuthorSignal, 1},
		{"citation signal", c.CitationSignal, 1}, {"topic signal", c.TopicSignal, 1}, {"stray", c.Stray, 1},
	} {
		if !(v.got >= 0 && v.got <= v.high) {
			return fmt.Errorf("synth: %s: %s is %v, want 0..%v", c.Name, v.name, v.got, v.high)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Papers == 0 {
		c.Papers = 2000
	}
	if c.Classes == 0 {
		c.Classes = min(max(c.Papers/200, 4), MAGClasses)
	}
	if c.Features == 0 {
		c.Features = MAGFeatures
	}
	for _, d := range []struct {
		field *float64
		value float64
	}{
		{&c.AuthorsPerPaper, 9.70}, {&c.Citations, 7.36}, {&c.Topics, 10.19}, {&c.Affiliations, .92},
		{&c.FeatureSignal, .3}, {&c.AuthorSignal, .4}, {&c.CitationSignal, .4}, {&c.TopicSignal, .35},
		{&c.Spread, 1.5}, {&c.Stray, .3},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if c.Name == "" {
		c.Name = fmt.Sprintf("mag-%d", c.Papers)
	}
	return c
}

// MAGMini returns the small graph with which the laboratory opens: 400 papers
// of 8 venues. Its numbers, the seed among them, are chosen so that depth and
// width matter. Measured on the test papers at the epoch of the best
// validation accuracy, over three seeds of the weights: the features alone
// (a 2×64 MLP) 62 %, a 2×8 R-GCN 76 %, a 3×64 R-GCN 88 %.
func MAGMini() *graph.Graph {
	return MAG(Config{
		Name: "mag-mini", Papers: 400, Classes: 8, Features: 32, Seed: 4,
		AuthorsPerPaper: 2.5, Citations: 3, Topics: 3,
		FeatureSignal: .65, AuthorSignal: .8, CitationSignal: .8, TopicSignal: .75,
		Spread: 2, Stray: .2,
	})
}

// MAG returns a graph of the shape of OGBN-Mag: papers, authors, institutions
// and fields of study in OGBN-Mag's proportions, with skewed degrees and
// class sizes. Equal configurations give equal graphs on every machine. A
// configuration that Check rejects panics.
//
// The split "time" trains on the years to 2017, validates on 2018 and tests
// on 2019: 60, 20 and 20 % of the papers, or 85, 9 and 6 % from 20,000 papers
// on. The split "random" is 60, 20 and 20 %.
func MAG(c Config) *graph.Graph {
	if err := c.Check(); err != nil {
		panic(err.Error())
	}
	c = c.withDefaults()
	m := &maker{Config: c, rng: rand.New(rand.NewPCG(c.Seed, 0x6d6167))}
	m.countNodes()
	m.assignClasses()
	m.assignYears()
	m.g = &graph.Graph{
		Name: c.Name,
		Types: []graph.NodeType{
			{Name: "paper", Count: m.papers.count(), Features: m.features(), Years: m.year},
			{Name: "author", Count: m.authors.count()},
			{Name: "institution", Count: m.institutions.count()},
			{Name: "field_of_study", Count: m.fields.count()},
		},
		Labels: m.papers.class, Classes: c.Classes,
		Splits: []graph.Split{m.timeSplit(), m.randomSplit()},
	}
	m.affiliated()
	m.writes()
	m.cites()
	m.topics()
	m.name()
	return m.g
}
