package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	oracle "github.com/nlpodyssey/safetensors"
)

func example() *File {
	return &File{
		Metadata: map[string]string{"format": "pt", "text": "a \"b\" \\ \n\tü 語 𝄞 \x01", "": ""},
		Tensors: []Tensor{
			{Name: "rgcn.0.weight", Shape: []int{2, 3}, Data: []float32{0, -1, 2.5, float32(math.Inf(1)), math.MaxFloat32, 1e-45}},
			{Name: "empty", Shape: []int{0, 7}, Data: []float32{}},
			{Name: "scalar", Data: []float32{3}},
			{Name: "a \"quoted\" näme\n", Shape: []int{1}, Data: []float32{4}},
		},
	}
}

// file returns the bytes of a file with this header and data.
func file(header string, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func encode(t testing.TB, f *File) []byte {
	t.Helper()
	b, err := Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, f := range []*File{example(), {}, {Metadata: map[string]string{"only": "this"}}, {Tensors: example().Tensors[:1]}} {
		b := encode(t, f)
		if n := binary.LittleEndian.Uint64(b); n%8 != 0 {
			t.Errorf("header has %d bytes, want a multiple of 8", n)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Errorf("got %v, want %v", got, f)
		}
		if !bytes.Equal(encode(t, got), b) {
			t.Error("encoding again gives other bytes")
		}
	}
}

// Every chunk of a tensor larger than the write buffer must arrive.
func TestRoundTripLarge(t *testing.T) {
	f := &File{Tensors: []Tensor{{Name: "w", Shape: []int{50, 1001}, Data: make([]float32, 50050)}}}
	for i := range f.Tensors[0].Data {
		f.Tensors[0].Data[i] = float32(i)
	}
	got, err := Decode(encode(t, f))
	if err != nil || !reflect.DeepEqual(got, f) {
		t.Errorf("round trip differs, error %v", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, c := range []struct {
		want    string
		tensors []Tensor
	}{
		{`"a" has 1 elements, want the product of shape [2]`, []Tensor{{Name: "a", Shape: []int{2}, Data: []float32{1}}}},
		{`"a" has 1 elements`, []Tensor{{Name: "a", Shape: []int{-1, -1}, Data: []float32{1}}}},
		{`"a" of tensor 1 is taken`, []Tensor{{Name: "a", Data: []float32{1}}, {Name: "a", Data: []float32{1}}}},
		{`"__metadata__" of tensor 0 is taken`, []Tensor{{Name: "__metadata__", Data: []float32{1}}}},
	} {
		_, err := Encode(&File{Tensors: c.tensors})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "safetensors: ") {
			t.Errorf("error is %v, want one with %q", err, c.want)
		}
	}
}

func TestDecodeTypes(t *testing.T) {
	h := "\n{ \"n\" :\t{\"shape\":[2],\"data_offsets\":[ 8 , 24 ],\"dtype\":\"I64\"} ,\r\n" +
		"\"x\":{\"dtype\":\"F64\",\"shape\":[1,1],\"data_offsets\":[0,8]}}  "
	var data []byte
	data = binary.LittleEndian.AppendUint64(data, math.Float64bits(1.0/3))
	data = binary.LittleEndian.AppendUint64(data, math.MaxUint64) // -1
	data = binary.LittleEndian.AppendUint64(data, 1<<40+1)
	f, err := Decode(file(h, data...))
	if err != nil {
		t.Fatal(err)
	}
	if f.Tensors[0].Name != "x" || f.Tensors[1].Name != "n" {
		t.Errorf("tensors are %q and %q, want the order of the data", f.Tensors[0].Name, f.Tensors[1].Name)
	}
	if x, err := f.Float64("x"); err != nil || !slices.Equal(x, []float64{1.0 / 3}) || f.Tensors[0].Data[0] != 1.0/3 {
		t.Errorf("x is %v (float32 %v), error %v, want 1/3", x, f.Tensors[0].Data, err)
	}
	if n, err := f.Int64("n"); err != nil || !slices.Equal(n, []int64{-1, 1<<40 + 1}) || f.Tensors[1].Data[0] != -1 {
		t.Errorf("n is %v (float32 %v), error %v", n, f.Tensors[1].Data, err)
	}
	if n, err := f.Float64("n"); err != nil || !slices.Equal(n, []float64{-1, 1<<40 + 1}) {
		t.Errorf("n is %v, error %v", n, err)
	}
	if _, err := f.Int64("x"); err == nil || !strings.Contains(err.Error(), "F64, want I64") {
		t.Errorf("error is %v, want one about the dtype", err)
	}
	for _, err := range []error{second(f.Tensor("y")), second(f.Float64("y")), second(f.Int64("y"))} {
		if err == nil || !strings.Contains(err.Error(), `no tensor is named "y"`) {
			t.Errorf("error is %v, want one about the name", err)
		}
	}
	wide := encode(t, f)
	if got, err := Decode(wide); err != nil || got.Tensors[1].Data[0] != -1 {
		t.Errorf("encoded as float32 n is %v, error %v", got, err)
	}
	if _, err := example().Int64("scalar"); err == nil || !strings.Contains(err.Error(), "F32, want I64") {
		t.Errorf("error is %v, want one about the dtype", err)
	}
	if x, err := example().Float64("scalar"); err != nil || x[0] != 3 {
		t.Errorf("scalar is %v, error %v, want 3", x, err)
	}
}

// A bfloat16 is the upper half of a float32. It is written as that.
func TestDecodeBrain(t *testing.T) {
	values := []float32{1, -2.5, 3.389e38, 1e-40, float32(math.Inf(-1)), 0}
	var data []byte
	for i, v := range values {
		bits := math.Float32bits(v) &^ 0xffff
		values[i] = math.Float32frombits(bits)
		data = binary.LittleEndian.AppendUint16(data, uint16(bits>>16))
	}
	f, err := Decode(file(`{"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}`, data...))
	if err != nil || !slices.Equal(f.Tensors[0].Data, values) {
		t.Fatalf("values are %v (%v), want %v", f, err, values)
	}
	again, err := Decode(encode(t, f))
	if err != nil || !slices.Equal(again.Tensors[0].Data, values) || !bytes.Contains(encode(t, f), []byte(`"F32"`)) {
		t.Errorf("written and read it is %v (%v)", again, err)
	}
	for _, dtype := range []string{"F8_E4M3", "F8_E5M2", "BOOL", "U16", "C64"} {
		_, err := Decode(file(`{"b":{"dtype":"`+dtype+`","shape":[12],"data_offsets":[0,12]}}`, data...))
		if err == nil || !strings.Contains(err.Error(), `tensor "b" has dtype "`+dtype+`", want F16, BF16, F32`) {
			t.Errorf("dtype %s gives %v", dtype, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestDecodeRefuses(t *testing.T) {
	tensor := func(dtype, shape, at string) string {
		return fmt.Sprintf(`{"a":{"dtype":%q,"shape":%s,"data_offsets":%s}}`, dtype, shape, at)
	}
	four := []byte{1, 2, 3, 4}
	good := tensor("F32", "[1]", "[0,4]")
	if _, err := Decode(file(good, four...)); err != nil {
		t.Fatal(err)
	}
	two := func(a, b string) []byte {
		return file(fmt.Sprintf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":%s},"b":{"dtype":"F32","shape":[1],"data_offsets":%s}}`, a, b), make([]byte, 8)...)
	}
	for _, c := range []struct {
		want string
		b    []byte
	}{
		{"file has 0 bytes", nil},
		{"file has 7 bytes", make([]byte, 7)},
		{"header ends", make([]byte, 8)},
		{"header has 18446744073709551615 bytes, but 2 are left", append(bytes.Repeat([]byte{255}, 8), '{', '}')},
		{"header has 3 bytes, but 2 are left", append([]byte{3, 0, 0, 0, 0, 0, 0, 0}, '{', '}')},
		{"ends", file("{")},
		{"found 'x' after", file("{}x")},
		{"found '{' after", file("{}{}")},
		{"found '['", file("[]")},
		{"found '['", file(`{"a":` + strings.Repeat("[", 1<<20))},
		{"found '{', want '\"'", file(`{"a":{"dtype":` + strings.Repeat(`{"a":`, 1<<20))},
		{`"a" stands twice`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`)},
		{`"a" stands twice`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`)},
		{`"__metadata__" stands twice`, file(`{"__metadata__":{},"__metadata__":{}}`)},
		{`metadata "k" stands twice`, file(`{"__metadata__":{"k":"1","k":"2"}}`)},
		{"found '1', want '\"'", file(`{"__metadata__":{"k":1}}`)},
		{"dtype of \"a\" stands twice", file(`{"a":{"dtype":"F32","dtype":"F32"}}`)},
		{`field of "a" is "x"`, file(`{"a":{"x":1}}`)},
		{"lacks", file(`{"a":{"dtype":"F32","shape":[0]}}`)},
		{"found '}'", file(`{"__metadata__":{"a":"b",}}`)},
		{"want a whole number", file(tensor("F32", "[1,]", "[0,4]"), four...)},
		{"want a whole number", file(tensor("F32", "[01]", "[0,4]"), four...)},
		{"want a whole number", file(tensor("F32", "[-1]", "[0,4]"), four...)},
		{"found '.'", file(tensor("F32", "[1.0]", "[0,4]"), four...)},
		{"found 'e'", file(tensor("F32", "[1e0]", "[0,4]"), four...)},
		{"too large", file(tensor("F32", "[9223372036854775808]", "[0,4]"), four...)},
		{"has 4 bytes, want 4 for each", file(tensor("F32", "[4294967296,4294967296,1]", "[0,4]"), four...)},
		{"has 4 bytes, want 4 for each", file(tensor("F32", "[2]", "[0,4]"), four...)},
		{"has 4 bytes, want 8 for each", file(tensor("F64", "[1]", "[0,4]"), four...)},
		{"has 3 bytes, want 4 for each", file(tensor("F32", "[0]", "[0,3]"), 1, 2, 3)},
		{`dtype "U8", want`, file(tensor("U8", "[4]", "[0,4]"), four...)},
		{"are 1 numbers, want 2", file(tensor("F32", "[1]", "[0]"), four...)},
		{"are 3 numbers, want 2", file(tensor("F32", "[1]", "[0,4,4]"), four...)},
		{"bytes 0 to 4 of 3", file(good, 1, 2, 3)},
		{"end at byte 4 of 5", file(good, 1, 2, 3, 4, 5)},
		{"begins at 1, want 0", file(tensor("F32", "[0]", "[1,0]"), four...)},
		{"begins at 4, want 0", file(tensor("F32", "[1]", "[4,8]"), make([]byte, 8)...)},
		{`"b" begins at 0, want 4`, two("[0,4]", "[0,4]")},
		{`"b" begins at 2, want 4`, two("[0,4]", "[2,6]")},
		{`"a" begins at 9223372036854775800, want 4`, two("[9223372036854775800,9223372036854775804]", "[0,4]")},
		{"string has no end", file(`{"a`)},
		{"string has no end", file(`{"a\`)},
		{"valid escapes", file(`{"\x41":`)},
		{"valid escapes", file(`{"\u12":`)},
		{"valid escapes", file(`{"\ud800":`)},
		{"valid escapes", file(`{"\ud834\u0041":`)},
		{"valid escapes", file(`{"\udd1e\ud834":`)},
		{"valid escapes", file("{\"\xff\":")},
		{"control character", file("{\"a\nb\":")},
	} {
		_, err := Decode(c.b)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "safetensors: ") {
			t.Errorf("%.90q: error is %v, want one with %q", c.b, err, c.want)
		} else if len(err.Error()) > 300 {
			t.Errorf("%.90q: error has %d bytes", c.b, len(err.Error()))
		}
	}
}

// A file that was cut off anywhere is refused, and so is one with bytes after
// its end.
func TestDecodeTruncated(t *testing.T) {
	b := encode(t, example())
	for n := range b {
		if f, err := Decode(b[:n]); err == nil {
			t.Errorf("the first %d of %d bytes decode to %v", n, len(b), f)
		}
	}
	if f, err := Decode(append(b, 0)); err == nil {
		t.Errorf("one byte more decodes to %v", f)
	}
}

// A changed byte of the header is an error or another file, never a panic and
// never a tensor whose shape does not fit its data.
func TestDecodeChangedByte(t *testing.T) {
	b := encode(t, example())
	header := 8 + int(binary.LittleEndian.Uint64(b))
	for i := range header {
		for _, c := range []byte{0, ' ', '"', '0', '9', '[', ']', '{', '}', ',', ':', '\\', 0xff} {
			changed := bytes.Clone(b)
			changed[i] = c
			f, err := Decode(changed)
			if err != nil {
				continue
			}
			for _, tensor := range f.Tensors {
				if n, ok := product(tensor.Shape); !ok || n != len(tensor.Data) {
					t.Errorf("byte %d is %q: %q has shape %v and %d elements", i, c, tensor.Name, tensor.Shape, len(tensor.Data))
				}
			}
		}
	}
}

// The result of Decode is stable: two readers of the same bytes agree, and
// writing to a float32 tensor does not write to the bytes.
func TestDecodeOwnsData(t *testing.T) {
	b := encode(t, example())
	first, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	first.Tensors[0].Data[0] = 99
	second, err := Decode(b)
	if err != nil || !reflect.DeepEqual(second, example()) {
		t.Errorf("second reading is %v, error %v", second, err)
	}
}

func TestDecodeEscapes(t *testing.T) {
	f, err := Decode(file(`{"__metadata__":{"\"\\\/\b\f\n\r\t":"\u00fc\u8A9E\ud834\udd1e ü"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Metadata["\"\\/\b\f\n\r\t"]; got != "ü語𝄞 ü" {
		t.Errorf("metadata is %q", f.Metadata)
	}
}

// An independent reader must find in our files what we wrote.
func TestOracleReads(t *testing.T) {
	want := example()
	st, err := oracle.Deserialize(encode(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if st.Len() != len(want.Tensors) {
		t.Errorf("%d tensors, want %d", st.Len(), len(want.Tensors))
	}
	for _, w := range want.Tensors {
		got, ok := st.Tensor(w.Name)
		if !ok || got.DType() != oracle.F32 || len(got.Shape()) != len(w.Shape) {
			t.Fatalf("tensor %q is %v", w.Name, got)
		}
		for i, d := range got.Shape() {
			if int(d) != w.Shape[i] {
				t.Errorf("shape of %q is %v, want %v", w.Name, got.Shape(), w.Shape)
			}
		}
		for i, v := range w.Data {
			if bits := binary.LittleEndian.Uint32(got.Data()[4*i:]); bits != math.Float32bits(v) {
				t.Errorf("element %d of %q is %v, want %v", i, w.Name, math.Float32frombits(bits), v)
			}
		}
	}
	_, metadata, err := oracle.ReadMetadata(encode(t, want))
	if err != nil || !reflect.DeepEqual(metadata.Metadata(), want.Metadata) {
		t.Errorf("metadata is %q, error %v, want %q", metadata.Metadata(), err, want.Metadata)
	}
}

// We must find in an independent writer's files what it wrote.
func TestOracleWrites(t *testing.T) {
	views := map[string]oracle.TensorView{}
	for name, v := range map[string]struct {
		dtype oracle.DType
		data  []byte
	}{
		"f32": {oracle.F32, binary.LittleEndian.AppendUint32(nil, math.Float32bits(1.5))},
		"f64": {oracle.F64, binary.LittleEndian.AppendUint64(nil, math.Float64bits(2.5))},
		"i64": {oracle.I64, binary.LittleEndian.AppendUint64(nil, 7)},
	} {
		view, err := oracle.NewTensorView(v.dtype, []uint64{1, 1}, v.data)
		if err != nil {
			t.Fatal(err)
		}
		views[name] = view
	}
	b, err := oracle.Serialize(views, map[string]string{"<é>": "\u2028\n\x02"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if f.Metadata["<é>"] != "\u2028\n\x02" {
		t.Errorf("metadata is %q", f.Metadata)
	}
	for name, want := range map[string]float64{"f32": 1.5, "f64": 2.5, "i64": 7} {
		if got, err := f.Float64(name); err != nil || !slices.Equal(got, []float64{want}) {
			t.Errorf("%s is %v, error %v, want %v", name, got, err, want)
		}
	}
}

// Files from PyTorch's own writer.
func TestDecodeGolden(t *testing.T) {
	paths, _ := filepath.Glob("../testdata/golden/*/tensors.safetensors")
	if len(paths) == 0 {
		t.Error("no golden case in ../testdata")
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Decode(b)
		if err != nil {
			t.Error(err)
			continue
		}
		st, err := oracle.Deserialize(b)
		if err != nil || st.Len() != len(f.Tensors) {
			t.Errorf("%s: %d tensors, want %d, error %v", path, len(f.Tensors), st.Len(), err)
		}
		for _, tensor := range f.Tensors {
			want, _ := st.Tensor(tensor.Name)
			if !bytes.Equal(tensor.raw, want.Data()) || tensor.dtype != want.DType().String() {
				t.Errorf("%s: %s differs", path, tensor.Name)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(f, example()))
	f.Add(file(`{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}`, make([]byte, 8)...))
	f.Add(file(`{"__metadata__":{"\u00e9":"\ud834\udd1e"}}`))
	f.Add(file("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Decode(b)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "safetensors: ") {
				t.Errorf("error is %v", err)
			}
			return
		}
		// What we accept is valid to others too, and survives a round trip.
		if _, err := oracle.Deserialize(b); err != nil {
			t.Errorf("%q: accepted, but the oracle says: %v", b, err)
		}
		once := encode(t, got)
		again, err := Decode(once)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(encode(t, again), once) {
			t.Error("round trip differs")
		}
	})
}
