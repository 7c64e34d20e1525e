//go:build !js

package graph

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"abkd/gnn/file"
	"abkd/gnn/mat"
)

// cached returns a graph with all there may be in one: nil and empty slices,
// a type without nodes, odd names.
func cached(t testing.TB) *Graph {
	t.Helper()
	x := mat.New(5, 3)
	for i := range x.Data {
		x.Data[i] = float32(i) / 7
	}
	g := &Graph{
		Name: "odd, but legal", Origin: "here; there",
		Types: []NodeType{
			{Name: "paper", Count: 5, Features: x, Labels: []string{"", "Zoë 图", "b", "two\nlines", "e"}, Years: []int32{-44, 0, 1, 2019, 7}},
			{Name: "author", Count: 4, Features: mat.New(4, 3), Derived: Means},
			{Name: "nobody", Labels: []string{}, Years: []int32{}},
		},
		Target: 0, Labels: []int32{1, -1, 0, 2, -1}, Classes: 3, ClassNames: []string{"x,y", `"`, ""},
		Splits: []Split{{Name: "z", Train: []int32{2}, Test: []int32{0}, Valid: []int32{}}, {Name: "a", Train: []int32{0, 2, 3}}},
	}
	for _, err := range []error{
		g.AddWithReverse(EdgeType{"author", "writes", "paper"}, []int32{0, 3, 1, 3}, []int32{4, 1, 1, 0}),
		g.AddWithReverse(EdgeType{"paper", "cites", "paper"}, []int32{0, 2}, []int32{1, 2}),
		g.AddRelation(EdgeType{"nobody", "knows", "author"}, nil, nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	return g
}

var fromHere = Fingerprint{1, 2, 3}

// newCache writes the graph of cached and returns the file and its bytes.
func newCache(t testing.TB) (name string, data []byte) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "g.graph")
	if err := WriteCache(name, cached(t), fromHere); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return name, data
}

func TestCacheRoundTrip(t *testing.T) {
	for _, g := range []*Graph{cached(t), {Name: "least", Types: []NodeType{{Name: "node"}}, Labels: []int32{}}} {
		t.Run("data="+g.Name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "g.graph")
			if err := WriteCache(name, g, fromHere); err != nil {
				t.Fatal(err)
			}
			got, err := OpenCache(name, fromHere)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, g) {
				t.Errorf("graph is\n%+v, want\n%+v", got, g)
			}
			if err := VerifyCache(name); err != nil {
				t.Error(err)
			}
			onlyFile(t, name)
		})
	}
}

// onlyFile checks that the file of that name is the only one in its folder.
func onlyFile(t *testing.T, name string) {
	t.Helper()
	there, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(there) != 1 || there[0].Name() != filepath.Base(name) {
		t.Errorf("in the folder are %v (%v), want %s alone", there, err, filepath.Base(name))
	}
}

// The layout is what the comment says, so that other programs can read it.
func TestCacheLayout(t *testing.T) {
	_, data := newCache(t)
	n := int(binary.LittleEndian.Uint32(data[56:]))
	if string(data[:8]) != "ABKDGRPH" || binary.LittleEndian.Uint64(data[16:]) != uint64(len(data)) || n != 1+3*3+4*2+2+2*3 {
		t.Fatalf("header is %q, %d sections", data[:64], n)
	}
	x := cached(t).Types[0].Features.Data
	at := binary.LittleEndian.Uint64(data[64+32:]) // section 1
	if at%64 != 0 {
		t.Errorf("features are at byte %d, want a multiple of 64", at)
	}
	for i, want := range x {
		if got := *(*float32)(unsafe.Pointer(&data[int(at)+4*i])); got != want {
			t.Errorf("feature %d is %v, want %v", i, got, want)
		}
	}
}

// A graph that is opened shares the file's memory: nothing is copied.
func TestCacheIsMapped(t *testing.T) {
	name, _ := newCache(t)
	g, err := OpenCache(name, fromHere)
	if err != nil {
		t.Fatal(err)
	}
	start := func(p unsafe.Pointer) uintptr { return uintptr(p) }
	features, labels := start(unsafe.Pointer(&g.Types[0].Features.Data[0])), start(unsafe.Pointer(&g.Labels[0]))
	if features%64 != 0 || labels%64 != 0 {
		t.Errorf("features and labels are at %#x and %#x, want multiples of 64", features, labels)
	}
	if err := os.Remove(name); err != nil { // the mapping stays
		t.Fatal(err)
	}
	if want := cached(t); !reflect.DeepEqual(g, want) {
		t.Error("without its file the graph has changed")
	}
}

