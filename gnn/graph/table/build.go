package table

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Build makes a draft of tables, each of nodes or of edges, in any order. name
// is that of the graph, "" for what the first file of nodes is called.
func Build(name, format string, tables []Table, o Options) (*Draft, error) {
	d := NewDraft(name, format, o)
	var nodes, edges []*schema
	for _, t := range tables {
		s, err := newSchema(t)
		if err != nil {
			return nil, err
		}
		if s.edges {
			edges = append(edges, s)
		} else {
			nodes = append(nodes, s)
		}
	}
	switch {
	case len(nodes) == 0 && len(edges) == 0:
		return nil, Refuse("there is no file, want one of nodes and one of edges")
	case len(nodes) == 0:
		return nil, Refuse("%s: these are edges alone: give the file of the nodes too, which has their labels", edges[0].called())
	case len(edges) == 0:
		return nil, Refuse("%s: these are nodes alone: give the file of the edges too", nodes[0].called())
	}
	if form := cmp.Or(nodes[0].form, edges[0].form); form != "" {
		d.Format += " in the form of " + form
	}
	if err := chooseColumns(nodes, o); err != nil {
		return nil, err
	}
	for _, s := range slices.Concat(nodes, edges) {
		if err := s.checkForms(); err != nil {
			return nil, err
		}
	}
	d.From = nodes[0].File()
	d.Name = strings.Join(strings.Fields(cmp.Or(name, folder(nodes[0].File()), Stem(nodes[0].File()))), " ") // on one line
	r := &reader{Draft: d}
	for _, s := range nodes {
		if len(nodes) > 1 && s.kind < 0 {
			s.fixedKind = kindOfFile(s.File())
		}
		if err := r.readNodes(s); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(nodes, func(s *schema) bool { return s.kind >= 0 || s.fixedKind != "" }) {
		d.Note("There is no column type: all nodes are of one type, called “node”.")
	}
	for _, s := range edges {
		r.nameEdges(s, len(edges) > 1)
		if err := r.readEdges(s); err != nil {
			return nil, err
		}
	}
	for _, s := range slices.Concat(nodes, edges) {
		d.tell(s)
	}
	return d, nil
}

// checkForms refuses lists where a text is wanted: several labels of a node.
func (s *schema) checkForms() error {
	o, ok := s.Table.(*Objects)
	if !ok {
		return nil
	}
	return o.CheckForms(func(i int) bool {
		return s.columns[i].use != "" && i != s.id && i != s.source && i != s.target && i != s.name // tuples name nodes
	}, func(i int) bool {
		return slices.ContainsFunc(s.features, func(f featureColumn) bool { return f.at == i })
	})
}

// tell notes what became of the columns of s.
func (d *Draft) tell(s *schema) {
	for i := 0; i < len(s.columns); i++ {
		use := Use{s.File(), strings.TrimSpace(s.Columns()[i]), s.columns[i].use}
		first := i
		for use.As == "feature" && i+1 < len(s.columns) && s.columns[i+1].use == use.As {
			i++
		}
		if i > first {
			use.Column, use.As = use.Column+" … "+strings.TrimSpace(s.Columns()[i]), counted(i-first+1, use.As)
		}
		d.Uses = append(d.Uses, use)
	}
	if n, ok := s.Table.(interface{ Notes() []string }); ok {
		d.Note(n.Notes()...)
	}
	if unused := s.unused(); len(unused) > 0 {
		d.Note(s.File() + ": not used: " + Listed(unused) + ".")
	}
}

// folder returns the name of the folder that a file is in, as far as it was
// given.
func folder(file string) string {
	dir := path.Base(path.Dir(file))
	if dir == "." || dir == "/" {
		return ""
	}
	return dir
}

// kindOfFile returns the type of the nodes in a file that has no column for it:
// nodes_paper.csv and paper.csv have papers.
func kindOfFile(file string) string {
	stem := Stem(file)
	for _, word := range []string{"nodes", "node", "vertices"} {
		for _, joint := range []string{"_", "-", "."} {
			if rest, ok := strings.CutPrefix(stem, word+joint); ok && rest != "" {
				return rest
			}
			if rest, ok := strings.CutSuffix(stem, joint+word); ok && rest != "" {
				return rest
			}
		}
	}
	return stem
}

// nameEdges gives the edges of a table the relation and the types that its file
// name says, where no column does: author_writes_paper.csv.
func (r *reader) nameEdges(s *schema, several bool) {
	stem := Stem(s.File())
	for _, joint := range []string{"___", "__", "_", "-"} {
		for _, from := range r.Types {
			for _, to := range r.Types {
				rest, ok := strings.CutPrefix(stem, from.Name+joint)
				rel, too := strings.CutSuffix(rest, joint+to.Name)
				if ok && too && rel != "" && s.fixedRel == "" {
					s.fixedRel, s.fixedEnds = rel, [2]string{from.Name, to.Name}
				}
			}
		}
	}
	if s.fixedRel != "" || !several {
		return
	}
	s.fixedRel = stem
	for _, word := range []string{"edges", "edge", "relationships", "rels"} {
		for _, joint := range []string{"_", "-", "."} {
			if rest, ok := strings.CutPrefix(stem, word+joint); ok && rest != "" {
				s.fixedRel = rest
			}
			if rest, ok := strings.CutSuffix(stem, joint+word); ok && rest != "" {
				s.fixedRel = rest
			}
		}
	}
}
