package scene

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestFrame(t *testing.T) {
	for _, c := range []struct {
		v    View
		want Frame
	}{
		{View{}, Overview}, {View{Scene: "start"}, Verdicts}, {View{Scene: "start", Tab: "align"}, Verdicts}, {View{Scene: "start", Beat: Loss}, Overview}, {View{Scene: "node"}, Terms}, {View{Scene: "depth"}, Directions}, {View{Scene: "teacher"}, Embeddings}, {View{Scene: "alone"}, Verdicts}, {View{Scene: "alone", Step: 4}, Neighbourhood}, {View{Scene: "alignment", Step: 1}, Stacks}, {View{Scene: "labels"}, SoftLabels},
		{View{Scene: "alignment"}, Matrices}, {View{Scene: "methods"}, Race}, {View{Scene: "frontier"}, Frontier}, {View{Scene: "frontier", Tab: "align"}, Frontier}, {View{Scene: "collapse"}, Units},
		{View{Scene: "alignment", Tab: "graph"}, Neighbourhood}, {View{Scene: "node", Tab: "graph"}, Terms}, {View{Scene: "node", Tab: "align"}, Matrices},
		{View{Scene: "node", Beat: Loss}, Overview}, {View{Scene: "alignment", Beat: Update}, Overview}, {View{Scene: "node", Beat: Forward, Tab: "graph"}, Neighbourhood},
	} {
		if got := c.v.Frame(); got != c.want {
			t.Errorf("scene %s, tab %q, beat %d: frame %d, want %d", c.v.Scene, c.v.Tab, c.v.Beat, got, c.want)
		}
		if home := c.v.Home(); home.Share[c.want] != 1 || home.Zoom != 1 {
			t.Errorf("home of frame %d is %+v", c.want, home)
		}
	}
}

// apart returns the largest difference of two poses.
func (p Pose) apart(q Pose) (most float64) {
	a, b := p.vector(), q.vector()
	for i := range a {
		most = max(most, math.Abs(a[i]-b[i]))
	}
	return most
}

// TestMoveSmooth sends the camera off, elsewhere half-way, and home: it never
// jumps, nor does its speed, and it comes to rest where it was sent.
func TestMoveSmooth(t *testing.T) {
	here, there := (&View{}).Home(), (&View{Scene: "alignment"}).Home().Zoomed(4, 0.9, 0.1)
	const dt = 1.0 / 240
	m := Rest(here)
	last, _ := m.At(0)
	step := 0.0
	for i := range 1200 {
		now := float64(i) * dt
		switch i {
		case 10:
			m = m.Toward(there, now)
		case 60:
			m = m.Toward(here, now)
		case 90:
			m = m.Toward((&View{Scene: "node"}).Home(), now)
		}
		p, moving := m.At(now)
		d := p.apart(last)
		if d > 0.05 {
			t.Fatalf("frame %d: the camera jumps by %g", i, d)
		}
		if math.Abs(d-step) > 0.008 {
			t.Fatalf("frame %d: a step of %g after one of %g", i, d, step)
		}
		if moving != (i >= 10 && now < 90*dt+rested) {
			t.Fatalf("frame %d: moving %v", i, moving)
		}
		last, step = p, d
	}
	if want := (&View{Scene: "node"}).Home(); last != want {
		t.Errorf("the camera rests at %+v, want %+v", last, want)
	}
}

// TestMoveStraight never goes past where it is sent, when it starts at rest.
func TestMoveStraight(t *testing.T) {
	start := Rest((&View{}).Home())
	m := start.Toward((&View{Scene: "node"}).Home(), 2)
	last := float32(-1)
	for now := 2.0; now < 2+2*rested; now += 0.01 {
		p, _ := m.At(now)
		if s := p.Share[Terms]; s < last || s > 1 || s < 0 {
			t.Fatalf("%g s: the share is %g after %g", now, s, last)
		} else {
			last = s
		}
		sum := float32(0)
		for _, s := range p.Share {
			sum += s
		}
		if math.Abs(float64(sum)-1) > 1e-5 {
			t.Fatalf("%g s: the shares sum to %g", now, sum)
		}
	}
}

// TestZoom keeps what is under the pointer there, and the picture filled.
func TestZoom(t *testing.T) {
	home := (&View{}).Home()
	seen := func(p Pose, x float32) float32 { return p.X + (x-0.5)/p.Zoom }
	for _, x := range []float32{0, 0.2, 0.5, 1} {
		p := home
		for range 20 {
			before := seen(p, x)
			p = p.Zoomed(1.2, x, x)
			if math.Abs(float64(seen(p, x)-before)) > 1e-5 {
				t.Fatalf("at %g: %g is seen, it was %g", x, seen(p, x), before)
			}
		}
		if p.Zoom != MostZoom {
			t.Errorf("zoom %g, want at most %d", p.Zoom, MostZoom)
		}
		for range 30 {
			p = p.Panned(0.4, -0.4)
		}
		if seen(p, 0) < -1e-6 || seen(p, 1) > 1+1e-6 || p.Y-0.5/p.Zoom < 0 || p.Y+0.5/p.Zoom > 1+1e-6 {
			t.Errorf("panned to %+v, outside the picture", p)
		}
		for range 20 {
			p = p.Zoomed(0.5, x, 1-x)
		}
		if p.apart(home) > 1e-6 {
			t.Errorf("zoomed out to %+v, want %+v", p, home)
		}
	}
}

