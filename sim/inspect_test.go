package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"abkd/assets/messages"
	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/sim/inspect"
	"abkd/sim/wire"
)

// inspected makes a run of so many steps and returns what it says of subject.
func inspected(t *testing.T, r *Run, subject string) []wire.Quantity {
	t.Helper()
	if err := inspectText(r, subject); err != nil {
		t.Fatal(err)
	}
	var s wire.Snapshot
	r.Snapshot(&s)
	in := s.Inspection
	if in.Error != "" || in.Subject != subject || len(in.Quantities) == 0 {
		t.Fatalf("inspect %s: subject %q, error %q, %d quantities", subject, in.Subject, in.Error, len(in.Quantities))
	}
	checkWords(t, in.Quantities)
	checkAsRead(t, in.Quantities)
	return in.Quantities
}

// checkWords looks at what holds of every quantity: a sentence, links to what
// stands before it, finite numbers, and a formula that ends in one of them.
func checkWords(t *testing.T, list []wire.Quantity) {
	t.Helper()
	for i, q := range list {
		if q.Symbol == "" || !strings.HasSuffix(q.Text, ".") || q.Value.Empty() {
			t.Errorf("quantity %d is %q: %q of %v", i, q.Symbol, q.Text, q.Value)
		}
		if !messages.IsSaid(q.Text) {
			t.Errorf("quantity %d, %s of %s, is %q, which no message below core. says", i, q.Symbol, q.Of, q.Text)
		}
		for _, u := range q.Uses {
			if u < 0 || u >= i {
				t.Errorf("quantity %d, %s, uses %d", i, q.Symbol, u)
			}
		}
		for _, v := range q.Value.Data {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("quantity %d, %s of %s, has a value %v", i, q.Symbol, q.Of, v)
			}
		}
		if at := strings.LastIndex(q.Formula, " = "); at >= 0 && strings.ContainsAny(q.Formula[at+3:at+4], "-0123456789") && !strings.ContainsAny(q.Formula[at+3:], "·/(") {
			end := q.Formula[at+3:]
			if !slices.ContainsFunc(q.Value.Data, func(v float32) bool { return short(v) == end }) {
				t.Errorf("formula of %s of %s is %q, which ends in none of its values", q.Symbol, q.Of, q.Formula)
			}
		}
	}
}

