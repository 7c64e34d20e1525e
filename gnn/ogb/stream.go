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

	"abkd/gnn/file"
	"abkd/gnn/graph"
)

// A Stream is a data set to write whose large parts are asked for one at a
// time, so that it need not be in memory as a whole.
type Stream struct {
	// Graph is the data set without its relations. Of Features only the width,
	// Cols, is looked at.
	Graph *graph.Graph
	// Features sets x to the features of nodes lo to hi-1 of type t. It is
	// called by several goroutines; lo is a multiple of 256.
	Features func(t, lo, hi int, x []float32)
	// Relations are written in this order. Out returns the edges of relation i
	// by their source: row u lists the destinations of u. It is called once for
	// each.
	Relations []graph.EdgeType
	Out       func(i int) graph.CSR
	// Directed says that a homogeneous graph gets no reverse edges when it is
	// read.
	Directed bool
	// Name, if not nil, names node i of type t, in place of the Labels of the
	// types. It is called by several goroutines.
	Name func(t, i int) string
	// Release, if not "", makes the files exactly those of OGBN-Mag: it is the
	// text of RELEASE_v2.txt, and there is no meta.csv. Features have four
	// decimals.
	Release string
}

// WriteStream writes s to the folder dir, which must be empty or not exist.
// The folder appears when all is written. The files do not depend on how many
// goroutines write them. progress, if not nil, is told how many rows of a file
// have been written; it is called by one goroutine at a time.
func WriteStream(dir string, s *Stream, progress func(file string, done, total int64)) error {
	f, err := file.NewFolder(dir)
	if err != nil {
		return fileError(dir, err)
	}
	w := &writer{Stream: s, dir: f.Path, progress: progress}
	if w.homogeneous() {
		w.writeHomogeneous()
	} else {
		w.writeHeterogeneous()
	}
	if w.err != nil {
		return errors.Join(w.err, f.Discard())
	}
	if err := f.Commit(); err != nil {
		return fileError(dir, err)
	}
	return nil
}

// A writer writes the files of one data set. After an error it does nothing.
type writer struct {
	*Stream
	dir      string
	progress func(file string, done, total int64)
	err      error
}

func (w *writer) homogeneous() bool {
	return len(w.Graph.Types) == 1 && len(w.Relations) == 1 && w.Relations[0] == homogeneousType
}

func (w *writer) writeHomogeneous() {
	w.meta(false, !w.Directed)
	w.rows(nodeList, 1, func(_ int, b []byte) []byte { return strconv.AppendInt(b, int64(w.Graph.Types[0].Count), 10) })
	w.nodeFiles(0, "raw/node-feat.csv.gz", "raw/node_year.csv.gz", "mapping/nodeidx2name.csv.gz")
	w.labels("raw/node-label.csv.gz")
	w.edges("raw", w.Out(0))
	w.classNames("name")
	for _, s := range w.Graph.Splits {
		w.split("split/"+s.Name, s)
	}
}

func (w *writer) writeHeterogeneous() {
	g := w.Graph
	classes := "name"
	if w.Release == "" {
		w.meta(true, false)
	} else {
		classes = "venuename"
		w.text("RELEASE_v2.txt", w.Release)
	}
	w.perType(nodeDict, func(i int) string { return strconv.Itoa(g.Types[i].Count) })
	w.perType("raw/nodetype-has-feat.csv.gz", func(i int) string { return title(g.Types[i].Features.Cols > 0) })
	target := func(i int) string { return title(i == g.Target) }
	w.perType("raw/nodetype-has-label.csv.gz", target)
	w.rows("raw/triplet-type-list.csv.gz", len(w.Relations), func(i int, b []byte) []byte {
		t := w.Relations[i]
		return append(b, t.Src+","+t.Rel+","+t.Dst...)
	})
	for i, t := range g.Types {
		feat := "raw/node-feat/" + t.Name
		w.nodeFiles(i, feat+"/node-feat.csv.gz", feat+"/node_year.csv.gz", "mapping/"+t.Name+"_entidx2name.csv.gz")
	}
	name := g.Types[g.Target].Name
	w.labels("raw/node-label/" + name + "/node-label.csv.gz")
	w.relations()
	w.classNames(classes)
	for _, s := range g.Splits {
		w.perType("split/"+s.Name+"/nodetype-has-split.csv.gz", target)
		w.split("split/"+s.Name+"/"+name, s)
	}
}

