package sim

import (
	"testing"

	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// checkLoss recomputes every loss of the step and their mix.
func (b stepStart) checkLoss(t *testing.T, r *Run) {
	t.Helper()
	list := inspected(t, r, "loss")
	var s wire.Snapshot
	r.Snapshot(&s)
	lt := float64(s.A.Rows)
	byHand(t, list, map[string]hand{
		"1 - alpha":      func(_ *wire.Quantity, u []rows) rows { return one(1 - u[0][0][0]) },
		"(1 - alpha)·CE": scaledByHand, "alpha·KD": scaledByHand, "beta·L": scaledByHand, "total": sumByHand,
		"KD": func(q *wire.Quantity, _ []rows) rows { return wide(mat.Matrix(q.Value)) }, // compared below
		"L": func(_ *wire.Quantity, u []rows) rows {
			sum := 0.0
			for k := range u[0] {
				for c, a := range u[0][k] {
					for _, x := range u[1:] {
						sum += a * x[k][c] / lt
					}
				}
			}
			return one(sum)
		},
	})
	l := r.lanes[1].losses
	total := (1-r.plan.Alpha)*b.ce + r.plan.Beta*l.Aux
	same(t, "CE", find(t, list, "CE", "*"), one(b.ce), 1e-5)
	if r.plan.Alpha > 0 {
		same(t, "KD", find(t, list, "KD", "*"), one(b.kd), 1e-5)
		total += r.plan.Alpha * b.kd
	}
	same(t, "L", find(t, list, "L", "*"), one(l.Aux), 1e-5)
	same(t, "total", find(t, list, "total", "*"), one(total), 1e-5)
}

// W, the gradient and what Adam made of it.
func TestInspectParam(t *testing.T) {
	g := builtIn(t, "karate")
	r := newRun(t, g, "criterion=none&layers=2&hidden=5&dropout=0", Options{})
	m := r.lanes[0].model
	weightsBefore := weights(m)
	z := wide(m.Forward(r.eval.batch, nil).Logits())
	r.Step()
	const name = "layers.1.self.member.bias"
	gradient := rows{make([]float64, g.Classes)} // of the last bias: mean of p - y
	for _, v := range r.split.Train {
		for c, p := range softmaxOf(z[v], 1) {
			if int(g.Labels[v]) == c {
				p--
			}
			gradient[0][c] += p / float64(len(r.split.Train))
		}
	}
	hands := map[string]hand{"‖W‖": lengthByHand, "‖G‖": lengthByHand, "‖U‖": lengthByHand,
		"‖U‖/‖W‖": func(_ *wire.Quantity, u []rows) rows { return one(u[0][0][0] / u[1][0][0]) }}
	list := inspected(t, r, "param student "+name)
	same(t, "G", find(t, list, "G", name), gradient, 1e-5)
	for _, p := range m.Params() {
		list := inspected(t, r, "param student "+p.Name)
		byHand(t, list, hands)
		same(t, "W of "+p.Name, find(t, list, "W", p.Name), wide(p.W), 0)
		update := wide(p.W).and(weightsBefore[p.Name].times(-1))
		same(t, "U of "+p.Name, find(t, list, "U", p.Name), update, 1e-4)
	}
}

// Of what is not trained there is neither gradient nor update.
func TestInspectParamUntrained(t *testing.T) {
	g := builtIn(t, "mag-mini")
	r := newRun(t, g, "frozen=on", Options{Teacher: newTeacher(t, g)})
	teacher, _, _ := r.models()
	if list := inspected(t, r, "param student "+r.lanes[0].model.Params()[0].Name); len(list) != 2 {
		t.Errorf("before the first step %d quantities, want W and its norm", len(list))
	}
	r.Step()
	for subject, want := range map[string]int{
		"param teacher " + teacher.Params()[0].Name:  2,
		"param criterion embedding.teacher.0.weight": 2, // frozen
		"param criterion embedding.student.0.weight": 7,
		"param criterion subspace":                   7,
	} {
		if list := inspected(t, r, subject); len(list) != want {
			t.Errorf("%s: %d quantities, want %d", subject, len(list), want)
		}
	}
}
