package gnn

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/safetensors"
)

func wantSameModel(t *testing.T, got, want Model) {
	t.Helper()
	if got.Config() != want.Config() {
		t.Errorf("configuration is %+v, want %+v", got.Config(), want.Config())
	}
	for i, p := range want.Params() {
		if q := got.Params()[i]; q.Name != p.Name || q.Embedding != p.Embedding || !sameBits(q.W, p.W) {
			t.Errorf("parameter %d is %s %v, want %s %v with its weights", i, q.Name, q.W, p.Name, p.W)
		}
	}
}

func TestRestore(t *testing.T) {
	g := testGraph(t, 1)
	src := newTestModel(t, Config{Layers: 2, Dropout: 0.1}, g, 1)
	dst := newTestModel(t, Config{Layers: 2, Dropout: 0.7}, g, 5)
	if err := Restore(dst, Encode(src, nil)); err != nil {
		t.Fatal(err)
	}
	for i, p := range src.Params() {
		if !sameBits(dst.Params()[i].W, p.W) {
			t.Errorf("%s is not restored", p.Name)
		}
	}
	if d := dst.Config().Dropout; d != 0.7 {
		t.Errorf("dropout is %g, want 0.7 as before", d)
	}

	// After an error nothing has changed.
	before := Encode(dst, nil)
	bad := newTestModel(t, Config{Layers: 2}, g, 9)
	last := bad.Params()[len(bad.Params())-1]
	last.W.Data[1] = float32(math.Inf(1))
	err := Restore(dst, Encode(bad, nil))
	if want := "gnn: checkpoint: tensor " + last.Name + ": element 1 is +Inf, want a finite number"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	err = Restore(dst, Encode(newTestModel(t, Config{Layers: 3}, g, 1), nil))
	if want := `gnn: checkpoint: metadata abkd.layers is "3", want "2"`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := Restore(dst, before[:len(before)-1]); err == nil {
		t.Error("a truncated checkpoint is restored")
	}
	if string(Encode(dst, nil)) != string(before) {
		t.Error("a failed Restore changes the model")
	}
}

// A model does not load for a graph of another schema.
func TestLoadForAnotherGraph(t *testing.T) {
	g := testGraph(t, 1)
	b := Encode(newTestModel(t, Config{Layers: 2, Inputs: "embedding"}, g, 1), nil)
	classes, relations, count, target := *g, *g, *g, *g
	classes.Classes = 5
	relations.Relations = g.Relations[1:]
	target.Target = 1
	count.Types = slices.Clone(g.Types)
	count.Types[0].Count++
	for want, g := range map[string]*graph.Graph{
		`gnn: checkpoint: metadata abkd.classes is "4", want "5"`:            &classes,
		`gnn: checkpoint: metadata abkd.target is "paper", want "field"`:     &target,
		`gnn: checkpoint: tensor embed.author has shape [17 5], want [18 5]`: &count,
	} {
		if _, err := Read(b, g); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := Read(b, &relations); err == nil || !strings.HasPrefix(err.Error(), "gnn: checkpoint: metadata abkd.relations is ") {
		t.Errorf("error %v, want one about abkd.relations", err)
	}
}

// PyTorch reads biases as vectors; the bytes depend on nothing but the model.
func TestEncode(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 1}, g, 1)
	b := Encode(m, map[string]string{"a": "1", "b": "2"})
	if string(b) != string(Encode(m, map[string]string{"b": "2", "a": "1"})) {
		t.Error("two encodings of one model differ")
	}
	f, err := safetensors.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range f.Tensors {
		if want := map[bool]int{true: 1, false: 2}[strings.HasSuffix(x.Name, ".bias")]; len(x.Shape) != want {
			t.Errorf("%s has the shape %v, want %d sides", x.Name, x.Shape, want)
		}
	}
	keys := slices.Sorted(maps.Keys(f.Metadata))
	if want := slices.Sorted(slices.Values(append(slices.Clone(checkpointKeys[:11]), KeySum, "a", "b"))); !slices.Equal(keys, want) {
		t.Errorf("metadata has the keys %q, want %q", keys, want)
	}
}

// TestSum finds every bit of the weights that is another one. Weights of before
// there were sums, rounded ones and those in another order are read.
func TestSum(t *testing.T) {
	g := testGraph(t, 1)
	m := newTestModel(t, Config{Layers: 1}, g, 1)
	b := Encode(m, nil)
	header := 8 + int(binary.LittleEndian.Uint64(b))
	for bit := 8 * header; bit < 8*len(b); bit++ {
		b[bit/8] ^= 1 << (bit % 8)
		if _, err := Read(b, g); err == nil {
			t.Errorf("bit %d of byte %d is another one, and the weights are read", bit%8, bit/8)
		}
		b[bit/8] ^= 1 << (bit % 8)
	}
	for name, change := range map[string]func(*safetensors.File){
		"as they are":        func(*safetensors.File) {},
		"in another order":   func(f *safetensors.File) { slices.Reverse(f.Tensors) },
		"of before":          func(f *safetensors.File) { delete(f.Metadata, KeySum); f.Tensors[0].Data[0]++ },
		"rounded to float16": func(f *safetensors.File) { f.Tensors[0].Half = true },
	} {
		f, err := safetensors.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		changed, err := safetensors.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(changed, g); err != nil {
			t.Errorf("weights %s: %v", name, err)
		}
	}
	f, err := safetensors.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors[0].Data[0]++
	changed, err := safetensors.Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := Restore(m, changed); err == nil || !strings.Contains(err.Error(), "the file is damaged; or another program has changed the weights") {
		t.Errorf("changed weights are restored: %v", err)
	}
}
