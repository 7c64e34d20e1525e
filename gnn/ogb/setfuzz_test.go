//go:build !js

package ogb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// FuzzRead reads a whole data set, of which one file has another text, or
// other bytes. What is read without an error is a valid graph.
func FuzzRead(f *testing.F) {
	files, err := tinyFiles()
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		f.Add(uint8(i), true, []byte("1,2\n"))
		f.Add(uint8(i), false, files[name].Data[:len(files[name].Data)/2])
	}
	f.Add(uint8(0), true, []byte("num classes,1e3\nis hetero,True\n"))
	f.Add(uint8(0), true, []byte("paper,author\n1e9,0\n"))
	dir := filepath.Join(f.TempDir(), "set")
	if err := os.CopyFS(dir, files); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, which uint8, packed bool, data []byte) {
		name := names[int(which)%len(names)]
		text := data
		if packed && strings.HasSuffix(name, ".gz") {
			text = pack(string(data))
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
		g, err := Read(dir, Options{MaxBytes: 64 << 20})
		if werr := os.WriteFile(file, files[name].Data, 0o666); werr != nil {
			t.Fatal(werr)
		}
		switch {
		case err != nil && (strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 2000):
			t.Errorf("%s: the error is %q, want one line", name, err)
		case err == nil:
			if err := g.Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// FuzzRoundTrip writes a small graph of odd names and numbers. What is written
// without an error is read as the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a", "b", "c", float32(1), uint8(3), false)
	f.Add(`say "x", y`, "two\nlines", "", float32(-1e-45), uint8(0), true)
	f.Add(" \ufeff\"mark\" ", " blank ", "\r", float32(3e38), uint8(255), true)
	f.Fuzz(func(t *testing.T, name, node, class string, x float32, bits uint8, both bool) {
		if name == "" {
			return // read as the folder's
		}
		g := &graph.Graph{
			Name: name, Classes: 2, ClassNames: []string{class, "1"},
			Types:  []graph.NodeType{{Name: "node", Count: 3, Labels: []string{node, "", "z"}, Years: []int32{int32(bits), -1, 0}}},
			Labels: []int32{0, 1, -1}, Splits: []graph.Split{{Name: "s", Train: []int32{0}, Test: []int32{1}}},
		}
		if bits&1 != 0 {
			g.Types[0].Features = mat.New(3, 2)
			g.Types[0].Features.Data[bits%6] = x
		}
		add := g.AddRelation
		if both {
			add = g.AddWithReverse
		}
		if err := add(graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}, []int32{0, 1, int32(bits % 3)}, []int32{1, 2, int32(bits / 3 % 3)}); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "set")
		if Write(dir, g) != nil {
			return // names and numbers that a file cannot hold are refused
		}
		got, err := Read(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sameGraph(t, got, g)
	})
}
