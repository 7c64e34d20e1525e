package inspect

import (
	"abkd/gnn"
	"abkd/gnn/sample"
)

// DeadUnits returns how many units of the hidden layers of m are 0 for every
// node of the labelled type in the batch b, and how many there are.
func DeadUnits(m gnn.Model, b *sample.Batch) (dead, of int) {
	t := m.Forward(b, nil)
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
