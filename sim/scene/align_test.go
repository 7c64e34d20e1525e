package scene

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"

	"abkd/sim/wire"
)

// aligned returns a snapshot of lt teacher and ls student layers whose
// attention is row-wise softmax of nothing in particular.
func aligned(lt, ls int) *wire.Snapshot {
	s := &wire.Snapshot{Epoch: 1, A: matrix(lt, ls), D: matrix(lt, ls), Lanes: []wire.Lane{{Criterion: "abkd", Model: wire.ModelState{Layers: ls, Hidden: 4}}}}
	s.Teacher = wire.ModelState{Layers: lt, Hidden: 16}
	for i := range lt {
		sum := float32(0)
		for j := range ls {
			s.A.Data[i*ls+j] = float32(1 + (3*i+5*j)%7)
			sum += s.A.Data[i*ls+j]
			s.D.Data[i*ls+j] = float32((2*i+3*j)%5) / 4
		}
		for j := range ls {
			s.A.Data[i*ls+j] /= sum
		}
		s.Graph.TeacherActs = append(s.Graph.TeacherActs, wave(16, i))
	}
	for j := range ls {
		s.Graph.StudentActs = append(s.Graph.StudentActs, wave(4, j))
	}
	return s
}

func wave(n, phase int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.Sin(float64(i + phase)))
	}
	return x
}

// cells returns the rectangles of one matrix by row and column.
func cells(l *List, m Target) map[[2]int]hit {
	found := map[[2]int]hit{}
	for _, h := range l.hits {
		if h.item.Target == m {
			found[[2]int{h.item.I, h.item.J}] = h
		}
	}
	return found
}

// TestMatrixGrid has the three matrices side by side: the same rows, columns
// in order, no cell on another.
func TestMatrixGrid(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {3, 2}, {2, 5}, {8, 4}, {16, 8}} {
		for _, size := range sizes {
			name := fmt.Sprintf("layers=%dx%d/size=%gx%g", c[0], c[1], size[0], size[1])
			l := Build(aligned(c[0], c[1]), View{Words: english, W: size[0], H: size[1], Tab: "align"})
			a := cells(l, Attention)
			if len(a) != c[0]*c[1] {
				t.Fatalf("%s: %d cells of A, want %d", name, len(a), c[0]*c[1])
			}
			right := float32(-1)
			for m := Attention; m <= Product; m++ {
				of := cells(l, m)
				for k, h := range of {
					if h.y0 != a[k].y0 || h.y1 != a[k].y1 {
						t.Errorf("%s: cell %v of matrix %d is not in line with that of A", name, k, m)
					}
					if next, ok := of[[2]int{k[0], k[1] + 1}]; ok && math.Abs(float64(next.x0-h.x1)) > 0.01 {
						t.Errorf("%s: column %d begins at %g, the one before ends at %g", name, k[1]+1, next.x0, h.x1)
					}
					if next, ok := of[[2]int{k[0] + 1, k[1]}]; ok && math.Abs(float64(next.y0-h.y1)) > 0.01 {
						t.Errorf("%s: row %d begins at %g, the one before ends at %g", name, k[0]+1, next.y0, h.y1)
					}
				}
				if first := of[[2]int{}]; first.x0 <= right {
					t.Errorf("%s: matrix %d begins at %g, the one before ends at %g", name, m, first.x0, right)
				}
				right = of[[2]int{0, c[1] - 1}].x1
			}
		}
	}
}

// TestHeatOrder paints a larger number farther from the surface.
func TestHeatOrder(t *testing.T) {
	s := aligned(4, 3)
	for theme := Light; theme <= Contrast; theme++ {
		l := Build(s, View{Words: english, W: 1280, H: 640, Theme: theme})
		p := theme.palette()
		far := func(m Target, i, j int) float64 {
			h := cells(l, m)[[2]int{i, j}]
			for _, x := range l.Picture.Shapes {
				if x.Kind == Rect && x.Stroke == 0 && x.X0 > h.x0 && x.X1 < h.x1 && x.Y0 > h.y0 && x.Y1 < h.y1 {
					return math.Abs(float64(luminance(x.Color) - luminance(p.surface)))
				}
			}
			t.Fatalf("cell %d, %d of matrix %d is not painted", i, j, m)
			return 0
		}
		for a := range s.A.Data {
			for b := range s.A.Data {
				if s.D.Data[a] > s.D.Data[b] && far(Distance, a/3, a%3) <= far(Distance, b/3, b%3) {
					t.Errorf("theme %d: D = %g is no farther from the surface than %g", theme, s.D.Data[a], s.D.Data[b])
				}
			}
		}
	}
}

