// Package origin says where weights come from: which data, split and settings
// they were trained on, and how that relates to where they are used.
package origin

import (
	"fmt"
	"maps"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/graph/fingerprint"
	"abkd/internal/show"
)

// Keys of what weights say of their origin, in their metadata. A student has
// those of its teacher too, after teacherPrefix.
const (
	keyData       = "data" // as it was given: a name only
	keySplit      = "split"
	keyGraph      = "graph"       // fingerprint.Graph
	keySplitNodes = "split_nodes" // fingerprint.Split
	keySettings   = "experiment"
	keyBuild      = "built" // by which abkd

	teacherPrefix = "teacher."

	// KeyNotes has what was to be told of a teacher as it was packed, in lines.
	KeyNotes = "notes"
)

// A Place is where weights are trained, or used.
type Place struct {
	Graph *graph.Graph
	Split graph.Split
	Print *Print
}

// A Print is the hash of a graph, which takes a while on a large one: it is
// taken when it is first asked for. The zero Print has not been taken.
type Print string

func (p Place) print() string {
	if *p.Print == "" {
		*p.Print = Print(fingerprint.Graph(p.Graph))
	}
	return string(*p.Print)
}

// Meta returns what weights say that were trained here, on data of that name,
// with those settings, by that build of the program.
func (p Place) Meta(data, settings, build string) map[string]string {
	return map[string]string{
		keyData: data, keySplit: p.Split.Name, keyGraph: p.print(), keySplitNodes: fingerprint.Split(p.Split),
		keySettings: settings, keyBuild: build,
	}
}

// Data returns the name of the data that weights with that metadata were
// trained on, "" if it is not known.
func Data(meta map[string]string) string { return meta[keyData] }

// Split returns the name of the split that they were trained on, "" if it is
// not known.
func Split(meta map[string]string) string { return meta[keySplit] }

// Inherited returns what a student says of a teacher with that metadata.
func Inherited(teacher map[string]string) map[string]string {
	out := map[string]string{}
	for _, key := range []string{keyData, keySplit, keyGraph, keySplitNodes, keySettings, "seed"} {
		if v, ok := teacher[key]; ok {
			out[teacherPrefix+key] = v
		}
	}
	if teacher[keySplit] == "" {
		out[teacherPrefix+keySplit] = ""
	}
	return out
}

// A Descent is how weights relate to the data that they are used on.
type Descent struct {
	Split string `json:"weights_split"` // that they were trained on, "" if it is not known
	Graph string `json:"weights_graph"` // "same", "other" or "unknown"

	Clauses []string    `json:"-"` // what is to be told of it
	Own     graph.Split `json:"-"` // that split here, without nodes where it is not known or not the same
}

// Text is the clauses as lines of a report.
func (d *Descent) Text() string {
	var b strings.Builder
	for _, clause := range d.Clauses {
		fmt.Fprintf(&b, "note: %s\n", show.Line(clause))
	}
	return b.String()
}

// Follow compares where the weights in file come from, by their metadata, with p,
// on which they are used as doing says. It returns the split to use: theirs, if
// theirs says so and it is here, or that of p.
func (p Place) Follow(file string, meta map[string]string, doing string, theirs bool) (Descent, graph.Split) {
	d := Descent{Split: meta[keySplit], Graph: "unknown"}
	if meta[keySplit] == "" {
		d.Clauses = []string{fmt.Sprintf("origin of %s unknown: it does not say on which data and split it was trained, so its training nodes may be among the test nodes here", file)}
		return d, p.Split
	}
	if own, err := p.Graph.Split(meta[keySplit]); err == nil && theirs && own.Name != p.Split.Name {
		d.Clauses = append(d.Clauses, fmt.Sprintf("split %s, which the weights were trained on; the first of the data is %s", own.Name, p.Split.Name))
		p.Split = own
	}
	var clauses []string
	d.Graph, d.Own, clauses = p.compare(file, meta, doing)
	d.Clauses = append(d.Clauses, clauses...)
	if _, taught := meta[teacherPrefix+keySplit]; taught {
		teacher := map[string]string{}
		for k, v := range meta {
			if key, ok := strings.CutPrefix(k, teacherPrefix); ok {
				teacher[key] = v
			}
		}
		_, _, clauses = p.compare("the teacher of "+file, teacher, doing)
		d.Clauses = append(d.Clauses, clauses...)
	}
	return d, p.Split
}

