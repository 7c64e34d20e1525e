package screen

import "time"

// A Step is how much a picture may cost.
type Step uint8

// The steps, from one to the next where frames take long.
const (
	Full   Step = iota // as fine as the screen is, at Rate
	Coarse             // of fewer pixels
	Seldom             // and fewer frames
	Still              // nothing moves: painted when something has changed
)

// String returns the word for s.
func (s Step) String() string { return [...]string{"full", "coarse", "seldom", "still"}[s&3] }

const (
	late    = 60 * time.Millisecond // a frame takes too long that is there only so long after it was asked for
	warming = 15                    // frames that do not count: the browser still compiles
	judged  = 20                    // frames of whose mean a step is judged
	longest = 4 * late              // what one frame counts at most: a pause of the browser's is no slowness

	frameTime  = time.Second * 9 / (Rate * 10) // what is left goes to the browser's own rhythm
	seldomTime = time.Second / 10
	stillTime  = time.Second / 2
)

// A Pace chooses the step by how long frames take to come.
type Pace struct {
	Step   Step
	took   time.Duration // the frames that count
	frames int           // with those that do not
}

// Took takes note of a frame that was painted so long after it was asked for,
// and reports whether the step is another one now.
func (p *Pace) Took(d time.Duration) bool {
	if p.frames++; p.frames <= warming || p.Step == Still {
		return false
	}
	if p.took += min(d, longest); p.frames < warming+judged {
		return false
	}
	isLate := p.took > judged*late
	p.took, p.frames = 0, warming
	if isLate {
		p.Step++
		p.frames = 0
	}
	return isLate
}

// Wait returns how long the next frame has to wait after one that kept the
// program busy for own. Once it paints seldom, three quarters of the time are
// left to whoever shares the thread. What the user does is shown sooner than
// what only goes on.
func (p *Pace) Wait(own time.Duration, isAsked bool) time.Duration {
	switch {
	case p.Step < Seldom:
		return frameTime
	case p.Step == Still && !isAsked:
		return max(stillTime, 3*own)
	}
	return max(seldomTime, 3*own)
}

// share is how fine the picture is, of the screen's pixels along a side. What
// stands still is fine again.
func (s Step) share() float64 {
	if s == Coarse || s == Seldom {
		return 2. / 3
	}
	return 1
}