// Whatever length a file is cut to, it is not taken for whole.
func TestCacheTruncated(t *testing.T) {
	name, data := newCache(t)
	lengths := []int{0, 1, 7, 8, 63, 64, 65, len(data) - 1}
	table, err := readTable(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range table {
		lengths = append(lengths, 64+32*i, int(s.offset), int(s.offset+s.size))
	}
	for _, n := range lengths {
		if n == len(data) {
			continue
		}
		if err := os.WriteFile(name, data[:n], 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCache(name, fromHere); err == nil {
			t.Errorf("a file cut to %d of %d bytes is opened", n, len(data))
		}
		if VerifyCache(name) == nil {
			t.Errorf("a file cut to %d of %d bytes is verified", n, len(data))
		}
	}
	if err := os.WriteFile(name, append(bytes.Clone(data), 0), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCache(name, fromHere); err == nil {
		t.Error("a file with a byte too many is opened")
	}
}

// Each bit of header, table and sections is checked; those between sections
// mean nothing.
func TestCacheBitFlips(t *testing.T) {
	name, data := newCache(t)
	table, err := readTable(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	checked := make([]bool, len(data))
	for i := range 64 + 32*len(table) {
		checked[i] = true
	}
	for _, s := range table {
		for i := s.offset; i < s.offset+s.size; i++ {
			checked[i] = true
		}
	}
	for i, c := range checked {
		spoiled := bytes.Clone(data)
		spoiled[i] ^= 1 << (i % 8)
		g, err := readCache(spoiled, &fromHere, checkedFeatures)
		if c && err == nil {
			t.Fatalf("with bit %d of byte %d flipped the file is read", i%8, i)
		}
		if !c && (err != nil || !reflect.DeepEqual(g, cached(t))) {
			t.Fatalf("with bit %d of the unused byte %d flipped reading says %v", i%8, i, err)
		}
	}
	spoiled := bytes.Clone(data)
	spoiled[table[1].offset] ^= 1
	if err := os.WriteFile(name, spoiled, 0o666); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"OpenCache": second(OpenCache(name, fromHere)), "VerifyCache": VerifyCache(name)} {
		if want := "graph: " + name + ": the checksum of section 1 is wrong"; err == nil || err.Error() != want {
			t.Errorf("%s says %v, want %s", what, err, want)
		}
	}
	if _, err := openCache(name, &fromHere, 4); err != nil { // features above the limit are left to VerifyCache
		t.Errorf("with features unchecked opening says %v", err)
	}
}

func second(_ *Graph, err error) error { return err }

// A file with right checksums and wrong contents is refused all the same: no
// index in it is believed.
func TestCacheForged(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(g *Graph)
		want  string
	}{
		{"column", func(g *Graph) { g.Relations[0].In.Col[0] = 99 }, "row 0 has entry 99"},
		{"pointer", func(g *Graph) { g.Relations[0].In.Ptr[2] = 1 << 30 }, "spans entries"},
		{"rows", func(g *Graph) { g.Types[0].Features.Rows = 1 << 40 }, "features of paper are 15 numbers, want 1099511627776×3"},
		{"label", func(g *Graph) { g.Labels[0] = 3 }, "label of node 0 is 3"},
		{"split", func(g *Graph) { g.Splits[0].Train[0] = -1 }, "entry 0 of train is node -1"},
		{"type", func(g *Graph) { g.Relations[0].Src = 7 }, "node type is 7, want 0..2"},
		{"count", func(g *Graph) { g.Types[1].Count = -1 }, "-1 nodes of type author"},
		{"names", func(g *Graph) { g.Types[0].Labels = g.Types[0].Labels[:2] }, "2 names of paper, want 5"},
		{"target", func(g *Graph) { g.Target = 9 }, "target type is 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, name := cached(t), filepath.Join(t.TempDir(), "g")
			c.spoil(g)
			if err := WriteCache(name, g, fromHere); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenCache(name, fromHere); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("OpenCache says %v, want %s", err, c.want)
			}
		})
	}
}

