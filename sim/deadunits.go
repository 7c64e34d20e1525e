package sim

// DeadUnits returns how many units of the hidden layers of the model of Best
// are 0 for every node of the labelled type, and how many there are. It knows
// of none on a graph that is evaluated layer by layer.
func (r *Run) DeadUnits() (dead, of int) {
	if r.eval.batch == nil {
		return 0, 0
	}
	m, _ := r.Best()
	t := m.Forward(r.eval.batch, nil)
	for _, layer := range t.Layers[:len(t.Layers)-1] {
		alive := make([]bool, layer.Cols)
		for i := range layer.Rows {
			for j, v := range layer.Row(i) {
				alive[j] = alive[j] || v != 0
			}
		}
		for _, a := range alive {
			if of++; !a {
				dead++
			}
		}
	}
	return dead, of
}
