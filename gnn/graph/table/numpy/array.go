// Package numpy reads graphs in arrays of NumPy: .npy files and .npz archives,
// as SciPy, PyTorch Geometric's sources and the binary form of the Open Graph
// Benchmark have them.
package numpy

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

// An array is one of NumPy. Its numbers stay in the bytes of the file.
type array struct {
	name    string // file and key, for messages
	shape   []int
	kind    byte // as NumPy has it: b, i, u, f, U, S
	size    int  // of an element, in bytes
	big     bool // big-endian
	fortran bool // the first index runs fastest
	data    []byte
}

const magic = "\x93NUMPY"

// start is how many bytes of a .npy file stand before the text of its header, at
// most.
const start = 12

// parse reads the array in b, which is all of a .npy file.
func parse(name string, b []byte) (*array, error) {
	begin, end, err := header(name, b[:min(start, len(b))], uint64(len(b)))
	if err != nil {
		return nil, err
	}
	a, err := newArray(name, string(b[begin:end]), uint64(len(b)-end))
	if err != nil {
		return nil, err
	}
	a.data = b[end:]
	return a, nil
}

// header returns where the text of the header begins and ends in a file of so
// many bytes, of which b are the first.
func header(name string, b []byte, all uint64) (begin, end int, err error) {
	if len(b) < start || string(b[:len(magic)]) != magic {
		return 0, 0, table.Refuse("%s: it begins with %.8q, want %q: this is no array of NumPy", name, b[:min(len(b), 8)], magic)
	}
	size, begin := int(binary.LittleEndian.Uint16(b[8:])), start-2
	if b[6] >= 2 {
		size, begin = int(binary.LittleEndian.Uint32(b[8:])), start
	}
	if b[6] > 3 || uint64(begin+size) > all || begin+size < start {
		return 0, 0, table.Refuse("%s: the header has version %d and %d bytes, and the file has %d: it is cut short or damaged", name, b[6], size, all)
	}
	return begin, begin + size, nil
}

// newArray returns an array without its bytes, of which there are so many behind
// the text of its header.
func newArray(name, text string, bytes uint64) (*array, error) {
	a := &array{name: name}
	if err := a.header(text); err != nil {
		return nil, err
	}
	if a.fortran && len(a.shape) > 2 {
		return nil, table.Refuse("%s: an array of %d dimensions in the order of Fortran is not read: save numpy.ascontiguousarray of it", name, len(a.shape))
	}
	n := uint64(1)
	for _, d := range a.shape {
		if d > 0 && n > math.MaxInt32*uint64(1<<16)/uint64(d) {
			return nil, table.Refuse("%s: the shape is %v, larger than any file", name, a.shape)
		}
		n *= uint64(d)
	}
	if want := n * uint64(a.size); want != bytes {
		return nil, table.Refuse("%s: an array %v of %d bytes each takes %d bytes and %d are there: the file is cut short or damaged", name, a.shape, a.size, want, bytes)
	}
	return a, nil
}

// header reads the text of the header, such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
func (a *array) header(text string) error {
	bad := func(what string) error {
		return table.Refuse("%s: the header %s has no %s: the file is damaged", a.name, show.Quote(text), what)
	}
	descr, ok := after(text, "descr")
	if !ok {
		return bad("descr")
	}
	if !strings.HasPrefix(descr, "'") && !strings.HasPrefix(descr, `"`) {
		return table.Refuse("%s: its elements are records, want one number each: save the fields as arrays of their own", a.name)
	}
	descr, _, _ = strings.Cut(descr[1:], descr[:1])
	order, ok := after(text, "fortran_order")
	if !ok {
		return bad("fortran_order")
	}
	a.fortran = strings.HasPrefix(order, "True")
	shape, ok := after(text, "shape")
	if shape, _, found := strings.Cut(strings.TrimPrefix(shape, "("), ")"); ok && found {
		for part := range strings.SplitSeq(shape, ",") {
			if part = strings.TrimSuffix(strings.TrimSpace(part), "L"); part == "" {
				continue
			}
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n > math.MaxInt32*16 {
				return bad("shape that makes sense")
			}
			a.shape = append(a.shape, n)
		}
	} else {
		return bad("shape")
	}
	return a.dtype(descr)
}

// after returns what stands behind a key of the header.
func after(text, key string) (string, bool) {
	for _, quote := range []string{"'", `"`} {
		if _, rest, ok := strings.Cut(text, quote+key+quote); ok {
			rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), ":")
			return strings.TrimLeft(rest, " "), ok
		}
	}
	return "", false
}

