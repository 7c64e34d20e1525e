package sim

import (
	"cmp"
	"slices"

	"abkd/sim/wire"
)

// A position is a moment between two steps of a run.
type position struct {
	phase       wire.Phase // Teaching or Distilling
	epoch, step int        // done
}

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.phase, q.phase), cmp.Compare(p.epoch, q.epoch), cmp.Compare(p.step, q.step))
}

// position returns where the run is; one that has stopped is where it did.
func (r *Run) position() position {
	p := position{wire.Distilling, r.epoch, r.step}
	if r.lanes[0] == r.teacher {
		p.phase = wire.Teaching
	}
	return p
}

// A timeline remembers a run by keyframes, states at the end of every few
// epochs. What was between two of them is computed again, exactly:
//
//	epoch   0    1    2    3    4    5    6    7
//	frame   *              *              *          every third epoch
//	        `---- steps ---^----^ back to epoch 4
//
// Every how many epochs depends on the phase's number of epochs and the size
// of a state: all frames of a phase fit in timelineBytes. The first, the
// state before the first step, is kept however large it is.
type timeline struct {
	frames   []frame // in order of time
	every    [2]int  // per phase
	recorded [2]int  // per phase, the furthest epoch
	bytes    []byte  // scratch
}

type frame struct {
	at      position
	applied int // changes that had been made
	state   []byte
}

const timelineBytes = 32 << 20

// record remembers r if it is between two epochs that want a frame.
func (t *timeline) record(r *Run) {
	at := r.position()
	if at.step != 0 || r.phase == wire.Failed {
		return
	}
	t.recorded[at.phase] = max(t.recorded[at.phase], at.epoch)
	every := &t.every[at.phase] // 0 in a phase that was begun before the run was resumed
	if at.epoch > 0 && *every > 0 && at.epoch%*every != 0 {
		return
	}
	i, known := t.search(at)
	if known {
		return
	}
	t.bytes = r.appendFrame(t.bytes[:0])
	if at.epoch == 0 || *every == 0 {
		epochs := r.plan.Epochs
		if at.phase == wire.Teaching {
			epochs = r.plan.TeacherEpochs
		}
		*every = max(1, (epochs*len(t.bytes)+timelineBytes-1)/timelineBytes)
	}
	t.frames = append(t.frames, frame{})
	copy(t.frames[i+1:], t.frames[i:])
	t.frames[i] = frame{at, r.applied, slices.Clone(t.bytes)}
}

// search returns the index of the frame at a position, or where it would be.
func (t *timeline) search(at position) (int, bool) {
	for i, f := range t.frames {
		if c := f.at.compare(at); c >= 0 {
			return i, c == 0
		}
	}
	return len(t.frames), false
}

// before returns the last frame before at, or the first of its phase: what a
// Snapshot tells of the last step, such as an inspected cell, is there once
// that step has been made, not in a frame.
func (t *timeline) before(at position) *frame {
	i, known := t.search(at)
	if !known || at.epoch > 0 {
		i--
	}
	return &t.frames[i] // the first is of the first moment of all
}

// forget drops what was recorded after at, and every frame in which more than
// so many changes had been made.
func (t *timeline) forget(at position, applied int) {
	kept := t.frames[:0]
	for _, f := range t.frames {
		if f.at.compare(at) <= 0 && f.applied <= applied {
			kept = append(kept, f)
		}
	}
	clear(t.frames[len(kept):])
	t.frames = kept
	t.recorded[at.phase] = min(t.recorded[at.phase], at.epoch)
	if at.phase == wire.Teaching {
		t.recorded[wire.Distilling] = 0
	}
}
