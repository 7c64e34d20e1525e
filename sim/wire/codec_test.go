package wire

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// sample is a snapshot in which no two numbers are the same, so that a swap
// of fields shows.
func sampleSnapshot() *Snapshot {
	next := float32(0)
	f := func() float32 { next++; return next + 0.25 }
	model := func() ModelState {
		return ModelState{
			Layers: int(f()), Hidden: int(f()), Params: 1 << 33, EmbeddingParams: int64(f()), Bytes: int64(f()),
			InferMicros: f(), Loss: f(), Train: f(), Valid: f(), Test: f(), BestEpoch: int(f()),
		}
	}
	point := func() Point { return Point{f(), f(), f(), f(), f(), f(), f()} }
	matrix := func(r, c int) Matrix {
		m := Matrix{r, c, make([]float32, r*c)}
		for i := range m.Data {
			m.Data[i] = f()
		}
		return m
	}
	return &Snapshot{
		Phase: Distilling, Running: true, Epoch: 7, Epochs: 90, Step: 2, Steps: 4, Recorded: 11, Hash: 1<<63 + 6, Seed: 1<<63 + 5, Backend: "go", Error: "ünsafe",
		Alpha: f(), Beta: f(), Experiment: "seed=3",
		Teacher: model(),
		Lanes: []Lane{
			{"none", model(), 5, []Point{point(), point()}},
			{"abkd", model(), 0, []Point{}},
		},
		A: matrix(3, 2), D: matrix(3, 2), G: matrix(3, 2),
		Graph: GraphView{
			Types: []string{"paper", "author"}, Relations: []RelationView{{"writes", 1, 0, "author__writes__paper", "writes"}}, Classes: []string{"A", "B"}, Target: 0,
			Nodes: []NodeView{{0, 5, "Ünique", 0, 1, 0, 1}, {1, 9, "", 1, -1, -1, -1}}, Edges: []EdgeView{{0, 1, 0}}, Part: 7,
			TeacherMessages: [][]float32{{f()}, {f()}, {f()}}, StudentMessages: [][]float32{{f()}, {f()}},
			TeacherActs: [][]float32{{f(), f()}, {f()}}, StudentActs: [][]float32{{f()}},
		},
		Changes: []Change{{1, 2, true, Pin{"diagonal"}}, {3, 0, false, Drop{"writes"}}},
		Inspection: Inspection{"node student 1 paper 17", "none", []Quantity{
			{"h", "paper 17", "What comes in.", "", []int{}, matrix(1, 2)},
			{"y", "layer 1", "What comes out.", "relu(h)", []int{0}, matrix(1, 3)},
		}},
		Predictions: Predictions{[]int32{4, 7, 9}, []int32{1, 0, -1}, []int32{0, 2, 3}, []int32{4, 5, 6}, []int32{7, 8, 9}, []int32{10, 11, 12}},
		Focus:       Focused{3, []float32{f(), f()}, []float32{f()}, []float32{f(), f(), f()}},
		Embeddings: []Embedding{
			{"teacher", 2, []int32{4, 6}, []float32{f(), f()}, []float32{f(), f()}, [2]float32{f(), f()}, []Held{{3, 7, 2}, {0, 1, 1}}},
			{"student", 1, []int32{4}, []float32{f()}, []float32{f()}, [2]float32{f(), f()}, []Held{}},
		},
		Smoothness: Smoothness{[]float32{f(), f()}, []float32{f()}},
		Found:      Found{"ni", 9, []FoundNode{{5, "Ünique", 1}, {6, "", -1}}},
		Named:      Named{"4,0", []string{"Ünique", ""}},
		Calibration: Calibration{Reliability{f(), []int32{3, 1}, []float32{f(), f()}, []float32{f(), f()}}, Reliability{Nodes: []int32{}, Confidence: []float32{}, Accuracy: []float32{}},
			Reliability{f(), []int32{7}, []float32{f()}, []float32{f()}}},
		Answers:    Answers{[]string{"On trees", ""}, []float32{f(), f()}, []float32{}, []float32{f()}},
		Attention:  Attention{[]int32{1, 7}, Matrix{2, 6, []float32{f(), f(), f(), f(), f(), f(), f(), f(), f(), f(), f(), f()}}},
		Directions: []Direction{{"teacher", 1, []int32{4, 6}, []float32{f(), f()}, []float32{f(), f()}}, {"student", 0, []int32{}, []float32{}, []float32{}}},
		Neighbours: Neighbours{[]int32{0}, Matrix{1, 2, []float32{f(), f()}}, Matrix{1, 2, []float32{f(), f()}}},
		Activity:   Activity{[]int32{1, 7}, Matrix{2, 3, []float32{f(), f(), f(), f(), f(), f()}}, []float32{f(), f()}},
		Baselines:  []Baseline{{"majority", f(), f()}, {"lp", f(), f()}},
		Remarks:    []Remark{{"features", "paper", f(), f()}, {"tests", "", f(), f()}},
		Questions: []Question{
			{"parts", []string{"1", "0"}, false, "guess.parts", []string{"1"}, []Figure{{"class", "classes", []string{}, []float32{1}}, {"tie", "word", []string{"yes"}, []float32{}}}},
			{"gains", []string{"taught", "alone", "tie"}, true, "", []string{}, []Figure{}},
		},
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	for name, want := range map[string]*Snapshot{"full": sampleSnapshot(), "zero": {}} {
		t.Run("snapshot="+name, func(t *testing.T) {
			b := want.AppendBinary([]byte("before"))
			got, err := DecodeSnapshot(b[len("before"):])
			if err != nil {
				t.Fatal(err)
			}
			if again := got.AppendBinary(nil); !bytes.Equal(again, b[len("before"):]) {
				t.Error("encoding what was decoded gives other bytes")
			}
			if name == "full" && !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// A reader who keeps what it was sent has every snapshot in full: while the run
// goes on, stands still, goes back, takes another way from there or is another.
func TestSnapshotAfter(t *testing.T) {
	curve := func(losses ...float32) []Point {
		h := make([]Point, len(losses))
		for i, x := range losses {
			h[i] = Point{Total: x, Test: 1 / x}
		}
		return h
	}
	both := func(h []Point) [][]Point { return [][]Point{h, h} }
	sent := []struct {
		name   string
		curves [][]Point
		points []int // sent of each lane
	}{
		{"first", both(curve(9, 8)), []int{2, 2}},
		{"longer", both(curve(9, 8, 7, 6)), []int{2, 2}},
		{"same", both(curve(9, 8, 7, 6)), []int{1, 1}},
		{"rewound", both(curve(9, 8)), []int{1, 1}},
		{"otherwise", both(curve(9, 8, 5)), []int{1, 1}},
		{"changed", both(curve(9, 4, 5)), []int{2, 2}},
		{"one-differs", [][]Point{curve(9, 4, 5, 1), curve(9, 4, 2, 1)}, []int{1, 2}},
		{"empty", both(nil), []int{0, 0}},
		{"one-lane", [][]Point{curve(3, 2)}, []int{2}},
		{"two-lanes", both(curve(3, 2, 1)), []int{1, 3}},
	}
	var r CurveReader
	for _, c := range sent {
		t.Run("snapshot="+c.name, func(t *testing.T) {
			s := sampleSnapshot()
			s.Lanes = s.Lanes[:len(c.curves)]
			for i := range s.Lanes {
				s.Lanes[i].Earlier, s.Lanes[i].History = 0, c.curves[i]
			}
			if got := r.Read(t, s); !slices.Equal(got, c.points) {
				t.Errorf("%d points are sent, want %d", got, c.points)
			}
		})
	}
}

// A CurveReader keeps learning curves as the page does.
type CurveReader struct {
	before []Lane // the snapshot before
	curves [][]Point
}

// Read takes s in the form for a reader of the snapshot before, compares what
// it then has with s, and returns how many points of each lane it was sent.
func (r *CurveReader) Read(t *testing.T, s *Snapshot) (points []int) {
	t.Helper()
	want := string(s.AppendBinary(nil))
	got, err := DecodeSnapshot(s.AppendAfter(nil, r.before))
	if err != nil {
		t.Fatal(err)
	}
	if string(s.AppendBinary(nil)) != want {
		t.Error("the snapshot itself has changed")
	}
	r.curves = append(r.curves, make([][]Point, len(got.Lanes))...)[:len(got.Lanes)]
	for i := range got.Lanes {
		l := &got.Lanes[i]
		points = append(points, len(l.History))
		l.History = slices.Concat(r.curves[i][:l.Earlier], l.History)
		l.Earlier, r.curves[i] = 0, l.History
	}
	if string(got.AppendBinary(nil)) != want {
		t.Errorf("the reader has %v, want %v", got.Lanes, s.Lanes)
	}
	r.before = s.Lanes
	return points
}

func TestSnapshotCutShort(t *testing.T) {
	b := sampleSnapshot().AppendBinary(nil)
	for n := range b {
		if _, err := DecodeSnapshot(b[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes were accepted", n, len(b))
		}
	}
	if _, err := DecodeSnapshot(append(b, 0)); err == nil || !strings.Contains(err.Error(), "left over") {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestSnapshotRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Snapshot)
		want  string
	}{
		"relation": {func(s *Snapshot) { s.Graph.Edges[0].Rel = 9 }, "relation of an edge is 9, want 0..0"},
		"edge":     {func(s *Snapshot) { s.Graph.Edges[0].Src = -1 }, "an edge joins nodes -1 and 0, want 0..1"},
		"type":     {func(s *Snapshot) { s.Graph.Nodes[0].Type = 2 }, "type of a node is 2, want 0..1"},
		"ends":     {func(s *Snapshot) { s.Graph.Relations[0].Dst = 2 }, "relation writes joins types 1 and 2, want 0..1"},
		"messages": {func(s *Snapshot) { s.Graph.StudentMessages[0] = nil }, "0 messages in layer 0, want 1"},
		"uses":     {func(s *Snapshot) { s.Inspection.Quantities[1].Uses[0] = 1 }, "quantity 1 uses quantity 1, want one before it"},
		"points":   {func(s *Snapshot) { s.Embeddings[0].X = nil }, "0 and 2 coordinates of layer 2 of the teacher, want 2 (nodes)"},
		"earlier":  {func(s *Snapshot) { s.Lanes[0].Earlier = -1 }, "2 epochs after -1 earlier ones, want the last epoch at least"},
		"last":     {func(s *Snapshot) { s.Lanes[0].History = nil }, "0 epochs after 5 earlier ones, want the last epoch at least"},
		"shapes":   {func(s *Snapshot) { s.D = Matrix{2, 3, make([]float32, 2*3)} }, "A is 3×2 and D is 2×3"},
	} {
		t.Run("spoilt="+name, func(t *testing.T) {
			s := sampleSnapshot()
			c.spoil(s)
			if _, err := DecodeSnapshot(s.AppendBinary(nil)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// What is decoded is written as the bytes that it was read from.
func FuzzDecodeSnapshot(f *testing.F) {
	b := sampleSnapshot().AppendBinary(nil)
	f.Add(b)
	f.Add(b[:len(b)/2])
	huge := bytes.Clone(b)
	for i := 40; i < 60; i++ {
		huge[i] = 0x7f
	}
	f.Add(huge)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeSnapshot(b)
		if err != nil {
			return
		}
		again, err := DecodeSnapshot(s.AppendBinary(nil))
		if err != nil {
			t.Fatalf("what was decoded does not decode again: %v", err)
		}
		if !bytes.Equal(again.AppendBinary(nil), b) {
			t.Errorf("%x becomes %x", b, again.AppendBinary(nil))
		}
	})
}
