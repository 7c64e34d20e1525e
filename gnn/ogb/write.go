//go:build !js

package ogb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"abkd/gnn/graph"
)

// Write writes g to the folder dir, which must be empty or not exist, so that
// Read gives an equal graph. The folder appears when all is written.
//
// Reverse relations are left out, since Read makes them; an undirected
// relation has each edge once. A graph that Read could not give back, such as
// one with a directed relation between two nodes of a type, is an error. A
// graph of the node type "node" and the relation "to" alone is written as a
// homogeneous one.
func Write(dir string, g *graph.Graph) (err error) {
	if err := g.Validate(); err != nil {
		return fmt.Errorf("ogb: %s: %w", dir, err)
	}
	if err := writable(g); err != nil {
		return fmt.Errorf("ogb: %s: %w", dir, err)
	}
	forward, err := forwardRelations(g)
	if err != nil {
		return fmt.Errorf("ogb: %s: %w", dir, err)
	}
	if there, err := os.ReadDir(dir); err == nil && len(there) > 0 {
		return fmt.Errorf("ogb: %s: the folder is not empty", dir)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fileError(dir, err)
	}
	parent, base := filepath.Split(filepath.Clean(dir))
	tmp := filepath.Join(parent, fmt.Sprintf(".%s.%d", base, os.Getpid()))
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return fileError(tmp, err)
	}
	w := &writer{dir: tmp, g: g, forward: forward}
	if w.homogeneous() {
		w.writeHomogeneous()
	} else {
		w.writeHeterogeneous()
	}
	if err = w.err; err == nil {
		err = w.publish(dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return nil
}

// writable returns an error if g lacks a split, or has a name that cannot
// stand in a file or be that of one.
func writable(g *graph.Graph) error {
	if len(g.Splits) == 0 {
		return errors.New("the graph has no split, want one or more")
	}
	if strings.ContainsAny(g.Name, "\r\n") {
		return fmt.Errorf("name of the graph is %q, want it on one line", g.Name)
	}
	for _, t := range g.Types {
		if err := plain(t.Name); err != nil {
			return fmt.Errorf("node type %w", err)
		}
		for i, f := range t.Features.Data {
			if f-f != 0 {
				return fmt.Errorf("feature %d of %s %d is %v, want a finite number", i%t.Features.Cols, t.Name, i/t.Features.Cols, f)
			}
		}
	}
	for _, r := range g.Relations {
		if err := plain(r.Rel); err != nil {
			return fmt.Errorf("relation %w", err)
		}
	}
	for _, s := range g.Splits {
		if err := plain(s.Name); err != nil {
			return fmt.Errorf("split %w", err)
		}
	}
	return nil
}

// forwardRelations returns those relations of g that are no reverse of
// another, or an error if Read could not make g of them.
func forwardRelations(g *graph.Graph) (forward []graph.Relation, err error) {
	back := map[graph.EdgeType]graph.CSR{}
	for _, r := range g.Relations {
		back[r.EdgeType] = r.In
	}
	for _, r := range g.Relations {
		reverse := graph.EdgeType{Src: r.EdgeType.Dst, Rel: "rev_" + r.Rel, Dst: r.EdgeType.Src}
		name, isReverse := strings.CutPrefix(r.Rel, "rev_")
		_, hasForward := back[graph.EdgeType{Src: reverse.Src, Rel: name, Dst: reverse.Dst}]
		if isReverse && hasForward && r.Src != r.Dst {
			continue
		}
		t, _ := graph.Transpose(graph.CSR{}, nil, r.In, g.Types[r.Src].Count)
		in, ok := back[reverse]
		if r.Src == r.Dst {
			in, ok = r.In, true
		}
		undirected := ok && slices.Equal(t.Ptr, in.Ptr) && slices.Equal(t.Col, in.Col)
		if !undirected && (r.EdgeType != homogeneousType || len(g.Types) > 1 || len(g.Relations) > 1) {
			return nil, fmt.Errorf("relation %v has no reverse, want each edge in both directions", r.EdgeType)
		}
		forward = append(forward, r)
	}
	return forward, nil
}

var homogeneousType = graph.EdgeType{Src: "node", Rel: "to", Dst: "node"}

// A writer writes the files of one data set. After an error it does nothing.
type writer struct {
	dir     string
	g       *graph.Graph
	forward []graph.Relation
	err     error
}

func (w *writer) homogeneous() bool {
	return len(w.g.Types) == 1 && len(w.forward) == 1 && w.forward[0].EdgeType == homogeneousType
}

func (w *writer) writeHomogeneous() {
	t, r := w.g.Types[0], w.forward[0]
	back, _ := graph.Transpose(graph.CSR{}, nil, r.In, t.Count)
	undirected := slices.Equal(back.Ptr, r.In.Ptr) && slices.Equal(back.Col, r.In.Col)
	w.meta(false, undirected)
	w.rows(nodeList, 1, func(_ int, b []byte) []byte { return strconv.AppendInt(b, int64(t.Count), 10) })
	w.nodeFiles("raw/node-feat.csv.gz", "raw/node_year.csv.gz", "mapping/nodeidx2name.csv.gz", t)
	w.labels("raw/node-label.csv.gz")
	w.edges("raw", r, undirected)
	w.classNames()
	for _, s := range w.g.Splits {
		w.split("split/"+s.Name, s)
	}
}

func (w *writer) writeHeterogeneous() {
	w.meta(true, false)
	w.perType(nodeDict, func(i int) string { return strconv.Itoa(w.g.Types[i].Count) })
	w.perType("raw/nodetype-has-feat.csv.gz", func(i int) string { return title(!w.g.Types[i].Features.Empty()) })
	target := func(i int) string { return title(i == w.g.Target) }
	w.perType("raw/nodetype-has-label.csv.gz", target)
	w.rows("raw/triplet-type-list.csv.gz", len(w.forward), func(i int, b []byte) []byte {
		t := w.forward[i].EdgeType
		return append(b, t.Src+","+t.Rel+","+t.Dst...)
	})
	for _, t := range w.g.Types {
		feat := "raw/node-feat/" + t.Name
		w.nodeFiles(feat+"/node-feat.csv.gz", feat+"/node_year.csv.gz", "mapping/"+t.Name+"_entidx2name.csv.gz", t)
	}
	name := w.g.Types[w.g.Target].Name
	w.labels("raw/node-label/" + name + "/node-label.csv.gz")
	w.relations()
	w.classNames()
	for _, s := range w.g.Splits {
		w.perType("split/"+s.Name+"/nodetype-has-split.csv.gz", target)
		w.split("split/"+s.Name+"/"+name, s)
	}
}

// relations writes the relations; their types are numbered by name.
func (w *writer) relations() {
	var names []string
	for _, r := range w.forward {
		names = append(names, r.Rel)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	w.table("mapping/relidx2relname.csv.gz", "rel idx,rel name", names)
	for _, r := range w.forward {
		t := r.EdgeType
		folder := "raw/relations/" + t.Src + "___" + t.Rel + "___" + t.Dst
		n := w.edges(folder, r, r.Src == r.Dst)
		k, _ := slices.BinarySearch(names, r.Rel)
		w.rows(folder+"/edge_reltype.csv.gz", n, func(_ int, b []byte) []byte { return strconv.AppendInt(b, int64(k), 10) })
	}
}

// meta writes meta.csv.
func (w *writer) meta(hetero, addInverse bool) {
	if w.err != nil {
		return
	}
	text := fmt.Sprintf(",%s\nnum tasks,1\nnum classes,%d\neval metric,acc\ntask type,multiclass classification\n"+
		"add_inverse_edge,%s\nhas_node_attr,True\nhas_edge_attr,False\nsplit,%s\nis hetero,%s\nbinary,False\n",
		w.g.Name, w.g.Classes, title(addInverse), w.g.Splits[0].Name, title(hetero))
	if err := os.WriteFile(filepath.Join(w.dir, "meta.csv"), []byte(text), 0o666); err != nil {
		w.err = fileError("meta.csv", err)
	}
}

// perType writes a header of node types and one row of values.
func (w *writer) perType(file string, value func(i int) string) {
	w.rows(file, 2, func(row int, b []byte) []byte {
		for i, t := range w.g.Types {
			if i > 0 {
				b = append(b, ',')
			}
			if row == 0 {
				b = append(b, t.Name...)
			} else {
				b = append(b, value(i)...)
			}
		}
		return b
	})
}

func (w *writer) nodeFiles(features, years, names string, t graph.NodeType) {
	if !t.Features.Empty() {
		w.rows(features, t.Count, func(i int, b []byte) []byte {
			for j, f := range t.Features.Row(i) {
				if j > 0 {
					b = append(b, ',')
				}
				b = strconv.AppendFloat(b, float64(f), 'g', -1, 32)
			}
			return b
		})
	}
	if t.Years != nil {
		w.rows(years, t.Count, func(i int, b []byte) []byte { return strconv.AppendInt(b, int64(t.Years[i]), 10) })
	}
	if t.Labels != nil {
		w.table(names, "ent idx,ent name", t.Labels)
	}
}

func (w *writer) classNames() {
	if w.g.ClassNames != nil {
		w.table("mapping/labelidx2name.csv.gz", "label idx,label name", w.g.ClassNames)
	}
}

func (w *writer) labels(file string) {
	w.rows(file, len(w.g.Labels), func(i int, b []byte) []byte {
		if w.g.Labels[i] < 0 {
			return append(b, "nan"...)
		}
		return strconv.AppendInt(b, int64(w.g.Labels[i]), 10)
	})
}

// edges writes the edge list of r by destination, an edge of an undirected
// relation only from the lower node, and returns how many there are.
func (w *writer) edges(folder string, r graph.Relation, undirected bool) (n int) {
	file := w.create(folder + "/edge.csv.gz")
	for d := range r.In.Rows() {
		for _, s := range r.In.Row(d) {
			if undirected && int(s) > d {
				break
			}
			file.line = strconv.AppendInt(file.line, int64(s), 10)
			file.line = append(file.line, ',')
			file.line = strconv.AppendInt(file.line, int64(d), 10)
			file.flush()
			n++
		}
	}
	file.close()
	w.rows(folder+"/num-edge-list.csv.gz", 1, func(_ int, b []byte) []byte { return strconv.AppendInt(b, int64(n), 10) })
	return n
}

func (w *writer) split(folder string, s graph.Split) {
	for p, nodes := range [][]int32{s.Train, s.Valid, s.Test} {
		w.rows(folder+"/"+parts[p]+".csv.gz", len(nodes), func(i int, b []byte) []byte {
			return strconv.AppendInt(b, int64(nodes[i]), 10)
		})
	}
}

// table writes a header and rows of an index and a name in quotes.
func (w *writer) table(file, header string, names []string) {
	w.rows(file, len(names)+1, func(i int, b []byte) []byte {
		if i == 0 {
			return append(b, header...)
		}
		b = strconv.AppendInt(b, int64(i-1), 10)
		return append(b, `,"`+strings.ReplaceAll(names[i-1], `"`, `""`)+`"`...)
	})
}

// rows writes a file of n rows, each of which row appends to b.
func (w *writer) rows(file string, n int, row func(i int, b []byte) []byte) {
	f := w.create(file)
	for i := range n {
		f.line = row(i, f.line)
		f.flush()
	}
	f.close()
}

// publish gives the finished folder its name.
func (w *writer) publish(dir string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) { // an empty folder
		return fileError(dir, err)
	}
	if err := os.Rename(w.dir, dir); err != nil {
		var l *os.LinkError
		if errors.As(err, &l) {
			err = l.Err
		}
		return fmt.Errorf("ogb: %s: %w", dir, err)
	}
	return nil
}
