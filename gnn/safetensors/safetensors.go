// Package safetensors reads and writes the safetensors format
// (https://github.com/huggingface/safetensors): a checkpoint that PyTorch and
// the other frameworks read.
//
//	8 bytes      length n of the header, little-endian
//	n bytes      header, a JSON object: name -> dtype, shape, data_offsets
//	the rest     the tensors, little-endian, row-major, without gaps
//
// The header is scanned by hand and not by encoding/json: the trainer in the
// browser contains this package, and encoding/json would add a third of a
// megabyte to what a visitor downloads. The scanner accepts what the format
// allows and no other JSON.
package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"abkd/internal/order"
)

// A Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32 // the values, rounded to float32 if the file has another type
	Half  bool      // the file has float16; Write rounds the values to that

	dtype string // "BF16", "F64" or "I64" if the file has that, else ""
	raw   []byte // the bytes of the last two in the file
}

// A File is the contents of a safetensors file. Tensors stand in the order of
// their data.
type File struct {
	Metadata map[string]string
	Tensors  []Tensor
}

// Tensor returns the tensor of that name.
func (f *File) Tensor(name string) (Tensor, error) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, nil
		}
	}
	return Tensor{}, fmt.Errorf("safetensors: no tensor is named %q", name)
}

// Float64 returns the values of the tensor of that name, not rounded.
func (f *File) Float64(name string) ([]float64, error) {
	t, err := f.Tensor(name)
	if err != nil {
		return nil, err
	}
	values := make([]float64, len(t.Data))
	for i := range values {
		values[i] = t.float64(i)
	}
	return values, nil
}

// IsFloat32 reports whether the file has float32, and so Data exactly.
func (t Tensor) IsFloat32() bool { return !t.Half && t.dtype == "" }

// float64 returns element i as the file has it.
func (t Tensor) float64(i int) float64 {
	switch t.dtype {
	case "F64":
		return math.Float64frombits(binary.LittleEndian.Uint64(t.raw[8*i:]))
	case "I64":
		return float64(int64(binary.LittleEndian.Uint64(t.raw[8*i:])))
	}
	return float64(t.Data[i])
}

// Int64 returns the values of the tensor of that name, which must be one of
// integers.
func (f *File) Int64(name string) ([]int64, error) {
	t, err := f.Tensor(name)
	if err != nil {
		return nil, err
	}
	if t.dtype != "I64" {
		return nil, fmt.Errorf("safetensors: tensor %.80q has dtype %s, want I64", name, cmp.Or(t.dtype, t.written()))
	}
	values := make([]int64, len(t.Data))
	for i := range values {
		values[i] = int64(binary.LittleEndian.Uint64(t.raw[8*i:]))
	}
	return values, nil
}

// Decode parses a file in memory. Tensors of dtype F16, BF16, F32, F64 and I64
// are understood. The result may share storage with b.
func Decode(b []byte) (*File, error) {
	f, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func decode(b []byte) (*File, error) {
	if len(b) < 8 {
		return nil, fmt.Errorf("file has %d bytes, want at least 8", len(b))
	}
	n, rest := binary.LittleEndian.Uint64(b), b[8:]
	if n > uint64(len(rest)) {
		return nil, fmt.Errorf("header has %d bytes, but %d are left in the file", n, len(rest))
	}
	header, err := parseHeader(rest[:n])
	if err != nil {
		return nil, err
	}
	data := rest[n:]
	placed := order.Of(len(header.entries), func(a, b int) bool {
		x, y := header.entries[a], header.entries[b]
		return x.begin < y.begin || x.begin == y.begin && x.end < y.end
	})
	f := &File{Metadata: header.metadata}
	at := 0
	for _, i := range placed {
		e := header.entries[i]
		if e.begin != at {
			return nil, fmt.Errorf("tensor %.80q begins at %d, want %d, the end of the one before", e.name, e.begin, at)
		}
		if e.end < e.begin || e.end > len(data) {
			return nil, fmt.Errorf("tensor %.80q is bytes %d to %d of %d", e.name, e.begin, e.end, len(data))
		}
		at = e.end
		t, err := e.tensor(data[e.begin:e.end])
		if err != nil {
			return nil, err
		}
		f.Tensors = append(f.Tensors, t)
	}
	if at != len(data) {
		return nil, fmt.Errorf("tensors end at byte %d of %d, want the file to end there", at, len(data))
	}
	return f, nil
}

// tensor converts the bytes of e.
func (e *entry) tensor(raw []byte) (Tensor, error) {
	size := map[string]int{"F16": 2, "BF16": 2, "F32": 4, "F64": 8, "I64": 8}[e.dtype]
	if size == 0 {
		return Tensor{}, fmt.Errorf("tensor %.80q has dtype %.80q, want F16, BF16, F32, F64 or I64: convert it before it is saved", e.name, e.dtype)
	}
	n, ok := product(e.shape)
	if !ok || n != len(raw)/size || len(raw)%size != 0 {
		return Tensor{}, fmt.Errorf("tensor %.80q has %d bytes, want %d for each element of shape %v", e.name, len(raw), size, e.shape)
	}
	t := Tensor{Name: e.name, Shape: e.shape, Data: make([]float32, n)}
	switch e.dtype {
	case "F16":
		t.Half = true
		for i := range t.Data {
			t.Data[i] = fromHalf(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	case "BF16":
		t.dtype = e.dtype
		for i := range t.Data {
			t.Data[i] = fromBrain(binary.LittleEndian.Uint16(raw[2*i:]))
		}
	case "F32":
		for i := range t.Data {
			t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	default:
		t.dtype, t.raw = e.dtype, raw
		for i := range t.Data {
			t.Data[i] = float32(t.float64(i))
		}
	}
	return t, nil
}

// product returns the number of elements of a shape, false if a side is
// negative or the product overflows.
func product(shape []int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// Encode returns f as the bytes of a file, see Write.
func Encode(f *File) ([]byte, error) {
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Write writes f to w. All tensors become F32 or, where Half is set, F16, in
// the order of f, and equal files become equal bytes. A value too large for
// its type is an error. The data begins at a multiple of 8 bytes.
func Write(w io.Writer, f *File) error {
	if err := write(w, f); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

func write(w io.Writer, f *File) error {
	b, err := appendHeader(make([]byte, 8), f)
	if err != nil {
		return err
	}
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	for _, t := range f.Tensors {
		for i, v := range t.Data {
			if t.Half {
				h, ok := toHalf(v)
				if !ok {
					return fmt.Errorf("element %d of tensor %.80q is %g, want at most 65504 for F16", i, t.Name, v)
				}
				b = binary.LittleEndian.AppendUint16(b, h)
			} else {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
			if len(b) >= 1<<16 {
				if _, err := w.Write(b); err != nil {
					return err
				}
				b = b[:0]
			}
		}
	}
	_, err = w.Write(b)
	return err
}
