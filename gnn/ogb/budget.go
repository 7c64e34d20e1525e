//go:build !js

package ogb

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
)

// A TooLargeError is that of a data set which takes more memory than
// Options.MaxBytes.
type TooLargeError struct {
	File  string // where it says so, or where the memory ran out
	Line  int
	What  string // the part that takes most
	Part  int64  // bytes that this part takes
	Total int64  // bytes that the data set takes at least
	Max   int64
}

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("ogb: %s: line %d: %s take %s, and the data set takes %s or more to be read, more than the %s that it may have",
		e.File, e.Line, e.What, sizeText(e.Part), sizeText(e.Total), sizeText(e.Max))
}

func sizeText(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	x, i := float64(n), 0
	for ; x >= 1024 && i < len(units)-1; i++ {
		x /= 1024
	}
	return fmt.Sprintf("%.3g %s", x, units[i])
}

// A need is the memory that a part of a data set takes.
type need struct {
	file          string
	line          int
	what          string
	kept, passing int64 // bytes: for good, and while it is read
}

// fits returns an error if the parts whose sizes the files claim take more
// memory than there is, before any is made.
func (r *reader) fits(s *schema) error {
	if r.MaxBytes <= 0 {
		return nil
	}
	needs, err := r.needs(s)
	if err != nil {
		return err
	}
	total := r.spent.Load()
	var passing []int64
	for _, n := range needs {
		total += n.kept
		passing = append(passing, n.passing)
	}
	slices.SortFunc(passing, func(a, b int64) int { return cmp.Compare(b, a) })
	for _, n := range passing[:min(len(passing), runtime.GOMAXPROCS(0))] {
		total += n
	}
	if total <= r.MaxBytes {
		for _, n := range needs {
			r.spent.Add(n.kept)
		}
		return nil
	}
	most := slices.MaxFunc(needs, func(a, b need) int { return cmp.Compare(a.kept+a.passing, b.kept+b.passing) })
	return &TooLargeError{most.file, most.line, most.what, most.kept + most.passing, total, r.MaxBytes}
}

// needs lists what node types and relations take.
func (r *reader) needs(s *schema) (needs []need, err error) {
	for i, t := range s.types {
		count := int64(t.count)
		var rows int64 // of the relations that end at it
		for _, rel := range s.relations {
			if rel.Dst == t.name || rel.Src == t.name && !rel.directed {
				rows += count + 1
			}
		}
		needs = append(needs, need{s.countFile, s.countLine, fmt.Sprintf("%d nodes of %s", count, t.name), 4 * rows, 4 * count})
		if i == s.target {
			needs = append(needs, need{s.labels, 1, fmt.Sprintf("labels of %d nodes", count), 4 * min(count, r.rows(s.labels, 1)), count})
		}
		if t.years != "" {
			needs = append(needs, need{t.years, 1, fmt.Sprintf("years of %d nodes", count), 4 * min(count, r.rows(t.years, 2)), 0})
		}
		if t.features != "" {
			width, err := r.columns(t.features)
			if err != nil {
				return nil, err
			}
			needs = append(needs, need{t.features, 1, fmt.Sprintf("%d features of %d nodes", width, count), 4 * width * min(count, r.rows(t.features, 2*max(width, 1))), 0})
		}
	}
	for _, rel := range s.relations {
		n, err := r.number(rel.folder+"/num-edge-list.csv.gz", math.MaxInt32)
		if err != nil {
			return nil, err
		}
		file := rel.folder + "/edge.csv.gz"
		rows := min(int64(n), r.rows(file, 4))
		needed := need{r.actual(file), 1, fmt.Sprintf("%d edges", n), 8 * rows, 8 * rows}
		switch {
		case rel.directed:
			needed.kept = 4 * rows
		case rel.Src == rel.Dst:
			needed.passing += 16 * rows
		}
		needs = append(needs, needed)
	}
	return needs, nil
}

// plausible refuses a type of very many nodes where the files that have a row for
// each have no room for them or, without such a file, where the relations have
// edges for a small share of them: a row pointer for each takes gigabytes before
// anything else is found.
func (r *reader) plausible(s *schema) error {
	if !slices.ContainsFunc(s.types, func(t nodeType) bool { return t.count > manyNodes }) {
		return nil
	}
	ends := make([]int64, len(s.types))
	for _, rel := range s.relations {
		n, err := r.number(rel.folder+"/num-edge-list.csv.gz", math.MaxInt32)
		if err != nil {
			return err
		}
		edges := min(int64(n), r.rows(rel.folder+"/edge.csv.gz", 4))
		ends[s.index(rel.Src)] += edges
		ends[s.index(rel.Dst)] += edges
	}
	for i, t := range s.types {
		if t.count <= manyNodes {
			continue
		}
		byFile := map[string]int64{} // how many rows there is room for
		if t.features != "" {
			width, err := r.columns(t.features)
			if err != nil {
				return err
			}
			byFile[t.features] = r.rows(t.features, 2*max(width, 1))
		}
		if t.years != "" {
			byFile[t.years] = r.rows(t.years, 2)
		}
		if i == s.target {
			byFile[s.labels] = r.rows(s.labels, 1)
		}
		most, why := nodesPerEnd*ends[i], fmt.Sprintf("above %d nodes, at least one of %d has to be an end of an edge", manyNodes, nodesPerEnd)
		for k, file := range slices.Sorted(maps.Keys(byFile)) {
			if rows := byFile[file]; k == 0 || rows < most {
				most, why = rows, fmt.Sprintf("%s has no room for a row of each", r.actual(file))
			}
		}
		if int64(t.count) > most {
			return fmt.Errorf("ogb: %s: line %d: %d nodes of %s, want at most %d: %s", s.countFile, s.countLine, t.count, t.name, most, why)
		}
	}
	return nil
}

// rows returns the greatest number of rows that a file can have, if each
// takes so many bytes.
func (r *reader) rows(name string, each int64) int64 {
	name = r.actual(name)
	info, err := os.Stat(r.path(name))
	if err != nil {
		return 0 // reading will say so
	}
	size := info.Size()
	if strings.HasSuffix(name, ".gz") {
		size *= gzipRatio
	}
	return size/each + 1
}

// columns returns how many fields the first row of a file has.
func (r *reader) columns(name string) (int64, error) {
	t, err := r.open(name)
	if err != nil {
		return 0, err
	}
	n := 0
	if t.next() {
		n = bytes.Count(t.row, comma) + 1
	}
	return int64(n), t.done(nil, 0, -1, "")
}

// spend takes bytes for a part of file whose size is known only now.
func (r *reader) spend(file string, line int, what string, bytes int64) error {
	if total := r.spent.Add(bytes); r.MaxBytes > 0 && total > r.MaxBytes {
		return &TooLargeError{file, line, what, total, total, r.MaxBytes}
	}
	return nil
}
