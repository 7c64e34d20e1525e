package study

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/gnn/synth"
)

// TestEffectiveRank compares the rank with that of numpy's singular values: see
// fair/testdata/statistics.py.
func TestEffectiveRank(t *testing.T) {
	var oracle struct {
		Rank struct {
			Layer [][]float32
			Rank  float64
		}
	}
	text, err := os.ReadFile("fair/testdata/statistics.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &oracle); err != nil {
		t.Fatal(err)
	}
	rank := func(rows [][]float32) float64 {
		var m moments
		for _, row := range rows { // a row at a time, as chunks come
			m.add(mat.Matrix{Rows: 1, Cols: len(row), Data: row})
		}
		return effectiveRank(m.covariance())
	}
	if got := rank(oracle.Rank.Layer); math.Abs(got-oracle.Rank.Rank) > 1e-5 {
		t.Errorf("rank is %v, want %v", got, oracle.Rank.Rank)
	}
	for name, c := range map[string]struct {
		rows [][]float32
		want float64
	}{
		"one direction": {[][]float32{{1, 2}, {2, 4}, {3, 6}}, 1},
		"two alike":     {[][]float32{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}, 2},
		"all the same":  {[][]float32{{5, 7}, {5, 7}}, 0},
	} {
		if got := rank(c.rows); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: rank is %v, want %v", name, got, c.want)
		}
	}
}

// TestExamine kills two units of a student by their biases.
func TestExamine(t *testing.T) {
	g := synth.Karate()
	m, err := gnn.New(gnn.Config{Kind: "gcn", Layers: 2, Hidden: 5}, g, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	before := examine(m, m, g.Splits[0])
	if before.Units != 5 || before.Agreement != 1 || !(before.Rank > 1 && before.Rank <= 5) {
		t.Errorf("health is %+v", before)
	}
	for _, p := range m.Params() {
		if p.W.Rows == 1 && p.W.Cols == 5 {
			p.W.Data[1], p.W.Data[3] = -1e6, -1e6
		}
	}
	after := examine(m, nil, g.Splits[0])
	if after.Constant < 2 || after.Constant != before.Constant+2 || !(after.Rank < before.Rank) || after.Agreement == after.Agreement {
		t.Errorf("with two constant units health is %+v, before %+v", after, before)
	}
}
