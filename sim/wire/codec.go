package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// The binary form of a Snapshot is little-endian:
//
//	"ABKS" version:u16, then the fields of Snapshot in the order of the struct
//	string   length:u32, UTF-8 bytes
//	int      i32; parameters, bytes, seed and hash are u64
//	float32  f32
//	bool     u8, 0 or 1
//	slice    count:u32, then the elements
//	matrix   rows:u32 cols:u32, then the elements row by row
//
// The page reads it too (site/web/src/lib/snapshot.ts): a change of form is a
// change of codecVersion in both places.
const (
	codecMagic   = "ABKS"
	codecVersion = 4
)

// AppendBinary appends the binary form of s to b.
func (s *Snapshot) AppendBinary(b []byte) []byte {
	e := encoder(append(b, codecMagic...))
	e = binary.LittleEndian.AppendUint16(e, codecVersion)
	e = append(e, byte(s.Phase))
	e.bool(s.Running)
	e.ints(s.Epoch, s.Epochs, s.Step, s.Steps, s.Recorded)
	e.long(s.Hash)
	e.long(s.Seed)
	e.string(s.Backend)
	e.string(s.Error)
	e.floats(s.Alpha, s.Beta)
	e.string(s.Experiment)
	e.model(&s.Teacher)
	e.ints(len(s.Lanes))
	for i := range s.Lanes {
		l := &s.Lanes[i]
		e.string(l.Criterion)
		e.model(&l.Model)
		e.ints(l.Earlier, len(l.History))
		for _, p := range l.History {
			e.floats(p.Total, p.CE, p.KD, p.Aux, p.Train, p.Valid, p.Test)
		}
	}
	e.matrix(s.A)
	e.matrix(s.D)
	e.matrix(s.G)
	e.graph(&s.Graph)
	e.shown(s)
	return e
}

// AppendAfter appends the binary form of s to b for a reader who has the
// lanes of before, the snapshot sent to it before this one: of each learning
// curve it holds what comes after the part that both share, so that its length
// does not grow with that of the run. s itself must be complete.
func (s *Snapshot) AppendAfter(b []byte, before []Lane) []byte {
	rest := *s
	rest.Lanes = slices.Clone(s.Lanes)
	for i := range rest.Lanes[:min(len(rest.Lanes), len(before))] {
		l := &rest.Lanes[i]
		l.Earlier = max(0, min(shared(l.History, before[i].History), len(l.History)-1))
		l.History = l.History[l.Earlier:]
	}
	return rest.AppendBinary(b)
}

// shared returns how many points a and b have in common from the beginning.
func shared(a, b []Point) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i].bits() != b[i].bits() {
			return i
		}
	}
	return n
}

// bits are the numbers of p as they are sent. What is unknown, NaN, is equal to
// itself here.
func (p Point) bits() (b [7]uint32) {
	for i, x := range [...]float32{p.Total, p.CE, p.KD, p.Aux, p.Train, p.Valid, p.Test} {
		b[i] = math.Float32bits(x)
	}
	return b
}

type encoder []byte

func (e *encoder) ints(v ...int) {
	for _, x := range v {
		*e = binary.LittleEndian.AppendUint32(*e, uint32(int32(x)))
	}
}

func (e *encoder) long(v uint64) { *e = binary.LittleEndian.AppendUint64(*e, v) }

func (e *encoder) floats(v ...float32) {
	for _, x := range v {
		*e = binary.LittleEndian.AppendUint32(*e, math.Float32bits(x))
	}
}

func (e *encoder) bool(v bool) {
	if v {
		*e = append(*e, 1)
	} else {
		*e = append(*e, 0)
	}
}

func (e *encoder) string(v string) {
	e.ints(len(v))
	*e = append(*e, v...)
}

func (e *encoder) strings(v []string) {
	e.ints(len(v))
	for _, s := range v {
		e.string(s)
	}
}

func (e *encoder) matrix(m Matrix) {
	e.ints(m.Rows, m.Cols)
	e.floats(m.Data...)
}

func (e *encoder) rows(v [][]float32) {
	e.ints(len(v))
	for _, r := range v {
		e.ints(len(r))
		e.floats(r...)
	}
}