// find returns the only quantity of that symbol and origin.
func find(t *testing.T, list []wire.Quantity, symbol, of string) mat.Matrix {
	t.Helper()
	at := -1
	for i, q := range list {
		if q.Symbol == symbol && (q.Of == of || of == "*") {
			if at >= 0 && of != "*" {
				t.Fatalf("%s of %s stands twice", symbol, of)
			}
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("there is no %s of %s", symbol, of)
	}
	return mat.Matrix(list[at].Value)
}

func weights(m gnn.Model) map[string]rows {
	w := map[string]rows{}
	for _, p := range m.Params() {
		w[p.Name] = wide(p.W)
	}
	return w
}

func TestInspectRefuses(t *testing.T) {
	r := newRun(t, builtIn(t, "mag-mini"), "", Options{Teacher: newTeacher(t, builtIn(t, "mag-mini")), Baseline: true})
	for text, want := range map[string]string{
		"":                              "subject is",
		"matrix":                        `subject is "matrix", want node, edge`,
		"node student 0 paper":          "node has 3 arguments, want 4",
		"node nobody 0 paper 1":         `model is "nobody"`,
		"node criterion 0 paper 1":      `model is "criterion"`,
		"node student x paper 1":        `"x", want a whole number from 0`,
		"node student 0 book 1":         `node type is "book"`,
		"node student 0 paper 99999":    "paper is 99999, want 0..",
		"node student 0 paper -1":       `"-1", want a whole number`,
		"edge student 0 writes 0":       "edge has 4 arguments, want 5",
		"edge student 0 likes 0 0":      `relation is "likes"`,
		"edge student 0 writes 99999 0": "author is 99999, want 0..",
		"edge student 0 writes 0 99999": "paper is 99999, want 0..",
		"cell 1":                        "cell has 1 arguments, want 2",
		"cell 1 2 3":                    "cell has 3 arguments, want 2",
		"cell a 2":                      `"a", want a whole number`,
		"loss now":                      "loss has 1 arguments, want 0",
		"param student":                 "param has 1 arguments, want 2",
	} {
		if err := inspectText(r, text); err == nil || !strings.Contains(err.Error(), ": command inspect: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("inspect %s: %v, want %q", text, err, want)
		}
	}
	if r.wish.subject != (inspect.Place{}) {
		t.Errorf("after only refusals %q is inspected", r.wish.subject.String())
	}
}

// What the run does not have, or not yet, is said in the inspection.
func TestInspectSaysWhatIsMissing(t *testing.T) {
	g := builtIn(t, "mag-mini")
	fresh := newRun(t, g, "", Options{Teacher: newTeacher(t, g), Baseline: true})
	single := newRun(t, g, "criterion=none", Options{})
	fitnet := newRun(t, g, "criterion=fitnet", Options{Teacher: newTeacher(t, g)})
	teaching := newRun(t, builtIn(t, "karate"), "teach=on&teacher-hidden=8&hidden=4", Options{})
	mlp := newRun(t, g, "model=mlp&criterion=none", Options{})
	for _, r := range []*Run{single, fitnet, teaching, mlp} {
		r.Step()
	}
	for name, c := range map[string]struct {
		r             *Run
		subject, want string
	}{
		"step":      {fresh, "cell 0 0", "no step has been made yet"},
		"loss":      {fresh, "loss", "no step has been made yet"},
		"layer":     {fresh, "node student 2 paper 0", "layer is 2, want 0..1 of the student"},
		"unneeded":  {fresh, "node student 1 author 0", "layer 1 computes nothing for author 0"},
		"edge":      {fresh, "edge student 1 cites 0 0", "no edge of cites goes from paper 0 “"},
		"param":     {fresh, "param student nothing", `the student has no parameter "nothing"`},
		"teacher":   {single, "node teacher 0 paper 0", "this run has no teacher"},
		"alone":     {single, "node alone 0 paper 0", "no student that learns alone"},
		"pairs":     {fitnet, "cell 0 0", "criterion fitnet compares no pairs"},
		"criterion": {single, "param criterion W", "criterion none has no parameters"},
		"student":   {teaching, "node student 0 member 0", "there is no student yet"},
		"messages":  {mlp, "edge student 0 cites 0 1", "a model of kind mlp sends no messages"},
	} {
		t.Run("missing="+name, func(t *testing.T) {
			if err := inspectText(c.r, c.subject); err != nil {
				t.Fatal(err)
			}
			var s wire.Snapshot
			c.r.Snapshot(&s)
			if !strings.Contains(s.Inspection.Error, c.want) || s.Inspection.Quantities != nil {
				t.Errorf("%s: %q, want %q", c.subject, s.Inspection.Error, c.want)
			}
		})
	}
}

// A run of which nothing is asked computes and shows nothing more.
func TestNothingIsShownUnasked(t *testing.T) {
	r, s := viewOf(t, "")
	if len(s.Inspection.Quantities) != 0 || s.Predictions.Label != nil || s.Focus.Student != nil || s.Embeddings != nil || s.Smoothness.Student != nil {
		t.Error("an unasked snapshot shows more than it must")
	}
	if n := testing.AllocsPerRun(5, func() { r.fillWish(s) }); n != 0 {
		t.Errorf("unasked, %g allocations", n)
	}
	if err := inspectText(r, "loss"); err != nil {
		t.Fatal(err)
	}
	if err := inspectText(r, "none"); err != nil {
		t.Fatal(err)
	}
	var after wire.Snapshot
	if r.Snapshot(&after); after.Inspection.Subject != "" {
		t.Errorf("after none %q is inspected", after.Inspection.Subject)
	}
}

// After a rewind the arithmetic is that of the moment when it was first there.
func TestInspectAfterRewind(t *testing.T) {
	s := newSession(t, "begin data=karate&teach=on&teacher-hidden=8&hidden=4&teacher-epochs=2&granularity=per-node", "pause")
	for range 7 {
		do(t, s, "step")
	}
	for _, subject := range []string{"cell 1 0", "loss", "param student layers.0.self.member.weight", "param criterion subspace", "node student 1 member 3"} {
		do(t, s, "inspect "+subject)
		want := snapshot(t, s)
		do(t, s, "step", "step", "step", "rewind 5")
		got := snapshot(t, s)
		if got.Hash != want.Hash || got.Inspection.Error != "" || len(got.Inspection.Quantities) != len(want.Inspection.Quantities) {
			t.Fatalf("%s: after a rewind %q, %d quantities, want %d", subject, got.Inspection.Error, len(got.Inspection.Quantities), len(want.Inspection.Quantities))
		}
		for i, q := range want.Inspection.Quantities {
			if g := got.Inspection.Quantities[i]; !slices.Equal(g.Value.Data, q.Value.Data) || g.Formula != q.Formula {
				t.Fatalf("%s: after a rewind %s of %s is %v, want %v", subject, q.Symbol, q.Of, g.Value.Data, q.Value.Data)
			}
		}
	}
}

// A relation that is dropped and an edge that is cut are out of the arithmetic.
func TestInspectAfterChange(t *testing.T) {
	r, s := viewOf(t, "")
	focus := s.Graph.Nodes[0].ID
	i, err := relationNamed(r.graph, "cites")
	if err != nil {
		t.Fatal(err)
	}
	paper := 0
	for len(r.graph.Relations[i].In.Row(paper)) < 2 {
		paper++
	}
	cited := r.graph.Relations[i].In.Row(paper)[0]
	edge := fmt.Sprintf("edge student 1 cites %d %d", cited, paper)
	inspected(t, r, edge)
	for _, text := range []string{"drop writes", fmt.Sprintf("cut cites %d %d", cited, paper)} {
		if err := changeText(r, text); err != nil {
			t.Fatal(err)
		}
	}
	list := inspected(t, r, fmt.Sprintf("node student 1 paper %d", focus))
	byHand(t, list, graphHands("rgcn", false))
	if m := find(t, list, "m", "writes"); wide(m).squares() != 0 {
		t.Errorf("a relation that is dropped sends %v", m.Data)
	}
	_, _, student := r.models()
	newReference(student, r.now).checkNode(t, list, 1, r.graph.Target, focus)
	list = inspected(t, r, fmt.Sprintf("node student 1 paper %d", paper))
	newReference(student, r.now).checkNode(t, list, 1, r.graph.Target, paper)
	if err := inspectText(r, edge); err != nil {
		t.Fatal(err)
	}
	if r.Snapshot(s); !strings.Contains(s.Inspection.Error, "no edge of cites") {
		t.Errorf("the edge that was cut: %q", s.Inspection.Error)
	}
}
