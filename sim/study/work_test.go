package study

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"abkd/gnn"
	"abkd/gnn/graph/fingerprint"
	"abkd/internal/crash"
)

// work plans spec on the karate club.
func work(t *testing.T, s Spec, store Store) *Work {
	t.Helper()
	g := karate(t, s)
	w, err := NewWork(s, g, fingerprint.Run(g, g.Splits[0]), store)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// timeless returns the results of w without what is measured.
func timeless(t *testing.T, w *Work) []Result {
	t.Helper()
	results, _, err := w.Results()
	if err != nil {
		t.Fatal(err)
	}
	for i := range results {
		results[i].Seconds = 0
	}
	return results
}

// TestWork runs a study one by one and side by side, and again where nothing is
// left to do.
func TestWork(t *testing.T) {
	s := spec(t, "none", "kd", "kd+abkd")
	s.Methods = append(s.Methods, Method{"abkd", "random", "teacher=untrained"}, Method{"kd", "the same", ""})
	var first []Result
	for _, jobs := range []int{1, 4} {
		store := &Memory{}
		w := work(t, s, store)
		if w.ToDo() != 4+8 { // kd has two names
			t.Errorf("%d runs are to do, want 12", w.ToDo())
		}
		if err := w.Run(t.Context(), jobs); err != nil {
			t.Fatal(err)
		}
		if p, want := w.Progress(), (Progress{12, 12, 2*4 + 8*5, 2*4 + 8*5}); p != want {
			t.Errorf("progress is %+v, want %+v", p, want)
		}
		results := timeless(t, w)
		if first == nil {
			first = results
		}
		if !reflect.DeepEqual(results, first) {
			t.Errorf("with %d jobs the results are\n%+v\nwant\n%+v", jobs, results, first)
		}
		again := work(t, s, store)
		if err := again.Run(t.Context(), jobs); err != nil || again.ToDo() != 0 || again.Finished() != len(again.Cells) {
			t.Errorf("again %d runs are to do (%v), want none", again.ToDo(), err)
		}
		if !reflect.DeepEqual(timeless(t, again), first) {
			t.Error("again the results are others")
		}
	}
}

// A broken store fails to keep, or panics, at one of its calls.
type broken struct {
	Memory
	calls atomic.Int64
	at    int64
	fail  func() error
}

func (b *broken) SaveTeacher(m gnn.Model, r TeacherResult) error {
	if b.calls.Add(1) == b.at {
		return b.fail()
	}
	return b.Memory.SaveTeacher(m, r)
}

func (b *broken) SaveCell(r Result) error {
	if b.calls.Add(1) == b.at {
		return b.fail()
	}
	return b.Memory.SaveCell(r)
}

// TestWorkFails has each run fail in turn: that error is told and no other, a
// panic too, and what is kept can be gone on from.
func TestWorkFails(t *testing.T) {
	s := spec(t, "none", "kd")
	full := errors.New("the disk is full")
	for at := range int64(6) {
		b := &broken{at: at + 1, fail: func() error { return full }}
		if err := work(t, s, b).Run(t.Context(), 3); err != full {
			t.Errorf("with a failure at call %d the error is %v, want that", at+1, err)
		}
		w := work(t, s, b)
		if w.ToDo() == 0 {
			t.Errorf("after a failure at call %d nothing is to do", at+1)
		}
		if err := w.Run(t.Context(), 3); err != nil || w.Finished() != 4 {
			t.Errorf("after a failure at call %d it goes on with %v to %d cells, want 4", at+1, err, w.Finished())
		}
	}
	b := &broken{at: 1, fail: func() error { panic("mat: Mul: 2×3 = 4×5") }}
	err := work(t, s, b).Run(t.Context(), 3)
	if c, ok := errors.AsType[*crash.Error](err); !ok || !strings.Contains(c.Error(), "mat: Mul") {
		t.Errorf("a panic is %v, want a crash", err)
	}
}

// TestWorkEnded ends a study at its first kept run: it goes on from there.
func TestWorkEnded(t *testing.T) {
	s := spec(t, "none", "kd", "abkd")
	ctx, cancel := context.WithCancel(t.Context())
	b := &broken{at: 1, fail: func() error { cancel(); return nil }}
	if err := work(t, s, b).Run(ctx, 1); err != context.Canceled {
		t.Fatalf("ended, the error is %v, want that it was", err)
	}
	w := work(t, s, b)
	if w.Finished() != 0 || w.ToDo() != 2+6 {
		t.Errorf("%d cells are finished and %d runs to do, want 0 and 8", w.Finished(), w.ToDo())
	}
	if err := w.Run(t.Context(), 2); err != nil || w.Finished() != 6 {
		t.Errorf("it goes on with %v to %d cells, want 6", err, w.Finished())
	}
}

// TestMeasure measures each size once.
func TestMeasure(t *testing.T) {
	s := spec(t, "none", "kd")
	store := &Memory{}
	w := work(t, s, store)
	if err := w.Run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	first, err := w.Measure()
	if err != nil || len(first) != 2 || first["teacher 3x8"] <= 0 || first["student 2x4"] <= 0 {
		t.Fatalf("times are %v (%v), want those of 3x8 and 2x4", first, err)
	}
	if again, err := w.Measure(); err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("measured again times are %v (%v), want %v", again, err, first)
	}
}

func TestSizes(t *testing.T) {
	got, err := ParseSizes("2x8, 1x16")
	if err != nil || len(got) != 2 || SizeText(got[0]) != "2x8" || SizeText(got[1]) != "1x16" {
		t.Errorf("sizes are %v (%v)", got, err)
	}
	for _, text := range []string{"", "2", "0x4", "2x0", "-1x4", "2x8,x", "2x8x2", "1000x8", "2x100000"} {
		if got, err := ParseSizes(text); err == nil || !strings.Contains(err.Error(), "want layers x width such as 2x8") {
			t.Errorf("%q is %v (%v), want an error", text, got, err)
		}
	}
}