func (e *encoder) model(m *ModelState) {
	e.ints(m.Layers, m.Hidden)
	e.long(uint64(m.Params))
	e.long(uint64(m.EmbeddingParams))
	e.long(uint64(m.Bytes))
	e.floats(m.InferMicros, m.Loss, m.Train, m.Valid, m.Test)
	e.ints(m.BestEpoch)
}

func (e *encoder) graph(g *GraphView) {
	e.strings(g.Types)
	e.ints(len(g.Relations))
	for _, r := range g.Relations {
		e.string(r.Name)
		e.ints(r.Src, r.Dst)
	}
	e.strings(g.Classes)
	e.ints(g.Target, len(g.Nodes))
	for _, n := range g.Nodes {
		e.ints(n.Type, n.ID, n.Hop, n.Label, n.Teacher, n.Student)
	}
	e.ints(len(g.Edges))
	for _, d := range g.Edges {
		e.ints(d.Rel, d.Src, d.Dst)
	}
	e.rows(g.TeacherMessages)
	e.rows(g.StudentMessages)
	e.rows(g.TeacherActs)
	e.rows(g.StudentActs)
}

// DecodeSnapshot reads the binary form of a Snapshot. It returns an error for
// bytes that are cut short, have something left over, or point outside the
// graph they describe.
func DecodeSnapshot(b []byte) (*Snapshot, error) {
	d := &decoder{b: b}
	if magic := string(d.take(len(codecMagic))); d.err == nil && magic != codecMagic {
		return nil, fmt.Errorf("wire: snapshot: begins with %q, want %q", magic, codecMagic)
	}
	if v := d.take(2); d.err == nil && binary.LittleEndian.Uint16(v) != codecVersion {
		return nil, fmt.Errorf("wire: snapshot: version is %d, want %d: reload the page", binary.LittleEndian.Uint16(v), codecVersion)
	}
	s := &Snapshot{Phase: Phase(d.byte()), Running: d.byte() != 0}
	s.Epoch, s.Epochs, s.Step, s.Steps, s.Recorded = d.int(), d.int(), d.int(), d.int(), d.int()
	s.Hash, s.Seed = d.long(), d.long()
	s.Backend, s.Error = d.string(), d.string()
	s.Alpha, s.Beta = d.float(), d.float()
	s.Experiment = d.string()
	d.model(&s.Teacher)
	s.Lanes = make([]Lane, d.count(4))
	for i := range s.Lanes {
		l := &s.Lanes[i]
		l.Criterion = d.string()
		d.model(&l.Model)
		l.Earlier = d.int()
		l.History = make([]Point, d.count(7*4))
		for k := range l.History {
			l.History[k] = Point{d.float(), d.float(), d.float(), d.float(), d.float(), d.float(), d.float()}
		}
	}
	s.A, s.D, s.G = d.matrix(), d.matrix(), d.matrix()
	d.graph(&s.Graph)
	d.shown(s)
	if d.err == nil && len(d.b) > 0 {
		d.fail("%d bytes are left over", len(d.b))
	}
	if d.err == nil {
		d.err = s.check()
	}
	if d.err != nil {
		return nil, d.err
	}
	return s, nil
}

type decoder struct {
	b   []byte
	err error // the first error; all later reads give zero values
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("wire: snapshot: "+format, args...)
	}
	d.b = nil
}

var zeros [8]byte

