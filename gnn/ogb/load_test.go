//go:build !js

package ogb

import (
	"bufio"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// plainFeatures reads features as one would with the standard library.
func plainFeatures(file string) (x []float32, err error) {
	err = plainLines(file, func(line string) error {
		for field := range strings.SplitSeq(line, ",") {
			f, err := strconv.ParseFloat(field, 32)
			if err != nil {
				return err
			}
			x = append(x, float32(f))
		}
		return nil
	})
	return x, err
}

func plainEdges(file string) (src, dst []int32, err error) {
	err = plainLines(file, func(line string) error {
		a, b, _ := strings.Cut(line, ",")
		u, uerr := strconv.Atoi(a)
		v, verr := strconv.Atoi(b)
		src, dst = append(src, int32(u)), append(dst, int32(v))
		return errors.Join(uerr, verr)
	})
	return src, dst, err
}

func plainLines(file string, each func(line string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := stdgzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := each(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// featureGraph has the features and edges of that many papers, like those of
// OGBN-Mag.
func featureGraph(tb testing.TB, papers int) *graph.Graph {
	tb.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	x := mat.New(papers, 128)
	for i := range x.Data {
		x.Data[i] = float32(math.Round(2318*rng.NormFloat64()) / 1e4)
	}
	src, dst := make([]int32, 10*papers), make([]int32, 10*papers)
	for i := range src {
		src[i], dst[i] = rng.Int32N(int32(papers)), rng.Int32N(int32(papers))
	}
	g := &graph.Graph{
		Name: "features", Types: []graph.NodeType{{Name: "paper", Count: papers, Features: x}, {Name: "author", Count: papers}},
		Labels: make([]int32, papers), Classes: 1, Splits: []graph.Split{{Name: "all"}},
	}
	if err := g.AddWithReverse(graph.EdgeType{Src: "author", Rel: "writes", Dst: "paper"}, src, dst); err != nil {
		tb.Fatal(err)
	}
	return g
}

const (
	paperFeatures = "raw/node-feat/paper/node-feat.csv.gz"
	paperEdges    = "raw/relations/author___writes___paper/edge.csv.gz"
)

// The reader finds what the standard library does, to the last bit, whatever
// the number of threads.
func TestReadIsAsPlain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	if err := Write(dir, featureGraph(t, 3000)); err != nil {
		t.Fatal(err)
	}
	want, err := plainFeatures(filepath.Join(dir, paperFeatures))
	if err != nil {
		t.Fatal(err)
	}
	src, dst, err := plainEdges(filepath.Join(dir, paperEdges))
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{1, 2, 5} {
		t.Run(fmt.Sprintf("threads=%d", threads), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			g, err := Read(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range g.Types[0].Features.Data {
				if math.Float32bits(f) != math.Float32bits(want[i]) {
					t.Fatalf("feature %d is %v, want %v", i, f, want[i])
				}
			}
			h := &graph.Graph{Types: g.Types}
			if err := h.AddWithReverse(g.Relations[0].EdgeType, src, dst); err != nil {
				t.Fatal(err)
			}
			for i, r := range h.Relations {
				if !equal(r.In, g.Relations[i].In) {
					t.Errorf("relation %v differs", r.EdgeType)
				}
			}
		})
	}
}

// The error is that of the largest bad file, whichever is found first.
func TestReadErrorIsDetermined(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	if err := Write(dir, featureGraph(t, 1000)); err != nil {
		t.Fatal(err)
	}
	rewriteFile(t, dir, paperFeatures, dropLast)
	rewriteFile(t, dir, paperEdges, setLine(1, "x,1"))
	rewriteFile(t, dir, "raw/node-label/paper/node-label.csv.gz", setLine(1, "x"))
	want := "ogb: " + paperFeatures + ": line 999: the file ends after 999 rows, want 1000 (" + nodeDict + ")"
	for range 20 {
		if _, err := Read(dir, Options{}); err == nil || err.Error() != want {
			t.Fatalf("Read says %v, want %s", err, want)
		}
	}
}

// FuzzParseFloat compares any text with what strconv makes of it.
func FuzzParseFloat(f *testing.F) {
	for _, s := range []string{"0", "-0.0953999981", "1e10", "16777217", "1.0000000596046448", ".5", "nan", "0x1p-2", "340282346638528859811704183484516925441", "1e-45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !strings.Contains(s, ",") {
			sameAsStrconv(t, s)
		}
	})
}

// BenchmarkLoad sets the reader beside compress/gzip and strconv, on the files
// that are nearly all of a data set: features and edges. Bytes are those of
// the text.
func BenchmarkLoad(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "set")
	if err := Write(dir, featureGraph(b, 20000)); err != nil {
		b.Fatal(err)
	}
	features, edges := filepath.Join(dir, paperFeatures), filepath.Join(dir, paperEdges)
	r := &reader{dir: dir}
	n, err := r.number("raw/relations/author___writes___paper/num-edge-list.csv.gz", 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	size := int64(len(unpack(b, features)) + len(unpack(b, edges)))
	for _, c := range []struct {
		name string
		load func() error
	}{
		{"plain", func() error {
			_, err := plainFeatures(features)
			_, _, eerr := plainEdges(edges)
			return errors.Join(err, eerr)
		}},
		{"ours", func() error {
			return r.run([]task{
				{paperFeatures, func() error {
					_, err := r.features(paperFeatures, 20000, "")
					return err
				}},
				{paperEdges, func() error {
					_, _, err := r.edgeList(paperEdges, nodeType{count: 20000}, nodeType{count: 20000}, n, "")
					return err
				}},
			})
		}},
	} {
		b.Run("impl="+c.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if err := c.load(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
