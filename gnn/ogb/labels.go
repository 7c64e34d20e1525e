//go:build !js

package ogb

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// classes finds out how many classes there are and what they are called.
func (r *reader) classes(g *graph.Graph, m meta) (err error) {
	g.Classes = m.classes
	file := r.glob("mapping/labelidx2*.csv")
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
// may be written as a float; noLabel says what stands for none.
func (r *reader) labels(g *graph.Graph, s *schema) []task {
	return []task{{s.labels, func() error { return r.readLabels(g, s) }}}
}

func (r *reader) readLabels(g *graph.Graph, s *schema) error {
	t, err := r.open(s.labels)
	if err != nil {
		return err
	}
	t.blanks = true
	count, most := s.types[s.target].count, int32(-1)
	without, written := 0, map[string]bool{}
	g.Labels = make([]int32, 0, min(int64(count), t.most+1))
	for err == nil && t.next() {
		if len(g.Labels) == count && len(bytes.TrimSpace(t.row)) == 0 {
			continue // after the last node
		}
		var y int32
		if y, err = t.label(g.Classes, count); err == nil && len(g.Labels) == count {
			err = t.tooMany(count, s.countFile)
		}
		if y < 0 {
			without++
			written[cmp.Or(string(trimField(t.row)), "an empty row")] = true
		}
		g.Labels = append(g.Labels, y)
		most = max(most, y)
	}
	if err = t.done(err, len(g.Labels), count, s.countFile); err != nil {
		return err
	}
	if without > 0 {
		r.note(noteLabels, "%d of %d nodes of %s have no label (written %s)", without, count, s.types[s.target].name,
			strings.Join(slices.Sorted(maps.Keys(written)), ", "))
	}
	if g.Classes == 0 {
		g.Classes = int(most) + 1
		r.note(noteLabels, "%d classes, for the highest label is %d: neither meta.csv nor mapping says how many", g.Classes, most)
	}
	return nil
}

// label parses the row as a label: one of that many classes or, if their
// number is not known, no more than nodes.
func (t *table) label(classes, nodes int) (int32, error) {
	if y, n, ok := parseInt(t.row); ok && n == len(t.row) && y >= 0 && y < int64(classes) {
		return int32(y), nil
	}
	field := trimField(t.row)
	if noLabel(field) {
		return -1, nil
	}
	if n := bytes.Count(field, comma); n > 0 {
		return 0, t.errorf("%d fields, want 1: several labels of one node (multi-label, as in ogbn-proteins) are not supported, only one class", n+1)
	}
	y, ok := looseInt(field)
	switch {
	case !ok:
		return 0, t.errorf("label is %s, want an integer, or nan for no label%s", show.Quote(field), t.guess())
	case y < 0:
		return 0, t.errorf("label is %d, want 0 or more, or nan for no label", y)
	case classes > 0 && y >= int64(classes):
		return 0, t.errorf("label is %d, want 0..%d for %d classes", y, classes-1, classes)
	case classes == 0 && y >= int64(nodes):
		return 0, t.errorf("label is %d, want 0..%d: nothing says how many classes there are (num classes in meta.csv would), so there are at most as many as nodes", y, nodes-1)
	}
	return int32(y), nil
}

// splits reads every split there is, the default one first.
func (r *reader) splits(g *graph.Graph, s *schema, m meta) error {
	root, there, err := r.splitFolders()
	if err != nil {
		return err
	}
	for _, name := range there {
		if err := graph.CheckSplitName(name); err != nil {
			return fmt.Errorf("ogb: %s/%s: %w: rename the folder", root, name, err)
		}
		split, err := r.split(root+"/"+name, s, g.Labels)
		if err != nil {
			return err
		}
		split.Name = name
		if name == m.split {
			g.Splits = slices.Insert(g.Splits, 0, split)
		} else {
			g.Splits = append(g.Splits, split)
		}
	}
	if m.split != "" && g.Splits[0].Name != m.split {
		return fmt.Errorf("ogb: meta.csv: split is %q, but %s/%s is missing", m.split, root, m.split)
	}
	return nil
}

// splitFolders returns the folder of the splits and the names of those in it,
// sorted.
func (r *reader) splitFolders() (root string, names []string, err error) {
	root = "split"
	if !r.exists(root) && r.exists("raw/split") {
		root = "raw/split"
	}
	there, err := os.ReadDir(r.path(root))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, errors.New("ogb: split: is missing, want a folder split/NAME with train.csv.gz, valid.csv.gz and test.csv.gz, one node a line")
	} else if err != nil {
		return "", nil, fileError(root, err)
	}
	for _, d := range there {
		if !hidden(d.Name()) && r.isFolder(root+"/"+d.Name()) {
			names = append(names, d.Name())
		}
	}
	if len(names) == 0 && r.has(root+"/train.csv.gz") {
		return "", nil, fmt.Errorf("ogb: %s: want train.csv.gz and its like in a folder that has the split's name, such as %s/random", root, root)
	}
	if len(names) == 0 {
		return "", nil, fmt.Errorf("ogb: %s: no split is there, want one or more folders", root)
	}
	return root, names, nil
}

func (r *reader) split(folder string, s *schema, labels []int32) (split graph.Split, err error) {
	target := s.types[s.target]
	if s.hasSplit != "" {
		file := folder + "/" + s.hasSplit
		has, err := r.flagsOrFiles(file, folder+"/%s/train.csv.gz", s)
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
	if err := r.spend(folder, 1, "the nodes of a split", 5*int64(target.count)); err != nil {
		return split, err
	}
	in := make([]uint8, target.count) // 1 + the part that each node is in
	for p, nodes := range []*[]int32{&split.Train, &split.Valid, &split.Test} {
		if *nodes, err = r.part(folder, p, in, target, labels); err != nil {
			return split, err
		}
	}
	return split, nil
}

// maskHint asks about a part of a split that names node 0 or 1 again and has
// named no other one.
func maskHint(i int64, in []uint8) string {
	if i > 1 || bytes.IndexFunc(in[min(2, len(in)):], func(c rune) bool { return c != 0 }) >= 0 {
		return ""
	}
	return ": is it a mask? Want the numbers of its nodes"
}

var parts = [...]string{"train", "valid", "test"}

// part reads the nodes of a part of a split and marks them in in. Those without
// a label, from which nothing can be learned or measured, are left out.
func (r *reader) part(folder string, p int, in []uint8, target nodeType, labels []int32) (nodes []int32, err error) {
	t, err := r.open(folder + "/" + parts[p] + ".csv.gz")
	if err != nil {
		return nil, err
	}
	var v [1]int64
	without := 0
	for err == nil && t.next() {
		err = t.ints(v[:])
		switch i := v[0]; {
		case err != nil:
		case i < 0 || i >= int64(target.count):
			err = t.errorf("node is %s %d, want 0..%d", target.name, i, target.count-1)
		case in[i] != 0:
			err = t.errorf("%s %d is in %s already%s", target.name, i, parts[in[i]-1], maskHint(i, in))
		case labels[i] < 0:
			in[i] = uint8(p + 1)
			without++
		default:
			in[i] = uint8(p + 1)
			nodes = append(nodes, int32(i))
		}
	}
	if without > 0 {
		r.note(noteLabels, "%d of %d nodes of %s have no label and are left out", without, without+len(nodes), t.name)
	}
	return nodes, t.done(err, 0, -1, "")
}
