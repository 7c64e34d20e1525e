package scene

import (
	"image/color"
	"math"
	"slices"
	"testing"
)

// TestDeciding measures the strips: in each epoch's column a student layer has as
// much of the height as A says, and columns follow each other up to now.
func TestDeciding(t *testing.T) {
	s := snapshot(t, "mag")
	if len(s.Attention.Epochs) != 6 {
		t.Fatalf("attention of epochs %v", s.Attention.Epochs)
	}
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "alignment"})
		p := Light.palette()
		b := builder{p: p}
		ls := s.A.Cols
		var strips [][]Shape // [student layer][column by column, teacher layer by teacher layer]
		for j := range ls {
			strips = append(strips, shapesOf(l, b.shareColor(j, ls)))
		}
		columns := len(strips[0]) / s.A.Rows
		if columns == 0 || len(strips[0])%s.A.Rows != 0 {
			t.Fatalf("%v: %d pieces of %d strips", size, len(strips[0]), s.A.Rows)
		}
		for k := range columns {
			for i := range s.A.Rows {
				whole := float32(0)
				for j := range ls {
					x := strips[j][k*s.A.Rows+i]
					whole += x.Y1 - x.Y0
				}
				for j := range ls {
					x := strips[j][k*s.A.Rows+i]
					if columns == len(s.Attention.Epochs) {
						if got, want := (x.Y1-x.Y0)/whole, s.Attention.A.Row(k)[i*ls+j]; math.Abs(float64(got-want)) > 0.01 {
							t.Errorf("%v: epoch %d gives S%d %.2f of T%d, want %.2f", size, k+1, j+1, got, i+1, want)
						}
					}
					if k > 0 {
						if before := strips[j][(k-1)*s.A.Rows+i]; math.Abs(float64(before.X1-x.X0)) > 0.6 || x.X1-x.X0 >= before.X1-before.X0+1 {
							t.Errorf("%v: the column of epoch %d is %g to %g after %g to %g", size, k+1, x.X0, x.X1, before.X0, before.X1)
						}
					}
				}
			}
		}
	}
}

// TestNarrowAlignment leaves the layers out where they would lie on one another, as
// on a phone, and has them where there is room.
func TestNarrowAlignment(t *testing.T) {
	s := snapshot(t, "mag")
	for size, want := range map[[2]float32]int{{364, 250}: 0, {1100, 700}: s.A.Rows + s.A.Cols} {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "alignment"})
		var layers []hit
		for _, h := range l.hits {
			if h.item.Target == Block {
				layers = append(layers, h)
			}
		}
		if len(layers) != want {
			t.Errorf("%v: %d layers, want %d", size, len(layers), want)
		}
		if cells := slices.ContainsFunc(l.hits, func(h hit) bool { return h.item.Target == Product }); !cells {
			t.Errorf("%v: there is no matrix", size)
		}
	}
}

// shapesOf returns the rectangles of that colour without round corners.
func shapesOf(l *List, c color.NRGBA) (all []Shape) {
	for _, x := range l.Picture.Shapes {
		if x.Kind == Rect && x.R == 0 && x.Color == c {
			all = append(all, x)
		}
	}
	return all
}

// TestUnknownAttention leaves a gap.
func TestUnknownAttention(t *testing.T) {
	s := *snapshot(t, "mag")
	s.Attention.A.Data = append([]float32(nil), s.Attention.A.Data...)
	n := len(shapesOf(Build(&s, View{Words: english, W: 760, H: 524, Scene: "alignment"}), (&builder{p: Light.palette()}).shareColor(0, 2)))
	for k := range 6 {
		s.Attention.A.Data[k] = float32(math.NaN())
	}
	if got := len(shapesOf(Build(&s, View{Words: english, W: 760, H: 524, Scene: "alignment"}), (&builder{p: Light.palette()}).shareColor(0, 2))); got != n-3 {
		t.Errorf("%d pieces, want %d", got, n-3)
	}
}