// FuzzCache changes the description and the table under right checksums.
func FuzzCache(f *testing.F) {
	_, data := newCache(f)
	for _, at := range []int{56, 64, 72, 80, 96, 400, 700, 1000} {
		f.Add(at, uint64(0xff))
	}
	f.Fuzz(func(t *testing.T, at int, mask uint64) {
		spoiled := bytes.Clone(data)
		if at = max(at, 0) % (len(data) - 8); at < 64 && at+8 > 60 {
			at = 64
		}
		binary.LittleEndian.PutUint64(spoiled[at:], binary.LittleEndian.Uint64(spoiled[at:])^mask)
		n := int(binary.LittleEndian.Uint32(spoiled[56:]))
		if n > 1000 || 64+32*n > len(spoiled) {
			return
		}
		sections, _ := readTable(spoiled, nil)
		for i, s := range sections {
			binary.LittleEndian.PutUint32(spoiled[64+32*i+20:], crc32.Checksum(s.of(spoiled), castagnoli))
		}
		binary.LittleEndian.PutUint32(spoiled[60:], headerSum(spoiled[:64+32*n]))
		if g, err := readCache(spoiled, nil, -1); err == nil {
			if err := g.Validate(); err != nil {
				t.Errorf("a graph is read that is none: %v", err)
			}
		}
	})
}

func TestCacheOfAnotherSource(t *testing.T) {
	name, _ := newCache(t)
	if _, err := OpenCache(name, Fingerprint{9}); !errors.Is(err, ErrSourceChanged) {
		t.Errorf("OpenCache of another source says %v, want %v", err, ErrSourceChanged)
	}
	other := cached(t)
	other.Name = "newer"
	if err := WriteCache(name, other, Fingerprint{9}); err != nil {
		t.Fatal(err)
	}
	if g, err := OpenCache(name, Fingerprint{9}); err != nil || g.Name != "newer" {
		t.Errorf("the newer file is %v, %v", g, err)
	}
}

func TestCacheForeign(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"text": strings.Repeat("src,dst\n", 40), "zeros": string(make([]byte, 4096)), "magic": cacheMagic + strings.Repeat("\xff", 500), "short": cacheMagic,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenCache(file, fromHere); err == nil || !strings.HasPrefix(err.Error(), "graph: "+file+": ") {
			t.Errorf("OpenCache of %s says %v", name, err)
		}
	}
	if _, err := OpenCache(dir, fromHere); err == nil {
		t.Error("a folder is opened")
	}
	if _, err := OpenCache(filepath.Join(dir, "none"), fromHere); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenCache of no file says %v", err)
	}
}

// Writers at the same time leave one whole file, and readers meanwhile see
// whole files only.
func TestCacheConcurrent(t *testing.T) {
	name, _ := newCache(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 20 {
				if err := WriteCache(name, cached(t), fromHere); err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
				if _, err := OpenCache(name, fromHere); err != nil {
					t.Errorf("reader %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	onlyFile(t, name)
}

// What a killed writer left goes with the next file; what another writer is at
// stays.
func TestCacheRemovesLeftovers(t *testing.T) {
	name, _ := newCache(t)
	left := filepath.Join(filepath.Dir(name), ".g.graph.abkd-0123456789abcdef.tmp")
	if err := os.WriteFile(left, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	other, err := file.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteCache(name, cached(t), fromHere); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed writer left is there still (%v)", err)
	}
	if err := other.Commit(); err != nil {
		t.Errorf("the other writer: %v", err)
	}
	onlyFile(t, name)
}

func TestCacheCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	err := WriteCache(filepath.Join(dir, "g"), cached(t), fromHere)
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "graph: "+filepath.Join(dir, "g")+": ") {
		t.Errorf("WriteCache into a missing folder says %v", err)
	}
	target := filepath.Join(t.TempDir(), "g")
	if err := os.MkdirAll(filepath.Join(target, "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteCache(target, cached(t), fromHere); err == nil {
		t.Error("WriteCache over a folder says nothing")
	}
	onlyFile(t, target)
}

func BenchmarkOpenCache(b *testing.B) {
	const nodes, edges = 100_000, 2_000_000
	rng := rand.New(rand.NewPCG(1, 1))
	src, dst := make([]int32, edges), make([]int32, edges)
	for i := range src {
		src[i], dst[i] = rng.Int32N(nodes), rng.Int32N(nodes)
	}
	g := &Graph{Types: []NodeType{{Name: "node", Count: nodes, Features: mat.New(nodes, 128)}}, Labels: make([]int32, nodes), Classes: 1}
	name := filepath.Join(b.TempDir(), "g")
	if err := errors.Join(g.AddRelation(EdgeType{"node", "to", "node"}, src, dst), WriteCache(name, g, fromHere)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(4 * (nodes*128 + edges))
	for b.Loop() {
		if err := VerifyCache(name); err != nil {
			b.Fatal(err)
		}
	}
}