// TestLook finds everything enlarged where the camera has it, and nothing that
// it does not see.
func TestLook(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{W: 800, H: 600}
	flat := Build(s, v).Places()
	v.Pose = v.Home().Zoomed(3, 0.25, 0.4)
	l := Build(s, v)
	found := 0
	for it, at := range flat {
		x := (at[0]/v.W-v.Pose.X)*3*v.W + v.W/2
		y := (at[1]/v.H-v.Pose.Y)*3*v.H + v.H/2
		if x < 0 || y < 0 || x >= v.W || y >= v.H || it.Target == Edge {
			continue
		}
		found++
		if got, _ := l.At(x, y); got != it {
			t.Errorf("%+v should be at %g, %g: there is %+v", it, x, y, got)
		}
	}
	if found < 10 {
		t.Errorf("only %d things are seen", found)
	}
	for _, x := range l.Picture.Shapes {
		if x0, y0, x1, y1 := x.bounds(); x1 < -30 || y1 < -30 || x0 > v.W+30 || y0 > v.H+30 {
			t.Errorf("%+v is painted though nobody sees it", x)
		}
	}
	if len(l.Picture.Shapes) >= len(Build(s, View{W: 800, H: 600}).Picture.Shapes) {
		t.Error("as much is painted as without zoom")
	}
}

// TestNumbersByZoom shows numbers in cells once they are large enough.
func TestNumbersByZoom(t *testing.T) {
	s := aligned(16, 8)
	v := View{W: 500, H: 400, Scene: "alignment"}
	count := func() (n int) {
		for _, x := range Build(s, v).Picture.Texts {
			if strings.Contains(x.Str, ".") && !strings.Contains(x.Str, "Σ") {
				n++
			}
		}
		return n
	}
	if n := count(); n != 0 {
		t.Fatalf("%d numbers stand in cells too small for them", n)
	}
	v.Pose = v.Home().Zoomed(4, 0.4, 0.8)
	if n := count(); n == 0 {
		t.Error("no number in enlarged cells")
	}
}

// TestFramesBetween builds what the camera passes through.
func TestFramesBetween(t *testing.T) {
	s := snapshot(t, "mag")
	for from := range frames {
		for to := range frames {
			var p Pose
			p.X, p.Y, p.Zoom = 0.5, 0.5, 1
			p.Share[from] += 0.6
			p.Share[to] += 0.4
			l := Build(s, View{W: 760, H: 524, Scene: "node", Select: s.Inspection.Subject, Pose: p, Time: 3})
			for _, x := range append(l.Picture.Shapes, l.Messages.Shapes...) {
				if sum := x.X0 + x.Y0 + x.X1 + x.Y1 + x.R; sum != sum || x.R < 0 {
					t.Fatalf("from %d to %d: %+v", from, to, x)
				}
			}
		}
	}
}

// TestNothingIsCut takes the camera from every frame to every other: on the way
// the edge of the picture cuts no text, legend or chip.
func TestNothingIsCut(t *testing.T) {
	s := snapshot(t, "mag")
	for from := range frames {
		for to := range frames {
			for _, share := range []float32{0.03, 0.2, 0.5, 0.8, 0.97} {
				if from == to {
					continue
				}
				v := View{W: 760, H: 524, Scene: "node", Select: s.Inspection.Subject, Study: raced}
				v.Pose = Pose{X: 0.5, Y: 0.5, Zoom: 1}
				v.Pose.Share[from], v.Pose.Share[to] = 1-share, share
				l := Build(s, v)
				for _, x := range append(l.Picture.Texts, l.Messages.Texts...) {
					if x0, y0, x1, y1 := x.Box(); x0 < 0 || y0 < 0 || x1 > v.W || y1 > v.H {
						t.Fatalf("%g of the way from frame %d to %d: %q is cut", share, from, to, x.Str)
					}
				}
				for _, h := range l.hits {
					if h.item.Target == Step && (h.x0 < 0 || h.x1 > v.W || h.y1 > v.H) {
						t.Fatalf("%g of the way from frame %d to %d: chip %d is cut", share, from, to, h.item.I+1)
					}
				}
			}
		}
	}
	rest := View{W: 760, H: 524, Scene: "alone", Step: 4}
	if l := Build(s, rest); !hasText(l, "right") || !slices.ContainsFunc(l.hits, func(h hit) bool { return h.item.Target == Step }) {
		t.Error("at rest there is no legend, or no chip")
	}
}

// TestWhatIsSeen has in each frame the parts that it is for, and no others.
func TestWhatIsSeen(t *testing.T) {
	s := snapshot(t, "mag")
	for scene, want := range map[string][3]bool{"": {true, true, true}, "start": {}, "node": {true, false, false}, "teacher": {}, "frontier": {}, "methods": {}, "alone": {}, "alignment": {false, true, true}} {
		for _, size := range sizes {
			l := Build(s, View{W: size[0], H: size[1], Scene: scene})
			_, graph := l.where(Item{Node, 0, 0})
			_, layers := l.where(Item{Block, 0, 0})
			_, cells := l.where(Item{Product, 0, 0})
			if got := [3]bool{graph, layers, cells}; got != want {
				t.Errorf("scene %s at %v shows graph, layers, matrices: %v, want %v", scene, size, got, want)
			}
		}
	}
}