// relations writes the relations; their types are numbered by name.
func (w *writer) relations() {
	var names []string
	for _, t := range w.Relations {
		names = append(names, t.Rel)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	w.rows("mapping/relidx2relname.csv.gz", len(names)+1, func(i int, b []byte) []byte {
		if i == 0 {
			return append(b, "rel idx,rel name"...)
		}
		return append(strconv.AppendInt(b, int64(i-1), 10), ","+names[i-1]...)
	})
	for i, t := range w.Relations {
		if w.err != nil {
			return
		}
		folder := "raw/relations/" + t.Src + "___" + t.Rel + "___" + t.Dst
		n := w.edges(folder, w.Out(i))
		k, _ := slices.BinarySearch(names, t.Rel)
		w.rows(folder+"/edge_reltype.csv.gz", n, func(_ int, b []byte) []byte { return strconv.AppendInt(b, int64(k), 10) })
	}
}

// meta writes meta.csv.
func (w *writer) meta(hetero, addInverse bool) {
	g := w.Graph
	features := slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Features.Cols > 0 })
	origin := ""
	if g.Origin != "" {
		origin = "origin," + g.Origin + "\n"
	}
	w.text(metaFile, fmt.Sprintf(",%s\nnum tasks,1\nnum classes,%d\neval metric,acc\ntask type,multiclass classification\n"+
		"add_inverse_edge,%s\nhas_node_attr,%s\nhas_edge_attr,False\nsplit,%s\nis hetero,%s\nbinary,False\n",
		g.Name, g.Classes, title(addInverse), title(features), g.Splits[0].Name, title(hetero))+origin)
}

// text writes a file of text.
func (w *writer) text(file, text string) {
	if w.err != nil {
		return
	}
	if err := os.WriteFile(filepath.Join(w.dir, file), []byte(text), 0o666); err != nil {
		w.err = fileError(file, err)
	}
}

// perType writes a header of node types and one row of values.
func (w *writer) perType(file string, value func(i int) string) {
	w.rows(file, 2, func(row int, b []byte) []byte {
		for i, t := range w.Graph.Types {
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

func (w *writer) nodeFiles(t int, features, years, names string) {
	nt := w.Graph.Types[t]
	if nt.Features.Cols > 0 {
		w.features(features, t)
	}
	if nt.Years != nil {
		w.rows(years, nt.Count, func(i int, b []byte) []byte { return strconv.AppendInt(b, int64(nt.Years[i]), 10) })
	}
	switch {
	case w.Name != nil:
		w.table(names, "ent idx,ent name", nt.Count, func(i int) string { return w.Name(t, i) })
	case nt.Labels != nil:
		w.table(names, "ent idx,ent name", nt.Count, func(i int) string { return nt.Labels[i] })
	}
}

// features writes the features of type t: with as many decimals as the finest
// number needs, as published files have them, or each as short as possible
// if some need too many.
func (w *writer) features(file string, t int) {
	n, width := w.Graph.Types[t].Count, w.Graph.Types[t].Features.Cols
	format, decimals := byte('f'), 4
	if w.Release == "" {
		if decimals = w.decimals(t); decimals > maxDecimals {
			format, decimals = 'g', -1
		}
	}
	w.blocks(file, n, max(1<<16/width&^255, 256), func(lo, hi int, b []byte) []byte {
		x := make([]float32, (hi-lo)*width)
		w.Features(t, lo, hi, x)
		for i, f := range x {
			b = strconv.AppendFloat(b, float64(f), format, decimals, 32)
			b = append(b, ",\n"[btoi(i%width == width-1)])
		}
		return b
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

const maxDecimals = 6

// decimals returns how many decimals the features of type t need, or more
// than maxDecimals.
func (w *writer) decimals(t int) (most int) {
	n, width := w.Graph.Types[t].Count, w.Graph.Types[t].Features.Cols
	x, text := make([]float32, 256*width), make([]byte, 0, 64)
	for lo := 0; lo < n && most <= maxDecimals; lo += 256 {
		hi := min(lo+256, n)
		w.Features(t, lo, hi, x[:(hi-lo)*width])
		for _, f := range x[:(hi-lo)*width] {
			text = strconv.AppendFloat(text[:0], float64(f), 'f', -1, 32)
			if dot := slices.Index(text, '.'); dot >= 0 {
				most = max(most, len(text)-dot-1)
			}
		}
	}
	return most
}

func (w *writer) classNames(what string) {
	if c := w.Graph.ClassNames; c != nil {
		w.table("mapping/labelidx2"+what+".csv.gz", "label idx,label name", len(c), func(i int) string { return c[i] })
	}
}

func (w *writer) labels(file string) {
	labels := w.Graph.Labels
	w.rows(file, len(labels), func(i int, b []byte) []byte {
		if labels[i] < 0 {
			return append(b, "nan"...)
		}
		return strconv.AppendInt(b, int64(labels[i]), 10)
	})
}

// edges writes an edge list by source and returns how many there are.
func (w *writer) edges(folder string, out graph.CSR) (n int) {
	w.blocks(folder+"/edge.csv.gz", out.Rows(), 1<<13, func(lo, hi int, b []byte) []byte {
		for u := lo; u < hi; u++ {
			for _, v := range out.Row(u) {
				b = append(strconv.AppendInt(b, int64(u), 10), ',')
				b = append(strconv.AppendInt(b, int64(v), 10), '\n')
			}
		}
		return b
	})
	n = len(out.Col)
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

// table writes a header and n rows of an index and a name in quotes.
func (w *writer) table(file, header string, n int, name func(i int) string) {
	w.rows(file, n+1, func(i int, b []byte) []byte {
		if i == 0 {
			return append(b, header...)
		}
		b = strconv.AppendInt(b, int64(i-1), 10)
		return append(b, `,"`+strings.ReplaceAll(name(i-1), `"`, `""`)+`"`...)
	})
}
