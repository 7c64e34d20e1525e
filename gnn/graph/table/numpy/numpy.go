package numpy

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
)

// The names of arrays, in small letters, that say what they are.
var (
	edgeNames    = []string{"edge_index", "edges", "edge_list"}
	featureNames = []string{"node_feat", "x", "features", "node_features", "feat", "feats", "attr_matrix"}
	labelNames   = []string{"node_label", "y", "labels", "label", "node_labels", "node-label"}
	yearNames    = []string{"node_year", "year"}
	nameNames    = []string{"node_names", "names", "name"}
	classNames   = []string{"class_names", "label_names"}
	countNames   = []string{"num_nodes", "num_nodes_list"}
	partNames    = [3][]string{
		{"train", "train_idx", "train_index", "idx_train", "train_mask", "train_masks"},
		{"valid", "val", "val_idx", "valid_idx", "val_index", "idx_val", "val_mask", "valid_mask", "val_masks", "valid_masks"},
		{"test", "test_idx", "test_index", "idx_test", "test_mask", "test_masks"},
	}
	// Archives of arrays by types of nodes.
	typedStems = []string{"num_nodes_dict", "edge_index_dict", "node_feat", "node_feat_dict", "node_year", "node_year_dict", "node-label", "node_label", "node_label_dict"}
	parts      = [...]string{"train", "valid", "test"}
)

// isRole reports whether arrays of that name are read.
func isRole(key string) bool {
	for _, names := range append([][]string{edgeNames, featureNames, labelNames, yearNames, countNames}, partNames[:]...) {
		if slices.Contains(names, strings.ToLower(key)) {
			return true
		}
	}
	return false
}

