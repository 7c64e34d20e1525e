package numpy

import (
	"encoding/binary"
	"math"
	"path"
	"slices"
	"strings"

	"abkd/gnn/graph/table"
)

// planetoidParts are what Planetoid's files ind.NAME.PART are called. They are
// pickles: it is what they hold, saved as arrays, that is read.
var planetoidParts = []string{"x", "y", "tx", "ty", "allx", "ally", "graph", "test.index"}

// planetoidPart returns which of them a file is, "" for none.
func planetoidPart(file string) string {
	name := strings.ToLower(path.Base(file))
	rest, ok := strings.CutPrefix(name, "ind.")
	if !ok {
		return ""
	}
	_, part, _ := strings.Cut(rest, ".")
	part = strings.TrimSuffix(strings.TrimSuffix(part, ".npz"), ".npy")
	if !slices.Contains(planetoidParts, part) {
		return ""
	}
	return part
}

// IsPlanetoid reports whether a file is one of them.
func IsPlanetoid(f table.File) bool { return planetoidPart(f.Name) != "" }

// A dense is a matrix of features or of labels, however it was stored.
type dense struct {
	rows, cols int
	data       []float32
}

// dense returns the matrix of a part.
func (r *reader) dense(part string) (d dense, err error) {
	var each func(func(i, j int, v float64) error) error
	name := ""
	for _, e := range r.all {
		if planetoidPart(e.file) != part && e.key != part {
			continue
		}
		if e.key == "indptr" || e.key == "row" {
			m, err := r.sparse("", e.file)
			if err != nil || m == nil {
				return d, err
			}
			d.rows, d.cols, each, name = m.rows, m.cols, m.each, m.name
			break
		}
		if len(e.shape) == 2 && !e.isText() {
			e.taken = true
			d.rows, d.cols, each, name = e.rows(), e.cols(), e.array.each, e.name
			break
		}
	}
	if each == nil {
		return d, table.Refuse("%s: there is no matrix %q: Planetoid's parts x, y, tx, ty, allx, ally, graph and test.index are wanted, as arrays; there are %s", r.Name, part, r.keys())
	}
	if d.cols > 1<<16 || int64(d.rows)*int64(d.cols) > 1<<31 {
		return d, table.Refuse("%s: %d rows of %d columns, want at most %d columns", name, d.rows, d.cols, 1<<16)
	}
	if err := r.memory.Take(4*int64(d.rows)*int64(d.cols), func() string { return name }); err != nil {
		return d, err
	}
	d.data = make([]float32, d.rows*d.cols)
	return d, each(func(i, j int, v float64) error { d.data[i*d.cols+j] = float32(v); return nil })
}

// planetoid puts the parts of Planetoid's files together: allx are the features
// of the first nodes, tx those of the nodes in test.index. The first labels, y,
// are for training and the next 500 for validation.
func (r *reader) planetoid() error {
	var index *entry
	for _, e := range r.all {
		if planetoidPart(e.file) == "test.index" || e.key == "test.index" || e.key == "test_index" {
			index = e
		}
	}
	if index == nil || index.cols() == 0 {
		return nil
	}
	index.taken = true
	var m [5]dense
	for i, part := range []string{"allx", "tx", "ally", "ty", "y"} {
		var err error
		if m[i], err = r.dense(part); err != nil {
			return err
		}
	}
	allx, tx, ally, ty := m[0], m[1], m[2], m[3]
	if allx.cols != tx.cols || ally.cols != ty.cols || allx.rows != ally.rows || tx.rows != ty.rows || index.len() != tx.rows || m[4].rows > ally.rows {
		return table.Refuse("%s: allx is %d × %d, ally %d × %d, tx %d × %d, ty %d × %d, with %d test nodes and %d training ones: they do not fit together",
			index.name, allx.rows, allx.cols, ally.rows, ally.cols, tx.rows, tx.cols, ty.rows, ty.cols, index.len(), m[4].rows)
	}
	nodes, err := testNodes(index, allx.rows)
	if err != nil {
		return err
	}
	n := allx.rows
	for _, v := range nodes {
		n = max(n, v+1)
	}
	if n > 2*(allx.rows+tx.rows)+1000 {
		return table.Refuse("%s: node %d of %d: the numbers of nodes have gaps", index.name, n-1, allx.rows+tx.rows)
	}
	if err := r.memory.Take(4*int64(n)*int64(allx.cols+ally.cols), func() string { return index.name }); err != nil {
		return err
	}
	for _, e := range r.all { // they are no arrays of all nodes
		if part := planetoidPart(e.file); part != "" && part != "graph" && e != index {
			e.key = strings.TrimSuffix(part+" "+e.key, " "+part)
		}
	}
	r.make("x", placed(allx, tx, nodes, n), n)
	r.make("y", placed(ally, ty, nodes, n), n)
	valid := min(500, allx.rows-m[4].rows)
	r.list("train", 0, m[4].rows)
	r.list("valid", m[4].rows, m[4].rows+valid)
	r.SplitNote = "The split is Planetoid’s: the labels in y for training, the next 500 for validation, test.index for testing."
	index.key, index.taken = "test", false
	for _, e := range r.all {
		if planetoidPart(e.file) == "graph" {
			e.key = "edges"
		}
	}
	return nil
}

// testNodes returns the nodes in test.index, none of which is one of the first.
func testNodes(index *entry, first int) (nodes []int, err error) {
	for k := range index.len() {
		v, ok := index.at(k)
		if !ok || v < int64(first) || v > math.MaxInt32 {
			return nil, table.Refuse("%s: entry %d is node %s, want a number from %d on, for the nodes before are in allx", index.name, k, index.textAt(k), first)
		}
		nodes = append(nodes, int(v))
	}
	return nodes, nil
}

// placed returns a matrix of n rows: first those of all, then those of test
// each at its place.
func placed(all, test dense, at []int, n int) dense {
	d := dense{n, all.cols, make([]float32, n*all.cols)}
	copy(d.data, all.data)
	for i, v := range at {
		copy(d.data[v*d.cols:(v+1)*d.cols], test.data[i*d.cols:])
	}
	return d
}

// make adds an array of the matrix d.
func (r *reader) make(key string, d dense, n int) {
	a := &array{name: r.Name + ", " + key, shape: []int{n, d.cols}, kind: 'f', size: 4}
	for _, v := range d.data {
		a.data = binary.LittleEndian.AppendUint32(a.data, math.Float32bits(v))
	}
	r.all = append([]*entry{{array: a, file: r.Name, stem: key, key: key}}, r.without(key)...)
}

// list adds an array of the nodes from lo to hi-1.
func (r *reader) list(key string, lo, hi int) {
	a := &array{name: r.Name + ", " + key, shape: []int{hi - lo}, kind: 'u', size: 4}
	for v := lo; v < hi; v++ {
		a.data = binary.LittleEndian.AppendUint32(a.data, uint32(v))
	}
	r.all = append(r.all, &entry{array: a, file: r.Name, stem: key, key: key})
}

// without returns the arrays that are not called key.
func (r *reader) without(key string) (all []*entry) {
	for _, e := range r.all {
		if e.key != key {
			all = append(all, e)
		}
	}
	return all
}
