package scene

import (
	"fmt"
	"testing"

	"abkd/sim/lesson"
	"abkd/sim/wire"
)

// pulses counts the frames of that colour and width around layers of a model.
func pulses(l *List, model, n int, width float32) (at []int) {
	for i := range n {
		h, _ := l.where(Item{Block, model, i})
		for _, x := range l.Messages.Shapes {
			if x.Kind == Rect && x.Stroke == width && x.X0 == h.x0-1 && x.Y0 == h.y0-1 {
				at = append(at, i)
			}
		}
	}
	return at
}

// TestBeatOf holds that the beats are those of the lesson.
func TestBeatOf(t *testing.T) {
	for i, word := range []string{"forward", "loss", "backward", "update"} {
		if got, want := BeatOf(word), []Beat{Forward, Loss, Backward, Update}[i]; got != want {
			t.Errorf("%s is beat %d, want %d", word, got, want)
		}
	}
	if got := BeatOf(""); got != NoBeat {
		t.Errorf("no word is beat %d", got)
	}
	if len(beatWords) != 1+len(lesson.Beats) {
		t.Errorf("%d beats have words, want %d and none", len(beatWords)-1, len(lesson.Beats))
	}
}

// TestWave goes forward through every layer, in both models, and back through
// those of the one that learns.
func TestWave(t *testing.T) {
	s := snapshot(t, "deep")
	lt, ls := len(s.Graph.TeacherActs), len(s.Graph.StudentActs)
	for _, beat := range []Beat{Forward, Backward} {
		var teacher, student []int
		for k := range 80 {
			l := Build(s, View{Words: english, W: 1280, H: 800, Beat: beat, Since: lesson.BeatSeconds * (float64(k) + 0.5) / 80})
			if !l.Moving {
				t.Fatalf("beat %d does not move", beat)
			}
			for model, all := range []*[]int{&teacher, &student} {
				n := [2]int{lt, ls}[model]
				now := pulses(l, model, n, 3)
				if len(now) > 0 && (len(*all) == 0 || (*all)[len(*all)-1] != now[0]) {
					*all = append(*all, now...)
				}
			}
		}
		want := [2]string{"[0 1 2 3 4 5 6 7]", "[0 1 2 3]"}
		if beat == Backward {
			want = [2]string{"[]", "[3 2 1 0]"}
		}
		if got := [2]string{fmt.Sprint(teacher), fmt.Sprint(student)}; got != want {
			t.Errorf("beat %d passes the layers %v, want %v", beat, got, want)
		}
		if l := Build(s, View{Words: english, W: 1280, H: 800, Beat: beat, Since: lesson.BeatSeconds + 1}); l.Moving {
			t.Errorf("beat %d never rests", beat)
		}
	}
}

// TestBack sends hollow diamonds from the focus on the way back, dots to it on
// the way there, and nothing else.
func TestBack(t *testing.T) {
	s := snapshot(t, "mag")
	kinds := func(beat Beat) (n [Rect + 1]int) {
		for _, x := range Build(s, View{Words: english, W: 600, H: 600, Tab: "graph", Beat: beat, Since: 0.3 * lesson.BeatSeconds}).Messages.Shapes {
			n[x.Kind]++
		}
		return n
	}
	there, back := kinds(Forward), kinds(Backward)
	if there[Circle] == 0 || there[Diamond] > 0 || back[Diamond] == 0 || back[Circle] > 0 {
		t.Errorf("forward %v, backward %v", there, back)
	}
	if still := kinds(Loss); still != [Rect + 1]int{} {
		t.Errorf("messages fly while the loss is shown: %v", still)
	}
	b, p := stagedGraph(s, View{Words: english, W: 600, H: 600})
	x0, y0, x1, y1, _ := b.span(&p, 0)
	last := float32(1e9)
	for _, u := range []float32{0.1, 0.5, 0.9} {
		b.Messages.Shapes = b.Messages.Shapes[:0]
		b.gradient(&p, 0, u)
		at := b.Messages.Shapes[0]
		left := (at.X0-x0)*(at.X0-x0) + (at.Y0-y0)*(at.Y0-y0)
		if left >= last {
			t.Errorf("at %g the derivative is no nearer to the source", u)
		}
		last = left
	}
	if x0 == x1 && y0 == y1 {
		t.Error("edge 0 has no length")
	}
}

