//go:build !js

package ogb

import (
	"encoding/csv"
	"fmt"
	"io"
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
	if !r.exists(nodeDict) {
		file = r.glob("mapping/nodeidx2*.csv.gz")
	}
	if file == "" || !r.exists(file) {
		return nil, nil
	}
	t, err := r.open(file)
	if err != nil {
		return nil, err
	}
	c := csv.NewReader(t.src) // a name in quotes may hold commas and line ends
	c.LazyQuotes, c.ReuseRecord, c.FieldsPerRecord = true, true, -1
	names := make([]string, len(nodes))
	for err == nil {
		f, rerr := c.Read()
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			err = fmt.Errorf("ogb: %s: line %d: cannot be unpacked: %s", file, t.line+1, gzipCause(rerr))
			break
		}
		if t.line, _ = c.FieldPos(0); t.line == 1 {
			continue // the header
		}
		i := 0
		if i, err = t.nameIndex(f, maxNodes); err == nil {
			if k, wanted := slices.BinarySearch(nodes, int32(i)); wanted {
				names[k] = strings.Clone(f[1])
			}
		}
	}
	return names, t.done(err, 0, -1, "")
}
