// Package fingerprint tells graphs and splits from others by short hashes, the
// first 16 bytes of SHA-256 in hexadecimal.
package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"slices"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// Run returns a hash of all that a run reads of g, with the nodes divided by
// split. Two folders of the same content have the same one.
func Run(g *graph.Graph, split graph.Split) string {
	p := printer{Hash: sha256.New(), buf: make([]byte, 0, 1<<16)}
	p.line("%d types, target %d, %d classes", len(g.Types), g.Target, g.Classes)
	for _, t := range g.Types {
		p.line("%q %d %v", t.Name, t.Count, t.Features)
		if t.Derived == 0 {
			p.floats(t.Features.Data)
		}
	}
	for _, r := range g.Relations {
		p.line("%q %d", r.EdgeType.String(), len(r.In.Col))
		p.ints(r.In.Ptr)
		p.ints(r.In.Col)
	}
	for _, nodes := range [][]int32{g.Labels, split.Train, split.Valid, split.Test} {
		p.line("%d", len(nodes))
		p.ints(nodes)
	}
	return p.end()
}

// Graph returns a hash of what g is, its splits and derived features left out:
// of nodes, features, relations and labels. With Split it tells later whether
// weights were trained on the same graph and the same nodes.
func Graph(g *graph.Graph) string {
	p := printer{Hash: sha256.New(), buf: make([]byte, 0, 1<<16)}
	p.line("%d types, target %d, %d classes", len(g.Types), g.Target, g.Classes)
	for _, t := range g.Types {
		if t.Derived != 0 {
			t.Features = mat.Matrix{}
		}
		p.line("%q %d %d", t.Name, t.Count, t.Features.Cols)
		p.floats(t.Features.Data)
	}
	for _, r := range g.Relations {
		p.line("%q %d", r.EdgeType.String(), len(r.In.Col))
		p.ints(r.In.Ptr)
		p.ints(r.In.Col)
	}
	p.line("labels")
	p.ints(g.Labels)
	return p.end()
}

// Split returns a hash of which nodes are in which part of a split.
func Split(split graph.Split) string {
	p := printer{Hash: sha256.New(), buf: make([]byte, 0, 1<<16)}
	for _, nodes := range [][]int32{split.Train, split.Valid, split.Test} {
		p.line("%d", len(nodes))
		p.ints(nodes)
	}
	return p.end()
}

// end returns the hash of what was added.
func (p *printer) end() string {
	p.flush()
	return hex.EncodeToString(p.Sum(nil)[:16])
}

// A printer hashes numbers in blocks.
type printer struct {
	hash.Hash
	buf []byte
}

func (p *printer) line(format string, args ...any) {
	p.flush()
	fmt.Fprintf(p, format+"\n", args...)
}

func (p *printer) ints(s []int32) {
	for part := range slices.Chunk(s, cap(p.buf)/4) {
		p.flush()
		p.buf = p.buf[:4*len(part)]
		for i, x := range part {
			binary.LittleEndian.PutUint32(p.buf[4*i:], uint32(x))
		}
	}
}

func (p *printer) floats(s []float32) {
	for part := range slices.Chunk(s, cap(p.buf)/4) {
		p.flush()
		p.buf = p.buf[:4*len(part)]
		for i, x := range part {
			binary.LittleEndian.PutUint32(p.buf[4*i:], math.Float32bits(x))
		}
	}
}

func (p *printer) flush() {
	p.Write(p.buf) // a hash does not fail
	p.buf = p.buf[:0]
}
