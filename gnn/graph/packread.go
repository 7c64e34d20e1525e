package graph

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"unicode/utf8"

	"abkd/gnn/mat"
)

// DecodePack reads the bytes of a pack, which it does not keep. It allocates
// in proportion to what stands in b, whatever b claims, and what it returns
// has passed Validate. The teacher's checkpoint is not looked into.
func DecodePack(b []byte) (Pack, error) {
	p, err := decodePack(b)
	if err != nil {
		return Pack{}, fmt.Errorf("graph: pack: %w", err)
	}
	return p, nil
}

func decodePack(b []byte) (Pack, error) {
	if len(b) < packHeader && len(b) >= 8 && string(b[:8]) == PackMagic {
		return Pack{}, fmt.Errorf("it ends after %d bytes, in the header: the file is cut short", len(b))
	}
	if len(b) < packHeader || string(b[:8]) != PackMagic {
		return Pack{}, fmt.Errorf("begins with %.8q in %d bytes, want %q: this is no pack", b[:min(8, len(b))], len(b), PackMagic)
	}
	version := binary.LittleEndian.Uint32(b[8:])
	if version < 1 || version > PackVersion {
		return Pack{}, fmt.Errorf("version is %d, want 1 to %d: pack the graph again", version, PackVersion)
	}
	rest := b[packHeader:]
	if n := binary.LittleEndian.Uint64(b[16:]); n != uint64(len(rest)) {
		return Pack{}, fmt.Errorf("%d bytes after the header, want %d: the file is cut short or has been added to", len(rest), n)
	}
	if got, want := crc32.Checksum(rest, castagnoli), binary.LittleEndian.Uint32(b[12:]); got != want {
		return Pack{}, fmt.Errorf("checksum is %08x, want %08x: the file is damaged", got, want)
	}
	r := &packReader{b: rest, size: len(rest)}
	p := r.pack()
	if version > 1 && r.err == nil {
		p.Graph.Origin = r.text("origin")
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes are left over, want 0", len(r.b))
	}
	if r.err != nil {
		return Pack{}, r.err
	}
	return p, p.Graph.Validate()
}

// A packReader takes from the front of b. After an error it reads zeros and
// empty lists.
type packReader struct {
	b    []byte
	size int // of b at first
	err  error
}

func (r *packReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("byte %d: %s", packHeader+r.size-len(r.b), fmt.Sprintf(format, args...))
		r.b = nil
	}
}

// take returns the next n·each bytes, nil if they are not there.
func (r *packReader) take(n, each uint64, what string) []byte {
	if left := uint64(len(r.b)); each > 0 && n > left/each {
		r.fail("%s: %d of %d bytes each, but %d bytes are left", what, n, each, left)
		return nil
	}
	if r.err != nil {
		return nil
	}
	b := r.b[:n*each]
	r.b = r.b[n*each:]
	return b
}

func (r *packReader) u8(what string) byte {
	if b := r.take(1, 1, what); b != nil {
		return b[0]
	}
	return 0
}

