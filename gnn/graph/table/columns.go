package table

import (
	"slices"
	"strconv"
	"strings"

	"abkd/internal/show"
)

// A column is one of a table: what it is called in small letters, without the
// type that neo4j-admin and Neptune write behind the name, and that type.
type column struct {
	name  string
	typed string // "id", "float[]", …
	group string // of identifiers: name:ID(group)
	use   string // what it is taken for, "" while it is not used
}

// neoTypes are the types that may stand behind the name of a column.
var neoTypes = map[string]bool{
	"int": true, "long": true, "float": true, "double": true, "boolean": true, "bool": true, "byte": true, "short": true, "char": true,
	"string": true, "date": true, "datetime": true, "localtime": true, "time": true, "localdatetime": true, "duration": true, "point": true,
	"id": true, "start_id": true, "end_id": true, "ignore": true,
}

// newColumn takes the name of a column apart.
func newColumn(written string) column {
	lower := strings.ToLower(strings.TrimSpace(written))
	name, typed, found := strings.Cut(lower, ":")
	if !found {
		return column{name: lower}
	}
	base, group, _ := strings.Cut(typed, "(")
	base = strings.TrimSuffix(base, "[]")
	base, _, _ = strings.Cut(base, "{")
	if !neoTypes[base] {
		return column{name: lower} // such as ":label", or a name with a colon in it
	}
	c := column{name: name, typed: base, group: strings.TrimSuffix(group, ")")}
	if strings.HasSuffix(strings.TrimSuffix(typed, "(single)"), "[]") {
		c.typed += "[]"
	}
	return c
}

// The names that say what a column is, the surest first.
var (
	idNames    = []string{"id", "node_id", "nodeid", "~id", "nid", "node", "key", "_id", "", "unnamed: 0"}
	typeNames  = []string{"type", "node_type", "ntype", "~label", ":label"}
	splitNames = []string{"split"}
	nameNames  = []string{"name", "title"}
	yearNames  = []string{"year", "node_year"}
	maskNames  = [3][]string{{"train_mask"}, {"val_mask", "valid_mask"}, {"test_mask"}}

	// A column called label has the names of nodes where nearly all differ.
	labelNames = []string{"label", "class", "y", "target", "subject", "category", "community", "modularity_class", "club", "group"}

	listNames    = []string{"feat", "feats", "features", "feature", "x", "attr", "embedding", "emb", "vector", "node_feat"}
	seriesNames  = []string{"f", "feat", "feats", "feature", "features", "emb", "embedding", "x", "w", "v", "d", "dim", "attr", "word", ""}
	strictSeries = 7 // as many of them are of features for sure

	endNames = [][2]string{
		{"source", "target"}, {"src", "dst"}, {"src_id", "dst_id"}, {"source_id", "target_id"}, {"source_id", "dest_id"}, {"sourceid", "targetid"},
		{"src", "dest"}, {"source", "destination"}, {"source", "dest"}, {"~from", "~to"}, {"from", "to"}, {"from_id", "to_id"}, {"head", "tail"},
		{"u", "v"}, {"start", "end"}, {"node1", "node2"}, {"source_node", "target_node"}, {"citing", "cited"},
	}
	relationNames   = []string{"relation", "rel", "rel_type", "relation_type", "edge_type", "etype", ":type", "~label", "predicate", "type"}
	sourceTypeNames = []string{"source_type", "src_type", "head_type", "from_type"}
	targetTypeNames = []string{"target_type", "dst_type", "dest_type", "tail_type", "to_type"}
)

// A schema says what the columns of a table are.
type schema struct {
	Table
	columns []column
	edges   bool

	// Places of columns, -1 for none. The first two are also those of the ends
	// of edges.
	id, kind, label, split, name, year int
	masks                              [3]int
	features                           []featureColumn

	source, target, relation, sourceKind, targetKind int

	way  int             // column that says whether an edge goes both ways
	ways map[string]bool // what its words say: true for both ways

	form string // the program that names columns so, "" for none that is known

	fixedKind string    // type of all nodes, where no column has it
	fixedRel  string    // the same for relations
	fixedEnds [2]string // types of the ends, "" for any
}

type featureColumn struct {
	at   int
	list bool // several numbers in one cell
}

// newSchema finds out what the columns of t are.
func newSchema(t Table) (*schema, error) {
	s := &schema{Table: t, id: -1, kind: -1, label: -1, split: -1, name: -1, year: -1, masks: [3]int{-1, -1, -1}, source: -1, target: -1, relation: -1, sourceKind: -1, targetKind: -1, way: -1}
	before := map[string]bool{}
	for _, written := range t.Columns() {
		c := newColumn(written)
		full := strings.ToLower(strings.TrimSpace(written))
		if before[full] && full != "" {
			return nil, Refuse("%s: two columns are called %s: rename one of them", t.File(), show.Quote(strings.TrimSpace(written)))
		}
		before[full] = true
		s.columns = append(s.columns, c)
	}
	s.form = s.formOf()
	if err := s.findEnds(); err != nil || s.edges {
		return s, err
	}
	s.id = s.typedColumn("id", "id")
	if s.id < 0 {
		s.id = s.find("id", idNames)
	}
	if len(t.Columns()) == 0 {
		return nil, Refuse("%s: nothing is in it", t.File())
	}
	if s.id < 0 {
		return nil, Refuse("%s: the header is %s: want a column \"id\" for nodes, or \"source\" and \"target\" for edges", s.called(), Listed(t.Columns()))
	}
	s.kind, s.split = s.find("type", typeNames), s.find("split", splitNames)
	s.year = s.find("year", yearNames)
	for p, names := range maskNames {
		s.masks[p] = s.find("split", names)
	}
	return s, s.findSeries()
}

