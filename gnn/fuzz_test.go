package gnn

import (
	"testing"

	"abkd/gnn/safetensors"
)

// Weights with any metadata are refused or are a model that is written and
// read again; nothing is made of a size that they only claim.
func FuzzRead(f *testing.F) {
	g := testGraph(f, 1)
	whole := Encode(newTestModel(f, Config{Layers: 2, Hidden: 7}, g, 1), nil)
	for _, value := range []string{"1", "64", "8192", "rgcn", "gat", "NaN", "-1", "1e30"} {
		for _, key := range []string{keyKind, keyLayers, keyHidden, keyInput, keyHeads, keyDropout} {
			f.Add(key, value)
		}
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		file, err := safetensors.Decode(whole)
		if err != nil {
			t.Fatal(err)
		}
		file.Metadata[key] = value
		b, err := safetensors.Encode(file)
		if err != nil {
			return
		}
		m, err := Read(b, g)
		if err != nil {
			return
		}
		if _, err := Read(Encode(m, nil), g); err != nil {
			t.Fatalf("%s %q is read, but not again: %v", key, value, err)
		}
	})
}
