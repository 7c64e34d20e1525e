//go:build !js

package ogb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// streamed is a data set of n papers that is never a graph: paper i cites i+1
// and i+2, has the features i and -i/10000, and is of class i%3.
func streamed(n int) *Stream {
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
	}
	return &Stream{
		Graph: &graph.Graph{
			Name:   "streamed",
			Types:  []graph.NodeType{{Name: "paper", Count: n, Features: mat.Matrix{Cols: 2}, Years: labels}, {Name: "field", Count: n + 2}},
			Labels: labels, Classes: 3, ClassNames: []string{"a", `b"`, "c"}, Splits: []graph.Split{{Name: "time", Train: []int32{0}, Test: []int32{int32(n) - 1}}},
		},
		Features: func(_, lo, hi int, x []float32) {
			for i := lo; i < hi; i++ {
				x[2*(i-lo)], x[2*(i-lo)+1] = float32(i), -float32(i%10000)/10000
			}
		},
		Relations: []graph.EdgeType{{Src: "paper", Rel: "has", Dst: "field"}},
		Out: func(int) graph.CSR {
			out := graph.CSR{Ptr: make([]int32, 1, n+1)}
			for i := range n {
				out.Col = append(out.Col, int32(i+1), int32(i+2))
				out.Ptr = append(out.Ptr, int32(len(out.Col)))
			}
			return out
		},
		Name:    func(t, i int) string { return fmt.Sprintf("node %d of type %d", i, t) },
		Release: "a test\n",
	}
}

// The rows are all there and in order, at whatever block they begin and by
// however many threads they are written.
func TestStream(t *testing.T) {
	for _, n := range []int{2, 255, 256, 257, blockRows - 1, blockRows, blockRows + 1, 5*blockRows + 7} {
		t.Run(fmt.Sprintf("nodes=%d", n), func(t *testing.T) {
			var before map[string]string
			for _, threads := range []int{1, 3} {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				dir := filepath.Join(t.TempDir(), "set")
				if err := WriteStream(dir, streamed(n), nil); err != nil {
					t.Fatal(err)
				}
				checkStreamed(t, dir, n)
				raw := map[string]string{}
				fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
					b, _ := os.ReadFile(filepath.Join(dir, name)) // "" for a folder
					raw[name] = string(b)
					return err
				})
				for name, b := range raw {
					if before != nil && before[name] != b {
						t.Errorf("%s differs with %d threads", name, threads)
					}
				}
				before = raw
			}
		})
	}
}

func checkStreamed(t *testing.T, dir string, n int) {
	t.Helper()
	g, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 2*n)
	streamed(n).Features(0, 0, n, x)
	if f := g.Types[0].Features; f.Rows != n || f.Cols != 2 || !slices.Equal(f.Data, x) {
		t.Errorf("features are read back as %v, want %d×2, or differ", f, n)
	}
	if want := streamed(n).Graph; !slices.Equal(g.Labels, want.Labels) || !slices.Equal(g.Types[0].Years, want.Labels) || !slices.Equal(g.ClassNames, want.ClassNames) {
		t.Error("labels, years or names of classes differ")
	}
	if !equal(transposed(g, g.Relations[0]), streamed(n).Out(0)) {
		t.Error("edges differ")
	}
	if got, want := g.Types[1].Labels[n], "node "+strconv.Itoa(n)+" of type 1"; got != want {
		t.Errorf("the field is called %q, want %q", got, want)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "RELEASE_v2.txt")); err != nil || string(b) != "a test\n" {
		t.Errorf("the release says %q, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "meta.csv")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a meta.csv (%v), which OGBN-Mag has not", err)
	}
	first, _, _ := strings.Cut(unpack(t, filepath.Join(dir, paperFeatures)), "\n")
	if want := "0.0000,0.0000"; first != want && first != "0.0000,-0.0000" {
		t.Errorf("features begin %q, want %q", first, want)
	}
}

func TestStreamProgress(t *testing.T) {
	const n = 3*blockRows + 5
	last := map[string]int64{}
	err := WriteStream(filepath.Join(t.TempDir(), "set"), streamed(n), func(file string, done, total int64) {
		if done < last[file] || done > total {
			t.Errorf("progress of %s is %d of %d after %d", file, done, total, last[file])
		}
		last[file] = done
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{paperFeatures, "raw/node-label/paper/node-label.csv.gz", "raw/relations/paper___has___field/edge.csv.gz"} {
		if last[file] != n {
			t.Errorf("progress of %s ends at %d, want %d", file, last[file], n)
		}
	}
}

// Features are written with the decimals that they need.
func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		x    []float32
		want string
	}{
		{[]float32{0, 1, -2}, "0,1,-2\n"},
		{[]float32{.5, 1, .25}, "0.50,1.00,0.25\n"},
		{[]float32{.1602, -.046, 3}, "0.1602,-0.0460,3.0000\n"},
		{[]float32{1.5, 1e-7, 3e10}, "1.5,1e-07,3e+10\n"},
		{[]float32{.123457, 0, 1}, "0.123457,0.000000,1.000000\n"},
	} {
		g := small(t, false)
		g.Types[0].Features = mat.New(4, 3)
		copy(g.Types[0].Features.Data, c.x)
		dir := filepath.Join(t.TempDir(), "set")
		if err := Write(dir, g); err != nil {
			t.Fatal(err)
		}
		if got := unpack(t, filepath.Join(dir, "raw/node-feat.csv.gz")); !strings.HasPrefix(got, c.want) {
			t.Errorf("features %v are written %q, want %q", c.x, got, c.want)
		}
	}
}