// TestLinks has one link for each pair of layers, the wider the more
// attention, between the two stacks.
func TestLinks(t *testing.T) {
	s := aligned(3, 2)
	l := Build(s, View{Words: english, W: 640, H: 600, Tab: "align"})
	p := Light.palette()
	var links []Shape
	for _, x := range l.Picture.Shapes {
		if x.Kind == Line && x.Color == alpha(p.heat[0], float32(x.Color.A)/255) {
			links = append(links, x)
		}
	}
	if len(links) != len(s.A.Data) {
		t.Fatalf("%d links, want %d", len(links), len(s.A.Data))
	}
	for k, x := range links { // painted row by row
		w, o := linkWidth(s.A.Data[k], 8)
		if x.X0 >= x.X1 || math.Abs(float64(x.R*2/w-links[0].R*2/first(linkWidth(s.A.Data[0], 8)))) > 0.2 || math.Abs(float64(x.Color.A)-float64(o*255)) > 1 {
			t.Errorf("link %d of attention %g is %+v", k, s.A.Data[k], x)
		}
		if k%2 == 1 && links[k-1].Y0 != x.Y0 {
			t.Errorf("links %d and %d of one teacher layer begin at heights %g and %g", k-1, k, links[k-1].Y0, x.Y0)
		}
	}
}

func first(a, _ float32) float32 { return a }

// TestBeforeTheFirstStep shows A, D and their product as unknown, not as 0.
func TestBeforeTheFirstStep(t *testing.T) {
	s := aligned(3, 2)
	s.Epoch = 0
	for _, hover := range []Item{{Target: Product, I: 1, J: 1}, {Target: Total}} {
		l := Build(s, View{Words: english, W: 760, H: 524, Scene: "alignment", Hover: hover})
		dashes := 0
		for _, x := range l.Picture.Texts {
			if strings.Contains(x.Str, "–") {
				dashes++
			}
			if strings.ContainsAny(x.Str, ".") && !strings.ContainsFunc(x.Str, unicode.IsLetter) {
				t.Errorf("it says %q", x.Str)
			}
		}
		if dashes != 3*6+1 || !strings.Contains(l.Tip, "–") || strings.ContainsAny(l.Tip, "0.") {
			t.Errorf("%d dashes, want one for each cell and the sum; the tip is %q", dashes, l.Tip)
		}
	}
}

// TestPointedPair marks the pair of layers in all three matrices, whichever
// of them is pointed at.
func TestPointedPair(t *testing.T) {
	s := aligned(3, 2)
	frames := func(it Item) (n int) {
		for _, x := range Build(s, View{Words: english, W: 1280, H: 640, Hover: it}).Picture.Shapes {
			if x.Kind == Rect && x.Stroke > 2 {
				n++
			}
		}
		return n
	}
	for m := Attention; m <= Product; m++ {
		if n := frames(Item{m, 1, 1}); n != 3 {
			t.Errorf("pointing at matrix %d marks %d cells, want 3", m, n)
		}
	}
	if n := frames(Item{}); n != 0 {
		t.Errorf("pointing at nothing marks %d cells", n)
	}
}

// TestStrip has one cell for each unit, in the hue of its sign, and fewer,
// each the strongest of its share, where there is no room.
func TestStrip(t *testing.T) {
	b := &builder{List: &List{words: english}, p: Light.palette()}
	b.y = &b.Picture
	x := []float32{-2, 0, 1, 0.5, -0.5, 2}
	b.strip(x, 0, 0, 2, 3, 10, len(x))
	if n := len(b.y.Shapes); n != 1+len(x) {
		t.Fatalf("%d shapes, want a frame and %d cells", n, len(x))
	}
	for k, v := range x {
		got := b.y.Shapes[1+k].Color
		if want := b.signed(v, 2); got != want {
			t.Errorf("unit %d, %g: colour %v, want %v", k, v, got, want)
		}
		if blue := got.B > got.R; v != 0 && blue != (v < 0) {
			t.Errorf("unit %d, %g: colour %v", k, v, got)
		}
	}
	b.y.Shapes = b.y.Shapes[:0]
	b.strip(x, 0, 0, 1, 2, 10, 2)
	for k, want := range []float32{-2, 2} {
		if got := b.y.Shapes[1+k].Color; got != b.signed(want, 2) {
			t.Errorf("cell %d of 2: colour %v, want that of %g", k, got, want)
		}
	}
}

// TestStackComparable draws the units of both models at one size.
func TestStackComparable(t *testing.T) {
	b := &builder{List: &List{words: english}, View: View{Words: english, W: 640, H: 600}, W: 640, H: 600, p: Light.palette(), s: aligned(3, 2)}
	b.scale()
	g := &b.s.Graph
	k := b.stack(area{0, 0, 600, 300}, g.TeacherActs, g.StudentActs, 3, 2)
	for _, n := range []int{1, 4, 16, 100000} {
		rows, cols := k.size(n)
		if rows*cols < min(n, k.most) || cols > k.across || float32(rows)*k.cell > k.pitch {
			t.Errorf("%d units: %d×%d cells of %g px in rows of %g px", n, rows, cols, k.cell, k.pitch)
		}
	}
	if k.middle(0, 3) >= k.middle(1, 3) || k.middle(1, 3) != k.middle(0, 1) {
		t.Errorf("heights of layers are %g, %g; a single one %g", k.middle(0, 3), k.middle(1, 3), k.middle(0, 1))
	}
}