// formOf tells by the columns which program names them so.
func (s *schema) formOf() string {
	if f, ok := s.Table.(interface{ Form() string }); ok && f.Form() != "" {
		return f.Form()
	}
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			return !slices.ContainsFunc(s.columns, func(c column) bool { return c.name == name || c.name == "" && ":"+c.typed == name })
		})
	}
	typed := slices.ContainsFunc(s.columns, func(c column) bool { return strings.HasSuffix(c.typed, "id") })
	switch {
	case has("~id") || has("~from", "~to"):
		return "Neptune"
	case typed || has(":label") || has(":type"):
		return "neo4j-admin"
	case has("node_id") || has("src_id", "dst_id"):
		return "DGL"
	case has("source_id", "dest_id"):
		return "GraphStorm"
	}
	return ""
}

// called names the file and, where it is known, whose form it has.
func (s *schema) called() string {
	if s.form == "" {
		return s.File()
	}
	return s.File() + " (in the form of " + s.form + ")"
}

// find returns the first column, not used yet, that has one of the names, and
// says what it is used for; -1 if there is none.
func (s *schema) find(use string, names []string) int {
	for _, name := range names {
		for i := range s.columns {
			if c := &s.columns[i]; c.name == name && c.use == "" && (c.typed == "" || !strings.HasSuffix(c.typed, "id") && c.typed != "ignore") {
				c.use = use
				return i
			}
		}
	}
	return -1
}

// typedColumn is find for a type behind the name.
func (s *schema) typedColumn(use, typed string) int {
	for i := range s.columns {
		if c := &s.columns[i]; c.typed == typed && c.use == "" {
			c.use = use
			return i
		}
	}
	return -1
}

// findEnds finds the columns of edges, if they are.
func (s *schema) findEnds() error {
	s.source, s.target = s.typedColumn("source", "start_id"), s.typedColumn("target", "end_id")
	has := func(name string) bool {
		return slices.ContainsFunc(s.columns, func(c column) bool { return c.name == name && c.typed != "id" })
	}
	for _, pair := range endNames {
		if s.source < 0 && s.target < 0 && has(pair[0]) && has(pair[1]) {
			s.source, s.target = s.find("source", pair[:1]), s.find("target", pair[1:])
		}
	}
	if s.source < 0 && s.target < 0 && has("source") && !has("id") {
		s.source = 0 // the message below
	}
	if s.source < 0 != (s.target < 0) {
		missing := "target"
		if s.source < 0 {
			missing = "source"
		}
		return Refuse("%s: there is no column %q: the header is %s", s.called(), missing, Listed(s.Columns()))
	}
	if s.edges = s.source >= 0; s.edges {
		if err := s.findWay(); err != nil {
			return err
		}
		s.relation = s.find("relation", relationNames)
		s.sourceKind, s.targetKind = s.find("type of the source", sourceTypeNames), s.find("type of the target", targetTypeNames)
		s.find("identifier of the edge", []string{"id"})
	}
	return nil
}

// findSeries finds features that stand in columns with numbers: f0, f1, ….
func (s *schema) findSeries() error {
	for k, prefix := range seriesNames {
		at := map[int]int{}
		for i, c := range s.columns {
			digits, ok := strings.CutPrefix(c.name, prefix)
			if prefix != "" {
				digits = strings.TrimLeft(digits, "_-")
			}
			if n, err := strconv.Atoi(digits); ok && err == nil && c.use == "" && n >= 0 && strconv.Itoa(n) == digits {
				at[n] = i
			}
		}
		first := 0
		if _, zero := at[0]; !zero {
			first = 1
		}
		if len(at) == 0 || first == 1 && len(at) == 1 || prefix == "" && len(at) < 2 {
			continue
		}
		var found []featureColumn
		for n := first; n < first+len(at); n++ {
			i, ok := at[n]
			if !ok && k < strictSeries {
				return Refuse("%s: there are %d columns of features and none is %s%d: number them %s0 to %s%d", s.File(), len(at), prefix, n, prefix, prefix, len(at)-1)
			}
			if !ok {
				found = nil
				break
			}
			found = append(found, featureColumn{i, false})
		}
		for _, f := range found {
			s.columns[f.at].use = "feature"
		}
		s.features = append(s.features, found...)
	}
	return nil
}

// addFeature takes the column at i for features.
func (s *schema) addFeature(i int, list bool) {
	s.columns[i].use = "feature"
	if list {
		s.columns[i].use = "features"
	}
	s.features = append(s.features, featureColumn{i, list})
}

// unused returns the names of the columns that nothing is made of.
func (s *schema) unused() (names []string) {
	for i, c := range s.columns {
		if written := strings.TrimSpace(s.Columns()[i]); c.use == "" && written != "" {
			names = append(names, written)
		}
	}
	return names
}
