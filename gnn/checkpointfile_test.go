//go:build !js

package gnn

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
	"abkd/gnn/sample"
)

func TestCheckpointRoundTrip(t *testing.T) {
	g := testGraph(t, 1)
	for _, c := range []Config{{}, {Layers: 1, Dropout: -1}, {Layers: 2, Hidden: 7, Input: 6, Dropout: 0.1}} {
		t.Run(fmt.Sprintf("layers=%d/hidden=%d/input=%d", c.Layers, c.Hidden, c.Input), func(t *testing.T) {
			m := newTestModel(t, c, g, 1)
			path := filepath.Join(t.TempDir(), "m.safetensors")
			if err := Save(path, m, map[string]string{"epoch": "7", keyLayers: "9"}); err != nil {
				t.Fatal(err)
			}
			loaded, err := Load(path, g)
			if err != nil {
				t.Fatal(err)
			}
			wantSameModel(t, loaded, m)
			read, err := Read(Encode(m, nil), g)
			if err != nil {
				t.Fatal(err)
			}
			wantSameModel(t, read, m)
			b := sample.NewFull(g, len(m.Widths()), nil).Next()
			if !sameBits(loaded.Forward(b, nil).Logits(), m.Forward(b, nil).Logits()) {
				t.Error("the loaded model computes other logits")
			}
			f, err := safetensors.ReadFile(path)
			if err != nil || f.Metadata["epoch"] != "7" {
				t.Errorf("metadata is %q, %v, want epoch 7 in it", f.Metadata, err)
			}
		})
	}
}

// Every kind comes back with what it needs, on a graph of one relation and on
// one of many.
func TestCheckpointOfKinds(t *testing.T) {
	for name, g := range map[string]*graph.Graph{"citations": citationGraph(t, 1, 40, 0.92), "heterogeneous": testGraph(t, 1)} {
		for _, c := range []Config{
			{Kind: "mlp"}, {Kind: "sage", InputDropout: 0.25}, {Kind: "gcn", Dropout: 0.3, RowNormalise: true},
			{Kind: "gat", Hidden: 4, Heads: 3, InputDropout: -1}, {Kind: "gcnii", Alpha: 0.3, Lambda: 1.25, Layers: 5, Hidden: 8},
			{Kind: "gcnii", Alpha: -1, Input: 7}, {RowNormalise: true},
		} {
			t.Run(fmt.Sprintf("graph=%s/kind=%s/alpha=%g", name, c.Kind, c.Alpha), func(t *testing.T) {
				m := newModelOf(t, c, g, 1)
				path := filepath.Join(t.TempDir(), "m.safetensors")
				if err := Save(path, m, nil); err != nil {
					t.Fatal(err)
				}
				loaded, err := Load(path, g)
				if err != nil {
					t.Fatal(err)
				}
				wantSameModel(t, loaded, m)
				restored := newModelOf(t, m.Config(), g, 5)
				if err := Restore(restored, Encode(m, nil)); err != nil {
					t.Fatal(err)
				}
				wantSameModel(t, restored, m)
				for _, s := range testSamplers(g, m.Config().Layers) {
					b := s.Next()
					want := m.Forward(b, nil).Logits().Clone()
					if !sameBits(loaded.Forward(b, nil).Logits(), want) || !sameBits(restored.Forward(b, nil).Logits(), want) {
						t.Error("the loaded model computes other logits")
					}
				}
			})
		}
	}
}

