package scene

import (
	"maps"
	"math"
	"slices"
	"testing"

	"abkd/sim/wire"
)

// answers returns the places of the answers in a column, by node.
func answers(l *List, column int) map[int][2]float32 {
	at := map[int][2]float32{}
	for _, h := range l.hits {
		if h.item.Target == Answer && h.item.J == column {
			at[h.item.I] = [2]float32{(h.x0 + h.x1) / 2, (h.y0 + h.y1) / 2}
		}
	}
	return at
}

// TestPiles counts the dots: every test node lies once in every model's
// piles, those that it has right left of those that it has wrong, and what only
// one student has right is on top of the rest.
func TestPiles(t *testing.T) {
	s := snapshot(t, "mag")
	p := &s.Predictions
	nodes := tests(nil, p)
	if len(nodes) < 20 {
		t.Fatalf("%d test nodes", len(nodes))
	}
	for _, size := range sizes {
		l := Build(s, View{Words: english, W: size[0], H: size[1], Scene: "start"})
		for column, says := range [][]int32{p.Teacher, p.Student, p.Alone} {
			at := answers(l, column)
			if len(at) != len(nodes) {
				t.Fatalf("%v: column %d has %d dots, want %d", size, column, len(at), len(nodes))
			}
			rightmost, leftmost := float32(0), float32(math.Inf(1))
			for _, v := range nodes {
				if x := at[int(v)][0]; says[v] == p.Label[v] {
					rightmost = max(rightmost, x)
				} else {
					leftmost = min(leftmost, x)
				}
			}
			if rightmost >= leftmost {
				t.Errorf("%v: column %d: a right answer at %g, a wrong one at %g", size, column, rightmost, leftmost)
			}
		}
		taught := answers(l, 1)
		for _, v := range nodes {
			for _, w := range nodes {
				only := p.Student[v] == p.Label[v] && p.Alone[v] != p.Label[v]
				both := p.Student[w] == p.Label[w] && p.Alone[w] == p.Label[w]
				if only && both && taught[int(v)][1] > taught[int(w)][1]+0.01 {
					t.Fatalf("%v: node %d, which only the taught one has right, lies below node %d", size, v, w)
				}
			}
		}
	}
}

// TestOneStudent draws a run that has neither teacher nor a second student, as it
// comes over a wire.
func TestOneStudent(t *testing.T) {
	s := *snapshot(t, "mag")
	s.Teacher, s.Lanes = wire.ModelState{}, s.Lanes[len(s.Lanes)-1:]
	s.Predictions.Teacher, s.Predictions.Alone = []int32{}, []int32{}
	l := Build(&s, View{Words: english, W: 800, H: 500, Scene: "start"})
	if n, want := len(answers(l, 1)), len(tests(nil, &s.Predictions)); n != want {
		t.Errorf("the student has %d dots, want %d", n, want)
	}
}

// TestSquares have the areas of the models' numbers of weights.
func TestSquares(t *testing.T) {
	s := snapshot(t, "mag")
	l := Build(s, View{Words: english, W: 760, H: 524, Scene: "start"})
	var areas []float64
	colors := Light.palette().model
	for _, x := range l.Picture.Shapes {
		if x.Kind == Rect && x.Stroke == 0 && slices.Contains(colors[:], x.Color) {
			areas = append(areas, float64((x.X1-x.X0)*(x.Y1-x.Y0)))
		}
	}
	want := []int64{s.Teacher.Params, s.Lanes[1].Model.Params, s.Lanes[0].Model.Params}
	if len(areas) != len(want) {
		t.Fatalf("%d squares, want %d", len(areas), len(want))
	}
	for i := range want {
		if got, want := areas[0]/areas[i], float64(want[0])/float64(want[i]); math.Abs(got/want-1) > 0.01 {
			t.Errorf("square %d is %.2f times smaller, the model %.2f times", i, got, want)
		}
	}
}

// TestFall lets the dots fall out of the squares, and glide from where they were
// when an answer changes.
func TestFall(t *testing.T) {
	s := snapshot(t, "mag")
	v := View{Words: english, W: 760, H: 524, Scene: "start"}
	rest := Build(s, v)
	v.From = new(Crowd)
	l := Build(s, v)
	if !l.Flocking {
		t.Fatal("nothing falls")
	}
	first := int(tests(nil, &s.Predictions)[0])
	for column := range 3 {
		all := answers(l, column)
		for node, at := range all {
			if math.Hypot(float64(at[0]-all[first][0]), float64(at[1]-all[first][1])) > 0.01 {
				t.Fatalf("column %d: node %d begins at %v, not in the square", column, node, at)
			}
		}
	}
	if v.Came = glides + falls; Build(s, v).Flocking {
		t.Error("dots never come to rest")
	}
	if !maps.Equal(answers(Build(s, v), 1), answers(rest, 1)) {
		t.Error("dots rest elsewhere than without motion")
	}
	// One answer more is right.
	other, err := wire.DecodeSnapshot(s.AppendBinary(nil))
	if err != nil {
		t.Fatal(err)
	}
	changed := -1
	for _, n := range tests(nil, &s.Predictions) {
		if s.Predictions.Student[n] != s.Predictions.Label[n] {
			changed = int(n)
			other.Predictions.Student[n] = s.Predictions.Label[n]
			break
		}
	}
	v.From, v.Came = rest.Crowd().Clone(), 0
	start := answers(Build(other, v), 1)[changed]
	if l := Build(other, v); !l.Flocking {
		t.Error("a changed answer does not move")
	}
	if start == answers(Build(other, View{Words: english, W: 760, H: 524, Scene: "start"}), 1)[changed] {
		t.Error("a changed answer is where it goes at once")
	}
	if v.Still = true; Build(other, v).Flocking {
		t.Error("dots move though motion is not wanted")
	}
}

// TestAnswerTip says what each model makes of a node.
func TestAnswerTip(t *testing.T) {
	s := snapshot(t, "mag")
	n := int(tests(nil, &s.Predictions)[3])
	v := View{Words: english, W: 760, H: 524, Scene: "start", Hover: Item{Answer, n, 1}}
	if l := Build(s, v); l.Tip == "" {
		t.Error("a dot has no tooltip")
	}
	want := wire.Subject{Kind: "node", Model: "alone", Layer: s.Lanes[0].Model.Layers - 1, Type: "paper", I: n}
	if got := Subject(s, &v, Item{Answer, n, 2}); got != want {
		t.Errorf("a dot stands for %+v, want %+v", got, want)
	}
}