// Read makes a draft of the arrays in files.
func Read(files []table.File, o table.Options) (*table.Draft, error) {
	r := &reader{set: &set{memory: o.Memory, width: o.MostWidth()}, o: o}
	r.Draft = table.NewDraft(graphName(files), "arrays of NumPy", o)
	for _, f := range files {
		if r.skips(f) {
			r.Note(f.Name + ": not read.")
			continue
		}
		if err := r.open(f); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{r.planetoid, r.nodes, r.edges, r.labels, r.splits} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.noteUnused()
	return r.Draft, nil
}

// graphName returns the name of the folder, or of the first file.
func graphName(files []table.File) string {
	if first, _, in := strings.Cut(files[0].Name, "/"); in {
		return first
	}
	return table.Stem(files[0].Name)
}

// skips reports whether a file of a data set is beside the arrays.
func (r *reader) skips(f table.File) bool {
	if IsPlanetoid(f) {
		return false
	}
	stem, ext := strings.ToLower(table.Stem(f.Name)), strings.ToLower(path.Ext(f.Name))
	switch ext {
	case ".npz", ".npy":
		return false
	case ".pt", ".pth":
		return !strings.Contains(stem, "split") || r.o.Shares != [3]int{}
	}
	return !slices.Contains(parts[:], stem) && stem != "val"
}

type reader struct {
	*table.Draft
	*set
	o table.Options
}

// find returns the first array of one of the names, of a type of nodes or of
// all, nil for none.
func (s *set) find(names []string, kind string) *entry {
	for _, name := range names {
		for _, e := range s.all {
			role, of := e.role()
			if role == name && of == kind && e.kind != 'O' {
				e.taken = true
				return e
			}
		}
	}
	return nil
}

// role says what an array is by its name, and of which type or relation it is,
// "" for the only one.
func (e *entry) role() (role, of string) {
	stem := strings.ReplaceAll(strings.TrimSuffix(e.stem, "_dict"), "-", "_")
	if slices.Contains(typedStems, e.stem) && strings.ReplaceAll(e.key, "-", "_") != stem {
		return stem, e.key
	}
	return e.key, ""
}

// typed returns the types or relations that arrays of a role are of.
func (s *set) typed(role string) (all []string) {
	for _, e := range s.all {
		if r, of := e.role(); r == role && of != "" && !slices.Contains(all, of) {
			all = append(all, of)
		}
	}
	slices.Sort(all)
	return all
}

// kinds returns the types of nodes, "" for the only one.
func (r *reader) kinds() []string {
	all := r.typed("num_nodes")
	for _, t := range r.typed("edge_index") {
		if ends := strings.Split(t, "___"); len(ends) == 3 {
			all = append(all, ends[0], ends[2])
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == 0 {
		return []string{""}
	}
	return all
}

func kindName(kind string) string {
	if kind == "" {
		return "node"
	}
	return kind
}

// A size is how many nodes of a type there are, and what says so.
type size struct {
	kind, whose string
	n           int
}

// is takes the word of an array on the size.
func (z *size) is(n int, whose string) error {
	if z.whose != "" && n != z.n {
		return table.Refuse("%s has %d rows, but %s says %d nodes of %s", whose, n, z.whose, z.n, z.kind)
	}
	z.n, z.whose = n, whose
	return nil
}

// nodes makes the types with their features, names and years.
func (r *reader) nodes() error {
	for _, kind := range r.kinds() {
		_, t, err := r.Type(kindName(kind), r.Name)
		if err != nil {
			return err
		}
		x := r.find(featureNames, kind)
		wide, err := r.wide(kind)
		if err != nil {
			return err
		}
		z, err := r.size(kind, x, wide)
		if err == nil {
			err = r.AddNodes(t, z.n, func() string { return z.whose })
		}
		switch {
		case err != nil:
		case x != nil:
			err = r.features(t, x.rows(), x.cols(), x.name, x.each)
		case wide != nil:
			err = r.features(t, wide.rows, wide.cols, wide.name, wide.each)
		}
		if err == nil {
			err = r.describe(t, kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// size finds out how many nodes of a type there are: all that says so must
// agree, and where nothing does, the edges do.
func (r *reader) size(kind string, x *entry, wide *sparse) (z size, err error) {
	z.kind = kindName(kind)
	if c := r.find(countNames, kind); c != nil {
		n, ok := int64(-1), false
		if c.len() == 1 {
			n, ok = c.at(0)
		}
		if !ok || n < 0 || n > math.MaxInt32 {
			return z, table.Refuse("%s: want the number of nodes of one graph, there are %d numbers", c.name, c.len())
		}
		err = z.is(int(n), c.name)
	}
	if err == nil && x != nil {
		err = z.is(x.rows(), x.name)
	}
	if err == nil && wide != nil {
		err = z.is(wide.rows, wide.name)
	}
	if y := r.find(labelNames, kind); err == nil && y != nil {
		err = z.is(y.rows(), y.name)
	}
	if err == nil && z.whose == "" {
		z.n, z.whose, err = r.highest(kind)
	}
	return z, err
}

// wide returns the sparse matrix of features, nil for none.
func (r *reader) wide(kind string) (*sparse, error) {
	if kind != "" {
		return nil, nil
	}
	if m, err := r.sparse("attr_", ""); m != nil || err != nil {
		return m, err
	}
	for _, e := range r.all {
		if e.key == "indptr" && (strings.Contains(e.stem, "feat") || strings.Contains(e.stem, "attr") || e.stem == "x") {
			return r.sparse("", e.file)
		}
	}
	return nil, nil
}

// features sets the features of a type to the elements that each calls back
// with.
func (r *reader) features(t *table.Nodes, rows, cols int, name string, each func(func(i, j int, v float64) error) error) error {
	if cols < 1 || cols > r.width || int64(rows)*int64(cols) > 1<<33 {
		return table.Refuse("%s: %d rows of %d features, want 1..%d features", name, rows, cols, r.width)
	}
	if err := r.memory.Take(4*int64(rows)*int64(cols), func() string { return name }); err != nil {
		return err
	}
	t.Width, t.Features = cols, make([]float32, rows*cols)
	return each(func(i, j int, v float64) error {
		if !(math.Abs(v) <= graph.MaxFeature) {
			return table.Refuse("%s: feature %d of node %d is %v, want %s", name, j, i, v, graph.FeatureRange)
		}
		t.Features[i*cols+j] = float32(v)
		return nil
	})
}

// describe gives the nodes of a type names and years, where there are.
func (r *reader) describe(t *table.Nodes, kind string) error {
	if names := r.find(nameNames, kind); names != nil && names.isText() && names.len() == t.Count {
		for i := range t.Count {
			t.Names = append(t.Names, names.textAt(i))
		}
	}
	years := r.find(yearNames, kind)
	if years == nil {
		return nil
	}
	if years.len() != t.Count {
		return table.Refuse("%s: %d years of %d nodes, want one each", years.name, years.len(), t.Count)
	}
	for i := range t.Count {
		v, ok := years.at(i)
		if !ok || v < math.MinInt32 || v > math.MaxInt32 {
			return table.Refuse("%s: the year of node %d is %s, want a whole number", years.name, i, years.textAt(i))
		}
		t.Years = append(t.Years, int32(v))
		t.Dated++
	}
	return nil
}

// noteUnused notes the arrays that nothing was made of.
func (r *reader) noteUnused() {
	var unused []string
	for _, e := range r.all {
		as := ""
		if e.taken {
			as, _ = e.role()
		} else {
			unused = append(unused, e.name)
		}
		r.Uses = append(r.Uses, table.Use{File: e.file, Column: e.key, As: as})
	}
	if len(unused) > 0 {
		r.Note("Not used: " + table.Listed(unused) + fmt.Sprintf(" (%d of %d arrays).", len(unused), len(r.all)))
	}
}
