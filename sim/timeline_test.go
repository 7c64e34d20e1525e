package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"abkd/sim/wire"
)

// karateRun is the smallest session with all there is: a teacher trained
// first, two students, attention.
const karateRun = "begin data=karate&teach=on&teacher-hidden=8&teacher-epochs=6&epochs=20&hidden=4&alpha=0.3"

func session(t *testing.T, commands ...string) *Session {
	t.Helper()
	s := NewSession()
	do(t, s, commands...)
	do(t, s, "pause")
	return s
}

// arrive ticks until the session has gone where it was told to.
func arrive(t *testing.T, s *Session) {
	t.Helper()
	for n := 0; s.seeking(); n++ {
		if s.Tick(0) != 0 && s.seeking() {
			t.Fatal("it waits before it has arrived")
		}
	}
}

func refuse(t *testing.T, s *Session, command, message string) {
	t.Helper()
	before := s.run.Hash()
	if err := s.Command(command); err == nil || !strings.Contains(err.Error(), message) {
		t.Errorf("%q gave %v, want %q", command, err, message)
	}
	if s.run.Hash() != before {
		t.Errorf("%q was refused and changed the run", command)
	}
}

// Rewind to each epoch gives the hash and the picture that it had, and so does
// going on from there, in either phase.
func TestRewindIsExact(t *testing.T) {
	for _, begin := range []string{
		karateRun,
		"begin data=karate&model=gcn&teach=on&teacher-hidden=8&teacher-epochs=6&epochs=20&criterion=stride&max-nodes=3&nodes=all",
		"begin teach=untrained&teacher-hidden=8&epochs=5&sampler=neighbor&batch=100&fanout=3",
	} {
		t.Run(begin, func(t *testing.T) {
			s := session(t, begin)
			for s.run.Phase() < wire.Finished {
				phase := s.run.Phase()
				picture := func() string {
					snap := snapshot(t, s)
					snap.Recorded, snap.Baselines = 0, nil // what has been told, not where the run is
					clearTimes(snap)
					return fmt.Sprintf("%+v", snap)
				}
				seen := []string{picture()}
				for s.run.position().phase == phase && s.run.Phase() < wire.Finished && len(seen) < 6 {
					do(t, s, "step")
					if s.run.step == 0 && s.run.Phase() == phase {
						seen = append(seen, picture())
					}
				}
				if s.run.Phase() != phase {
					continue // the next phase
				}
				for e := len(seen) - 1; e >= 0; e-- {
					do(t, s, fmt.Sprintf("rewind %d", e))
					arrive(t, s)
					if got := picture(); got != seen[e] {
						t.Fatalf("epoch %d\ngot  %s\nwant %s", e, got, seen[e])
					}
				}
				if got := snapshot(t, s).Recorded; got != len(seen)-1 {
					t.Errorf("recorded %d epochs, want %d", got, len(seen)-1)
				}
				do(t, s, fmt.Sprintf("rewind %d", len(seen)-1))
				arrive(t, s)
				for s.run.Phase() == phase {
					do(t, s, "step")
				}
			}
		})
	}
}

// clearTimes removes what was measured by the clock.
func clearTimes(s *wire.Snapshot) {
	s.Teacher.InferMicros = 0
	for i := range s.Lanes {
		s.Lanes[i].Model.InferMicros = 0
	}
}

func TestRewindFromTheEnd(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=9")
	var hashes []uint64
	for s.run.Phase() < wire.Finished {
		hashes = append(hashes, s.run.Hash())
		do(t, s, "step")
	}
	end := s.run.Hash()
	do(t, s, "rewind 4")
	if arrive(t, s); s.run.Hash() != hashes[4] || s.run.Phase() != wire.Distilling {
		t.Errorf("epoch 4 has hash %x in phase %d, want %x in %d", s.run.Hash(), s.run.Phase(), hashes[4], wire.Distilling)
	}
	do(t, s, "rewind 9")
	if arrive(t, s); s.run.Hash() != end || s.run.Phase() != wire.Finished {
		t.Errorf("the end has hash %x in phase %d, want %x in %d", s.run.Hash(), s.run.Phase(), end, wire.Finished)
	}
}

