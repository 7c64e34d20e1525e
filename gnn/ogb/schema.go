//go:build !js

package ogb

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/gnn/graph"
)

// A schema says what a data set holds and in which files.
type schema struct {
	countFile string // where the numbers of nodes stand
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
}

func (s *schema) index(name string) int {
	return slices.IndexFunc(s.types, func(t nodeType) bool { return t.name == name })
}

func (r *reader) schema(m meta) (*schema, error) {
	hetero := r.exists(nodeDict)
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
	t := nodeType{name: "node", count: n, features: r.optional("raw/node-feat.csv.gz"), years: r.optional("raw/node_year.csv.gz")}
	t.names = r.glob("mapping/nodeidx2*.csv.gz")
	return &schema{
		countFile: nodeList, types: []nodeType{t}, labels: "raw/node-label.csv.gz",
		relations: []relation{{graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}, "raw", m.directed}},
	}, nil
}

func (r *reader) heterogeneous() (*schema, error) {
	s := &schema{countFile: nodeDict, target: -1, hasSplit: "nodetype-has-split.csv.gz"}
	if err := r.counts(s); err != nil {
		return nil, err
	}
	feat, err := r.flags("raw/nodetype-has-feat.csv.gz", s)
	if err != nil {
		return nil, err
	}
	const hasLabel = "raw/nodetype-has-label.csv.gz"
	label, err := r.flags(hasLabel, s)
	if err != nil {
		return nil, err
	}
	for i := range s.types {
		t := &s.types[i]
		if feat[i] {
			t.features = "raw/node-feat/" + t.name + "/node-feat.csv.gz"
		}
		t.years = r.optional("raw/node-feat/" + t.name + "/node_year.csv.gz")
		t.names = r.optional("mapping/" + t.name + "_entidx2name.csv.gz")
		if label[i] && s.target >= 0 {
			return nil, fmt.Errorf("ogb: %s: line 2: both %s and %s have labels, want one node type", hasLabel, s.types[s.target].name, t.name)
		}
		if label[i] {
			s.target = i
		}
	}
	if s.target < 0 {
		return nil, fmt.Errorf("ogb: %s: line 2: no node type has labels, want one", hasLabel)
	}
	s.labels = "raw/node-label/" + s.types[s.target].name + "/node-label.csv.gz"
	s.splitSub = s.types[s.target].name
	return s, r.triplets(s)
}

// counts reads the node types and how many nodes each has.
func (r *reader) counts(s *schema) error {
	names, values, t, err := r.twoRows(nodeDict)
	if err != nil {
		return err
	}
	for i, name := range names {
		if err := plain(name); err != nil {
			return fmt.Errorf("ogb: %s: line 1: node type %w", nodeDict, err)
		}
		if s.index(name) >= 0 {
			return fmt.Errorf("ogb: %s: line 1: node type %q stands there twice", nodeDict, name)
		}
		n, k, ok := parseInt([]byte(values[i]))
		if !ok || k != len(values[i]) || n < 0 || n > maxNodes {
			return t.errorf("number of nodes of %s is %s, want 0..%d", name, quote([]byte(values[i])), maxNodes)
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
		rows[n] = strings.Split(string(t.row), ",")
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
			err = t.errorf("is one too many, want one number")
		case v[0] < 0 || v[0] > most:
			err = t.errorf("number is %d, want 0..%d", v[0], most)
		}
	}
	return int(v[0]), t.done(err, n, 1, "one number")
}

// triplets reads the relations and checks that each has a folder and each
// folder is of one of them.
func (r *reader) triplets(s *schema) error {
	const file = "raw/triplet-type-list.csv.gz"
	t, err := r.open(file)
	if err != nil {
		return err
	}
	folders := map[string]bool{}
	for err == nil && t.next() {
		f := strings.Split(string(t.row), ",")
		if len(f) != 3 {
			err = t.errorf("%d fields, want 3: source type, relation, destination type", len(f))
			break
		}
		for _, name := range []string{f[0], f[2]} {
			if err == nil && s.index(name) < 0 {
				err = t.errorf("node type %q is not in %s", name, s.countFile)
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
		s.relations = append(s.relations, relation{graph.EdgeType{Src: f[0], Rel: f[1], Dst: f[2]}, "raw/relations/" + folder, false})
	}
	if err := t.done(err, 0, -1, ""); err != nil {
		return err
	}
	there, err := os.ReadDir(filepath.Join(r.dir, "raw", "relations"))
	if err != nil {
		return fileError("raw/relations", err)
	}
	for _, d := range there {
		if d.IsDir() && !folders[d.Name()] {
			return fmt.Errorf("ogb: raw/relations/%s: relation is not in %s", d.Name(), file)
		}
	}
	return nil
}

// optional returns name if the data set has that file, else "".
func (r *reader) optional(name string) string {
	if r.exists(name) {
		return name
	}
	return ""
}

// glob returns the first file that matches pattern, or "".
func (r *reader) glob(pattern string) string {
	files, _ := filepath.Glob(filepath.Join(escape(r.dir), filepath.FromSlash(pattern))) // the pattern is well formed
	if len(files) == 0 {
		return ""
	}
	return pattern[:strings.LastIndexByte(pattern, '/')+1] + filepath.Base(files[0])
}

// escape takes the special meaning from the characters of a folder's name.
func escape(dir string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(dir)
}

// plain returns an error unless name can be part of a file name.
func plain(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\:\",\r\n\x00") {
		return fmt.Errorf("is %s, want a plain name", quote([]byte(name)))
	}
	return nil
}

func boolean(s string) (bool, error) {
	switch s {
	case "True":
		return true, nil
	case "False":
		return false, nil
	}
	return false, fmt.Errorf("is %s, want True or False", quote([]byte(s)))
}

func title(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// A meta holds what meta.csv says, in so far as it matters here.
type meta struct {
	name, split string
	classes     int   // 0 if not said
	hetero      *bool // nil if not said
	directed    bool  // add_inverse_edge is said to be False
}

func (r *reader) meta() (m meta, err error) {
	const file = "meta.csv"
	if !r.exists(file) {
		return m, nil
	}
	text, err := os.ReadFile(filepath.Join(r.dir, file))
	if err != nil {
		return m, fileError(file, err)
	}
	for i, row := range bytes.Split(text, []byte{'\n'}) {
		key, value, _ := strings.Cut(strings.TrimRight(string(row), "\r"), ",")
		var b bool
		switch key {
		case "":
			m.name = cmp.Or(m.name, value)
		case "split":
			m.split = value
		case "num classes":
			n, k, ok := parseInt([]byte(value))
			if !ok || k != len(value) || n < 1 || n > maxNodes {
				err = fmt.Errorf("is %s, want 1..%d", quote([]byte(value)), maxNodes)
			}
			m.classes = int(n)
		case "is hetero":
			b, err = boolean(value)
			m.hetero = &b
		case "add_inverse_edge":
			b, err = boolean(value)
			m.directed = !b
		}
		if err != nil {
			return m, fmt.Errorf("ogb: %s: line %d: %s %w", file, i+1, key, err)
		}
	}
	return m, nil
}
