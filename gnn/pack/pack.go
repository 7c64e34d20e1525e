// Package pack cuts a part out of a graph, and a teacher for it, and encodes
// both as a pack: one small file, for a browser.
package pack

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
)

// A Cut says which part of a graph to take, and how to store it.
type Cut struct {
	graph.Cut
	Seed uint64 // that the part is drawn from
	Int8 bool   // features are stored in a byte each

	Teacher gnn.Model         // for the whole graph, nil for none
	Meta    map[string]string // what the teacher's weights say of themselves
	Half    bool              // its weights are stored in 16 bits each

	// Name, if not nil, gives the nodes of the part names; origin is as
	// graph.Cut.Of returns it.
	Name func(part *graph.Graph, origin [][]int32) error
}

// A WeightsError is that of a teacher whose weights do not fit in 16 bits.
type WeightsError struct{ error }

func (e *WeightsError) Unwrap() error { return e.error }

// Of returns the part of g, whose nodes without features get the means of all
// their neighbours in g or, if the teacher reads that, what FastRP makes of all of
// g, and the pack that holds it. Label inputs are not in it: they follow from the
// part's own training labels.
func (c Cut) Of(g *graph.Graph) (part *graph.Graph, encoded []byte, err error) {
	if c.Teacher != nil {
		if k, _ := gnn.KindOf(c.Teacher.Config().Kind); k.Baseline() {
			return nil, nil, fmt.Errorf("pack: a teacher of the kind %s computes from the whole graph, of which a pack has a part: want a GNN or an mlp", k.Name)
		}
	}
	derived := graph.WithMeans
	if c.Teacher != nil && c.Teacher.Config().Inputs == "fastrp" {
		derived = graph.WithFastRP
	}
	part, origin, err := c.Cut.Of(derived(g), rand.New(rand.NewPCG(c.Seed, 0)))
	if err != nil {
		return nil, nil, err
	}
	if c.Name != nil {
		if err := c.Name(part, origin); err != nil {
			return nil, nil, err
		}
	}
	p := graph.Pack{Graph: part, Int8: c.Int8}
	if c.Teacher != nil {
		if p.Teacher, err = c.cutTeacher(part, origin); err != nil {
			return nil, nil, err
		}
	}
	encoded, err = p.Encode()
	return part, encoded, err
}

// cutTeacher returns a checkpoint of the teacher for part, with its metadata:
// the same weights and, of embedding tables, the rows of the nodes that the
// part has kept.
func (c Cut) cutTeacher(part *graph.Graph, origin [][]int32) ([]byte, error) {
	small, err := gnn.New(c.Teacher.Config(), part, nil)
	if err != nil {
		return nil, err
	}
	from := c.Teacher.Params()
	for i, to := range small.Params() {
		if to.Embedding {
			t := part.TypeIndex(strings.TrimPrefix(to.Name, "embed."))
			mat.Gather(to.W, from[i].W, origin[t])
		} else {
			copy(to.W.Data, from[i].W.Data)
		}
	}
	b := gnn.Encode(small, maps.Clone(c.Meta))
	if !c.Half {
		return b, nil
	}
	f, err := safetensors.Decode(b)
	if err != nil {
		return nil, err
	}
	for i := range f.Tensors {
		f.Tensors[i].Half = true
	}
	delete(f.Metadata, gnn.KeySum) // the pack has one of its own, of what is rounded
	if b, err = safetensors.Encode(f); err != nil {
		return nil, &WeightsError{err}
	}
	return b, nil
}
