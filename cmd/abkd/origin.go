package main

import (
	"fmt"

	"abkd/cmd/internal/settings"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/built"
	"abkd/internal/show"
	"abkd/sim/origin"
)

// place returns d as a place where weights are trained or used.
func (d *dataset) place() origin.Place {
	return origin.Place{Graph: d.graph, Split: d.split, Print: &d.print}
}

// provenance returns what weights that are trained on d say of it.
func (d *dataset) provenance(data, settings string) map[string]string {
	return d.place().Meta(data, settings, built.From().Short())
}

// follow compares where the weights in file come from with d, on which they are
// used as doing says. Where no split is asked for it takes theirs. The teacher
// of a pack was trained on the graph that the pack is a part of: what is to be
// told of that was found when it was packed.
func (s *source) follow(d *dataset, file string, meta map[string]string, doing string) (o origin.Descent) {
	if file == ofPack {
		o, d.split = d.place().FollowPacked(meta, doing, s.split == "")
	} else {
		o, d.split = d.place().Follow(file, meta, doing, s.split == "")
	}
	s.notes.Add(o.Clauses...)
	return o
}

// load returns the model whose weights are in file, or in the pack that was
// read, for g. Its error says on which data they were trained, if it is not on
// s: a --data left out is the likeliest mistake.
func (s *source) load(file string, g *graph.Graph) (gnn.Model, map[string]string, error) {
	if file == ofPack {
		if s.packed == nil {
			return nil, nil, fmt.Errorf("--data %s: it holds no teacher, want a file of weights in place of %s (a file of that name: ./%s)", s.data, ofPack, ofPack)
		}
		return gnn.ReadAll(s.packed, g, s.fits(g))
	}
	if err := s.may().CheckFile(file); err != nil {
		return nil, nil, err
	}
	m, meta, err := gnn.LoadAll(file, g, s.fits(g))
	if err != nil {
		return nil, nil, s.misfit(settings.WithFlags(err), meta)
	}
	return m, meta, nil
}

// fits returns what refuses a model that reads means of features where there is
// no memory for those of g.
func (s *source) fits(g *graph.Graph) func(gnn.Config) error {
	return func(c gnn.Config) error {
		if k, _ := gnn.KindOf(c.Kind); c.Inputs != "means" || k.Untrained {
			return nil
		}
		return s.checkMeans(g)
	}
}

// misfit adds to the error of weights with that metadata what they were trained
// on, if that is not what s reads.
func (s *source) misfit(err error, meta map[string]string) error {
	if data := origin.Data(meta); data == "" || data == s.data {
		return err
	}
	return fmt.Errorf("%w: the weights were trained on --data %s, and here --data is %s", err, show.Line(origin.Data(meta)), s.data)
}