// A run that is over goes on as one that had more epochs from the start, with
// changes made where it ended.
func TestExtend(t *testing.T) {
	const begin = "begin data=karate&teach=untrained&teacher-hidden=8&epochs="
	s, long := session(t, begin+"9"), session(t, begin+"12", "plan 9.0:pin diagonal")
	for s.run.Phase() < wire.Finished {
		do(t, s, "step")
	}
	refuse(t, s, "extend 9", "want more than the 9")
	refuse(t, s, "extend 0", "from 1")
	do(t, s, "extend 12", "change pin diagonal")
	if got := snapshot(t, s); got.Epochs != 12 || got.Epoch != 9 || got.Phase != wire.Distilling || got.Running || !strings.Contains(got.Experiment, "epochs=12") || got.A.Data[0] != 1 || got.A.Data[1] != 0 {
		t.Errorf("epoch %d of %d, phase %d, running %t, %s, A %v", got.Epoch, got.Epochs, got.Phase, got.Running, got.Experiment, got.A)
	}
	for range 12 {
		do(t, long, "step")
	}
	for range 3 {
		do(t, s, "step")
	}
	if s.run.Hash() != long.run.Hash() || s.run.Phase() != wire.Finished {
		t.Errorf("extended, the run has hash %x in phase %d, want %x in %d", s.run.Hash(), s.run.Phase(), long.run.Hash(), wire.Finished)
	}
	do(t, s, "rewind 10")
	if arrive(t, s); s.run.Epoch() != 10 {
		t.Errorf("epoch is %d, want 10", s.run.Epoch())
	}
	do(t, s, "reset")
	if got := snapshot(t, s); got.Epochs != 12 {
		t.Errorf("after a reset there are %d epochs, want 12", got.Epochs)
	}
}

// With frames far apart the epochs between them are replayed, by Ticks if a
// command must not wait for them.
func TestRewindReplaysBetweenFrames(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=40")
	s.timeline.every[wire.Distilling] = 16
	hashes := []uint64{s.run.Hash()}
	for range 39 {
		do(t, s, "step")
		hashes = append(hashes, s.run.Hash())
	}
	if n := len(s.timeline.frames); n != 3 {
		t.Fatalf("%d frames of 39 epochs, want 3: of 0, 16 and 32", n)
	}
	for _, e := range []int{31, 38, 17, 16, 5, 0, 15} {
		do(t, s, fmt.Sprint("rewind ", e))
		if arrive(t, s); s.run.Epoch() != e || s.run.Hash() != hashes[e] {
			t.Errorf("epoch %d has hash %x, want %d with %x", s.run.Epoch(), s.run.Hash(), e, hashes[e])
		}
		if snap := snapshot(t, s); snap.Running || snap.Recorded != 39 {
			t.Errorf("running %t, recorded %d, want false, 39", snap.Running, snap.Recorded)
		}
	}
	s.target = position{wire.Distilling, 39, 0} // as if the slice were over
	do(t, s, "step")
	if s.run.Epoch() != 40 {
		t.Errorf("a step on the way goes to epoch %d, want one after the target, 40", s.run.Epoch())
	}
}

func TestPlayAfterRewind(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=12", "speed 0")
	for range 8 {
		do(t, s, "step")
	}
	want := s.run.Hash()
	do(t, s, "rewind 2", "play")
	for s.run.Epoch() < 8 {
		s.Tick(time.Second)
	}
	if s.run.Hash() != want {
		t.Errorf("hash is %x, want %x", s.run.Hash(), want)
	}
}

