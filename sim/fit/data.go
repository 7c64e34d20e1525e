package fit

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/show"
)

// EmptyParts says which parts of a split have no nodes, and what comes of it.
func EmptyParts(split graph.Split) (all []string) {
	if len(split.Valid) == 0 {
		all = append(all, fmt.Sprintf("split %s has no validation nodes: the weights are those of the last epoch, as there is nothing to choose a better one by", split.Name))
	}
	return append(all, EmptyTest(split)...)
}

// EmptyTest says the same of the test nodes alone.
func EmptyTest(split graph.Split) []string {
	if len(split.Test) > 0 {
		return nil
	}
	return []string{fmt.Sprintf("split %s has no test nodes: the accuracy on them is not known", split.Name)}
}

// SizeText says what in g the defaults of settings follow from.
func SizeText(g *graph.Graph) string {
	edges := 0
	for _, r := range g.Relations {
		edges += len(r.In.Col)
	}
	return fmt.Sprintf("types of nodes: %d, relations: %d, edges: %s, classes: %s", len(g.Types), len(g.Relations), show.Grouped(int64(edges)), show.Grouped(int64(g.Classes)))
}

// Weightless says of a kind of model without weights what out, "" for no file,
// will hold of it; "" for the others.
func Weightless(kind, out string) string {
	switch k, _ := gnn.KindOf(kind); {
	case !k.Untrained:
		return ""
	case out != "":
		return fmt.Sprintf("model %s has no weights: %s will hold its settings, and what it predicts follows from them and the training labels", kind, out)
	}
	return fmt.Sprintf("model %s has no weights: there is nothing to keep", kind)
}
