package summary

import (
	"fmt"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/show"
)

// Unread says what of g a model of that kind does not read, "" if that is
// nothing that the kind is known to do without.
func Unread(name string, g *graph.Graph) string {
	k, known := gnn.KindOf(name)
	if !known || k.Typed || len(g.Types) == 1 && len(g.Relations) <= 1 {
		return ""
	}
	target := g.Types[g.Target].Name
	switch {
	case k.Untrained && k.Steps == 0:
		return fmt.Sprintf("model %s reads the labels of training nodes alone, neither features nor relations", name)
	case k.Untrained:
		return fmt.Sprintf("model %s reads relations and the labels of training nodes, no features", name)
	case k.Steps > 0 && k.Labels:
		return fmt.Sprintf("model %s reads the features of %s alone, and of the other node types their relations", name, target)
	case k.Steps > 0:
		return fmt.Sprintf("model %s reads features of the width of %s's alone: other node types are left out, with their relations", name, target)
	}
	var types, relations list
	read := "the features of " + target
	for i, t := range g.Types {
		if i != g.Target {
			types.add("%s (%s)", t.Name, show.Grouped(int64(t.Count)))
		}
	}
	for _, r := range g.Relations {
		name := fmt.Sprintf("%s %s %s (%s)", r.EdgeType.Src, r.Rel, r.EdgeType.Dst, show.Grouped(int64(len(r.In.Col))))
		if k.Messages && r.Src == g.Target && r.Dst == g.Target {
			read += " and " + strings.TrimSuffix(name, fmt.Sprintf(" (%s)", show.Grouped(int64(len(r.In.Col)))))
			continue
		}
		relations.add("%s", name)
	}
	return fmt.Sprintf("model %s reads %s alone, not the other node types: %s; nor the relations: %s", name, read, types, relations)
}

// A list is words for people, of which many are cut short.
type list []string

func (l *list) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// String implements fmt.Stringer.
func (l list) String() string {
	const enough = 8
	if n := len(l) - enough; n > 1 {
		return strings.Join(l[:enough], ", ") + fmt.Sprintf(" and %d more", n)
	}
	if len(l) == 0 {
		return "none"
	}
	return strings.Join(l, ", ")
}
