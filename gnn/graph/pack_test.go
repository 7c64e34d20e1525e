package graph

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// packed returns a graph with all that a pack can hold.
func packed(seed uint64) *Graph {
	rng := rand.New(rand.NewPCG(seed, 0))
	g := papers(rng)
	g.Types[0].Years = make([]int32, 12)
	g.Types[1].Labels = []string{"Ada", "", "Grace \"G\" Hopper", "李", "e", "f", "g", "h", "i"}
	g.Classes, g.ClassNames = 3, []string{"x", "y", ""}
	for i := range 12 {
		g.Types[0].Years[i] = int32(1990 + i)
		g.Labels = append(g.Labels, int32(i%4)-1)
	}
	g.Splits = []Split{
		{"time", []int32{1, 2, 3}, []int32{5}, []int32{7, 6}},
		{"random", []int32{9}, []int32{10, 1}, []int32{2}},
	}
	return WithMeans(g)
}

func encode(t testing.TB, p Pack) []byte {
	t.Helper()
	b, err := p.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPackRoundTrip(t *testing.T) {
	plain := packed(1)
	plain.ClassNames, plain.Types[1].Labels = nil, nil
	from := packed(3)
	from.Origin = "an archive; a command"
	for name, p := range map[string]Pack{
		"full":    {Graph: packed(1)},
		"origin":  {Graph: from, Teacher: []byte("weights")},
		"plain":   {Graph: plain},
		"teacher": {Graph: packed(2), Teacher: []byte("weights")},
	} {
		t.Run("graph="+name, func(t *testing.T) {
			b := encode(t, p)
			got, err := DecodePack(b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, p) {
				t.Errorf("got  %+v\nwant %+v", got.Graph, p.Graph)
			}
			if again := encode(t, got); string(again) != string(b) {
				t.Error("what was read is written in other bytes")
			}
		})
	}
}

// TestPackInt8 holds each feature to half the scale of its column, and the
// second writing to the bytes of the first.
func TestPackInt8(t *testing.T) {
	g := packed(3)
	f := g.Types[0].Features
	for i := range f.Rows {
		f.Row(i)[1] = 0      // a column of zeros
		f.Row(i)[2] *= 1e-38 // and one whose scale has lost precision
	}
	b := encode(t, Pack{Graph: g, Int8: true})
	got, err := DecodePack(b)
	if err != nil || !got.Int8 {
		t.Fatalf("%v, Int8 %v", err, got.Int8)
	}
	for k, want := range g.Types {
		have := got.Graph.Types[k]
		if have.Derived != want.Derived || have.Features.Rows != want.Features.Rows || have.Features.Cols != want.Features.Cols {
			t.Fatalf("%s has %v, derived %v, want %v, %v", want.Name, have.Features, have.Derived, want.Features, want.Derived)
		}
		for d := range want.Features.Cols {
			top := 0.0
			for i := range want.Features.Rows {
				top = max(top, math.Abs(float64(want.Features.Row(i)[d])))
			}
			for i := range want.Features.Rows {
				a, b := float64(have.Features.Row(i)[d]), float64(want.Features.Row(i)[d])
				if math.Abs(a-b) > top/127*0.501+1e-44 {
					t.Errorf("feature %d of %s %d is %g, want %g ± %g", d, want.Name, i, a, b, top/254)
				}
			}
		}
	}
	if again := encode(t, got); len(again) != len(b) {
		t.Errorf("written again it has %d bytes, want %d", len(again), len(b))
	}
	if small, large := len(b), len(encode(t, Pack{Graph: g})); small >= large {
		t.Errorf("int8 takes %d bytes, float32 %d", small, large)
	}
}

// TestPackLayout holds the bytes to the layout that the documentation states,
// for those who read packs with programs of their own.
func TestPackLayout(t *testing.T) {
	g := &Graph{
		Name: "g", Classes: 2, Labels: []int32{1, -1},
		Types:     []NodeType{{Name: "p", Count: 2, Features: mat.Matrix{Rows: 2, Cols: 1, Data: []float32{-127, 2}}, Years: []int32{7, 8}}},
		Relations: []Relation{{EdgeType{"p", "to", "p"}, 0, 0, CSR{[]int32{0, 0, 2}, []int32{0, 1}}}},
		Splits:    []Split{{Name: "s", Train: []int32{0}}},
	}
	b := encode(t, Pack{Graph: g, Int8: true, Teacher: []byte{9}})
	var want []byte
	add := func(values ...any) {
		for _, v := range values {
			if s, ok := v.(string); ok {
				want = append(binary.LittleEndian.AppendUint32(want, uint32(len(s))), s...)
				continue
			}
			want, _ = binary.Append(want, binary.LittleEndian, v) // of fixed size
		}
	}
	add("g", uint32(1), "p", uint32(2), uint8(4), uint8(2), uint32(1), float32(1), int8(-127), int8(2), int32(7), int32(8))
	add(uint32(1), uint32(0), "to", uint32(0), uint32(2), uint32(0), uint32(2), uint32(0), uint32(1))
	add(uint32(0), uint32(2), uint8(0), int32(1), int32(-1))
	add(uint32(1), "s", uint32(1), uint32(0), uint32(0), uint32(0), uint32(1), uint8(9))
	if got := b[24:]; string(got) != string(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if string(b[:8]) != "ABKDPACK" || b[8] != 1 || int(b[16]) != len(want) {
		t.Errorf("header is %v", b[:24])
	}
}

// TestPackOrigin holds a pack without an origin to version 1, which every abkd
// reads, and one with an origin to version 2, in which it stands at the end.
func TestPackOrigin(t *testing.T) {
	g := packed(9)
	plain := encode(t, Pack{Graph: g})
	g.Origin = "here"
	b := encode(t, Pack{Graph: g})
	if plain[8] != 1 || b[8] != 2 || string(b[packHeader:]) != string(plain[packHeader:])+"\x04\x00\x00\x00here" {
		t.Errorf("versions %d and %d, want 1, and 2 with the origin at the end", plain[8], b[8])
	}
	old := sealPack(append([]byte(nil), b...), 1)
	if _, err := DecodePack(old); err == nil || !strings.Contains(err.Error(), "8 bytes are left over") {
		t.Errorf("an origin in version 1: %v", err)
	}
}

func TestPackEncodeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change func(g *Graph)
		want   string
	}{
		"nan":     {func(g *Graph) { g.Types[0].Features.Row(2)[1] = float32(math.NaN()) }, "feature 1 of paper 2 is NaN"},
		"huge":    {func(g *Graph) { g.Types[0].Features.Row(2)[1] = math.MaxFloat32 }, "feature 1 of paper 2 is 3.4"},
		"split":   {func(g *Graph) { g.Splits[0].Name = "two words" }, `name of a split is "two words", want a name without blanks`},
		"equals":  {func(g *Graph) { g.Splits[0].Name = "a=b" }, `name of a split is "a=b"`},
		"control": {func(g *Graph) { g.Splits[0].Name = "a\x1b[2J" }, `name of a split is "a\x1b[2J"`},
		"unnamed": {func(g *Graph) { g.Splits[0].Name = "" }, `name of a split is ""`},
		"invalid": {func(g *Graph) { g.Labels = g.Labels[1:] }, "11 labels, want 12"},
		"hollow":  {func(g *Graph) { g.Types[4] = NodeType{Name: "lonely", Count: 1 << 20} }, "1048606 nodes in"},
		"classes": {func(g *Graph) { g.Classes, g.ClassNames = 1<<16+1, nil }, "65537 classes"},
	} {
		t.Run("graph="+name, func(t *testing.T) {
			g := packed(4)
			c.change(g)
			if _, err := (Pack{Graph: g}).Encode(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestPackDamaged changes each byte, and cuts the file at each.
func TestPackDamaged(t *testing.T) {
	b := encode(t, Pack{Graph: packed(5), Teacher: []byte("weights")})
	for i := range b {
		damaged := append([]byte(nil), b...)
		damaged[i] ^= 1 << (i % 8)
		if _, err := DecodePack(damaged); err == nil {
			t.Fatalf("byte %d of %d can be changed unseen", i, len(b))
		}
		if _, err := DecodePack(b[:i]); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for the file", i, len(b))
		}
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"empty":   {nil, "this is no pack"},
		"cut":     {[]byte(PackMagic + "\x01"), "the file is cut short"},
		"text":    {[]byte("<!DOCTYPE html><html><head></head></html>"), `begins with "<!DOCTYP"`},
		"longer":  {append(b[:len(b):len(b)], 0), "cut short or has been added to"},
		"version": {append([]byte("ABKDPACK\x03"), b[9:]...), "version is 3, want 1 to 2"},
		"sum":     {append(b[:len(b)-1:len(b)-1], b[len(b)-1]^1), "the file is damaged"},
	} {
		if _, err := DecodePack(c.b); err == nil || !strings.HasPrefix(err.Error(), "graph: pack: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("file=%s: error is %v, want %q in it", name, err, c.want)
		}
	}
}

// TestPackHostile writes claims under a right checksum.
func TestPackHostile(t *testing.T) {
	u32 := func(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)) }
	text := func(s string) string { return u32(uint32(len(s))) + s }
	const most = math.MaxUint32
	head := text("g") + u32(1) + text("p")
	paper := head + u32(1) + "\x00\x00" + u32(0) // one node without anything
	for name, c := range map[string]struct{ rest, want string }{
		"name":         {u32(most), "name of the graph: 4294967295 of 1 bytes each, but 0 bytes are left"},
		"utf-8":        {text("\xff"), "want UTF-8"},
		"types":        {text("g") + u32(most), "number of node types: 4294967295"},
		"nodes":        {head + u32(most) + "\x00\x00" + u32(0), "nodes of p: 4294967295"},
		"hollow-nodes": {head + u32(1<<30) + "\x00\x00" + u32(0) + u32(0), "want at least a byte for each"},
		"bits":         {head + u32(1) + "\x09\x00" + u32(0), "bits 0x9"},
		"kind":         {head + u32(1) + "\x00\x03" + u32(1), "kind 3"},
		"width":        {head + u32(1<<30) + "\x00\x01" + u32(most), "features of p: 4611686017353646080 of 4 bytes"},
		"zero-width":   {head + u32(1) + "\x00\x02" + u32(0), "a width unless it is 0"},
		"int8-width":   {head + u32(1<<30) + "\x00\x02" + u32(most), "features of p: 4294967295 of 4 bytes"},
		"scale":        {head + u32(1) + "\x00\x02" + u32(1) + u32(math.Float32bits(-1)) + "\x01", "scale of column 0 of p is -1"},
		"infinite":     {head + u32(1) + "\x00\x01" + u32(1) + u32(math.Float32bits(float32(math.Inf(1)))), "number 0 is +Inf"},
		"names":        {head + u32(1<<30) + "\x02\x00" + u32(0), "names of p: 1073741824"},
		"years":        {head + u32(1<<30) + "\x04\x00" + u32(0), "years of p: 1073741824"},
		"relations":    {paper + u32(most), "number of relations: 4294967295"},
		"relation-end": {paper + u32(1) + u32(0) + text("to") + u32(1) + u32(0), "is from type 0 to 1, want 0..0"},
		"edges":        {paper + u32(1) + u32(0) + text("to") + u32(0) + u32(most), "edges of to: 4294967295"},
		"degrees":      {paper + u32(1) + u32(0) + text("to") + u32(0) + u32(1) + u32(most) + u32(0), "do not sum to its 1 edges"},
		"classes":      {paper + u32(0) + u32(0) + u32(most), "4294967295 classes"},
		"class-names":  {paper + u32(0) + u32(0) + u32(9) + "\x01", "names of classes: 9"},
		"class-mark":   {paper + u32(0) + u32(0) + u32(9) + "\x02" + u32(0), "want 0 or 1"},
		"target":       {paper + u32(0) + u32(1) + u32(9), "target type is 1"},
		"label":        {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(9) + u32(0) + u32(0), "label of node 0 is 9"},
		"splits":       {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(0) + u32(most), "number of splits: 4294967295"},
		"split-node":   {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(0) + u32(1) + text("s") + u32(1) + u32(7) + u32(0) + u32(0) + u32(0), "is node 7, want 0..0"},
		"split-name":   {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(0) + u32(1) + text("a\tb") + u32(0) + u32(0) + u32(0) + u32(0), `name of a split is "a\tb", want a name without blanks`},
		"teacher":      {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(0) + u32(0) + u32(most), "teacher: 4294967295"},
		"left-over":    {paper + u32(0) + u32(0) + u32(9) + "\x00" + u32(0) + u32(0) + u32(0) + "x", "1 bytes are left over"},
		"no-types":     {text("g") + u32(0) + u32(0) + u32(0) + u32(0), "want a type below 0"},
	} {
		t.Run("claim="+name, func(t *testing.T) {
			b := seal(c.rest)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := DecodePack(b)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
				t.Errorf("%d bytes were allocated for a file of %d", n, len(b))
			}
		})
	}
}

// seal puts a right header before rest.
func seal(rest string) []byte { return sealPack(append(make([]byte, packHeader), rest...), 1) }

// FuzzDecodePack gives what stands behind a right checksum.
func FuzzDecodePack(f *testing.F) {
	for i, quantise := range []bool{false, true} {
		f.Add(encode(f, Pack{Graph: packed(uint64(6 + i)), Int8: quantise, Teacher: []byte("w")})[packHeader:])
	}
	f.Fuzz(func(t *testing.T, rest []byte) {
		b := seal(string(rest))
		p, err := DecodePack(b)
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if q, err := DecodePack(again); err != nil || fmt.Sprint(q.Graph.Relations) != fmt.Sprint(p.Graph.Relations) {
			t.Errorf("what was written reads as %v (%v), want %v", q.Graph, err, p.Graph)
		}
	})
}

// anyGraph returns a consistent graph of a random schema, some of its types
// and relations empty.
func anyGraph(rng *rand.Rand) *Graph {
	g := &Graph{Name: strings.Repeat("g", rng.IntN(3)), Classes: 1 + rng.IntN(5)}
	for k := range 1 + rng.IntN(4) {
		n := rng.IntN(8)
		t := NodeType{Name: fmt.Sprint("type ", k), Count: n}
		if p := rng.IntN(4); p > 0 && n > 0 {
			t.Features, t.Derived = mat.New(n, p), Derivation(rng.IntN(3))
			for i := range t.Features.Data {
				t.Features.Data[i] = float32(rng.NormFloat64())
			}
		}
		if rng.IntN(2) > 0 {
			t.Years = make([]int32, n)
			for i := range t.Years {
				t.Years[i] = int32(rng.IntN(4000) - 2000)
			}
		}
		if rng.IntN(2) > 0 {
			t.Labels = make([]string, n)
			for i := range t.Labels {
				t.Labels[i] = string(rune('a' + rng.IntN(0x2000)))
			}
		}
		g.Types = append(g.Types, t)
	}
	for k := range rng.IntN(4) {
		s, d := rng.IntN(len(g.Types)), rng.IntN(len(g.Types))
		src, dst := g.Types[s].Count, g.Types[d].Count
		var from, to []int32
		for range min(rng.IntN(20), 20*src*dst) {
			from, to = append(from, int32(rng.IntN(src))), append(to, int32(rng.IntN(dst)))
		}
		if err := g.AddRelation(EdgeType{g.Types[s].Name, fmt.Sprint("relation ", k), g.Types[d].Name}, from, to); err != nil {
			panic(err)
		}
	}
	g.Target = rng.IntN(len(g.Types))
	g.Labels = make([]int32, g.Types[g.Target].Count)
	s := Split{Name: "s"}
	for i := range g.Labels {
		if g.Labels[i] = int32(rng.IntN(g.Classes+1) - 1); g.Labels[i] >= 0 {
			part := []*[]int32{&s.Train, &s.Valid, &s.Test}[rng.IntN(3)]
			*part = append(*part, int32(i))
		}
	}
	for range rng.IntN(3) {
		g.Splits = append(g.Splits, s)
	}
	if rng.IntN(2) > 0 {
		g.ClassNames = make([]string, g.Classes)
	}
	return g
}

// TestPackAnyGraph takes graphs of random schemas there and back, and holds
// what is read to what was written by what can be seen of both.
func TestPackAnyGraph(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		g := anyGraph(rng)
		b, err := Pack{Graph: g}.Encode()
		if err != nil {
			t.Fatalf("%v for %+v", err, g)
		}
		p, err := DecodePack(b)
		if err != nil {
			t.Fatalf("%v for %+v", err, g)
		}
		h := p.Graph
		// An empty list and none print alike.
		if got, want := fmt.Sprintf("%+v", *h), fmt.Sprintf("%+v", *g); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		for k := range g.Types {
			if (h.Types[k].Years == nil) != (g.Types[k].Years == nil) || (h.Types[k].Labels == nil) != (g.Types[k].Labels == nil) {
				t.Fatalf("%s: years or names are %+v, want %+v", g.Types[k].Name, h.Types[k], g.Types[k])
			}
		}
	}
}

