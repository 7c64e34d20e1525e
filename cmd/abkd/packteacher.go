package main

import (
	"fmt"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
)

// A taught is a teacher with what its file says of it.
type taught struct {
	model gnn.Model
	meta  map[string]string
}

// cutTeacher returns a checkpoint of the teacher t for part, with its metadata:
// the same weights and, of embedding tables, the rows of the nodes that the
// part has kept.
func (p *packing) cutTeacher(t taught, part *graph.Graph, origin [][]int32) ([]byte, error) {
	m := t.model
	small, err := gnn.New(m.Config(), part, nil)
	if err != nil {
		return nil, err
	}
	from := m.Params()
	for i, to := range small.Params() {
		if to.Embedding {
			t := part.TypeIndex(strings.TrimPrefix(to.Name, "embed."))
			mat.Gather(to.W, from[i].W, origin[t])
		} else {
			copy(to.W.Data, from[i].W.Data)
		}
	}
	b := gnn.Encode(small, merge(t.meta, map[string]string{"command": "pack", "packed_from": p.data}))
	if p.weights == "float32" {
		return b, nil
	}
	f, err := safetensors.Decode(b)
	if err != nil {
		return nil, err
	}
	for i := range f.Tensors {
		f.Tensors[i].Half = true
	}
	if b, err = safetensors.Encode(f); err != nil {
		return nil, fmt.Errorf("--teacher %s: %w: want --weights float32", p.teacher, err)
	}
	return b, nil
}
