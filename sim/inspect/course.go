package inspect

import (
	"math"

	"abkd/gnn"
	"abkd/gnn/sample"
	"abkd/sim/wire"
)

// A Course keeps a row of numbers for each epoch of a run. The zero Course keeps
// none yet.
type Course struct {
	width int
	rows  []float32 // NaN where a row is not known
}

// Keep keeps the row of an epoch, counted from 1, of so many that the run has.
// Rows of another width are dropped.
func (c *Course) Keep(epoch, of int, row []float32) {
	if c.width != len(row) {
		*c = Course{width: len(row)}
	}
	if n := c.width * max(epoch, of); cap(c.rows) < n {
		c.rows = append(make([]float32, 0, n), c.rows...)
	}
	for len(c.rows) < epoch*c.width {
		c.rows = append(c.rows, float32(math.NaN()))
	}
	copy(c.rows[(epoch-1)*c.width:], row)
}

// Over returns the rows of the epochs done, of which it leaves out ever more.
func (c *Course) Over(done int) (epochs []int32, rows wire.Matrix) {
	n := c.width
	if n == 0 {
		return nil, rows
	}
	rows.Cols = n
	for e := 1; e <= min(done, len(c.rows)/n); e++ {
		if e > 64 && e < done {
			e = min(e+e/40, done)
		}
		epochs = append(epochs, int32(e))
		rows.Data = append(rows.Data, c.rows[(e-1)*n:e*n]...)
		rows.Rows++
	}
	return epochs, rows
}

// Activity returns for each unit of the hidden layers of m, one layer after the
// other, the share of the nodes of the labelled type in the batch b for which it
// is not 0. A unit whose share is 0 is dead.
func Activity(m gnn.Model, b *sample.Batch) (shares []float32) {
	t := m.Forward(b, nil)
	for _, layer := range t.Layers[:len(t.Layers)-1] {
		from := len(shares)
		shares = append(shares, make([]float32, layer.Cols)...)
		for i := range layer.Rows {
			for j, v := range layer.Row(i) {
				if v != 0 {
					shares[from+j]++
				}
			}
		}
		for j := from; j < len(shares); j++ {
			shares[j] /= float32(layer.Rows)
		}
	}
	return shares
}

// DeadUnits returns how many units of the hidden layers of m are dead, see
// Activity, and how many there are.
func DeadUnits(m gnn.Model, b *sample.Batch) (dead, of int) {
	shares := Activity(m, b)
	for _, s := range shares {
		if s == 0 {
			dead++
		}
	}
	return dead, len(shares)
}
