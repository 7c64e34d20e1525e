//go:build !js

package ogb

import (
	"cmp"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// A note is a clause of graph.Graph.Notes. Files are read in any order; notes
// have theirs by what they are about.
type note struct {
	about int
	text  string
}

const (
	noteLayout = iota
	noteTask
	noteLabels
	noteEdges
	noteEdgeFeatures
	noteFiles
)

func (r *reader) note(about int, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, note{about, fmt.Sprintf(format, args...)})
}

// skip leaves the file name, if it is there, unread for that reason.
func (r *reader) skip(name, why string) {
	for _, file := range []string{name, unpacked(name)} {
		if r.exists(file) {
			r.use(file)
			r.note(noteFiles, "%s is not read: %s", file, why)
		}
	}
}

// allNotes returns the notes in order, each once.
func (r *reader) allNotes(g *graph.Graph) (all []string) {
	r.noteGraph(g)
	r.noteUnread()
	slices.SortStableFunc(r.notes, func(a, b note) int {
		return cmp.Or(a.about-b.about, strings.Compare(a.text, b.text))
	})
	for _, n := range slices.Compact(r.notes) {
		all = append(all, n.text)
	}
	return all
}

// noteGraph notes what of g nothing computes with.
func (r *reader) noteGraph(g *graph.Graph) {
	var years []string
	for i, t := range g.Types {
		if t.Years != nil {
			years = append(years, t.Name)
		}
		if !t.Features.Empty() {
			if flat(t.Features) {
				r.note(noteLabels, "the features of all %d nodes of %s are the same: they tell none from another", t.Count, t.Name)
			}
			continue
		}
		if n := lonely(g, i); 2*n > t.Count {
			r.note(noteEdges, "%d of %d nodes of %s have neither features nor an edge", n, t.Count, t.Name)
		}
	}
	if len(years) > 0 {
		r.note(noteFiles, "node_year of %s is kept, and no model uses it", strings.Join(years, ", "))
	}
}

// flat reports whether all rows of m, two or more, are the same.
func flat(m mat.Matrix) bool {
	for i := 1; i < m.Rows; i++ {
		if !slices.Equal(m.Row(i), m.Row(0)) {
			return false
		}
	}
	return m.Rows > 1
}

// lonely returns how many nodes of type t have no edge.
func lonely(g *graph.Graph, t int) (n int) {
	met := make([]bool, g.Types[t].Count)
	for i := range g.Relations {
		r := &g.Relations[i]
		for v := 0; r.Dst == t && v < len(met); v++ {
			met[v] = met[v] || r.In.Ptr[v] < r.In.Ptr[v+1]
		}
		for k := 0; r.Src == t && k < len(r.In.Col); k++ {
			met[r.In.Col[k]] = true
		}
	}
	for _, m := range met {
		if !m {
			n++
		}
	}
	return n
}

// noteUnread notes the files under raw and split that were not read.
func (r *reader) noteUnread() {
	const most = 1 << 16 // files that are looked at
	var unread []string
	seen := 0
	for _, root := range []string{"raw", "split"} {
		filepath.WalkDir(r.path(root), func(file string, d fs.DirEntry, err error) error {
			if seen++; err != nil || seen > most { // what cannot be read was not needed
				return filepath.SkipAll
			}
			if hidden(d.Name()) {
				if d.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			name, err := filepath.Rel(r.dir, file)
			if name = filepath.ToSlash(name); err != nil || d.IsDir() || r.used[name] {
				return nil
			}
			if stem(name) == "edge-feat" {
				r.note(noteEdgeFeatures, "edge features are not used")
			} else {
				unread = append(unread, name)
			}
			return nil
		})
	}
	if len(unread) > 0 {
		r.note(noteFiles, "not read: %s", fewOf(unread))
	}
}

// fewOf lists the first of several names.
func fewOf(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
