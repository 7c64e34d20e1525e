//go:build js

package main

import (
	"syscall/js"
	"unsafe"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// toJS returns a copy of x as a typed array.
func toJS[T float32 | int32](x []T) js.Value {
	name := "Int32Array"
	if _, ok := any(x).([]float32); ok {
		name = "Float32Array"
	}
	bytes := js.Global().Get("Uint8Array").New(4 * len(x))
	if len(x) > 0 {
		js.CopyBytesToJS(bytes, unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), 4*len(x)))
	}
	return js.Global().Get(name).New(bytes.Get("buffer"))
}

func matrix(m mat.Matrix) map[string]any {
	return map[string]any{"rows": m.Rows, "cols": m.Cols, "data": toJS(m.Data)}
}

func matrices(all []mat.Matrix) (out []any) {
	for _, m := range all {
		out = append(out, matrix(m))
	}
	return out
}

func params(all []*gnn.Param) (out []any) {
	for _, p := range all {
		m := matrix(p.W)
		m["name"] = p.Name
		out = append(out, m)
	}
	return out
}
