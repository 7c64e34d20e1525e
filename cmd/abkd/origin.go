package main

import (
	"fmt"
	"maps"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/built"
	"abkd/sim/study"
)

// Keys of what weights say of their origin, in their metadata. A student has
// those of its teacher too, after teacherPrefix.
const (
	keyData       = "data" // as it was given: a name only
	keySplit      = "split"
	keyGraph      = "graph"       // study.GraphPrint
	keySplitNodes = "split_nodes" // study.SplitPrint
	keySettings   = "experiment"
	keyBuild      = "built" // by which abkd

	teacherPrefix = "teacher."
)

// provenance returns what weights that are trained on d say of it.
func (d *dataset) provenance(data, settings string) map[string]string {
	return map[string]string{
		keyData: data, keySplit: d.split.Name, keyGraph: d.print(), keySplitNodes: study.SplitPrint(d.split),
		keySettings: settings, keyBuild: built.From().Short(),
	}
}

// print returns the hash of the graph, which is taken once.
func (d *dataset) print() string {
	if d.hash == "" {
		d.hash = study.GraphPrint(d.graph)
	}
	return d.hash
}

// inherited returns what a student says of a teacher with that metadata.
func inherited(teacher map[string]string) map[string]string {
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

// A descent is how weights relate to the data that they are used on.
type descent struct {
	Split string `json:"weights_split"` // that they were trained on, "" if it is not known
	Graph string `json:"weights_graph"` // "same", "other" or "unknown"

	clauses []string
	own     graph.Split // that split here, without nodes where it is not known or not the same
}

// text is the clauses as lines of a report.
func (o *descent) text() string {
	var b strings.Builder
	for _, clause := range o.clauses {
		fmt.Fprintf(&b, "note: %s\n", oneLine(clause))
	}
	return b.String()
}

// load returns the model whose weights are in file, for g. Its error says on
// which data they were trained, if it is not on s: a --data left out is the
// likeliest mistake.
func (s *source) load(file string, g *graph.Graph) (gnn.Model, map[string]string, error) {
	if err := s.checkFile("", file); err != nil {
		return nil, nil, err
	}
	m, meta, err := gnn.LoadAll(file, g)
	if err != nil {
		return nil, nil, s.misfit(err, meta)
	}
	return m, meta, nil
}

// misfit adds to the error of weights with that metadata what they were trained
// on, if that is not what s reads.
func (s *source) misfit(err error, meta map[string]string) error {
	if meta[keyData] == "" || meta[keyData] == s.data {
		return err
	}
	return fmt.Errorf("%w: the weights were trained on --data %s, and here --data is %s", err, oneLine(meta[keyData]), s.data)
}

// follow compares where the weights in file come from with d, on which they are
// used as doing says. Where no split is asked for it takes theirs.
func (s *source) follow(d *dataset, file string, meta map[string]string, doing string) descent {
	o := descent{Split: meta[keySplit], Graph: "unknown"}
	if meta[keySplit] == "" {
		o.clauses = []string{fmt.Sprintf("origin of %s unknown: it does not say on which data and split it was trained, so its training nodes may be among the test nodes here", file)}
		s.notes.add(o.clauses...)
		return o
	}
	if own, err := d.graph.Split(meta[keySplit]); err == nil && s.split == "" && own.Name != d.split.Name {
		o.clauses = append(o.clauses, fmt.Sprintf("split %s, which the weights were trained on; the first of the data is %s", own.Name, d.split.Name))
		d.split = own
	}
	var clauses []string
	o.Graph, o.own, clauses = d.compare(file, meta, doing)
	o.clauses = append(o.clauses, clauses...)
	if _, taught := meta[teacherPrefix+keySplit]; taught {
		teacher := map[string]string{}
		for k, v := range meta {
			if key, ok := strings.CutPrefix(k, teacherPrefix); ok {
				teacher[key] = v
			}
		}
		_, _, clauses = d.compare("the teacher of "+file, teacher, doing)
		o.clauses = append(o.clauses, clauses...)
	}
	s.notes.add(o.clauses...)
	return o
}

// compare says in what weights of that origin are of another graph or split than
// d, and how many of their training nodes are not for training here. It reports
// whether the graph is the same, another or unknown, and their split here.
func (d *dataset) compare(what string, meta map[string]string, doing string) (same string, own graph.Split, clauses []string) {
	if meta[keySplit] == "" {
		return "unknown", own, []string{fmt.Sprintf("origin of %s unknown", what)}
	}
	same = "unknown"
	switch meta[keyGraph] {
	case "":
		clauses = append(clauses, fmt.Sprintf("%s does not say which graph it was trained on, only that it was called %s: an earlier abkd wrote it", what, meta[keyData]))
	case d.print():
		same = "same"
	default:
		return "other", own, []string{fmt.Sprintf("%s was trained on split %s of another graph (%s, fingerprint %s; here it is %s): which nodes here were among its training nodes is not known",
			what, meta[keySplit], meta[keyData], meta[keyGraph], d.print())}
	}
	found, err := d.graph.Split(meta[keySplit])
	there := fmt.Sprintf("%s was trained on split %s, %s on split %s", what, meta[keySplit], doing, d.split.Name)
	switch {
	case err != nil:
		return same, own, append(clauses, there+": these data have no split of that name, so its training nodes are not known")
	case meta[keySplitNodes] != "" && meta[keySplitNodes] != study.SplitPrint(found):
		return same, own, append(clauses, there+": split "+found.Name+" had other nodes then, so its training nodes are not known")
	case found.Name == d.split.Name:
		return same, found, clauses
	}
	test, valid := overlap(found, d.split)
	return same, found, append(clauses, fmt.Sprintf("%s: %s of its %s training nodes are test nodes here, %s are validation nodes",
		there, grouped(int64(test)), grouped(int64(len(found.Train))), grouped(int64(valid))))
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

// merge returns a map of all that the parts hold.
func merge(parts ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}
