package study

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"abkd/gnn/graph"
)

// Fingerprint returns a hash of all that a run reads of g, with the nodes
// divided by split. Two folders of the same content have the same one.
func Fingerprint(g *graph.Graph, split graph.Split) string {
	p := printer{Hash: sha256.New(), buf: make([]byte, 0, 1<<16)}
	p.line("%d types, target %d, %d classes", len(g.Types), g.Target, g.Classes)
	for _, t := range g.Types {
		p.line("%q %d %v", t.Name, t.Count, t.Features)
		if !t.Derived {
			for _, x := range t.Features.Data {
				p.add(math.Float32bits(x))
			}
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
	for _, x := range s {
		p.add(uint32(x))
	}
}

func (p *printer) add(x uint32) {
	if len(p.buf) == cap(p.buf) {
		p.flush()
	}
	p.buf = binary.LittleEndian.AppendUint32(p.buf, x)
}

func (p *printer) flush() {
	p.Write(p.buf) // a hash does not fail
	p.buf = p.buf[:0]
}
