package graph

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"abkd/gnn/mat"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode returns the bytes of the file. A graph that is inconsistent, or has a
// feature or the name of a split out of bounds, is an error.
func (p Pack) Encode() ([]byte, error) {
	g := p.Graph
	if err := g.Validate(); err != nil {
		return nil, err
	}
	w := packWriter{b: make([]byte, packHeader, packHeader+packSize(g, p.Int8)+len(p.Teacher))}
	w.text(g.Name)
	w.u32(len(g.Types))
	for i := range g.Types {
		if err := w.nodeType(&g.Types[i], p.Int8); err != nil {
			return nil, fmt.Errorf("graph: pack of %s: %w", g.Name, err)
		}
	}
	w.u32(len(g.Relations))
	for i := range g.Relations {
		w.relation(&g.Relations[i])
	}
	w.target(g)
	w.u32(len(g.Splits))
	for _, s := range g.Splits {
		if err := CheckSplitName(s.Name); err != nil {
			return nil, fmt.Errorf("graph: pack of %s: %w", g.Name, err)
		}
		w.text(s.Name)
		for _, nodes := range [][]int32{s.Train, s.Valid, s.Test} {
			w.u32(len(nodes))
			w.ints(nodes)
		}
	}
	w.u32(len(p.Teacher))
	w.b = append(w.b, p.Teacher...)
	version := uint32(1)
	if g.Origin != "" {
		version = PackVersion
		w.text(g.Origin)
	}
	return sealPack(w.b, version), checkPackCounts(g, len(w.b)-packHeader)
}

// checkPackCounts returns an error if a graph claims more than its bytes
// justify.
func checkPackCounts(g *Graph, bytes int) error {
	if n := g.NumNodes(); n > bytes {
		return fmt.Errorf("graph: pack of %s: %d nodes in %d bytes, want features, names, years or edges for more of them", g.Name, n, bytes)
	}
	if g.Classes > MaxPackClasses {
		return fmt.Errorf("graph: pack of %s: %d classes, want at most %d", g.Name, g.Classes, MaxPackClasses)
	}
	return nil
}

// sealPack fills in the header of b, which has room for it.
func sealPack(b []byte, version uint32) []byte {
	rest := b[packHeader:]
	copy(b, PackMagic)
	binary.LittleEndian.PutUint32(b[8:], version)
	binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(rest, castagnoli))
	binary.LittleEndian.PutUint64(b[16:], uint64(len(rest)))
	return b
}

// packSize returns about how many bytes g takes, names left out.
func packSize(g *Graph, quantise bool) (n int) {
	size := 4
	if quantise {
		size = 1
	}
	for _, t := range g.Types {
		n += size*len(t.Features.Data) + 4*t.Features.Cols + 4*len(t.Years) + 64
	}
	for _, r := range g.Relations {
		n += 4*len(r.In.Col) + 4*len(r.In.Ptr) + 64
	}
	return n + 12*len(g.Labels)
}

// A packWriter appends to b.
type packWriter struct{ b []byte }

func (w *packWriter) u8(v int)  { w.b = append(w.b, uint8(v)) }
func (w *packWriter) u32(v int) { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(v)) }
func (w *packWriter) float(v float32) {
	w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v))
}
func (w *packWriter) text(s string)    { w.u32(len(s)); w.b = append(w.b, s...) }
func (w *packWriter) ints(all []int32) { w.b = appendInts(w.b, all) }

func (w *packWriter) texts(all []string) {
	for _, s := range all {
		w.text(s)
	}
}

func appendInts(b []byte, all []int32) []byte {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func (w *packWriter) nodeType(t *NodeType, quantise bool) error {
	bits, form := 0, packNone
	switch t.Derived {
	case Means:
		bits |= packDerived
	case FastRP:
		bits |= packFastRP
	}
	if t.Labels != nil {
		bits |= packNames
	}
	if t.Years != nil {
		bits |= packYears
	}
	switch {
	case t.Features.Empty():
	case quantise:
		form = packInt8
	default:
		form = packFloat32
	}
	for i, v := range t.Features.Data {
		if !(v >= -MaxFeature && v <= MaxFeature) {
			return fmt.Errorf("feature %d of %s %d is %v, want a finite number up to %g", i%t.Features.Cols, t.Name, i/t.Features.Cols, v, float32(MaxFeature))
		}
	}
	w.text(t.Name)
	w.u32(t.Count)
	w.u8(bits)
	w.u8(form)
	switch form {
	case packNone:
		w.u32(0)
	case packFloat32:
		w.u32(t.Features.Cols)
		for _, v := range t.Features.Data {
			w.float(v)
		}
	case packInt8:
		w.u32(t.Features.Cols)
		w.quantised(t.Features)
	}
	w.texts(t.Labels)
	w.ints(t.Years)
	return nil
}

// quantised writes the columns' scales, max|x|/127, and x/scale rounded: the
// error of a value is at most half its column's scale.
func (w *packWriter) quantised(f mat.Matrix) {
	scale := make([]float32, f.Cols)
	for i := range f.Rows {
		for d, v := range f.Row(i) {
			scale[d] = max(scale[d], v, -v)
		}
	}
	for d := range scale {
		scale[d] /= 127
		w.float(scale[d])
	}
	for i := range f.Rows {
		for d, v := range f.Row(i) {
			q := 0.0
			if scale[d] > 0 {
				q = math.Round(float64(v) / float64(scale[d]))
			}
			w.u8(int(max(-127, min(127, q)))) // a scale that is nearly 0 is rounded itself
		}
	}
}

func (w *packWriter) relation(r *Relation) {
	w.u32(r.Src)
	w.text(r.Rel)
	w.u32(r.Dst)
	w.u32(len(r.In.Col))
	for i := range r.In.Rows() {
		w.u32(int(r.In.Ptr[i+1] - r.In.Ptr[i]))
	}
	w.ints(r.In.Col)
}

func (w *packWriter) target(g *Graph) {
	w.u32(g.Target)
	w.u32(g.Classes)
	if g.ClassNames == nil {
		w.u8(0)
	} else {
		w.u8(1)
		w.texts(g.ClassNames)
	}
	w.ints(g.Labels)
}
