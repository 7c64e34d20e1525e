package kd

import (
	"fmt"
	"math"
	"testing"

	"abkd/gnn"
)

func TestNew(t *testing.T) {
	for _, name := range Names {
		t.Run("name="+name, func(t *testing.T) {
			c, err := New(name, testTeacher, testStudent, Config{}, newRNG(1))
			if err != nil {
				t.Fatal(err)
			}
			if own := name != "none" && name != "kd"; (c != nil) != own {
				t.Errorf("criterion is %v, want one: %v", c, own)
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Config
		want string
	}{
		{"kl", Config{}, `kd: criterion is "kl", want one of ["none" "kd" "fitnet" "at" "lsp" "gsp" "gcrd" "abkd" "stride" "spread"]`},
		{"", Config{}, `kd: criterion is "", want one of ["none" "kd" "fitnet" "at" "lsp" "gsp" "gcrd" "abkd" "stride" "spread"]`},
		{"abkd", Config{ABKD: ABKDConfig{Dim: -3}}, `kd: ABKD: dim is -3, want at least 1`},
		{"fitnet", Config{HeadDim: -1}, `kd: FitNet: head dim is -1, want at least 1`},
		{"gcrd", Config{HeadDim: -1}, `kd: G-CRD: head dim is -1, want at least 1`},
		{"gcrd", Config{Tau: -0.1}, `kd: G-CRD: tau is -0.1, want a finite number above 0`},
		{"gcrd", Config{Tau: math.NaN()}, `kd: G-CRD: tau is NaN, want a finite number above 0`},
		{"stride", Config{Tau: math.Inf(1)}, `kd: STRIDE: tau is +Inf, want a finite number above 0`},
		{"stride", Config{ABKD: ABKDConfig{Head: "mlp"}}, `kd: ABKD: head is "mlp", want one of ["linear" "batchnorm"]`},
		{"stride", Config{MaxNodes: -1}, `kd: STRIDE: max nodes is -1, want at least 0`},
		{"gcrd", Config{MaxNodes: -1}, `kd: G-CRD: max nodes is -1, want at least 0`},
		{"gsp", Config{MaxNodes: -1}, `kd: GSP: max nodes is -1, want at least 0`},
		{"gsp", Config{Kernel: "linear"}, `kd: GSP: kernel is "linear", want one of ["rbf" "cosine" "poly" "l2"]`},
		{"lsp", Config{Kernel: "RBF"}, `kd: LSP: kernel is "RBF", want one of ["rbf" "cosine" "poly" "l2"]`},
	} {
		c, err := New(test.name, testTeacher, testStudent, test.o, newRNG(1))
		if c != nil || err == nil || err.Error() != test.want {
			t.Errorf("name=%s: criterion is %v and error %v, want %s", test.name, c, err, test.want)
		}
	}
}

// TestNewDeterministic: the generator alone decides the parameters.
func TestNewDeterministic(t *testing.T) {
	for _, c := range configs() {
		a, b := newABKD(t, c), newABKD(t, c)
		for i, p := range a.Params() {
			for k, w := range p.W.Data {
				if w != b.Params()[i].W.Data[k] {
					t.Fatalf("%s: %s differs", c.name(), p.Name)
				}
			}
		}
	}
}

// TestNewWidths: a feature criterion needs a hidden layer on both sides.
func TestNewWidths(t *testing.T) {
	for name, shown := range map[string]string{"fitnet": "FitNet", "at": "AT", "lsp": "LSP", "gsp": "GSP", "gcrd": "G-CRD"} {
		for _, test := range []struct {
			teacher, student []int
			want             string
		}{
			{[]int{4}, testStudent, "the teacher has 1 layer, the logits, want at least 2: there is no hidden layer to compare"},
			{testTeacher, []int{4}, "the student has 1 layer, the logits, want at least 2: there is no hidden layer to compare"},
			{nil, testStudent, "the teacher has no layers, want at least 1"},
			{testTeacher, []int{0, 4}, "width of student layer 0 is 0, want at least 1"},
		} {
			c, err := New(name, test.teacher, test.student, Config{}, newRNG(1))
			if c != nil || err == nil || err.Error() != "kd: "+shown+": "+test.want {
				t.Errorf("criterion is %v and error %v, want %s", c, err, test.want)
			}
		}
	}
}

// TestNewSpread: the control asks for hidden layers of the student alone.
func TestNewSpread(t *testing.T) {
	if _, err := New("spread", nil, testStudent, Config{}, nil); err != nil {
		t.Error(err)
	}
	want := "kd: Spread: the student has 1 layer, the logits, want at least 2: there is no hidden layer to compare"
	if c, err := New("spread", testTeacher, []int{4}, Config{}, nil); c != nil || err == nil || err.Error() != want {
		t.Errorf("criterion is %v and error %v, want %s", c, err, want)
	}
}

// at returns the layers that a feature criterion compares.
func at(c Criterion) hidden {
	switch c := c.(type) {
	case *FitNet:
		return c.at
	case *AT:
		return c.at
	case *LSP:
		return c.at
	case *GSP:
		return c.at
	}
	return c.(*GCRD).at
}

// TestBetween: the last hidden layer is the one before the logits, and of a
// GCNII, even of a single convolution, the last.
func TestBetween(t *testing.T) {
	g := edgeGraph(t, "cites")
	for _, kind := range []string{"rgcn", "gcn", "mlp", "gcnii"} {
		for layers := 1; layers <= 4; layers++ {
			m, err := gnn.New(gnn.Config{Kind: kind, Layers: layers, Hidden: 4}, g, newRNG(1))
			if err != nil {
				t.Fatal(err)
			}
			want := layers - 2
			if kind == "gcnii" {
				want = layers - 1
			}
			for _, name := range Names[2:7] {
				t.Run(fmt.Sprintf("kind=%s/layers=%d/criterion=%s", kind, layers, name), func(t *testing.T) {
					c, err := Between(name, m, m, Config{}, newRNG(1))
					if (err == nil) != (want >= 0) {
						t.Fatalf("error is %v, want none: %v", err, want >= 0)
					}
					if err != nil {
						return
					}
					if h := at(c); h.teacher != want || h.student != want || h.p != 4 || h.q != 4 {
						t.Errorf("layers %d and %d of widths %d and %d are compared, want %d of width 4", h.teacher, h.student, h.p, h.q, want)
					}
				})
			}
		}
	}
}

// TestBetweenEdges: lsp is refused on a graph without edges for it.
func TestBetweenEdges(t *testing.T) {
	m, err := gnn.New(gnn.Config{Layers: 2, Hidden: 4}, edgeGraph(t), newRNG(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names {
		if c, err := Between(name, m, m, Config{}, newRNG(1)); (err != nil) != (name == "lsp") {
			t.Errorf("criterion=%s: criterion is %v, error %v", name, c, err)
		}
	}
}
