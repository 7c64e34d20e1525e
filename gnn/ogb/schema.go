//go:build !js

package ogb

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// A schema says what a data set holds and in which files.
type schema struct {
	countFile string // where the numbers of nodes stand
	countLine int
	types     []nodeType
	target    int
	labels    string // file
	relations []relation
	splitSub  string // folder of the parts within split/NAME
	hasSplit  string // file within split/NAME that says which type is split, "" for none
}

type nodeType struct {
	name                   string
	count                  int
	features, years, names string // files, "" for none
}

type relation struct {
	graph.EdgeType
	folder   string
	directed bool // without a reverse
	reverse  bool // of another relation, which gets it without being told
}

func (s *schema) index(name string) int {
	return slices.IndexFunc(s.types, func(t nodeType) bool { return t.name == name })
}

// isReverse reports whether a relation is what another one's reverse is called.
func (s *schema) isReverse(t graph.EdgeType) bool {
	of, named := strings.CutPrefix(t.Rel, "rev_")
	forward := graph.EdgeType{Src: t.Dst, Rel: of, Dst: t.Src}
	return named && t.Src != t.Dst && slices.ContainsFunc(s.relations, func(r relation) bool { return r.EdgeType == forward })
}

func (r *reader) schema(m meta) (*schema, error) {
	hetero := r.has(nodeDict)
	if m.hetero != nil && *m.hetero != hetero {
		return nil, fmt.Errorf("ogb: meta.csv: is hetero is %s, want %s, for %s %s", title(*m.hetero), title(hetero), nodeDict,
			map[bool]string{true: "is there", false: "is missing"}[hetero])
	}
	if hetero {
		return r.heterogeneous()
	}
	return r.homogeneous(m)
}

func (r *reader) homogeneous(m meta) (*schema, error) {
	n, err := r.number(nodeList, maxNodes)
	if err != nil {
		return nil, err
	}
	t := nodeType{name: "node", count: n, names: r.glob("mapping/nodeidx2*.csv")}
	const features = "raw/node-feat.csv.gz"
	if m.hasFeatures != nil && !*m.hasFeatures {
		r.skip(features, "meta.csv says has_node_attr False")
	} else if t.features, err = r.find(features); err != nil {
		return nil, err
	}
	if m.hasFeatures != nil && *m.hasFeatures && t.features == "" {
		return nil, fmt.Errorf("ogb: %s: is missing, and meta.csv says has_node_attr True", features)
	}
	if t.years, err = r.find("raw/node_year.csv.gz"); err != nil {
		return nil, err
	}
	directed := m.directed != nil && *m.directed
	switch r.Direction {
	case Directed:
		directed = true
	case Undirected:
		directed = false
	default:
		if m.directed == nil {
			r.note(noteEdges, "edges made undirected: no meta.csv says add_inverse_edge")
		}
	}
	return &schema{
		countFile: r.actual(nodeList), countLine: 1, types: []nodeType{t}, labels: "raw/node-label.csv.gz",
		relations: []relation{{graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}, "raw", directed, false}},
	}, nil
}

const (
	hasFeatures = "raw/nodetype-has-feat.csv.gz"
	hasLabels   = "raw/nodetype-has-label.csv.gz"
	triplets    = "raw/triplet-type-list.csv.gz"
)

func (r *reader) heterogeneous() (*schema, error) {
	s := &schema{countFile: r.actual(nodeDict), countLine: 2, target: -1, hasSplit: "nodetype-has-split.csv.gz"}
	if err := r.counts(s); err != nil {
		return nil, err
	}
	feat, err := r.flagsOrFiles(hasFeatures, "raw/node-feat/%s/node-feat.csv.gz", s)
	if err != nil {
		return nil, err
	}
	label, err := r.flagsOrFiles(hasLabels, "raw/node-label/%s/node-label.csv.gz", s)
	if err != nil {
		return nil, err
	}
	for i := range s.types {
		t := &s.types[i]
		if features := "raw/node-feat/" + t.name + "/node-feat.csv.gz"; feat[i] {
			t.features = features
		} else {
			r.skip(features, path.Base(hasFeatures)+" says False")
		}
		if t.years, err = r.find("raw/node-feat/" + t.name + "/node_year.csv.gz"); err != nil {
			return nil, err
		}
		t.names = r.optional("mapping/" + t.name + "_entidx2name.csv.gz")
		if label[i] && s.target >= 0 {
			return nil, fmt.Errorf("ogb: %s: line 2: both %s and %s have labels, want one node type", hasLabels, s.types[s.target].name, t.name)
		}
		if label[i] {
			s.target = i
		} else {
			r.skip("raw/node-label/"+t.name+"/node-label.csv.gz", path.Base(hasLabels)+" says False")
		}
	}
	if s.target < 0 {
		return nil, fmt.Errorf("ogb: %s: line 2: no node type has labels, want one", hasLabels)
	}
	s.labels = "raw/node-label/" + s.types[s.target].name + "/node-label.csv.gz"
	s.splitSub = s.types[s.target].name
	if err := r.relationTypes(s); err != nil {
		return nil, err
	}
	for i := range s.relations {
		rel := &s.relations[i]
		rel.reverse = s.isReverse(rel.EdgeType)
		rel.directed = rel.reverse || rel.Src == rel.Dst && r.Direction == Directed
	}
	return s, nil
}

