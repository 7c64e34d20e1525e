package scene

import "abkd/sim/wire"

// A Crowd is where the dots of a picture stand, in the order in which they are
// painted. One picture's crowd is where the next one's dots come from.
type Crowd struct {
	key   uint64 // the same for pictures with the same dots
	seats []seat
}

type seat struct{ x, y float32 }

// Clone returns a copy of c.
func (c *Crowd) Clone() *Crowd {
	return &Crowd{c.key, append([]seat(nil), c.seats...)}
}

// Crowd returns the dots of the picture. The next Build overwrites them.
func (l *List) Crowd() *Crowd { return &l.crowd }

// CrowdOf returns a number that is the same for pictures with the same dots, 0
// for those without any.
func (v *View) CrowdOf(s *wire.Snapshot) uint64 {
	frame := v.Frame()
	if s == nil || !frame.IsCanvas() {
		return 0
	}
	dots := uint64(len(s.Lanes))
	switch frame {
	case Verdicts:
		for v, part := range s.Predictions.Part {
			if part == 1 || part == 2 {
				dots += 8 * uint64(v+1)
			}
		}
	case Directions:
		for i := range s.Directions {
			dots = 31*dots + uint64(len(s.Directions[i].Nodes))
		}
	case Embeddings:
		for i := range s.Embeddings {
			dots = 31*dots + uint64(len(s.Embeddings[i].Nodes))
		}
	case Race, Frontier:
		dots = v.results()
	}
	return dots<<8 | uint64(frame)
}

// results returns a number that is the same for studies with the same results.
func (v *View) results() (n uint64) {
	if v.Study == nil {
		return 0
	}
	n = uint64(len(v.Study.Dots))
	for i := range v.Study.Methods {
		n = 31*n + uint64(len(v.Study.Methods[i].Endings))
	}
	return n
}

// How long dots take to where they belong, and by how much the last one is later
// than the first where they come from one place, in seconds.
const (
	glides = 0.6
	falls  = 0.9
)

// seat returns where the next of n dots is on its way to (x, y): from where it
// stood in the last picture or, if that had other dots, from (x0, y0).
func (b *builder) seat(n int, x, y, x0, y0 float32) (float32, float32) {
	i := len(b.crowd.seats)
	if from := b.From; from != nil && !b.Still {
		t := b.Came / glides
		if from.key == b.crowd.key && i < len(from.seats) {
			x0, y0 = from.seats[i].x, from.seats[i].y
		} else {
			t -= falls / glides * float64(i) / float64(max(n, 1))
		}
		if t < 1 && max(x-x0, x0-x)+max(y-y0, y0-y) > 0.3 {
			left := float32(1 - max(t, 0))
			left *= left * left
			x, y, b.Flocking = x+(x0-x)*left, y+(y0-y)*left, true
		}
	}
	b.crowd.seats = append(b.crowd.seats, seat{x, y})
	return x, y
}
