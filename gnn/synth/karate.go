package synth

import (
	"strconv"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// friends lists, for each member of the karate club, those friends whose
// number is lower. Members are numbered from 1 as in Zachary's figure 1.
var friends = [...][]int32{
	{}, {1}, {1, 2}, {1, 2, 3}, {1}, {1}, {1, 5, 6}, {1, 2, 3, 4}, {1, 3}, {3}, {1, 5, 6}, {1},
	{1, 4}, {1, 2, 3, 4}, {}, {}, {6, 7}, {1, 2}, {}, {1, 2}, {}, {1, 2}, {}, {}, {}, {24, 25},
	{}, {3, 24, 25}, {3}, {24, 27}, {2, 9}, {1, 25, 26, 29},
	{3, 9, 15, 16, 19, 21, 23, 24, 30, 31, 32},
	{9, 10, 14, 15, 16, 19, 20, 21, 23, 24, 27, 28, 29, 30, 31, 32, 33},
}

// communities holds the community of each member found by maximising
// modularity: the four labels that demonstrations of graph convolutions use
// since Kipf and Welling, https://arxiv.org/abs/1609.02907, appendix A.
var communities = [...]int32{
	1, 1, 1, 1, 3, 3, 3, 1, 0, 1, 3, 1, 1, 1, 0, 0, 3,
	1, 0, 1, 0, 1, 0, 0, 2, 2, 0, 0, 2, 0, 0, 2, 0, 0,
}

// Karate returns Zachary's karate club: 34 members, 78 friendships, and as
// labels the four communities. A member's features are its own unit vector.
// The split "public" trains on the first member of each community; of the
// others every third is for validation.
//
// W. W. Zachary, An Information Flow Model for Conflict and Fission in Small
// Groups, Journal of Anthropological Research 33 (1977).
func Karate() *graph.Graph {
	n := len(friends)
	member := graph.NodeType{Name: "member", Count: n, Features: mat.New(n, n), Labels: make([]string, n)}
	var src, dst []int32
	for i, lower := range friends {
		member.Features.Row(i)[i] = 1
		member.Labels[i] = strconv.Itoa(i + 1)
		for _, j := range lower {
			src, dst = append(src, int32(i)), append(dst, j-1)
		}
	}
	split := graph.Split{Name: "public"}
	var seen [4]bool
	rest := 0
	for i, c := range communities {
		switch v := int32(i); {
		case !seen[c]:
			seen[c] = true
			split.Train = append(split.Train, v)
			continue
		case rest%3 == 0:
			split.Valid = append(split.Valid, v)
		default:
			split.Test = append(split.Test, v)
		}
		rest++
	}
	g := &graph.Graph{
		Name: "karate", Types: []graph.NodeType{member},
		Labels: append([]int32(nil), communities[:]...), Classes: len(seen),
		ClassNames: []string{"A", "B", "C", "D"},
		Splits:     []graph.Split{split},
	}
	must(g.AddWithReverse(graph.EdgeType{Src: "member", Rel: "knows", Dst: "member"}, src, dst))
	return g
}

// must panics on an error that only a mistake in this package can cause.
func must(err error) {
	if err != nil {
		panic("synth: " + err.Error())
	}
}
