//go:build !js

package export

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"abkd/gnn"
	"abkd/gnn/safetensors"
	"abkd/gnn/synth"
)

// numpy returns a Python that has NumPy, or skips the test.
func numpy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			return name
		}
	}
	t.Skip("there is no Python with NumPy here")
	return ""
}

// checks is what NumPy finds in two exports of one model: the arrays are what
// the CSV says, and the places of nodes are those along the principal axes that
// an independent singular value decomposition gives, with the sign of the
// largest component; where others are fitted to some nodes, those given.
const checks = `
import csv, sys, numpy as np
arrays, tables, widths = sys.argv[1], sys.argv[2], [int(w) for w in sys.argv[3].split(",")]
nodes = list(csv.DictReader(open(arrays + "/nodes.csv")))
for l, width in enumerate(widths, 1):
    a = np.load(arrays + "/layer%d.npy" % l)
    assert a.dtype == np.float32 and a.shape == (len(nodes), width), (a.dtype, a.shape)
    rows = list(csv.reader(open(tables + "/layer%d.csv" % l)))
    assert rows[0] == ["node", "name"] + [str(k + 1) for k in range(width)], rows[0]
    assert (np.array([r[2:] for r in rows[1:]], dtype=np.float32) == a).all()
    assert [r[1] for r in rows[1:]] == [n["name"] for n in nodes]
    x = a.astype(np.float64) - a.astype(np.float64).mean(0)
    v = np.linalg.svd(x, full_matrices=False)[2][:2]
    for axis, name in enumerate("xy"):
        w = v[axis] * np.sign(v[axis][np.abs(v[axis]).argmax()])
        got = np.array([float(n["layer%d_%s" % (l, name)]) for n in nodes])
        assert np.abs(got - x @ w).max() < 1e-4 * max(1, np.abs(got).max()), (l, name, np.abs(got - x @ w).max())
print("fine")
`

// TestEmbeddings lets NumPy read the arrays and find the axes anew.
func TestEmbeddings(t *testing.T) {
	g := synth.MAGMini()
	m, err := gnn.New(gnn.Config{Layers: 3, Hidden: 12}, g, rand.New(rand.NewPCG(4, 0)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, o Embeddings) string {
		to := filepath.Join(dir, name)
		if err := os.Mkdir(to, 0o777); err != nil {
			t.Fatal(err)
		}
		o.Split = g.Splits[0]
		layers, err := o.Write(t.Context(), to, m, g)
		if err != nil {
			t.Fatal(err)
		}
		for l, width := range m.Widths() {
			if e := layers[l].Explained; layers[l].Width != width || !(e[0] >= e[1] && e[1] > 0 && e[0]+e[1] <= 1.0001) && o.Axes == nil {
				t.Errorf("layer %d is %+v, want a width of %d and axes in order", l, layers[l], width)
			}
		}
		return to
	}
	arrays, tables := write("arrays", Embeddings{NPY: true}), write("tables", Embeddings{})
	if a, b := read(t, arrays, NodesFile), read(t, tables, NodesFile); a != b {
		t.Error("the two forms say other things of the nodes")
	}
	axes, err := safetensors.ReadFile(filepath.Join(arrays, AxesFile))
	if err != nil {
		t.Fatal(err)
	}
	if again := write("again", Embeddings{Axes: axes}); read(t, again, NodesFile) != read(t, tables, NodesFile) || read(t, again, AxesFile) != read(t, arrays, AxesFile) {
		t.Error("along the axes of the export itself it is another one")
	}
	for _, p := range m.Params() { // another epoch, the same axes
		for i := range p.W.Data {
			p.W.Data[i] *= 1.1
		}
	}
	if later := write("later", Embeddings{Axes: axes}); read(t, later, AxesFile) != read(t, arrays, AxesFile) || read(t, later, NodesFile) == read(t, tables, NodesFile) {
		t.Error("with other weights the axes have moved, or the points have not")
	}
	other, err := gnn.New(gnn.Config{Layers: 3, Hidden: 11}, g, rand.New(rand.NewPCG(4, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := (Embeddings{Axes: axes}).CheckAxes(other); err == nil {
		t.Error("axes of another width are accepted")
	}
	out, err := exec.Command(numpy(t), "-c", checks, arrays, tables, "12,12,8").CombinedOutput()
	if err != nil || string(out) != "fine\n" {
		t.Errorf("%v: %s", err, out)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
