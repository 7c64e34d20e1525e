//go:build !js

package data

import (
	"abkd/gnn/ogb"
	"abkd/sim/setup"
)

// Least estimates what a session's first run on the data set in dir takes at least,
// before its nodes and edges are read: the graph, the models and their evaluation, see
// setup.Plan.OutlineFootprint. taught says that a teacher is given, which is not
// counted. Where only the labels tell how many classes there are it is not known.
func Least(dir string, o ogb.Options, taught bool) (f setup.Footprint, known bool, err error) {
	out, err := ogb.ReadOutline(dir, o)
	if err != nil || out.Graph.Classes < 1 {
		return f, false, err
	}
	e, err := Opening(setup.PackData, "", out.Graph, nil)
	if err != nil {
		return f, false, err
	}
	if taught {
		e.Teach = ""
	}
	f, err = e.Plan().OutlineFootprint(out.Graph, out.Bytes, setup.IsSmallSize(out.Graph.NumNodes(), int(out.Edges)))
	return f, err == nil, err
}
