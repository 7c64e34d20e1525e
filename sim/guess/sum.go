package guess

import (
	"math"

	"abkd/sim/wire"
)

// mostColumns is among how many numbers of a node's vector one is hidden.
const mostColumns = 8

// A Sum is what a node's vector is the sum of, number by number.
type Sum struct {
	Terms []*wire.Quantity // each a row
	Total []float32
}

// SumOf returns the sum in the arithmetic of a node; ok is false where there is none.
func SumOf(in *wire.Inspection) (s Sum, ok bool) {
	if len(in.Quantities) == 0 {
		return s, false
	}
	sum := &in.Quantities[len(in.Quantities)-1]
	if len(sum.Uses) == 1 { // what the activation makes of it
		if q := &in.Quantities[sum.Uses[0]]; len(q.Uses) > 0 {
			sum = q
		}
	}
	for _, u := range sum.Uses {
		if q := &in.Quantities[u]; q.Value.Rows == 1 && q.Value.Cols == sum.Value.Cols {
			s.Terms = append(s.Terms, q)
		}
	}
	s.Total = sum.Value.Data
	return s, sum.Value.Rows == 1 && len(s.Terms) > 0
}

// Next returns the column to hide: the largest number first, then each after the one
// that was hidden last, -1 for none yet.
func (s *Sum) Next(last int) int {
	n := min(len(s.Total), mostColumns)
	if last >= 0 {
		return (last + 1) % n
	}
	most := 0
	for c := range n {
		if math.Abs(float64(s.Total[c])) > math.Abs(float64(s.Total[most])) {
			most = c
		}
	}
	return most
}

// IsRight reports whether v is the number of that column, to what is shown of its
// terms.
func (s *Sum) IsRight(column int, v float64) bool {
	return math.Abs(v-float64(s.Total[column])) <= Rounding*float64(len(s.Terms)+1)+Slack
}