// FollowPacked is Follow for the teacher of a pack that p is of. The parts of the
// pack's splits are parts of those that it was trained on; what else is to be
// told stands in its metadata.
func (p Place) FollowPacked(meta map[string]string, doing string, theirs bool) (Descent, graph.Split) {
	d := Descent{Split: meta[keySplit], Graph: "same"}
	if notes := meta[KeyNotes]; notes != "" {
		d.Graph, d.Clauses = "unknown", strings.Split(notes, "\n")
	}
	own, err := p.Graph.Split(meta[keySplit])
	if err != nil || meta[keySplit] == "" {
		return d, p.Split
	}
	if theirs {
		p.Split = own
	}
	if d.Graph == "same" {
		d.Own = own
		d.Clauses = p.among("the teacher of the pack", own, doing)
	}
	return d, p.Split
}

// compare says in what weights of that origin are of another graph or split than
// p, and how many of their training nodes are not for training here. It reports
// whether the graph is the same, another or unknown, and their split here.
func (p Place) compare(what string, meta map[string]string, doing string) (same string, own graph.Split, clauses []string) {
	if meta[keySplit] == "" {
		return "unknown", own, []string{fmt.Sprintf("origin of %s unknown", what)}
	}
	same = "unknown"
	switch meta[keyGraph] {
	case "":
		clauses = append(clauses, fmt.Sprintf("%s does not say which graph it was trained on, only that it was called %s: an earlier abkd wrote it", what, meta[keyData]))
	case p.print():
		same = "same"
	default:
		return "other", own, []string{fmt.Sprintf("%s was trained on split %s of another graph (%s, fingerprint %s; here it is %s): which nodes here were among its training nodes is not known",
			what, meta[keySplit], meta[keyData], meta[keyGraph], p.print())}
	}
	found, err := p.Graph.Split(meta[keySplit])
	there := p.there(what, meta[keySplit], doing)
	switch {
	case err != nil:
		return same, own, append(clauses, there+": these data have no split of that name, so its training nodes are not known")
	case meta[keySplitNodes] != "" && meta[keySplitNodes] != fingerprint.Split(found):
		return same, own, append(clauses, there+": split "+found.Name+" had other nodes then, so its training nodes are not known")
	}
	return same, found, append(clauses, p.among(what, found, doing)...)
}

// there says on which splits what was trained, and used as doing says.
func (p Place) there(what, split, doing string) string {
	return fmt.Sprintf("%s was trained on split %s, %s on split %s", what, split, doing, p.Split.Name)
}

// among says how many of the training nodes of another split than that of p are
// not for training here.
func (p Place) among(what string, own graph.Split, doing string) []string {
	if own.Name == p.Split.Name {
		return nil
	}
	test, valid := overlap(own, p.Split)
	return []string{fmt.Sprintf("%s: %s of its %s training nodes are test nodes here, %s are validation nodes",
		p.there(what, own.Name, doing), show.Grouped(int64(test)), show.Grouped(int64(len(own.Train))), show.Grouped(int64(valid)))}
}

// overlap returns how many training nodes of own are test nodes, and how many
// validation nodes, of here.
func overlap(own, here graph.Split) (test, valid int) {
	trained := make(map[int32]bool, len(own.Train))
	for _, v := range own.Train {
		trained[v] = true
	}
	for _, v := range here.Test {
		if trained[v] {
			test++
		}
	}
	for _, v := range here.Valid {
		if trained[v] {
			valid++
		}
	}
	return test, valid
}

// Merge returns a map of all that the parts hold, of a key the last one.
func Merge(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}