func (r *packReader) u32(what string) uint32 {
	if b := r.take(1, 4, what); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// count returns a number of things of which each takes at least least bytes.
func (r *packReader) count(least int, what string) int {
	n := r.u32(what)
	if uint64(n)*uint64(least) > uint64(len(r.b)) {
		r.fail("%s: %d, but %d bytes are left", what, n, len(r.b))
		return 0
	}
	return int(n)
}

func (r *packReader) text(what string) string {
	b := r.take(uint64(r.u32(what)), 1, what)
	if !utf8.Valid(b) {
		r.fail("%s is %.40q, want UTF-8", what, b)
	}
	return string(b)
}

func (r *packReader) texts(n int, what string) []string {
	if uint64(n) > uint64(len(r.b))/4 {
		r.fail("%s: %d, but %d bytes are left", what, n, len(r.b))
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = r.text(what)
	}
	return all
}

func (r *packReader) ints(n int, what string) []int32 {
	b := r.take(uint64(n), 4, what)
	all := make([]int32, len(b)/4)
	for i := range all {
		all[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return all
}

func (r *packReader) floats(n uint64, what string) []float32 {
	b := r.take(n, 4, what)
	all := make([]float32, len(b)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if v := all[i]; !(v >= -MaxFeature && v <= MaxFeature) {
			r.fail("%s: number %d is %v, want a finite one up to %g", what, i, v, float32(MaxFeature))
			return nil
		}
	}
	return all
}

func (r *packReader) pack() (p Pack) {
	g := &Graph{Name: r.text("name of the graph")}
	p.Graph = g
	for range r.count(14, "number of node types") {
		t, quantised := r.nodeType()
		g.Types, p.Int8 = append(g.Types, t), p.Int8 || quantised
	}
	if n := g.NumNodes(); n > r.size {
		r.fail("%d nodes in %d bytes, want at least a byte for each", n, r.size)
	}
	for range r.count(16, "number of relations") {
		g.Relations = append(g.Relations, r.relation(g))
	}
	r.target(g)
	for range r.count(16, "number of splits") {
		s := Split{Name: r.text("name of a split")}
		if err := CheckSplitName(s.Name); err != nil {
			r.fail("%v", err)
		}
		for _, part := range []*[]int32{&s.Train, &s.Valid, &s.Test} {
			*part = r.ints(r.count(4, "nodes of a split"), "nodes of split "+s.Name)
		}
		g.Splits = append(g.Splits, s)
	}
	if n := r.count(1, "teacher"); n > 0 {
		p.Teacher = bytes.Clone(r.take(uint64(n), 1, "teacher"))
	}
	return p
}

func (r *packReader) nodeType() (t NodeType, quantised bool) {
	t.Name = r.text("name of a node type")
	n := r.u32("nodes of " + t.Name)
	if n > math.MaxInt32 {
		r.fail("nodes of %s: %d, want at most %d", t.Name, n, math.MaxInt32)
		return t, false
	}
	t.Count = int(n)
	bits, form, width := r.u8("bits of "+t.Name), r.u8("features of "+t.Name), r.u32("width of "+t.Name)
	if bits >= packFastRP<<1 || bits&packDerived != 0 && bits&packFastRP != 0 || form > packInt8 || (form == packNone) != (width == 0) {
		r.fail("%s has bits %#x and features of kind %d, %d wide; want bits up to 15, not both 1 and 8, a kind up to 2 and a width unless it is 0", t.Name, bits, form, width)
	}
	what := "features of " + t.Name
	switch elements := uint64(n) * uint64(width); form { // below 2^63
	case packFloat32:
		t.Features = r.matrix(t.Count, int(width), r.floats(elements, what))
	case packInt8:
		scale := r.floats(uint64(width), what)
		for d, v := range scale {
			if !(v >= 0 && v <= MaxFeature/126) {
				r.fail("scale of column %d of %s is %v, want 0..%g", d, t.Name, v, float32(MaxFeature/126))
			}
		}
		t.Features = r.matrix(t.Count, int(width), dequantised(scale, r.take(elements, 1, what)))
	}
	switch {
	case bits&packDerived != 0:
		t.Derived = Means
	case bits&packFastRP != 0:
		t.Derived = FastRP
	}
	if bits&packNames != 0 {
		t.Labels = r.texts(t.Count, "names of "+t.Name)
	}
	if bits&packYears != 0 {
		t.Years = r.ints(t.Count, "years of "+t.Name)
	}
	return t, form == packInt8
}

// matrix returns data as a matrix, an empty one after an error.
func (r *packReader) matrix(rows, cols int, data []float32) mat.Matrix {
	if r.err != nil {
		return mat.Matrix{}
	}
	return mat.Matrix{Rows: rows, Cols: cols, Data: data}
}

func dequantised(scale []float32, b []byte) []float32 {
	all := make([]float32, len(b))
	for i, q := range b {
		all[i] = float32(int8(q)) * scale[i%len(scale)]
	}
	return all
}

func (r *packReader) relation(g *Graph) (rel Relation) {
	src, name, dst := r.u32("source type"), r.text("name of a relation"), r.u32("destination type")
	if n := uint32(len(g.Types)); src >= n || dst >= n {
		r.fail("relation %s is from type %d to %d, want 0..%d", name, src, dst, int(n)-1)
		return rel
	}
	s, d := &g.Types[src], &g.Types[dst]
	rel = Relation{EdgeType: EdgeType{Src: s.Name, Rel: name, Dst: d.Name}, Src: int(src), Dst: int(dst)}
	edges := r.count(4, "edges of "+name)
	degree := r.take(uint64(d.Count), 4, "in-degrees of "+name)
	rel.In.Ptr = make([]int32, len(degree)/4+1)
	sum := uint64(0)
	for i := range len(degree) / 4 {
		if sum += uint64(binary.LittleEndian.Uint32(degree[4*i:])); sum > uint64(edges) {
			break
		}
		rel.In.Ptr[i+1] = int32(sum)
	}
	if sum != uint64(edges) {
		r.fail("in-degrees of %s do not sum to its %d edges", name, edges)
	}
	rel.In.Col = r.ints(edges, "edges of "+name)
	return rel
}

func (r *packReader) target(g *Graph) {
	target, classes := r.u32("target type"), r.u32("number of classes")
	if target >= uint32(len(g.Types)) || classes > MaxPackClasses {
		r.fail("target type is %d and %d classes, want a type below %d and at most %d classes", target, classes, len(g.Types), MaxPackClasses)
		return
	}
	g.Target, g.Classes = int(target), int(classes)
	switch has := r.u8("names of classes"); has {
	case 0:
	case 1:
		g.ClassNames = r.texts(g.Classes, "names of classes")
	default:
		r.fail("mark for names of classes is %d, want 0 or 1", has)
	}
	g.Labels = r.ints(g.Types[g.Target].Count, "labels")
}
