package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
)

// The binary form of a Snapshot is little-endian:
//
//	"ABKS" version:u16, then the fields of Snapshot in the order of the struct
//	string   length:u32, UTF-8 bytes
//	int      i32, also an int32
//	int64    i64, and a uint64 u64
//	float32  f32
//	bool     u8, 0 or 1
//	Phase    u8
//	slice    count:u32, then the elements
//	array    the elements
//	struct   its fields
//	Matrix   rows:u32 cols:u32, then the elements row by row
//	Change   epoch:i32 step:i32, then its Text
//
// The types are all that says so: encode and decode walk over them, and
// site/gen writes the page's reader from them. A change of a type that is sent
// is a change of Version.
const (
	Magic   = "ABKS"
	Version = 13
)

// AppendBinary appends the binary form of s to b.
func (s *Snapshot) AppendBinary(b []byte) []byte {
	e := encoder(append(b, Magic...))
	e.number(2, Version)
	e.value(reflect.ValueOf(s).Elem())
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

// number appends the lowest bytes of x.
//
//go:noinline
func (e *encoder) number(bytes int, x uint64) {
	for range bytes {
		*e = append(*e, byte(x))
		x >>= 8
	}
}

func (e *encoder) count(n int) { e.number(4, uint64(n)) }

func (e *encoder) string(s string) {
	e.count(len(s))
	*e = append(*e, s...)
}

func (e *encoder) floats(v []float32) {
	for _, x := range v {
		*e = binary.LittleEndian.AppendUint32(*e, math.Float32bits(x))
	}
}

// value appends v in the form that its type has; decoder.value reads it.
func (e *encoder) value(v reflect.Value) {
	switch v.Type() {
	case matrixType:
		m := v.Interface().(Matrix)
		e.count(m.Rows)
		e.count(m.Cols)
		e.floats(m.Data)
		return
	case changeType:
		c := v.Interface().(Change)
		e.count(c.Epoch)
		e.count(c.Step)
		e.string(c.Text())
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			e.value(v.Field(i))
		}
	case reflect.Slice:
		e.count(v.Len())
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			e.value(v.Index(i))
		}
	case reflect.String:
		e.string(v.String())
	case reflect.Float32:
		e.floats([]float32{v.Interface().(float32)})
	case reflect.Int, reflect.Int32, reflect.Int64:
		e.number(width(v.Type()), uint64(v.Int()))
	case reflect.Uint8, reflect.Uint64:
		e.number(width(v.Type()), v.Uint())
	case reflect.Bool:
		if v.Bool() {
			e.number(1, 1)
		} else {
			e.number(1, 0)
		}
	default:
		panic("wire: no form for " + v.Type().String())
	}
}

var matrixType, changeType = reflect.TypeFor[Matrix](), reflect.TypeFor[Change]()

// width returns how many bytes a value of type t has at least: what follows a
// length is not counted.
func width(t reflect.Type) (bytes int) {
	switch t {
	case matrixType:
		return 8
	case changeType:
		return 12
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			bytes += width(t.Field(i).Type)
		}
		return bytes
	case reflect.Array:
		return t.Len() * width(t.Elem())
	case reflect.Bool, reflect.Uint8:
		return 1
	case reflect.Int64, reflect.Uint64:
		return 8
	}
	return 4
}

// DecodeSnapshot reads the binary form of a Snapshot. It returns an error for
// bytes that are cut short, have something left over, or point outside the
// graph they describe.
func DecodeSnapshot(b []byte) (*Snapshot, error) {
	d := &decoder{b: b}
	if magic := string(d.take(len(Magic))); d.err == nil && magic != Magic {
		return nil, fmt.Errorf("wire: snapshot: begins with %q, want %q", magic, Magic)
	}
	if v := d.number(2); d.err == nil && v != Version {
		return nil, fmt.Errorf("wire: snapshot: version is %d, want %d: reload the page", v, Version)
	}
	s := new(Snapshot)
	d.value(reflect.ValueOf(s).Elem())
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

func (d *decoder) number(bytes int) (x uint64) {
	for i, b := range d.take(bytes) {
		x |= uint64(b) << (8 * i)
	}
	return x
}

func (d *decoder) int() int { return int(int32(d.number(4))) }

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

func (d *decoder) floats(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(d.take(4)))
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

func (d *decoder) change() Change {
	at := Moment{d.int(), d.int()}
	c, err := ParseChange(at, d.string())
	if err != nil {
		d.fail("a change: %v", err)
	}
	return c
}

// value reads what encoder.value writes of a value of v's type.
func (d *decoder) value(v reflect.Value) {
	switch v.Type() {
	case matrixType:
		v.Set(reflect.ValueOf(d.matrix()))
		return
	case changeType:
		v.Set(reflect.ValueOf(d.change()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			d.value(v.Field(i))
		}
	case reflect.Slice:
		n := d.count(width(v.Type().Elem()))
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			d.value(v.Index(i))
		}
	case reflect.String:
		v.SetString(d.string())
	case reflect.Float32: // as it is: a NaN keeps its bits
		v.Set(reflect.ValueOf(d.floats(1)[0]))
	case reflect.Int, reflect.Int32, reflect.Int64:
		n := width(v.Type())
		v.SetInt(int64(d.number(n)) << (64 - 8*n) >> (64 - 8*n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(d.number(width(v.Type())))
	case reflect.Bool:
		x := d.number(1)
		if x > 1 {
			d.fail("a mark is %d, want 0 or 1", x)
		}
		v.SetBool(x == 1)
	}
}
