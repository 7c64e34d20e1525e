//go:build !js

package gnn

import (
	"os"
	"testing"

	"abkd/gnn/ogb"
	"abkd/gnn/sample"
)

// On the citation graphs as they are published the models have the published
// sizes, and a short training of a GCN comes near what it is known to reach.
func TestCitationGraphs(t *testing.T) {
	for _, tt := range []struct {
		name             string
		teacher, student int     // parameters of GCNII 64×64 and 4×4
		accuracy         float64 // of GCN 2×16, published: 81.5 and 70.3 %
	}{
		{"cora", 354_375, 5_835, 0.79},
		{"citeseer", 499_590, 14_910, 0.68},
	} {
		t.Run("data="+tt.name, func(t *testing.T) {
			dir := "../../shared/data/" + tt.name
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("no data: %v", err)
			}
			g, err := ogb.Read(dir, ogb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for size, want := range map[int]int{64: tt.teacher, 4: tt.student} {
				shapes, err := ParamShapes(Config{Kind: "gcnii", Layers: size, Hidden: size}, g)
				if n, e := CountShapes(shapes); err != nil || n != want || e != 0 {
					t.Errorf("GCNII %d×%d has %d parameters and %d in tables, %v, want %d and none", size, size, n, e, err, want)
				}
			}
			m, err := New(Config{Kind: "gcn", Layers: 2, Hidden: 16, RowNormalise: true}, g, newRand(1))
			if err != nil {
				t.Fatal(err)
			}
			SetDecay(m, 5e-4, 5e-4)
			split := g.Splits[0]
			st, rng, s := newStep(m, 0.01), newRand(2), sample.NewFull(g, 2, split.Train)
			for range 100 {
				st.run(s.Next(), rng)
			}
			var labels []int32
			for _, v := range split.Test {
				labels = append(labels, g.Labels[v])
			}
			if acc := Accuracy(m.Forward(s.Next(), nil).Logits(), split.Test, labels); acc < tt.accuracy {
				t.Errorf("accuracy on the test nodes is %.3f, want at least %.2f", acc, tt.accuracy)
			}
		})
	}
}