// TestShares sends to each layer of the student what A·D gives it: the larger,
// the larger the mark.
func TestShares(t *testing.T) {
	s := aligned(3, 2)
	l := Build(s, View{Words: english, W: 900, H: 700, Scene: "alignment", Tab: "align", Beat: Backward, Since: 0.25 * lesson.BeatSeconds})
	var marks []float32
	for _, x := range l.Messages.Shapes {
		if x.Kind == Diamond && x.Stroke > 0 {
			marks = append(marks, x.R)
		}
	}
	// The student's last layer, then the step to the one before.
	want := 0
	for i := range 3 {
		if s.A.Data[2*i+1]*s.D.Data[2*i+1] > 0 {
			want++
		}
	}
	if len(marks) != want+1 {
		t.Fatalf("%d marks, want %d and one between the layers", len(marks), want)
	}
	at := 1 // after the one between the layers
	for i := range 3 {
		v := s.A.Data[2*i+1] * s.D.Data[2*i+1]
		if v <= 0 {
			continue
		}
		for k := range i {
			if w := s.A.Data[2*k+1] * s.D.Data[2*k+1]; w > 0 && w < v && marks[at-1] >= marks[at] && k == i-1 {
				t.Errorf("A·D = %g has a mark of %g, %g one of %g", v, marks[at], w, marks[at-1])
			}
		}
		at++
	}
}

// TestUpdate lights every layer of the one that learns, and none else.
func TestUpdate(t *testing.T) {
	taught := snapshot(t, "mag")
	teaching := *taught
	teaching.Phase = wire.Teaching
	for name, c := range map[string]struct {
		s    *wire.Snapshot
		want [2]int
	}{"distilling": {taught, [2]int{0, 2}}, "teaching": {&teaching, [2]int{3, 0}}} {
		l := Build(c.s, View{Words: english, W: 1280, H: 640, Beat: Update, Since: 0.2})
		if got := [2]int{len(pulses(l, 0, 3, 2)), len(pulses(l, 1, 2, 2))}; got != c.want {
			t.Errorf("%s: %v layers of teacher and student, want %v", name, got, c.want)
		}
	}
}

// TestLossSaid writes the loss of the step only if the snapshot has it.
func TestLossSaid(t *testing.T) {
	s := *snapshot(t, "mag")
	h := s.Lanes[len(s.Lanes)-1].History
	want := "loss " + string(english.appendNumber(nil, h[len(h)-1].Total, 3))
	v := View{Words: english, W: 1280, H: 640, Beat: Loss}
	if l := Build(&s, v); !hasText(l, want) {
		t.Errorf("%q is not said", want)
	}
	s.Step = 1
	if l := Build(&s, v); hasText(l, want) || !hasText(l, "loss") {
		t.Error("within an epoch the loss of the last one is said")
	}
	v.Words = chinese
	if l := Build(&s, v); !hasText(l, "损失") {
		t.Error("no Chinese word for the loss")
	}
}

// TestBeatStill has every beat at rest for those who want no motion.
func TestBeatStill(t *testing.T) {
	s := snapshot(t, "mag")
	for beat := NoBeat; beat <= Update; beat++ {
		if l := Build(s, View{Words: english, W: 1280, H: 640, Beat: beat, Still: true}); l.Moving {
			t.Errorf("beat %d moves", beat)
		}
	}
}

// TestCost bounds what a picture takes: the largest net has not much more to
// draw than a small one.
func TestCost(t *testing.T) {
	shapes := func(lt, wt, ls, ws int) int {
		s := *snapshot(t, "mag")
		s.A.Rows, s.D.Rows = 0, 1 // no alignment
		s.Graph.TeacherActs, s.Graph.StudentActs = nil, nil
		for i := range lt {
			s.Graph.TeacherActs = append(s.Graph.TeacherActs, wave(wt, i))
		}
		for i := range ls {
			s.Graph.StudentActs = append(s.Graph.StudentActs, wave(ws, i))
		}
		p := Pose{X: 0.5, Y: 0.5, Zoom: 1}
		p.Share[Stacks] = 1
		l := Build(&s, View{Words: english, W: 1280, H: 800, Pose: p})
		return len(l.Picture.Shapes) + len(l.Messages.Shapes)
	}
	for _, c := range [][4]int{{3, 64, 4, 256}, {8, 1024, 8, 1024}, {64, 1024, 64, 1024}} {
		if n := shapes(c[0], c[1], c[2], c[3]); n > mostCells+3*(c[0]+c[2])+40 {
			t.Errorf("%v: %d shapes", c, n)
		}
	}
	if small, large := shapes(3, 64, 1, 1), shapes(3, 64, 4, 256); large > 5*small {
		t.Errorf("%d shapes for the smallest student, %d for a large one", small, large)
	}
}