// flagsOrFiles is flags, but a copy of a data set without that file, as PyTorch
// Geometric leaves one, has a file for each type with True.
func (r *reader) flagsOrFiles(flagFile, pattern string, s *schema) ([]bool, error) {
	file, err := r.find(flagFile)
	if err != nil || file != "" {
		if err != nil {
			return nil, err
		}
		return r.flags(file, s)
	}
	flags := make([]bool, len(s.types))
	for i, t := range s.types {
		name, err := r.find(fmt.Sprintf(pattern, t.name))
		if err != nil {
			return nil, err
		}
		flags[i] = name != ""
	}
	r.note(noteLayout, "%s is missing: the folders there are say which types have them", flagFile)
	return flags, nil
}

// counts reads the node types and how many nodes each has.
func (r *reader) counts(s *schema) error {
	names, values, t, err := r.twoRows(nodeDict)
	if err != nil {
		return err
	}
	if len(names) > maxTypes {
		return fmt.Errorf("ogb: %s: line 1: %d node types, want at most %d", nodeDict, len(names), maxTypes)
	}
	for i, name := range names {
		if err := plain(name); err != nil {
			return fmt.Errorf("ogb: %s: line 1: node type %w", nodeDict, err)
		}
		if s.index(name) >= 0 {
			return fmt.Errorf("ogb: %s: line 1: node type %q stands there twice", nodeDict, name)
		}
		n, ok := looseInt([]byte(values[i]))
		if !ok || n < 0 || n > maxNodes {
			return t.errorf("number of nodes of %s is %s, want 0..%d", name, show.Quote(values[i]), maxNodes)
		}
		s.types = append(s.types, nodeType{name: name, count: int(n)})
	}
	return nil
}

// flags reads a True or False for each node type; a type that is not
// mentioned has False.
func (r *reader) flags(file string, s *schema) ([]bool, error) {
	names, values, t, err := r.twoRows(file)
	if err != nil {
		return nil, err
	}
	flags := make([]bool, len(s.types))
	for i, name := range names {
		k := s.index(name)
		if k < 0 {
			return nil, fmt.Errorf("ogb: %s: line 1: node type %q is not in %s", file, name, s.countFile)
		}
		if flags[k], err = boolean(values[i]); err != nil {
			return nil, t.errorf("value of %s %v", name, err)
		}
	}
	return flags, nil
}

// twoRows reads a file of a header and one row of as many fields.
func (r *reader) twoRows(file string) (names, values []string, t *table, err error) {
	if t, err = r.open(file); err != nil {
		return nil, nil, nil, err
	}
	var rows [2][]string
	n := 0
	for ; t.next(); n++ {
		if n == 2 {
			err = t.errorf("is one too many, want a header and one row")
			break
		}
		rows[n] = fields(t.row)
	}
	if err == nil && t.err == nil && n == 2 && len(rows[0]) != len(rows[1]) {
		err = t.errorf("%d fields, want %d as in the header", len(rows[1]), len(rows[0]))
	}
	return rows[0], rows[1], t, t.done(err, n, 2, "a header and one row")
}

// number reads a file of one integer in 0..most.
func (r *reader) number(file string, most int64) (int, error) {
	t, err := r.open(file)
	if err != nil {
		return 0, err
	}
	var v [1]int64
	n := 0
	for ; err == nil && t.next(); n++ {
		switch err = t.ints(v[:]); {
		case err != nil:
		case n > 0:
			err = t.errorf("is one too many, want one number, of one graph")
		case v[0] < 0 || v[0] > most:
			err = t.errorf("number is %d, want 0..%d", v[0], most)
		}
	}
	return int(v[0]), t.done(err, n, 1, "one number")
}

