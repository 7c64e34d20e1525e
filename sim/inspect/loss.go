package inspect

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/mat"
	"abkd/kd"
	"abkd/sim/wire"
)

// inspectLoss writes down the losses of the last step.
func (now *Moment) loss() ([]wire.Quantity, error) {
	l, err := now.stepped()
	if err != nil {
		return nil, err
	}
	var a arithmetic
	x, s := l.Losses, l.Distiller.Settings()
	alpha := a.scalar("alpha", "settings", "How much of the loss is the teacher's soft labels.", "", s.Alpha)
	rest := a.scalar("1 - alpha", "settings", "How much of it is the true labels.", "1 - alpha = 1 - "+figure(float32(s.Alpha))+" = "+figure(float32(1-s.Alpha)), 1-s.Alpha, alpha)
	ce := a.scalar("CE", "labels", "The cross-entropy with the true labels: the mean over the training nodes of −log of the probability of the right class.", "", x.CE)
	terms := []int{a.scaled("(1 - alpha)·CE", "labels", "What the labels add to the loss.", rest, ce)}
	if s.Alpha > 0 {
		t := a.scalar("temperature", "settings", "How much the teacher's probabilities are flattened.", "", s.Temperature)
		k := a.scalar("KD", "soft labels", "How far the student's probabilities are from the teacher's, both at that temperature, times its square.", "", x.KD, t)
		terms = append(terms, a.scaled("alpha·KD", "soft labels", "What the teacher's soft labels add to the loss.", alpha, k))
	}
	if l.Distiller.Criterion() != nil {
		beta := a.scalar("beta", "settings", "The weight of the criterion.", "", l.Distiller.Beta())
		terms = append(terms, a.scaled("beta·L", l.Criterion, "What the criterion adds to the loss.", beta, a.criterion(l)))
	}
	a.sum("total", "loss", "The loss that the step made smaller.", terms...)
	return a.list, nil
}

// criterion appends the criterion's loss, from its pairs of layers if it has
// any.
func (a *arithmetic) criterion(l *Learner) int {
	text := "The criterion's loss: how different student and teacher are inside."
	c := l.Distiller.Alignment()
	if c.A.Empty() {
		return a.scalar("L", l.Criterion, text, "", l.Losses.Aux)
	}
	uses := []int{
		a.given("A", l.Criterion, "The attention of every pair of layers: teacher layers are rows, student layers are columns.", c.A),
		a.given("D", l.Criterion, "How different the layers of every pair are.", c.D),
	}
	formula, sum := "Σ A·D", 0.0
	if !c.G.Empty() {
		uses = append(uses, a.given("G", l.Criterion, "How badly every pair tells the nodes apart.", c.G))
		formula = "Σ A·(D + G)"
	}
	for k, w := range c.A.Data {
		d := float64(c.D.Data[k])
		if !c.G.Empty() {
			d += float64(c.G.Data[k])
		}
		sum += float64(w) * d
	}
	lt := float64(c.A.Rows)
	if p, ok := l.Distiller.Criterion().(interface{ Parts() kd.Parts }); ok {
		lt = float64(p.Parts().ComparedT)
	}
	return a.scalar("L", l.Criterion, text, "L = "+formula+" / Lt = "+figure(float32(sum))+" / "+figure(float32(lt))+" = "+figure(float32(sum/lt)), sum/lt, uses...)
}

// inspectParam writes down a parameter of a model, or of the criterion, and
// what the last step did to it.
func (now *Moment) param(model, name string) ([]wire.Quantity, error) {
	params, l, err := now.paramsOf(model)
	if err != nil {
		return nil, err
	}
	var p *gnn.Param
	for _, q := range params {
		if q.Name == name {
			p = q
		}
	}
	if p == nil {
		return nil, fmt.Errorf("inspect: the %s has no parameter %q", model, name)
	}
	var a arithmetic
	w := a.given("W", name, "The weights as they are now.", p.W)
	size := a.length("‖W‖", name, "Their norm: the root of the sum of their squares.", w)
	update := mat.Matrix{}
	if _, err := now.stepped(); l != nil && err == nil {
		update = l.Distiller.LastUpdate(p)
	}
	if update.Empty() { // frozen, not trained here, or not yet
		return a.list, nil
	}
	g := a.given("G", name, "The gradient of the last step: where the loss rises.", p.Gradient())
	a.length("‖G‖", name, "Its norm.", g)
	u := a.add("U", name, "What the last step added to the weights: against the gradient, at Adam's pace.", "", update)
	length := a.length("‖U‖", name, "Its norm.", u)
	share := 0.0
	if n := a.number(size); n > 0 {
		share = a.number(length) / n
	}
	a.scalar("‖U‖/‖W‖", name, "How much of the weights the step moved.", "‖U‖/‖W‖ = "+figure(float32(a.number(length)))+" / "+figure(float32(a.number(size)))+" = "+figure(float32(share)), share, length, size)
	return a.list, nil
}

// length appends the norm of all elements of quantity x.
func (a *arithmetic) length(symbol, of, text string, x int) int {
	n := norm(a.value(x))
	return a.scalar(symbol, of, text, symbol+" = sqrt(Σ "+a.list[x].Symbol+"²) = "+figure(float32(n)), n, x)
}

// paramsOf returns the parameters of a model, or of the criterion, and the
// lane that trains them, nil if none does.
func (now *Moment) paramsOf(model string) ([]*gnn.Param, *Learner, error) {
	if model == "criterion" {
		l := now.last()
		c := l.Distiller.Criterion()
		if c == nil {
			return nil, nil, fmt.Errorf("inspect: criterion %s has no parameters", l.Criterion)
		}
		return kd.Weights(c), l, nil
	}
	m, err := now.model(model)
	if err != nil {
		return nil, nil, err
	}
	return m.Params(), now.learner(m), nil
}
