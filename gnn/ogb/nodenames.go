//go:build !js

package ogb

import (
	"slices"
	"strings"
)

// NodeNames returns what those nodes of a type are called, "" for one without
// a name, and nil if the data set in dir names no node of the type. The nodes
// are increasing. It is for a few nodes of a graph that is too large for Read
// to keep the names of all.
func NodeNames(dir, kind string, nodes []int32) ([]string, error) {
	r := &reader{dir: dir}
	file := "mapping/" + kind + "_entidx2name.csv.gz"
	if !r.has(nodeDict) {
		file = r.glob("mapping/nodeidx2*.csv")
	}
	if file == "" || !r.has(file) {
		return nil, nil
	}
	t, err := r.open(file)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(nodes))
	err = t.eachName(maxNodes, func(i int, name string) error {
		if k, wanted := slices.BinarySearch(nodes, int32(i)); wanted {
			names[k] = strings.Clone(name)
		}
		return nil
	})
	return names, t.done(err, 0, -1, "")
}
