package scene

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// softmax is that of logits at a temperature, in float64.
func softmax(z []float32, t float64) []float64 {
	p, sum := make([]float64, len(z)), 0.0
	for k, x := range z {
		p[k] = math.Exp(float64(x) / t)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// TestSoftLabels reads the shares of the focus off the picture, and measures the
// bars of a neighbour.
func TestSoftLabels(t *testing.T) {
	s := snapshot(t, "mag")
	for _, temperature := range []float32{1, 4, 10} {
		v := View{Words: english, W: 760, H: 524, Scene: "labels", Temperature: temperature}
		l := Build(s, v)
		want := softmax(s.Neighbours.Teacher.Row(0), float64(temperature))
		at := 0
		for _, x := range l.Picture.Texts {
			text, is := strings.CutSuffix(x.Str, " %")
			got, err := strconv.ParseFloat(text, 64)
			if !is || err != nil {
				continue
			}
			if at < len(want) && math.Abs(got-100*want[at]) > 0.501 {
				t.Errorf("temperature %g: class %d reads %s, want %.1f", temperature, at, x.Str, 100*want[at])
			}
			at++
		}
		if at != len(want) {
			t.Errorf("temperature %g: %d shares are written, want %d", temperature, at, len(want))
		}
		if !says(l, "temperature "+strconv.FormatFloat(float64(temperature), 'f', 1, 32)) {
			t.Errorf("temperature %g is not said", temperature)
		}
		measureCards(t, l, temperature)
	}
}

// measureCards compares the bars of every card with the neighbour's shares.
func measureCards(t *testing.T, l *List, temperature float32) {
	t.Helper()
	s := snapshot(t, "mag")
	cards := 0
	for k, v := range s.Neighbours.Nodes[1:] {
		h, ok := l.where(Item{Node, int(v), 0})
		if !ok {
			continue
		}
		cards++
		p := softmax(s.Neighbours.Teacher.Row(k+1), float64(temperature))
		var bars []float64
		for _, x := range l.Picture.Shapes {
			if x.Kind == Rect && x.R == 0 && x.X0 > h.x0 && x.X1 < h.x1 && x.Y0 >= h.y0 && x.Y1 < h.y1 && x.Color != Light.palette().ink {
				bars = append(bars, float64(x.Y1-x.Y0))
			}
		}
		if len(bars) != len(p) {
			t.Fatalf("node %d has %d bars, want %d", v, len(bars), len(p))
		}
		for c := range p {
			if want := bars[0] * p[c] / p[0]; math.Abs(bars[c]-want) > 0.2+0.02*want {
				t.Errorf("node %d: the bar of class %d is %g high, want %g", v, c, bars[c], want)
			}
		}
	}
	if cards < 4 {
		t.Errorf("%d neighbours have cards", cards)
	}
}

// TestDirectNeighbours come first.
func TestDirectNeighbours(t *testing.T) {
	s := snapshot(t, "mag")
	b := &builder{List: &List{words: english}, View: View{Words: english, W: 760, H: 524}, W: 760, H: 524, p: Light.palette(), s: s}
	b.scale()
	b.arrangeCards(area{0, 0, 400, 500}, len(s.Neighbours.Nodes)-1)
	direct := 0
	for i, c := range b.cards {
		if b.isDirect(c.node) {
			if direct++; direct != i+1 {
				t.Errorf("card %d is of a direct neighbour, after one that is not", i)
			}
		}
	}
	if direct == 0 || len(b.cards) == direct {
		t.Errorf("%d of %d neighbours are direct ones", direct, len(b.cards))
	}
}
