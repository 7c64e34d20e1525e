package paper

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// TestRanks holds ranks, Friedman's test and the studentized range to what scipy
// computes, see testdata/ranks.py.
func TestRanks(t *testing.T) {
	text, err := os.ReadFile("testdata/ranks.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Range []struct {
			K    int
			Q    float64
			Want float64
		}
		Friedman []struct {
			Blocks       [][]float64
			Mean         []float64
			Statistic, P float64
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, x := range want.Range {
		if got := studentizedRange(x.Q, x.K); math.Abs(got-x.Want) > 1e-6 {
			t.Errorf("quantile %v of the range of %d is %v, want %v", x.Q, x.K, got, x.Want)
		}
	}
	for _, x := range want.Friedman {
		mean, statistic, p := friedman(x.Blocks)
		if math.Abs(statistic-x.Statistic) > 1e-9 || math.Abs(p-x.P) > 1e-9 {
			t.Errorf("Friedman's statistic is %v with p %v, want %v and %v", statistic, p, x.Statistic, x.P)
		}
		for i, m := range mean {
			if math.Abs(m-x.Mean[i]) > 1e-9 {
				t.Errorf("mean rank of %d is %v, want %v", i, m, x.Mean[i])
			}
		}
	}
	// Demšar's own: four classifiers on 14 data sets have a critical difference of 1.25.
	if got := criticalDifference(4, 14); math.Abs(got-1.25) > 0.005 {
		t.Errorf("critical difference is %v, want 1.25", got)
	}
	if _, statistic, p := friedman([][]float64{{1, 1}, {2, 2}}); !math.IsNaN(statistic) || !math.IsNaN(p) {
		t.Errorf("of equals the statistic is %v and p %v, want none", statistic, p)
	}
}

func TestCliques(t *testing.T) {
	r := &Ranks{Mean: []float64{1, 1.5, 2.4, 4, 5.2}, Critical: 1.4}
	if got, want := r.cliques(), [][2]int{{0, 2}, {3, 4}}; !slices.Equal(got, want) {
		t.Errorf("cliques are %v, want %v", got, want)
	}
	if r.Critical = 1.6; !slices.Equal(r.cliques(), [][2]int{{0, 2}, {2, 3}, {3, 4}}) {
		t.Errorf("cliques are %v", r.cliques())
	}
}
