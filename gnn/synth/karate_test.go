package synth

import (
	"slices"
	"testing"
)

func TestKarate(t *testing.T) {
	g := Karate()
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	if g.Name != "karate" || len(g.Types) != 1 || g.Types[0].Name != "member" || g.NumNodes() != 34 || g.NumEdges() != 2*78 {
		t.Errorf("%s has %d types, %d nodes, %d edges, want karate with 1, 34, 156", g.Name, len(g.Types), g.NumNodes(), g.NumEdges())
	}
	in := relationOf(t, g, "member__knows__member")
	want := []int{16, 9, 10, 6, 3, 4, 4, 4, 5, 2, 3, 1, 2, 5, 2, 2, 2, 2, 2, 3, 2, 2, 2, 5, 3, 3, 2, 4, 3, 4, 4, 6, 12, 17} // Zachary's matrix, row sums
	for i, w := range want {
		if n := len(in.Row(i)); n != w {
			t.Errorf("member %d has %d friends, want %d", i+1, n, w)
		}
		for _, j := range in.Row(i) {
			if !slices.Contains(in.Row(int(j)), int32(i)) || int(j) == i {
				t.Errorf("members %d and %d are no mutual friends", i+1, j+1)
			}
		}
		for j, x := range g.Types[0].Features.Row(i) {
			if (x == 1) != (i == j) {
				t.Errorf("feature (%d, %d) is %v, want the identity", i, j, x)
			}
		}
	}
	if g.Types[0].Labels[0] != "1" || g.Types[0].Labels[33] != "34" {
		t.Errorf("members are called %q", g.Types[0].Labels)
	}
}

// The communities are near the best modularity there is, 0.4198.
func TestKarateCommunities(t *testing.T) {
	g := Karate()
	in := relationOf(t, g, "member__knows__member")
	size, within, degree := make([]int, 4), make([]float64, 4), make([]float64, 4)
	for i, c := range g.Labels {
		size[c]++
		degree[c] += float64(len(in.Row(i)))
		for _, j := range in.Row(i) {
			if g.Labels[j] == c {
				within[c]++
			}
		}
	}
	q := 0.0
	for c := range 4 {
		q += within[c]/156 - degree[c]/156*degree[c]/156
	}
	if q < .415 || q > .4198 {
		t.Errorf("modularity is %.4f, want .415..0.4198", q)
	}
	if !slices.Equal(size, []int{13, 12, 4, 5}) {
		t.Errorf("communities have %v members, want [13 12 4 5]", size)
	}
}

func TestKarateSplit(t *testing.T) {
	s, err := Karate().Split("")
	if err != nil || s.Name != "public" {
		t.Fatalf("default split is %q, %v, want public", s.Name, err)
	}
	if !slices.Equal(s.Train, []int32{0, 4, 8, 24}) {
		t.Errorf("training members are %v, want the first of each community", s.Train)
	}
	if len(s.Valid) != 10 || len(s.Test) != 20 {
		t.Errorf("%d for validation, %d for test, want 10 and 20", len(s.Valid), len(s.Test))
	}
}

func TestKarateSharesNothing(t *testing.T) {
	a := Karate()
	a.Labels[0], a.Types[0].Features.Data[0] = 2, 9
	if b := Karate(); b.Labels[0] != 1 || b.Types[0].Features.Data[0] != 1 {
		t.Error("a change of one graph shows in the next")
	}
}
