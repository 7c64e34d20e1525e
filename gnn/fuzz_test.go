package gnn

import (
	"strings"
	"testing"

	"abkd/gnn/safetensors"
)

// Weights with any metadata and a tensor of any size are refused or are a model
// that is written and read again; nothing is made of a size that they only
// claim.
func FuzzRead(f *testing.F) {
	g := testGraph(f, 1)
	whole := Encode(newTestModel(f, Config{Layers: 2, Hidden: 7}, g, 1), nil)
	for _, value := range []string{"1", "64", "8192", "rgcn", "gat", "NaN", "-1", "1e30"} {
		for _, key := range []string{keyKind, keyLayers, keyHidden, keyInput, keyHeads, keyDropout} {
			f.Add(key+"="+value, 0, -1, -1)
		}
	}
	f.Add(keyKind+"=gat\n"+keyHeads+"=64\n"+keyHidden+"=8192\n"+keyLayers+"=64", 0, -1, -1)
	f.Add(keyKind+"=mlp\n"+keyLayers+"=1", 1, 7, 3)
	f.Add(keyHidden+"=3", 2, 1, 0)
	f.Fuzz(func(t *testing.T, meta string, which, rows, cols int) {
		file, err := safetensors.Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(meta, "\n") {
			key, value, _ := strings.Cut(line, "=")
			file.Metadata[key] = value
		}
		const most = 100 // rows and columns of the tensor
		if i := which % len(file.Tensors); i >= 0 && rows >= 0 && rows < most && cols >= 0 && cols < most {
			file.Tensors[i].Shape, file.Tensors[i].Data = []int{rows, cols}, make([]float32, rows*cols)
			if cols == 0 { // a vector
				file.Tensors[i].Shape, file.Tensors[i].Data = []int{rows}, make([]float32, rows)
			}
		}
		b, err := safetensors.Encode(file)
		if err != nil {
			return
		}
		m, err := Read(b, g)
		if err != nil {
			return
		}
		if _, err := Read(Encode(m, nil), g); err != nil {
			t.Fatalf("%q is read, but not again: %v", meta, err)
		}
	})
}
