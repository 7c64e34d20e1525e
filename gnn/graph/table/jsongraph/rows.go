package jsongraph

import (
	"strconv"

	"abkd/gnn/graph/table"
)

// numbered gives nodes without identifiers their places in the list, by which
// links of D3 name them.
func numbered(nodes *table.Objects) {
	for _, name := range []string{"id", "key", "_id", "node_id", "node"} {
		if nodes.Has(name) {
			return
		}
	}
	for i := range nodes.Len() {
		nodes.Set(i, "id", strconv.Itoa(i), table.OneText)
	}
}

// plainEnds takes the identifier of an end of which the whole node is there, as
// D3 leaves it.
func plainEnds(edges *table.Objects) {
	for _, end := range []string{"source", "target"} {
		for _, id := range []string{".id", ".key", ".index"} {
			if edges.Has(end+id) && !edges.Has(end) {
				edges.Rename(end+id, end)
			}
		}
	}
}

// parted returns the nodes and the edges of a list of both: an edge has a
// source.
func parted(file string, all *table.Objects) (nodes, edges *table.Objects) {
	nodes, edges = table.NewObjects(file, "elements"), table.NewObjects(file, "elements")
	for i := range all.Len() {
		part := nodes
		all.Fields(i, func(name, _ string, _ table.Form) {
			if name == "source" {
				part = edges
			}
		})
		part.Begin(i)
		all.Fields(i, func(name, text string, form table.Form) {
			if name != "group" || text != "nodes" && text != "edges" {
				part.Set(part.Len()-1, name, text, form)
			}
		})
	}
	return nodes, edges
}