// dtype reads the type of the elements, such as <f4.
func (a *array) dtype(descr string) error {
	t := strings.TrimLeft(descr, "<>|=")
	a.big = strings.HasPrefix(descr, ">")
	if t == "" {
		t = "?"
	}
	a.kind = t[0]
	n, err := strconv.Atoi(t[1:])
	switch {
	case a.kind == 'O':
		return &objectsError{table.Refuse("%s: its elements are Python objects (dtype O, pickled), which are not read: in Python, save it with a dtype of its own, such as a.astype(\"int64\") or a.astype(\"U\")", a.name)}
	case err == nil && a.kind == 'U' && 0 <= n && n < 1<<24:
		a.size = 4 * n
	case err == nil && a.kind == 'S' && 0 <= n && n < 1<<24, err == nil && a.kind == 'b' && n == 1,
		err == nil && (a.kind == 'i' || a.kind == 'u') && (n == 1 || n == 2 || n == 4 || n == 8), err == nil && a.kind == 'f' && (n == 2 || n == 4 || n == 8):
		a.size = n
	default:
		return table.Refuse("%s: its elements are of type %s, want bool, int8 to int64, uint8 to uint64, float16 to float64 or text", a.name, show.Quote(descr))
	}
	return nil
}

// An objectsError refuses an array of Python objects.
type objectsError struct{ refused error }

func (e *objectsError) Error() string { return e.refused.Error() }

func (e *objectsError) Unwrap() error { return e.refused }

// rows and cols are those of a matrix; a vector has one column.
func (a *array) rows() int {
	if len(a.shape) == 0 {
		return 1
	}
	return a.shape[0]
}

func (a *array) cols() int {
	n := 1
	for _, d := range a.shape[min(1, len(a.shape)):] {
		n *= d
	}
	return n
}

func (a *array) len() int { return a.rows() * a.cols() }

// isText reports whether the elements are texts.
func (a *array) isText() bool { return a.kind == 'U' || a.kind == 'S' }

// element returns the bytes of the one in row i and column j.
func (a *array) element(i, j int) []byte {
	at := i*a.cols() + j
	if a.fortran {
		at = j*a.rows() + i
	}
	return a.data[at*a.size : (at+1)*a.size]
}

func (a *array) bits(i, j int) (v uint64) {
	b := a.element(i, j)
	for k := range b {
		if a.big {
			v = v<<8 | uint64(b[k])
		} else {
			v |= uint64(b[k]) << (8 * k)
		}
	}
	return v
}

// float returns an element as a number, 0 for a text.
func (a *array) float(i, j int) float64 {
	v := a.number(i, j)
	switch {
	case a.kind == 'f' && a.size == 2:
		return half(uint16(v))
	case a.kind == 'f' && a.size == 4:
		return float64(math.Float32frombits(uint32(v)))
	case a.kind == 'f':
		return math.Float64frombits(v)
	case a.kind == 'i':
		return float64(signed(v, a.size))
	}
	return float64(v)
}

func (a *array) number(i, j int) uint64 {
	if a.isText() {
		return 0
	}
	return a.bits(i, j)
}

func signed(v uint64, size int) int64 {
	shift := 64 - 8*size
	return int64(v<<shift) >> shift
}

// half returns the value of a float16.
func half(v uint16) float64 {
	sign, exp, fraction := 1-2*float64(v>>15), int(v>>10&31), float64(v&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exp-25)
}

// integer returns an element as a whole number; ok is false for one that is
// none.
func (a *array) integer(i, j int) (v int64, ok bool) {
	switch a.kind {
	case 'i':
		return signed(a.bits(i, j), a.size), true
	case 'u', 'b':
		u := a.bits(i, j)
		return int64(u), u <= math.MaxInt64
	case 'f':
		const exact = 1 << 53
		f := a.float(i, j)
		return int64(f), f == math.Trunc(f) && math.Abs(f) < exact
	}
	return 0, false
}

// text returns an element as it is written.
func (a *array) text(i, j int) string {
	switch a.kind {
	case 'S':
		return strings.ToValidUTF8(strings.TrimRight(string(a.element(i, j)), "\x00"), "\ufffd")
	case 'U':
		var b strings.Builder
		e := a.element(i, j)
		for k := 0; k < len(e); k += 4 {
			c := binary.LittleEndian.Uint32(e[k:])
			if a.big {
				c = binary.BigEndian.Uint32(e[k:])
			}
			if c == 0 {
				break
			}
			b.WriteRune(rune(min(c, 0x10ffff)))
		}
		return b.String()
	case 'f':
		return strconv.FormatFloat(a.float(i, j), 'g', -1, 64)
	}
	v, ok := a.integer(i, j)
	if !ok {
		return fmt.Sprint(a.bits(i, j))
	}
	return strconv.FormatInt(v, 10)
}

// at, floatAt and textAt are those of an array as a list, in the order of C.
func (a *array) at(k int) (int64, bool) { return a.integer(k/a.cols(), k%a.cols()) }

func (a *array) floatAt(k int) float64 { return a.float(k/a.cols(), k%a.cols()) }

func (a *array) textAt(k int) string { return a.text(k/a.cols(), k%a.cols()) }

// each calls back with every element.
func (a *array) each(put func(i, j int, v float64) error) error {
	for i := range a.rows() {
		for j := range a.cols() {
			if err := put(i, j, a.float(i, j)); err != nil {
				return err
			}
		}
	}
	return nil
}