func TestRewindToAStep(t *testing.T) {
	s := session(t, "begin teach=untrained&teacher-hidden=8&epochs=5&sampler=neighbor&batch=100&fanout=3")
	steps := s.run.Steps()
	if steps < 2 {
		t.Fatalf("%d steps an epoch, want several", steps)
	}
	hashes := []uint64{s.run.Hash()}
	for range 2*steps + 1 {
		do(t, s, "step")
		hashes = append(hashes, s.run.Hash())
	}
	for i := len(hashes) - 1; i >= 0; i-- {
		do(t, s, fmt.Sprintf("rewind %d.%d", i/steps, i%steps))
		if arrive(t, s); s.run.Hash() != hashes[i] {
			t.Errorf("step %d has hash %x, want %x", i, s.run.Hash(), hashes[i])
		}
	}
	do(t, s, "rewind 2.0")
	arrive(t, s)
	refuse(t, s, "rewind 2.1", "want an epoch from 0 to 2") // forgotten: only epochs are recorded
}

func TestRewindRefuses(t *testing.T) {
	s := session(t, karateRun, "step")
	for command, message := range map[string]string{
		"rewind":       `moment is ""`,
		"rewind 2":     "want an epoch from 0 to 1",
		"rewind -1":    `moment is "-1"`,
		"rewind x":     `moment is "x"`,
		"rewind 0.1":   "want an epoch",
		"rewind 0.0.1": "moment is",
		"undo":         "nothing has been changed",
		"undo it":      "want none",
	} {
		refuse(t, s, command, message)
	}
	for s.run.Phase() == wire.Teaching {
		do(t, s, "step")
	}
	refuse(t, s, "rewind 1", "of this phase") // the students have begun
}

// A loss that blows up can be gone back before.
func TestRewindFromFailure(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=12&hidden=3", "step", "step")
	want := s.run.Hash()
	do(t, s, "change weight teacher layers.0.self.member.weight 0 0 3e38", "change weight teacher layers.1.self.member.weight 0 0 3e38")
	for s.run.Phase() == wire.Distilling {
		do(t, s, "step")
	}
	if s.run.Phase() != wire.Failed {
		t.Fatalf("phase is %d, want %d: the weights are to blow up the loss", s.run.Phase(), wire.Failed)
	}
	do(t, s, "undo", "undo")
	if arrive(t, s); s.run.Hash() != want || s.run.Err() != nil {
		t.Errorf("hash is %x, want %x: %v", s.run.Hash(), want, s.run.Err())
	}
}

// However long the phase, the frames fit.
func TestTimelineIsBounded(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=100000")
	size := len(s.timeline.frames[0].state)
	every := s.timeline.every[wire.Distilling]
	if total := (100000/every + 1) * size; every < 2 || total > timelineBytes+size {
		t.Errorf("a frame of %d bytes every %d epochs comes to %d, want %d at most", size, every, total, timelineBytes)
	}
	for range 3 * every {
		s.makeStep()
	}
	if n := len(s.timeline.frames); n != 4 {
		t.Errorf("%d frames, want 4", n)
	}
}

// Steps between two frames allocate nothing, recorded or not.
func TestRecordingAllocatesRarely(t *testing.T) {
	s := session(t, "begin data=karate&teach=untrained&teacher-hidden=8&epochs=1000")
	s.timeline.every[wire.Distilling] = 100
	for range 10 {
		s.makeStep()
	}
	if n := testing.AllocsPerRun(20, func() { s.makeStep() }); n != 0 {
		t.Errorf("a step allocates %v times, want 0", n)
	}
}

// BenchmarkKarate is an epoch of a session on the karate club with a GCN of
// width 16, both students and what the timeline remembers.
func BenchmarkKarate(b *testing.B) {
	s := NewSession()
	if err := s.Command("begin data=karate&model=gcn&hidden=16&teach=untrained&teacher-layers=2&teacher-hidden=16&epochs=100000&criterion=kd"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !s.makeStep() {
			b.Fatal("the run has ended")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "epochs/s")
}
