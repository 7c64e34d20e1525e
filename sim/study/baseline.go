package study

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/sim/setup"
)

// BelowAdvice says what to try on g with a model that is below a baseline, with
// settings called as name says.
func BelowAdvice(g *graph.Graph, name setup.Naming) string {
	for _, t := range g.Types {
		if t.Features.Cols > 0 && !t.Derived {
			return fmt.Sprintf("more %s, %s or %s, another %s, or take the baseline", name("epochs"), name("layers"), name("hidden"), name("lr"))
		}
	}
	return fmt.Sprintf("more %s or %s, or take the baseline: the graph has no features to learn from", name("layers"), name("hidden"))
}
