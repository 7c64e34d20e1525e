package sim

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"abkd/gnn/mat"
)

// sample is a snapshot in which no two numbers are the same, so that a swap
// of fields shows.
func sampleSnapshot() *Snapshot {
	next := float32(0)
	f := func() float32 { next++; return next + 0.25 }
	model := func() ModelState {
		return ModelState{
			Layers: int(f()), Hidden: int(f()), Params: 1 << 33, EmbeddingParams: int(f()), Bytes: int(f()),
			InferMicros: f(), Loss: f(), Train: f(), Valid: f(), Test: f(), BestEpoch: int(f()),
		}
	}
	point := func() Point { return Point{f(), f(), f(), f(), f(), f(), f()} }
	matrix := func(r, c int) mat.Matrix {
		m := mat.New(r, c)
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
			{"none", model(), []Point{point(), point()}},
			{"abkd", model(), []Point{}},
		},
		A: matrix(3, 2), D: matrix(3, 2), G: matrix(3, 2),
		Graph: GraphView{
			Types: []string{"paper", "author"}, Relations: []RelationView{{"writes", 1, 0}}, Classes: []string{"A", "B"}, Target: 0,
			Nodes: []NodeView{{0, 5, 0, 1, 0, 1}, {1, 9, 1, -1, -1, -1}}, Edges: []EdgeView{{0, 1, 0}},
			TeacherMessages: [][]float32{{f()}, {f()}, {f()}}, StudentMessages: [][]float32{{f()}, {f()}},
			TeacherActs: [][]float32{{f(), f()}, {f()}}, StudentActs: [][]float32{{f()}},
		},
		Changes: []Change{{1, 2, "pin diagonal"}, {3, 0, "drop writes"}},
		Inspection: Inspection{"node student 1 paper 17", "none", []Quantity{
			{"h", "paper 17", "What comes in.", "", []int{}, matrix(1, 2)},
			{"y", "layer 1", "What comes out.", "relu(h)", []int{0}, matrix(1, 3)},
		}},
		Predictions: Predictions{[]int32{1, 0, -1}, []int32{0, 2, 3}, []int32{4, 5, 6}, []int32{7, 8, 9}, []int32{10, 11, 12}},
		Focus:       Focused{3, []float32{f(), f()}, []float32{f()}, []float32{f(), f(), f()}},
		Embeddings: []Embedding{
			{"teacher", 2, []int32{4, 6}, []float32{f(), f()}, []float32{f(), f()}, [2]float32{f(), f()}},
			{"student", 1, []int32{4}, []float32{f()}, []float32{f()}, [2]float32{f(), f()}},
		},
		Smoothness: Smoothness{[]float32{f(), f()}, []float32{f()}},
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
		"shapes":   {func(s *Snapshot) { s.D = mat.New(2, 3) }, "A is 3×2 and D is 2×3"},
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
		for _, v := range s.A.Data {
			if math.IsNaN(float64(v)) {
				return // NaN is never equal to itself
			}
		}
		if _, err := DecodeSnapshot(s.AppendBinary(nil)); err != nil {
			t.Errorf("what was decoded does not decode again: %v", err)
		}
	})
}
