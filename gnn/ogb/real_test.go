//go:build !js

package ogb

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"abkd/gnn/graph"
)

// realData returns the folder of a real data set, or skips.
func realData(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no data set at %s: %v", dir, err)
	}
	return dir
}

// describe lists the counts of g: each type with its number of nodes, width,
// names and years, each relation with its edges, each split with its parts.
func describe(g *graph.Graph) (s []string) {
	for _, t := range g.Types {
		s = append(s, fmt.Sprintf("%s %d×%d %d %d", t.Name, t.Count, t.Features.Cols, len(t.Labels), len(t.Years)))
	}
	for _, r := range g.Relations {
		s = append(s, fmt.Sprintf("%v %d", r.EdgeType, len(r.In.Col)))
	}
	for _, p := range g.Splits {
		s = append(s, fmt.Sprintf("%s %d %d %d", p.Name, len(p.Train), len(p.Valid), len(p.Test)))
	}
	return append(s, fmt.Sprintf("%d classes %q", g.Classes, g.ClassNames))
}

func TestRealDataSets(t *testing.T) {
	for _, c := range []struct {
		name string
		want []string
	}{
		{"vispub", []string{
			"paper 3101×128 3101 3101", "author 5483×0 5483 0", "institution 871×0 871 0", "field_of_study 1197×0 1197 0",
			"author__affiliated_with__institution 5367", "institution__rev_affiliated_with__author 5367",
			"author__writes__paper 11305", "paper__rev_writes__author 11305", "paper__cites__paper 26208",
			"paper__has_topic__field_of_study 5934", "field_of_study__rev_has_topic__paper 5934",
			"time 2459 293 349", "random 1860 620 621", `3 classes ["InfoVis" "SciVis" "VAST"]`,
		}},
		{"aminer_academic2", []string{
			"paper 21044×128 0 21044", "author 28646×0 0 0",
			"author__writes__paper 69308", "paper__rev_writes__author 69308", "paper__cites__paper 68290",
			"time 13250 2680 5114", "18 classes []",
		}},
		{"heco_acm", []string{
			"paper 4019×1902 0 0", "author 7167×1902 0 0", "subject 60×0 0 0",
			"author__writes__paper 13407", "paper__rev_writes__author 13407",
			"paper__has_topic__subject 4019", "subject__rev_has_topic__paper 4019",
			"label20 60 1000 1000", "label40 120 1000 1000", "label60 180 1000 1000", "3 classes []",
		}},
		{"cora", []string{"node 2708×1433 0 0", "node__to__node 10556", "public 140 500 1000", "7 classes []"}},
		{"citeseer", []string{"node 3327×3703 0 0", "node__to__node 9104", "public 120 500 1000", "6 classes []"}},
	} {
		t.Run("data="+c.name, func(t *testing.T) {
			g, err := Read(realData(t, c.name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Validate(); err != nil {
				t.Error(err)
			}
			if g.Name != c.name || g.Target != 0 {
				t.Errorf("name is %s, target %d, want %s, 0", g.Name, g.Target, c.name)
			}
			got := describe(g)
			for i := range max(len(got), len(c.want)) {
				if i >= len(got) || i >= len(c.want) || got[i] != c.want[i] {
					t.Fatalf("graph is\n%q, want\n%q", got, c.want)
				}
			}
		})
	}
}

// Values that stand in the files, read by eye.
func TestRealValues(t *testing.T) {
	g, err := Read(realData(t, "vispub"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := g.Types[0]
	if x := p.Features.Row(0)[:4]; !slices.Equal(x, []float32{.1602, -.0445, -.0132, -.0257}) {
		t.Errorf("features of paper 0 begin %v", x)
	}
	if !slices.Equal(p.Years[:3], []int32{2000, 1990, 1995}) || !slices.Equal(g.Labels[:3], []int32{0, 1, 0}) {
		t.Errorf("the first papers are of %v and of classes %v", p.Years[:3], g.Labels[:3])
	}
	if a := g.Types[1].Labels[0]; a != "Randy L. Ribler" {
		t.Errorf("author 0 is %q", a)
	}
	if n := g.Types[2].Labels[1]; n != "Sterling Federal Syst. Inc., Palo Alto, CA, USA" {
		t.Errorf("institution 1 is %q, want its commas kept", n)
	}
	writes := g.Relations[2].In // edges 0,0 and 1,0
	if row := writes.Row(0); !slices.Equal(row[:2], []int32{0, 1}) {
		t.Errorf("paper 0 is by %v", row)
	}
}

func TestRealRoundTrip(t *testing.T) {
	for _, name := range []string{"vispub", "cora"} {
		t.Run("data="+name, func(t *testing.T) {
			g, err := Read(realData(t, name), Options{})
			if err != nil {
				t.Fatal(err)
			}
			sameGraph(t, rewrite(t, g), g)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"vispub", "aminer_academic2"} {
		b.Run("data="+name, func(b *testing.B) {
			dir := realData(b, name)
			for b.Loop() {
				if _, err := Read(dir, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
