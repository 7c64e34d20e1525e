package scene

import (
	"math"
	"slices"

	"abkd/sim/lesson"
)

// A Frame is the part of the picture that a scene brings to the fore.
type Frame = lesson.Frame

// The frames, see package lesson.
const (
	Overview      = lesson.Overview
	Neighbourhood = lesson.Neighbourhood
	Terms         = lesson.Terms
	Stacks        = lesson.Stacks
	Matrices      = lesson.Matrices
	Verdicts      = lesson.Verdicts
	Directions    = lesson.Directions
	Embeddings    = lesson.Embeddings
	SoftLabels    = lesson.SoftLabels
	Race          = lesson.Race
	Frontier      = lesson.Frontier
	Units         = lesson.Units
	frames        = lesson.Frames
)

// Frame returns what v's step of its scene brings to the fore. A step in slow motion is
// shown on the whole picture, and a tab has only its own part, unless the scene
// has a canvas of its own.
func (v *View) Frame() Frame {
	frame := lesson.FrameOf(v.Scene, v.Step)
	one := frame == Terms && v.Beat == NoBeat
	switch {
	case frame.IsCanvas() && v.Beat == NoBeat:
		return frame
	case v.Tab == "align":
		return Matrices
	case v.Tab == "graph" && !one:
		return Neighbourhood
	case v.Beat != NoBeat:
		return Overview
	}
	return frame
}

// A Pose is where the camera stands. While it moves it stands between frames.
type Pose struct {
	Share [frames]float32 // of each frame, 1 in all
	X, Y  float32         // what is in the middle, in widths and heights of the frame
	Zoom  float32         // 1: the whole frame
}

// MostZoom is the largest Pose.Zoom.
const MostZoom = 8

// Home returns the pose that shows all of v's frame.
func (v *View) Home() Pose {
	p := Pose{X: 0.5, Y: 0.5, Zoom: 1}
	p.Share[v.Frame()] = 1
	return p
}

// Zoomed returns p enlarged by the factor, so that what is seen at (x, y),
// in widths and heights of the picture, stays there.
func (p Pose) Zoomed(factor, x, y float32) Pose {
	was := p.Zoom
	p.Zoom = min(max(was*factor, 1), MostZoom)
	p.X += (x - 0.5) * (1/was - 1/p.Zoom)
	p.Y += (y - 0.5) * (1/was - 1/p.Zoom)
	return p.filled()
}

// Panned returns p with everything seen moved by (dx, dy) widths and heights
// of the picture.
func (p Pose) Panned(dx, dy float32) Pose {
	p.X -= dx / p.Zoom
	p.Y -= dy / p.Zoom
	return p.filled()
}

// filled keeps the picture filled.
func (p Pose) filled() Pose {
	half := 0.5 / p.Zoom
	p.X, p.Y = min(max(p.X, half), 1-half), min(max(p.Y, half), 1-half)
	return p
}

const axes = int(frames) + 3

func (p *Pose) vector() (a [axes]float64) {
	for i, s := range p.Share {
		a[i] = float64(s)
	}
	a[frames], a[frames+1], a[frames+2] = float64(p.X), float64(p.Y), math.Log(float64(max(p.Zoom, 1e-3)))
	return a
}

func poseOf(a [axes]float64) (p Pose) {
	for i := range p.Share {
		p.Share[i] = float32(a[i])
	}
	p.X, p.Y, p.Zoom = float32(a[frames]), float32(a[frames+1]), float32(math.Exp(a[frames+2]))
	return p
}

// A Move takes the camera from one pose to another like a critically damped
// spring: it starts with the speed it has, so that it can be sent elsewhere at
// any time, and comes to rest without swinging.
type Move struct {
	from, speed [axes]float64
	to          Pose
	start       float64
}

// stiffness is that of the spring, 1/s; after rested seconds it is at its end.
const stiffness, rested = 8.0, 1.25

// Rest returns the Move that stands at p.
func Rest(p Pose) Move { return Move{from: p.vector(), to: p, start: math.Inf(-1)} }

// To returns where the move ends.
func (m *Move) To() Pose { return m.to }

// At returns the pose at time t, in seconds, and whether it still changes.
func (m *Move) At(t float64) (p Pose, moving bool) {
	if t-m.start >= rested {
		return m.to, false
	}
	at, _ := m.state(t)
	return poseOf(at), true
}

// Toward returns the move that begins at time t, where and as fast as m is,
// and ends at p.
func (m *Move) Toward(p Pose, t float64) Move {
	n := Move{to: p, start: t}
	n.from, n.speed = m.state(t)
	return n
}

// state returns place and speed: with d the way to go,
//
//	x = to + (d + (v + k·d)·t)·exp(-k·t)
func (m *Move) state(t float64) (at, speed [axes]float64) {
	at = m.to.vector()
	if t-m.start >= rested {
		return at, speed
	}
	s := max(t-m.start, 0)
	fall := math.Exp(-stiffness * s)
	for i := range at {
		d := m.from[i] - at[i]
		c := m.speed[i] + stiffness*d
		at[i] += (d + c*s) * fall
		speed[i] = (c - stiffness*(d+c*s)) * fall
	}
	return at, speed
}

// lookThrough shows what the camera sees of the picture, and nothing else.
func (b *builder) lookThrough() {
	z := b.Pose.Zoom
	dx, dy := b.W/2-b.Pose.X*b.W*z, b.H/2-b.Pose.Y*b.H*z
	if z == 1 && max(dx, -dx) < 0.01 && max(dy, -dy) < 0.01 {
		return
	}
	for _, y := range [...]*Layer{&b.Picture, &b.Messages} {
		y.lookThrough(z, dx, dy, b.W, b.H)
	}
	for i := range b.hits {
		h := &b.hits[i]
		h.x0, h.y0, h.x1, h.y1, h.r = h.x0*z+dx, h.y0*z+dy, h.x1*z+dx, h.y1*z+dy, h.r*z
	}
}

// leaveOutCut leaves out the texts that the edge of the picture cuts while the
// camera goes from one frame to another.
func (b *builder) leaveOutCut() {
	if slices.Contains(b.Pose.Share[:], 1) {
		return
	}
	for _, y := range [...]*Layer{&b.Picture, &b.Messages} {
		y.Texts = slices.DeleteFunc(y.Texts, func(t Text) bool {
			x0, y0, x1, y1 := t.Box()
			return !b.holds(area{x0, y0, x1 - x0, y1 - y0})
		})
	}
}

func (y *Layer) lookThrough(z, dx, dy, w, h float32) {
	shapes := y.Shapes[:0]
	for _, s := range y.Shapes {
		s.X0, s.Y0, s.R, s.Stroke = s.X0*z+dx, s.Y0*z+dy, s.R*z, s.Stroke*z
		reach := 1.4*s.R + s.Stroke
		x1, y1 := s.X0, s.Y0
		if s.Kind >= Line {
			s.X1, s.Y1 = s.X1*z+dx, s.Y1*z+dy
			x1, y1 = s.X1, s.Y1
		}
		if max(s.X0, x1)+reach > 0 && min(s.X0, x1)-reach < w && max(s.Y0, y1)+reach > 0 && min(s.Y0, y1)-reach < h {
			shapes = append(shapes, s)
		}
	}
	texts := y.Texts[:0]
	for _, t := range y.Texts {
		t.X, t.Y, t.Size = t.X*z+dx, t.Y*z+dy, t.Size*z
		if x0, y0, x1, y1 := t.Box(); x1 > 0 && x0 < w && y1 > 0 && y0 < h {
			texts = append(texts, t)
		}
	}
	y.Shapes, y.Texts = shapes, texts
}
