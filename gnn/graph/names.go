package graph

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"abkd/internal/show"
)

// What the names of types and relations may have, so that each can be part of
// the name of a file, on any system, and a relation with its types that of a
// folder.
const (
	mostName   = 200 // bytes
	mostFolder = 240
)

// CheckNames refuses a graph with a name that cannot stand in a data set.
func (g *Graph) CheckNames() error {
	for _, line := range []struct{ what, text string }{{"name", g.Name}, {"origin", g.Origin}} {
		if strings.ContainsAny(line.text, "\r\n") {
			return fmt.Errorf("%s of the graph is %s, want it on one line", line.what, show.Quote(line.text))
		}
	}
	for i := range g.Types {
		if err := checkName(g.Types[i].Name); err != nil {
			return fmt.Errorf("node type %w", err)
		}
	}
	for _, r := range g.Relations {
		if err := checkName(r.Rel); err != nil {
			return fmt.Errorf("relation %w", err)
		}
		if n := len(r.EdgeType.Src) + len(r.Rel) + len(r.EdgeType.Dst); n > mostFolder {
			return fmt.Errorf("relation %s has %d bytes with the names of its types, want at most %d: shorten them", show.Quote(r.Rel), n, mostFolder)
		}
	}
	for _, s := range g.Splits {
		if err := checkName(s.Name); err != nil {
			return fmt.Errorf("split %w", err)
		}
		if err := CheckSplitName(s.Name); err != nil {
			return err
		}
	}
	return nil
}

// checkName refuses what cannot be part of the name of a file.
func checkName(name string) error {
	odd := func(r rune) bool { return strings.ContainsRune("/\\:\",", r) || unicode.IsControl(r) }
	if name == "" || name[0] == '.' || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) || strings.TrimSpace(name) != name {
		return fmt.Errorf("is %s, want a plain name: without / \\ : , quotes, line ends and a point in front", show.Quote(name))
	}
	if len(name) > mostName {
		return fmt.Errorf("is %s of %d bytes, want at most %d: shorten it", show.Quote(name), len(name), mostName)
	}
	return nil
}