// What a kind needs is checked as well, when reading and when restoring.
func TestCheckpointOfKindsRefuses(t *testing.T) {
	g := citationGraph(t, 1, 6, 0)
	gat := newModelOf(t, Config{Kind: "gat", Layers: 2, Hidden: 4, Heads: 3}, g, 1)
	gcnii := newModelOf(t, Config{Kind: "gcnii", Layers: 2, Hidden: 4}, g, 1)
	set := func(key, value string) func(*safetensors.File) {
		return func(f *safetensors.File) { f.Metadata[key] = value }
	}
	for _, tt := range []struct {
		m       Model
		corrupt func(*safetensors.File)
		want    string
	}{
		{gat, set(keyHeads, "none"), `metadata abkd.heads is "none", want a number from 1`},
		{gat, set(keyHeads, "0"), `metadata abkd.heads is "0", want a number from 1`},
		{gat, set(keyHeads, "2000000000"), `gnn: 2000000000 heads of width 4, want at least 1 and 8192 columns at most`},
		{gat, set(keyHeads, "2"), `tensor layers.0.weight has shape [6 12], want [6 8]`},
		{gat, func(f *safetensors.File) { delete(f.Metadata, keyHeads) }, `metadata abkd.heads is "", want "8"`},
		{gat, set(keyAlpha, "0.5"), `metadata abkd.alpha is "0.5", want ""`},
		{gat, set(keyNormalise, "yes"), `metadata abkd.row_normalise is "yes", want ""`},
		{gcnii, set(keyAlpha, "0"), `metadata abkd.alpha is "0", want a number other than 0`},
		{gcnii, set(keyAlpha, "1"), `gnn: alpha is 1, want less than 1`},
		{gcnii, set(keyLambda, "NaN"), `gnn: lambda is NaN, want above 0 and at most 1.7`},
		{gcnii, set(keyLambda, "x"), `metadata abkd.lambda is "x", want a number other than 0`},
		{gcnii, set(keyInputDropout, "2"), `gnn: dropout of the input is 2, want at most 0.99`},
		{gcnii, set(keyKind, "gcn"), `metadata abkd.alpha is "0.1", want ""`},
	} {
		t.Run("want="+tt.want, func(t *testing.T) { wantRefused(t, Encode(tt.m, nil), g, tt.corrupt, tt.want) })
	}
	plain := newModelOf(t, Config{Kind: "gcnii", Layers: 2, Hidden: 4, RowNormalise: true, Alpha: 0.1}, g, 1)
	want := `gnn: checkpoint: metadata abkd.row_normalise is "", want "true"`
	if err := Restore(plain, Encode(gcnii, nil)); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Every way in which a checkpoint can be wrong is refused with one line.
func TestCheckpointRefuses(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 2, Hidden: 7}, g, 1)
	meta := func(key, value string) func(*safetensors.File) {
		return func(f *safetensors.File) { f.Metadata[key] = value }
	}
	index := func(f *safetensors.File, name string) int {
		return slices.IndexFunc(f.Tensors, func(t safetensors.Tensor) bool { return t.Name == name })
	}
	const rel, bias = "layers.0.rel.paper__cites__paper.weight", "layers.1.self.paper.bias"
	for _, tt := range []struct {
		name    string
		corrupt func(*safetensors.File)
		want    string
	}{
		{"no-metadata", func(f *safetensors.File) { f.Metadata = nil }, `there is no metadata abkd.version: the tensors are of another program, want weights that abkd wrote`},
		{"version", meta(keyVersion, "2"), `metadata abkd.version is "2", want "1"`},
		{"kind", meta(keyKind, "gin"), fmt.Sprintf(`metadata abkd.kind is "gin", want one of %q; weights of a model of one's own are for Restore`, slices.Concat(Kinds(), Baselines()))},
		{"kind-missing", meta(keyKind, ""), `metadata abkd.kind is "", want "rgcn"`},
		{"types", meta(keyTypes, "a,b"), `metadata abkd.types is "a,b", want "author,field,paper,venue,reader"`},
		{"target", meta(keyTarget, "author"), `metadata abkd.target is "author", want "paper"`},
		{"classes", meta(keyClasses, "5"), `metadata abkd.classes is "5", want "4"`},
		{"layers-zero", meta(keyLayers, "0"), `metadata abkd.layers is "0", want a number from 1`},
		{"layers-text", meta(keyLayers, "two"), `metadata abkd.layers is "two", want a number from 1`},
		{"layers-many", meta(keyLayers, "65"), `gnn: number of layers is 65, want 1..64`},
		{"layers-form", meta(keyLayers, "+2"), `metadata abkd.layers is "+2", want "2"`},
		{"layers-more", meta(keyLayers, "3"), `tensor layers.1.self.author.weight has shape [7 4], want [7 7]`},
		{"hidden-huge", meta(keyHidden, "8192"), `tensor layers.0.self.author.weight has shape [5 7], want [5 8192]`},
		{"input", meta(keyInput, "6"), `tensor embed.author has shape [17 5], want [17 6]`},
		{"dropout", meta(keyDropout, "half"), `metadata abkd.dropout is "half", want a number other than 0`},
		{"dropout-nan", meta(keyDropout, "NaN"), `gnn: dropout is NaN, want at most 0.99`},
		{"shape", func(f *safetensors.File) { f.Tensors[index(f, rel)].Shape = []int{7, 5} }, `tensor ` + rel + ` has shape [7 5], want [5 7]`},
		{"bias-matrix", func(f *safetensors.File) { f.Tensors[index(f, bias)].Shape = []int{1, 4} }, `tensor ` + bias + ` has shape [1 4], want [4]`},
		{"missing", func(f *safetensors.File) { i := index(f, rel); f.Tensors = slices.Delete(f.Tensors, i, i+1) },
			`tensor ` + rel + ` is missing, want 5×7`},
		{"extra", func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "more", Shape: []int{1}, Data: []float32{1}})
		}, `tensor "more" has shape [1], want none of that name`},
		{"nan", func(f *safetensors.File) { f.Tensors[index(f, rel)].Data[3] = float32(math.NaN()) },
			`tensor ` + rel + `: element 3 is NaN, want a finite number`},
	} {
		t.Run("corrupt="+tt.name, func(t *testing.T) {
			wantRefused(t, Encode(m, nil), g, tt.corrupt, tt.want)
		})
	}
}

// wantRefused corrupts the checkpoint b and reports unless Read and Load refuse
// it with want.
func wantRefused(t *testing.T, b []byte, g *graph.Graph, corrupt func(*safetensors.File), want string) {
	t.Helper()
	f, err := safetensors.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	corrupt(f)
	if b, err = safetensors.Encode(f); err != nil {
		t.Fatal(err)
	}
	if m, err := Read(b, g); err == nil || err.Error() != "gnn: checkpoint: "+want || m != nil {
		t.Errorf("Read: error %v, want gnn: checkpoint: %s", err, want)
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := Load(path, g); err == nil || err.Error() != "gnn: "+path+": "+want || m != nil {
		t.Errorf("Load: error %v, want gnn: %s: %s", err, path, want)
	}
}

// A checkpoint cut off at any byte is refused, and the error names the file.
func TestLoadTruncated(t *testing.T) {
	g := testGraph(t, 1)
	b := Encode(newTestModel(t, Config{Layers: 1}, g, 1), nil)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	for n := 0; n < len(b); n += 1 + len(b)/50 {
		if err := os.WriteFile(path, b[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, g); err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error for %d of %d bytes is %v, want one line that names %s", n, len(b), err, path)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none"), g); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("error for a missing file is %v, want its name in it", err)
	}
}

func TestSaveRefuses(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 1}, g, 1)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := Save(path, m, nil); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m.Params()[0].W.Data[2] = float32(math.NaN())
	want := "gnn: " + path + ": tensor embed.author: element 2 is NaN, want a finite number"
	if err := Save(path, m, nil); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file of the good weights has changed, %v", err)
	}
}