// TestPackKeepsNothing changes the bytes after they have been read.
func TestPackKeepsNothing(t *testing.T) {
	b := encode(t, Pack{Graph: packed(8), Teacher: []byte("weights")})
	p, err := DecodePack(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if again := encode(t, p); string(again) != string(encode(t, Pack{Graph: packed(8), Teacher: []byte("weights")})) {
		t.Error("the graph changed with the bytes that it was read from")
	}
}

// TestPackOfACut checks that means of the whole graph survive: the part's own
// neighbours do not replace them.
func TestPackOfACut(t *testing.T) {
	g := field(8)
	part, origin := cutOf(t, Cut{Seeds: 9, Hops: 1, Nodes: 40, Split: "time"}, g, 8)
	p, err := DecodePack(encode(t, Pack{Graph: part}))
	if err != nil {
		t.Fatal(err)
	}
	h := WithMeans(p.Graph)
	for k := range g.Types {
		for i, v := range origin[k] {
			if got, want := h.Types[k].Features.Row(i), g.Types[k].Features.Row(int(v)); !reflect.DeepEqual(got, want) {
				t.Fatalf("features of %s %d are %v, want %v, as in the whole graph", g.Types[k].Name, v, got, want)
			}
		}
	}
	if WithoutDerived(h).Types[1].Features.Rows != 0 {
		t.Error("derived features are not known to be")
	}
}