// relationTypes finds out which relations there are, and checks that each has
// a folder and each folder is of one of them.
func (r *reader) relationTypes(s *schema) error {
	there, err := os.ReadDir(r.path("raw/relations"))
	if err != nil {
		return fileError("raw/relations", err)
	}
	there = slices.DeleteFunc(there, func(d os.DirEntry) bool { return hidden(d.Name()) || !r.isFolder("raw/relations/"+d.Name()) })
	file, err := r.find(triplets)
	switch {
	case err != nil:
		return err
	case file == "":
		return r.relationFolders(s, there)
	}
	folders, err := r.triplets(file, s)
	if err != nil {
		return err
	}
	for _, d := range there {
		if !folders[d.Name()] {
			return fmt.Errorf("ogb: raw/relations/%s: relation is not in %s", d.Name(), file)
		}
	}
	return nil
}

// relationFolders takes the relations from the names of their folders.
func (r *reader) relationFolders(s *schema, there []os.DirEntry) error {
	for _, d := range there { // sorted by name
		f := strings.Split(d.Name(), "___")
		if len(f) != 3 || s.index(f[0]) < 0 || s.index(f[2]) < 0 {
			return fmt.Errorf("ogb: raw/relations/%s: is no folder of a relation, want SOURCE___RELATION___DESTINATION with node types of %s", d.Name(), s.countFile)
		}
		s.relations = append(s.relations, relation{graph.EdgeType{Src: f[0], Rel: f[1], Dst: f[2]}, "raw/relations/" + d.Name(), false, false})
	}
	if len(s.relations) == 0 {
		return fmt.Errorf("ogb: raw/relations: no folder of a relation is there, and %s is missing", triplets)
	}
	r.note(noteLayout, "%s is missing: the folders there are say which relations there are", triplets)
	return nil
}

func (r *reader) isFolder(name string) bool {
	info, err := os.Stat(r.path(name))
	return err == nil && info.IsDir()
}

// triplets reads the relations, and returns the names of their folders.
func (r *reader) triplets(file string, s *schema) (map[string]bool, error) {
	t, err := r.open(file)
	if err != nil {
		return nil, err
	}
	folders := map[string]bool{}
	for err == nil && t.next() {
		f := fields(t.row)
		if len(f) != 3 {
			err = t.errorf("%d fields, want 3: source type, relation, destination type", len(f))
			break
		}
		for _, name := range []string{f[0], f[2]} {
			if err == nil && s.index(name) < 0 {
				err = t.errorf("node type %s is not in %s", show.Quote(name), s.countFile)
			}
		}
		if perr := plain(f[1]); err == nil && perr != nil {
			err = t.errorf("relation %v", perr)
		}
		folder := strings.Join(f, "___")
		if err == nil && folders[folder] {
			err = t.errorf("relation %s stands there twice", folder)
		}
		folders[folder] = true
		s.relations = append(s.relations, relation{graph.EdgeType{Src: f[0], Rel: f[1], Dst: f[2]}, "raw/relations/" + folder, false, false})
	}
	return folders, t.done(err, 0, -1, "")
}

// fields returns the fields of a row of plain words.
func fields(row []byte) []string {
	f := strings.Split(string(row), ",")
	for i := range f {
		f[i] = trimText(f[i])
	}
	return f
}

// optional returns the name under which the file is there, else "".
func (r *reader) optional(name string) string {
	if r.has(name) {
		return r.actual(name)
	}
	return ""
}

// glob returns the first file that matches pattern, gzipped if there is one,
// or "".
func (r *reader) glob(pattern string) string {
	for _, p := range []string{pattern + ".gz", pattern} {
		files, _ := filepath.Glob(filepath.Join(escape(r.dir), filepath.FromSlash(p))) // the pattern is well formed
		if len(files) > 0 {
			return path.Join(path.Dir(p), filepath.Base(files[0]))
		}
	}
	return ""
}

// escape takes the special meaning from the characters of a folder's name.
func escape(dir string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(dir)
}

// plain returns an error unless name can be part of a file name.
func plain(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\:\",\r\n\x00") {
		return fmt.Errorf("is %s, want a plain name", show.Quote(name))
	}
	return nil
}
