package synth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"abkd/gnn/graph"
)

// Edges of OGBN-Mag by relation.
const (
	MAGAffiliated = 1043998
	MAGWrites     = 7145660
	MAGCites      = 5416271
	MAGTopics     = 7505078
)

// MinScale and MaxScale are the least and the greatest scale of a ScaledMAG.
const (
	MinScale = 0.0005
	MaxScale = 4
)

// A Difficulty says how much each channel tells of a paper's class, see the
// package's documentation.
type Difficulty struct {
	// Probabilities that a channel speaks of a paper's own class.
	Features, Authors, Citations, Topics float64
	// Share of the edges that ignore their channel's class.
	Stray float64
	// Standard deviation of a feature around its centre, in units of the
	// centres' own.
	Spread float64
}

// MAGDifficulty ranks models as OGBN-Mag does, where a network on the features
// alone is right on 27 % of the test papers, a 2×32 R-GCN on 46 and a 3×512 one
// on 50. Measured at scale 0.02, full batches, at the best of 150 epochs on the
// validation papers: 26, 39 and, 3×64, 44 %; the first two at scale 0.1: 26, 44.
var MAGDifficulty = Difficulty{Features: .36, Authors: .54, Citations: .54, Topics: .5, Stray: .165, Spread: 1.5}

// A ScaledMAG is a graph of OGBN-Mag's shape: its numbers of nodes and edges, and
// degrees, class sizes and a split distributed as its are. Unlike MAG's, its
// parts are made one at a time and none is kept, so that the full size needs
// little memory. Each part depends on the scale, the seed and the difficulty
// alone. A ScaledMAG is not changed by its methods.
type ScaledMAG struct {
	Papers, Authors, Institutions, Fields int
	Classes                               int
	Labels, Years                         []int32 // [Papers]

	scale  float64
	seed   uint64
	d      Difficulty
	share  []float64 // [Classes] cumulative share of the papers
	centre []float32 // [Classes × MAGFeatures]
	width  []float32 // [MAGFeatures] deviation of each feature relative to all
}

// The parts of a ScaledMAG, each with a stream of random numbers of its own.
const (
	partPapers = 1 + iota
	partCentres
	partAuthors
	partAffiliated
	partWrites
	partCites
	partTopics
	partFeatures // and all above it: one for each block of papers
)

func (s *ScaledMAG) rng(part uint64) *rand.Rand {
	return rand.New(rand.NewPCG(s.seed, 0x73686170<<32+part))
}

// NewScaledMAG returns the graph of that seed, with scale times OGBN-Mag's nodes
// and edges: exactly its numbers at scale 1, in proportion elsewhere. It has
// OGBN-Mag's 349 classes from 6980 papers on, and a class per 20 papers below.
func NewScaledMAG(scale float64, seed uint64, d Difficulty) (*ScaledMAG, error) {
	if !(scale >= MinScale && scale <= MaxScale) {
		return nil, fmt.Errorf("synth: scale is %v, want %v..%v", scale, MinScale, MaxScale)
	}
	for _, p := range []float64{d.Features, d.Authors, d.Citations, d.Topics, d.Stray} {
		if !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("synth: difficulty is %+v, want probabilities in 0..1", d)
		}
	}
	if !(d.Spread >= 0 && d.Spread <= 100) {
		return nil, fmt.Errorf("synth: spread is %v, want 0..100", d.Spread)
	}
	s := &ScaledMAG{scale: scale, seed: seed, d: d}
	s.Papers, s.Authors = s.scaled(MAGPapers), s.scaled(MAGAuthors)
	s.Institutions, s.Fields = max(s.scaled(MAGInstitutions), 8), max(s.scaled(MAGFields), 60)
	s.Classes = min(max(s.Papers/20, 4), MAGClasses)
	s.papers()
	s.centres()
	return s, nil
}

func (s *ScaledMAG) scaled(full int) int { return int(math.Round(float64(s.scale * float64(full)))) }

