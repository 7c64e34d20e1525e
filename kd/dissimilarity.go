package kd

import (
	"math/rand/v2"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// Dissimilarities lists what ABKDConfig.Dissimilarity may be; the first is the
// default.
var Dissimilarities = []string{"embedding", "energy", "subspace", "relations", "posterior"}

// A dissimilarity says how different each layer of a teacher is from each of a
// student, other than by embeddings.
type dissimilarity interface {
	// measure sets D [Lt × Ls] and keeps what backward needs.
	measure(l Layers, d []float64)
	// backward adds to grad, and to the gradients of its own parameters, scale
	// times the derivative of Σ a_ij·D_ij by D, for the last measure; it can be
	// asked again, with other a.
	backward(scale float32, a mat.Matrix, grad []mat.Matrix)
	// params returns its trained parameters, constants those that are not.
	params() []*gnn.Param
	constants() []*gnn.Param
	setBackend(b *mat.Backend)
}

// plain is what a dissimilarity without parameters has.
type plain struct{ mat *mat.Backend }

func (plain) params() []*gnn.Param         { return nil }
func (plain) constants() []*gnn.Param      { return nil }
func (p *plain) setBackend(b *mat.Backend) { p.mat = b }

// newDissimilarity returns that of c, nil for embedding, which ABKD has itself.
func newDissimilarity(teacher, student []int, c ABKDConfig, rng *rand.Rand) dissimilarity {
	switch c.Dissimilarity {
	case "energy":
		return &energyMaps{teacher: make([]energyMap, len(teacher)), student: make([]energyMap, len(student))}
	case "subspace":
		return newReading(teacher, student)
	case "relations":
		return newPairsAlike(len(teacher), len(student), rng)
	case "posterior":
		return newPosterior(teacher, student, c.classes, rng)
	}
	return nil
}
