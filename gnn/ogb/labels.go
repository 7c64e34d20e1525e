//go:build !js

package ogb

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"abkd/gnn/graph"
)

// classes finds out how many classes there are and what they are called.
func (r *reader) classes(g *graph.Graph, m meta) (err error) {
	g.Classes = m.classes
	file := r.glob("mapping/labelidx2*.csv.gz")
	if file == "" {
		return nil
	}
	want := -1
	if m.classes > 0 {
		want = m.classes
	}
	if g.ClassNames, err = r.names(file, want, "num classes of meta.csv"); err != nil {
		return err
	}
	g.Classes = len(g.ClassNames)
	return nil
}

// labels returns the task that reads the class of each target node. A number
// may be written as a float; an empty row or "nan" is a node without a label.
func (r *reader) labels(g *graph.Graph, s *schema) []task {
	return []task{{s.labels, func() error { return r.readLabels(g, s) }}}
}

func (r *reader) readLabels(g *graph.Graph, s *schema) error {
	t, err := r.open(s.labels)
	if err != nil {
		return err
	}
	count := s.types[s.target].count
	classes, most := g.Classes, int32(-1)
	if classes == 0 {
		classes = count // not said anywhere, but no more than nodes
	}
	g.Labels = make([]int32, 0, min(count, 1<<20))
	for err == nil && t.next() {
		var y int32
		if y, err = t.label(classes); err == nil && len(g.Labels) == count {
			err = t.tooMany(count, s.countFile)
		}
		g.Labels = append(g.Labels, y)
		most = max(most, y)
	}
	if g.Classes == 0 {
		g.Classes = int(most) + 1
	}
	return t.done(err, len(g.Labels), count, s.countFile)
}

func (t *table) label(classes int) (int32, error) {
	if len(t.row) == 0 || bytes.EqualFold(t.row, []byte("nan")) {
		return -1, nil
	}
	y, n, ok := parseInt(t.row)
	if !ok {
		var f float32
		f, n, ok = parseFloat(t.row)
		y = int64(f)
		ok = ok && f == float32(y) && f > -1<<24 && f < 1<<24
	}
	switch {
	case n != len(t.row):
		return 0, t.errorf("%d fields, want 1: a label", bytes.Count(t.row, comma)+1)
	case !ok:
		return 0, t.errorf("label is %s, want an integer", quote(t.row))
	case y < 0 || y >= int64(classes):
		return 0, t.errorf("label is %d, want 0..%d", y, classes-1)
	}
	return int32(y), nil
}

// splits reads every split there is, the default one first.
func (r *reader) splits(g *graph.Graph, s *schema, m meta) error {
	root := "split"
	if !r.exists(root) {
		root = "raw/split"
	}
	there, err := os.ReadDir(filepath.Join(r.dir, filepath.FromSlash(root)))
	if err != nil {
		return fileError("split", err)
	}
	for _, d := range there { // sorted by name
		if !d.IsDir() {
			continue
		}
		split, err := r.split(root+"/"+d.Name(), s, g.Labels)
		if err != nil {
			return err
		}
		split.Name = d.Name()
		if split.Name == m.split {
			g.Splits = slices.Insert(g.Splits, 0, split)
		} else {
			g.Splits = append(g.Splits, split)
		}
	}
	if len(g.Splits) == 0 {
		return fmt.Errorf("ogb: %s: no split is there, want one or more folders", root)
	}
	if m.split != "" && g.Splits[0].Name != m.split {
		return fmt.Errorf("ogb: meta.csv: split is %q, but %s/%s is missing", m.split, root, m.split)
	}
	return nil
}

func (r *reader) split(folder string, s *schema, labels []int32) (split graph.Split, err error) {
	target := s.types[s.target]
	if s.hasSplit != "" {
		file := folder + "/" + s.hasSplit
		has, err := r.flags(file, s)
		if err != nil {
			return split, err
		}
		for i, h := range has {
			if h != (i == s.target) {
				return split, fmt.Errorf("ogb: %s: line 2: value of %s is %s, want True for %s alone", file, s.types[i].name, title(h), target.name)
			}
		}
		folder += "/" + s.splitSub
	}
	in := make([]uint8, target.count) // 1 + the part that each node is in
	for p, nodes := range []*[]int32{&split.Train, &split.Valid, &split.Test} {
		if *nodes, err = r.part(folder, p, in, target, labels); err != nil {
			return split, err
		}
	}
	return split, nil
}

var parts = [...]string{"train", "valid", "test"}

// part reads the nodes of a part of a split and marks them in in.
func (r *reader) part(folder string, p int, in []uint8, target nodeType, labels []int32) (nodes []int32, err error) {
	t, err := r.open(folder + "/" + parts[p] + ".csv.gz")
	if err != nil {
		return nil, err
	}
	var v [1]int64
	for err == nil && t.next() {
		err = t.ints(v[:])
		switch i := v[0]; {
		case err != nil:
		case i < 0 || i >= int64(target.count):
			err = t.errorf("node is %s %d, want 0..%d", target.name, i, target.count-1)
		case in[i] != 0:
			err = t.errorf("%s %d is in %s already", target.name, i, parts[in[i]-1])
		case labels[i] < 0:
			err = t.errorf("%s %d has no label", target.name, i)
		default:
			in[i] = uint8(p + 1)
			nodes = append(nodes, int32(i))
		}
	}
	return nodes, t.done(err, 0, -1, "")
}