// papers gives every paper a class and a year.
func (s *ScaledMAG) papers() {
	s.share = make([]float64, s.Classes)
	total := 0.0
	for k := range s.share { // class sizes of Gini coefficient .615 if there are 349
		total += 1 / power(float64(k)+10.5, 1280)
		s.share[k] = total
	}
	for k := range s.share {
		s.share[k] /= total
	}
	s.Labels, s.Years = make([]int32, s.Papers), make([]int32, s.Papers)
	assignShares(s.Labels, s.share)
	valid, test := s.scaled(MAGValid), s.scaled(MAGTest)
	for v := range s.Years {
		switch {
		case v < test:
			s.Years[v] = lastYear
		case v < test+valid:
			s.Years[v] = lastYear - 1
		default:
			s.Years[v] = firstYear + int32(v%(years-2))
		}
	}
	rng := s.rng(partPapers)
	shuffle(rng, s.Labels)
	shuffle(rng, s.Years)
}

// Sizes of OGBN-Mag's validation and test parts; the rest is for training.
const (
	MAGValid = 64879
	MAGTest  = 41939
)

func shuffle[T any](rng *rand.Rand, x []T) {
	rng.Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
}

// anyClass draws a class by the share of its papers.
func (s *ScaledMAG) anyClass(rng *rand.Rand) int32 { return drawClass(s.share, rng.Float64()) }

// channel draws the class that a channel of that signal speaks of for a paper
// of class k.
func (s *ScaledMAG) channel(rng *rand.Rand, k int32, signal float64) int32 {
	if rng.Float64() < signal {
		return k
	}
	return s.anyClass(rng)
}

// homes draws the home classes of n nodes.
func (s *ScaledMAG) homes(rng *rand.Rand, n int) []int32 {
	home := make([]int32, n)
	for v := range home {
		home[v] = s.anyClass(rng)
	}
	return home
}

// Split trains on the papers up to 2017, validates on those of 2018 and tests
// on those of 2019.
func (s *ScaledMAG) Split() graph.Split {
	split := graph.Split{Name: "time"}
	for v, y := range s.Years {
		put(&split, int32(v), max(y-(lastYear-2), 0))
	}
	return split
}

func (s *ScaledMAG) centres() {
	rng := s.rng(partCentres)
	s.centre, s.width = make([]float32, s.Classes*MAGFeatures), make([]float32, MAGFeatures)
	for i := range s.centre {
		s.centre[i] = float32(normal(rng))
	}
	square := 0.0
	for j := range s.width {
		u := rng.Float64()
		w := .6 + float64(1.3*float64(u*u))
		s.width[j] = float32(w)
		square += float64(w * w)
	}
	for j := range s.width {
		s.width[j] *= float32(math.Sqrt(MAGFeatures / square)) // so that the mean square is 1
	}
}

// FeatureBlock is how many papers share a stream of random numbers.
const FeatureBlock = 256

// Features sets x to the features of the papers lo to hi-1, row by row, with
// four decimals. lo is a multiple of FeatureBlock. It may be called by several
// goroutines.
func (s *ScaledMAG) Features(lo, hi int, x []float32) {
	scale := .2318 / math.Sqrt(1+float64(s.d.Spread*s.d.Spread))
	var rng *rand.Rand
	for v := lo; v < hi; v++ {
		if v%FeatureBlock == 0 {
			rng = s.rng(partFeatures + uint64(v/FeatureBlock))
		}
		k := int(s.channel(rng, s.Labels[v], s.d.Features))
		centre, row := s.centre[k*MAGFeatures:], x[(v-lo)*MAGFeatures:][:MAGFeatures]
		for j := range row {
			f := float64(centre[j]) + float64(s.d.Spread*normal(rng))
			row[j] = float32(math.Round(1e4*(.0103+float64(scale*float64(s.width[j])*f))) / 1e4)
		}
	}
}