func TestReason(t *testing.T) {
	for _, c := range []struct {
		phase     wire.Phase
		criterion string
		want      string
	}{
		{wire.Teaching, "none", "still learning"},
		{wire.Distilling, "none", "labels alone"},
		{wire.Distilling, "kd", "outputs alone"},
		{wire.Finished, "gsp", "no pairs of layers"},
	} {
		s := &wire.Snapshot{Phase: c.phase, Lanes: []wire.Lane{{Criterion: "none"}, {Criterion: c.criterion}}}
		b := builder{List: &List{words: english}, s: s}
		if got := b.whyNoAlignment(); !strings.Contains(got, c.want) {
			t.Errorf("phase %d, criterion %s: %q, want it to say %q", c.phase, c.criterion, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		x        float32
		decimals int
		want     string
	}{
		{0, 2, "0.00"}, {0.125, 2, "0.12"}, {0.0451, 3, "0.045"}, {1, 2, "1.00"}, {-0.5, 2, "−0.50"}, {12.34, 2, "12.3"},
		{123.4, 2, "123"}, {99999, 3, "99999"}, {1e6, 2, "1e+06"}, {float32(math.NaN()), 2, "–"}, {float32(math.Inf(1)), 2, "+Inf"},
	} {
		if got := string(english.appendNumber(nil, c.x, c.decimals)); got != c.want {
			t.Errorf("appendNumber(%g, %d) = %q, want %q", c.x, c.decimals, got, c.want)
		}
	}
	for top, want := range map[float32]int{0: 2, 0.0521: 4, 0.1: 3, 0.9999: 3, 1: 2, 7: 2, 12: 1, 120: 0, 12000: 0, 1e-9: mostDecimals} {
		if got := decimalsOf(top, 3); got != want {
			t.Errorf("decimalsOf(%g, 3) = %d, want %d", top, got, want)
		}
	}
}

// TestMemo makes a string anew only when what it says has changed.
func TestMemo(t *testing.T) {
	l := &List{words: english}
	made := 0
	say := func(k uint64) string {
		l.text = 0
		return l.memo(k, 1, func(b []byte) []byte { made++; return append(b, byte('a'+k)) })
	}
	for i, k := range []uint64{0, 0, 1, 1, 0} {
		if got, want := say(k), string(rune('a'+k)); got != want {
			t.Errorf("call %d says %q, want %q", i, got, want)
		}
	}
	if made != 3 {
		t.Errorf("%d strings were made, want 3", made)
	}
}

// TestAwkward builds pictures of runs gone wrong and of data that does not
// fit together: any picture will do, with finite places.
func TestAwkward(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, spoil := range map[string]func(*wire.Snapshot){
		"nan":       func(s *wire.Snapshot) { s.A.Data[0], s.D.Data[1] = nan, nan },
		"inf":       func(s *wire.Snapshot) { s.A.Data[0], s.D.Data[1] = inf, -inf },
		"huge":      func(s *wire.Snapshot) { s.D.Data[0] = 1e30 },
		"shapes":    func(s *wire.Snapshot) { s.D = matrix(1, 1) },
		"no acts":   func(s *wire.Snapshot) { s.Graph.TeacherActs, s.Graph.StudentActs = nil, nil },
		"nan acts":  func(s *wire.Snapshot) { s.Graph.TeacherActs[0][0] = nan },
		"few norms": func(s *wire.Snapshot) { s.Graph.StudentMessages[0] = s.Graph.StudentMessages[0][:1] },
		"nan norms": func(s *wire.Snapshot) { s.Graph.StudentMessages[0][0] = nan },
		"no layers": func(s *wire.Snapshot) { s.Graph.StudentMessages = nil },
		"classes":   func(s *wire.Snapshot) { s.Graph.Classes = nil },
		"types":     func(s *wire.Snapshot) { s.Graph.Types = nil },
		"relations": func(s *wire.Snapshot) { s.Graph.Relations = nil },
		"no lanes":  func(s *wire.Snapshot) { s.Lanes = nil },
	} {
		s, err := wire.DecodeSnapshot(snapshot(t, "mag").AppendBinary(nil))
		if err != nil {
			t.Fatal(err)
		}
		spoil(s)
		for _, size := range [][2]float32{{1280, 640}, {390, 600}, {160, 120}, {200, 600}, {600, 160}, {40, 30}, {1, 1}} {
			l := Build(s, View{Words: english, W: size[0], H: size[1], Time: 1})
			for _, x := range append(l.Picture.Shapes, l.Messages.Shapes...) {
				if sum := x.X0 + x.Y0 + x.X1 + x.Y1 + x.R; sum != sum || math.IsInf(float64(sum), 0) {
					t.Errorf("%s at %v: %+v", name, size, x)
				}
			}
		}
	}
}

func matrix(rows, cols int) wire.Matrix {
	return wire.Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}