func (d *decoder) take(n int) []byte {
	if len(d.b) < n {
		d.fail("cut short: %d bytes left, want %d", len(d.b), n)
		return zeros[:min(n, len(zeros))]
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte     { return d.take(1)[0] }
func (d *decoder) int() int       { return int(int32(binary.LittleEndian.Uint32(d.take(4)))) }
func (d *decoder) long() uint64   { return binary.LittleEndian.Uint64(d.take(8)) }
func (d *decoder) float() float32 { return math.Float32frombits(binary.LittleEndian.Uint32(d.take(4))) }

// count reads the length of a slice whose elements take at least size bytes,
// and refuses one that cannot be there, before anything is allocated.
func (d *decoder) count(size int) int {
	n := d.int()
	if n < 0 || n > len(d.b)/size {
		d.fail("%d elements of at least %d bytes, but %d bytes are left", n, size, len(d.b))
		return 0
	}
	return n
}

func (d *decoder) string() string { return string(d.take(d.count(1))) }

func (d *decoder) strings() []string {
	v := make([]string, d.count(4))
	for i := range v {
		v[i] = d.string()
	}
	return v
}

func (d *decoder) floats(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = d.float()
	}
	return v
}

func (d *decoder) matrix() Matrix {
	r, c := d.int(), d.int()
	if r < 0 || c < 0 || c > 0 && r > len(d.b)/4/c {
		d.fail("a matrix of %d×%d, but %d bytes are left", r, c, len(d.b))
		return Matrix{}
	}
	return Matrix{Rows: r, Cols: c, Data: d.floats(r * c)}
}

func (d *decoder) rows() [][]float32 {
	v := make([][]float32, d.count(4))
	for i := range v {
		v[i] = d.floats(d.count(4))
	}
	return v
}

func (d *decoder) model(m *ModelState) {
	m.Layers, m.Hidden = d.int(), d.int()
	m.Params, m.EmbeddingParams, m.Bytes = int(d.long()), int(d.long()), int(d.long())
	m.InferMicros, m.Loss, m.Train, m.Valid, m.Test = d.float(), d.float(), d.float(), d.float(), d.float()
	m.BestEpoch = d.int()
}

func (d *decoder) graph(g *GraphView) {
	g.Types = d.strings()
	g.Relations = make([]RelationView, d.count(12))
	for i := range g.Relations {
		g.Relations[i] = RelationView{d.string(), d.int(), d.int()}
	}
	g.Classes = d.strings()
	g.Target = d.int()
	g.Nodes = make([]NodeView, d.count(24))
	for i := range g.Nodes {
		g.Nodes[i] = NodeView{d.int(), d.int(), d.int(), d.int(), d.int(), d.int()}
	}
	g.Edges = make([]EdgeView, d.count(12))
	for i := range g.Edges {
		g.Edges[i] = EdgeView{d.int(), d.int(), d.int()}
	}
	g.TeacherMessages, g.StudentMessages = d.rows(), d.rows()
	g.TeacherActs, g.StudentActs = d.rows(), d.rows()
}

// check reports an index that points outside what it indexes.
func (s *Snapshot) check() error {
	g := &s.Graph
	for _, l := range s.Lanes {
		if l.Earlier < 0 || l.Earlier > 0 && len(l.History) == 0 {
			return fmt.Errorf("wire: snapshot: a learning curve has %d epochs after %d earlier ones, want the last epoch at least", len(l.History), l.Earlier)
		}
	}
	below := func(what string, v, n int) error {
		if v < 0 || v >= n {
			return fmt.Errorf("wire: snapshot: %s is %d, want 0..%d", what, v, n-1)
		}
		return nil
	}
	for _, r := range g.Relations {
		if below("type of a relation", r.Src, len(g.Types)) != nil || below("type of a relation", r.Dst, len(g.Types)) != nil {
			return fmt.Errorf("wire: snapshot: relation %s joins types %d and %d, want 0..%d", r.Name, r.Src, r.Dst, len(g.Types)-1)
		}
	}
	for _, n := range g.Nodes {
		if err := below("type of a node", n.Type, len(g.Types)); err != nil {
			return err
		}
	}
	for _, e := range g.Edges {
		if err := below("relation of an edge", e.Rel, len(g.Relations)); err != nil {
			return err
		}
		if below("", e.Src, len(g.Nodes)) != nil || below("", e.Dst, len(g.Nodes)) != nil {
			return fmt.Errorf("wire: snapshot: an edge joins nodes %d and %d, want 0..%d", e.Src, e.Dst, len(g.Nodes)-1)
		}
	}
	for _, messages := range [][][]float32{g.TeacherMessages, g.StudentMessages} {
		for l, m := range messages {
			if len(m) != len(g.Edges) {
				return fmt.Errorf("wire: snapshot: %d messages in layer %d, want %d", len(m), l, len(g.Edges))
			}
		}
	}
	if s.A.Rows != s.D.Rows || s.A.Cols != s.D.Cols {
		return fmt.Errorf("wire: snapshot: A is %v and D is %v, want the same shape", s.A, s.D)
	}
	return s.checkShown()
}
