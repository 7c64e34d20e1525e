package table

import (
	"slices"
	"strings"
)

// ways are the columns that may say of each edge whether it goes both ways, and
// what their words mean.
var ways = []struct {
	column string
	both   map[string]bool
}{
	{"directed", map[string]bool{"true": false, "1": false, "false": true, "0": true}},
	{"undirected", map[string]bool{"true": true, "1": true, "false": false, "0": false}},
	{"type", map[string]bool{"directed": false, "undirected": true, "mutual": true}}, // as Gephi has it
}

// findWay finds the column that says whether edges go both ways: one of which
// every value says so. Others of these names have relations.
func (s *schema) findWay() error {
	for _, w := range ways {
		at := slices.IndexFunc(s.columns, func(c column) bool { return c.name == w.column && c.use == "" })
		if at < 0 {
			continue
		}
		said, other := false, false
		err := s.Rows(func(_ int, cells []string) error {
			if word := strings.ToLower(strings.TrimSpace(cells[at])); word != "" {
				_, known := w.both[word]
				said, other = said || known, other || !known
			}
			if other {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			return err
		}
		if said && !other {
			s.way, s.ways, s.columns[at].use = at, w.both, "direction of the edge"
			return nil
		}
	}
	return nil
}

// wayOf reports whether the source says that the edge of a row goes both ways.
func (s *schema) wayOf(cells []string) (both, said bool) {
	both, said = s.ways[strings.ToLower(text(cells, s.way))]
	return both, said && s.way >= 0
}
