package debian

import (
	"maps"
	"slices"
	"strings"

	"abkd/gnn/graph/table"
)

// sources returns the sources in an order that the seed draws, and the packages
// of each.
func (r *reader) sources() (order []string, of map[string][]int32) {
	of = map[string][]int32{}
	for i, s := range r.packages {
		source, _, _ := strings.Cut(s.source, " ") // a version may follow
		if source == "" {
			source = s.name
		}
		of[source] = append(of[source], int32(i))
	}
	order = slices.Sorted(maps.Keys(of))
	random := table.Random(r.o.Seed)
	for i := len(order) - 1; i > 0; i-- {
		j := int(random() * float64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return order, of
}
