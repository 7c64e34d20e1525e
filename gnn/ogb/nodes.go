//go:build !js

package ogb

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/internal/show"
)

// nodes makes the node types and returns the tasks that read their features,
// years and names.
func (r *reader) nodes(g *graph.Graph, s *schema) (tasks []task) {
	total := 0
	for _, t := range s.types {
		total += t.count
	}
	g.Types = make([]graph.NodeType, len(s.types))
	for i, t := range s.types {
		n := &g.Types[i]
		n.Name, n.Count = t.name, t.count
		if t.features != "" {
			tasks = append(tasks, task{t.features, func() (err error) {
				n.Features, err = r.features(t.features, t.count, s.countFile)
				return err
			}})
		}
		if t.years != "" {
			tasks = append(tasks, task{t.years, func() (err error) {
				n.Years, err = r.years(t.years, t.count, s.countFile)
				return err
			}})
		}
		if t.names != "" && total <= maxNames {
			tasks = append(tasks, task{t.names, func() (err error) {
				n.Labels, err = r.names(t.names, t.count, s.countFile)
				return err
			}})
		}
	}
	return tasks
}

func (r *reader) features(file string, count int, whence string) (mat.Matrix, error) {
	t, err := r.open(file)
	if err != nil {
		return mat.Matrix{}, err
	}
	return t.features(count, whence)
}

// features reads a row of finite numbers for each of count nodes, all of the
// same length.
func (t *table) features(count int, whence string) (m mat.Matrix, err error) {
	for err == nil && t.next() {
		if m.Rows == count {
			err = t.tooMany(count, whence)
			break
		}
		if m.Rows == 0 {
			if m.Cols = bytes.Count(t.row, comma) + 1; m.Cols > maxFeatures {
				err = t.errorf("%d fields, want at most %d", m.Cols, maxFeatures)
				break
			}
			// A number is two bytes or more.
			m.Data = make([]float32, 0, min(int64(count)*int64(m.Cols), t.most/2+1))
		}
		m.Data, err = t.floats(m.Data, m.Cols)
		m.Rows++
	}
	return m, t.done(err, m.Rows, count, whence)
}

// floats appends the n finite numbers of the row to x.
func (t *table) floats(x []float32, n int) ([]float32, error) {
	rest := t.row
	for i := 0; ; i++ {
		f, k, ok := parseFloat(rest)
		if !ok {
			k = fieldLen(rest)
			f, ok = looseFloat(rest[:k])
		}
		if !ok || !(f >= -graph.MaxFeature && f <= graph.MaxFeature) {
			field := rest[:fieldLen(rest)]
			return x, t.badField(i, field, numberWanted(field))
		}
		x = append(x, f)
		if k == len(rest) && i == n-1 {
			return x, nil
		}
		if k == len(rest) || i == n-1 {
			return x, t.errorf("%d fields, want %d as in line 1", bytes.Count(t.row, comma)+1, n)
		}
		rest = rest[k+1:]
	}
}

// numberWanted says what a field that is no feature is not.
func numberWanted(field []byte) string {
	if v, err := strconv.ParseFloat(string(trimField(field)), 64); err == nil && v-v == 0 {
		return graph.FeatureRange
	}
	return "a finite number"
}

func (r *reader) years(file string, count int, whence string) ([]int32, error) {
	t, err := r.open(file)
	if err != nil {
		return nil, err
	}
	var v [1]int64
	years := make([]int32, 0, min(count, 1<<20))
	for err == nil && t.next() {
		switch err = t.ints(v[:]); {
		case err != nil:
		case len(years) == count:
			err = t.tooMany(count, whence)
		case v[0] < math.MinInt32 || v[0] > math.MaxInt32:
			err = t.errorf("year is %d, want a number of 32 bits", v[0])
		}
		years = append(years, int32(v[0]))
	}
	return years, t.done(err, len(years), count, whence)
}

func (t *table) tooMany(want int, whence string) error {
	return t.errorf("is one too many, want %d rows (%s)", want, whence)
}

// nameBytes is what a name takes beside its text, while lists of names grow
// and are put in order.
const nameBytes = 80

// names reads the name of each of count things from rows of an index and a
// name, below a header. If count is negative there are as many as rows.
func (r *reader) names(file string, count int, whence string) ([]string, error) {
	t, err := r.open(file)
	if err != nil {
		return nil, err
	}
	most := count
	if count < 0 {
		most = maxNames
	}
	var index []int
	var names []string
	err = t.eachName(most, func(i int, name string) error {
		if len(names) == most {
			return t.tooMany(most, whence)
		}
		index, names = append(index, i), append(names, strings.Clone(name))
		return r.spend(t.name, t.line, "names so far", int64(len(name))+nameBytes)
	})
	if err = t.done(err, len(names), count, whence); err != nil {
		return nil, err
	}
	return t.inOrder(index, names)
}

// eachName calls do with every row's index, one of 0..most-1, and name, until
// there is an error. A name that is kept has to be cloned.
func (t *table) eachName(most int, do func(i int, name string) error) error {
	// A name in quotes may hold commas and line ends. What open looked at comes first.
	src := &shortRecords{src: io.MultiReader(bytes.NewReader(t.buf[t.start:t.end]), t.src)}
	c := csv.NewReader(src)
	c.LazyQuotes, c.ReuseRecord, c.FieldsPerRecord = true, true, -1
	for {
		f, err := c.Read()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errLongRecord):
			return fmt.Errorf("ogb: %s: line %d: %w", t.name, t.line+1, errLongRecord)
		case err != nil:
			return fmt.Errorf("ogb: %s: line %d: cannot be unpacked: %s", t.name, t.line+1, gzipCause(err))
		}
		src.done = c.InputOffset()
		if t.line, _ = c.FieldPos(0); t.line == 1 {
			continue // the header
		}
		if len(f) == 1 && strings.TrimSpace(f[0]) == "" {
			continue
		}
		i, err := t.nameIndex(f, most)
		if err == nil {
			err = do(i, f[1])
		}
		if err != nil {
			return err
		}
	}
}

var errLongRecord = fmt.Errorf("is longer than %d bytes", maxLine)

// A shortRecords ends with errLongRecord when a record of more than maxLine
// bytes is read through it.
type shortRecords struct {
	src         io.Reader
	given, done int64 // bytes read, and those of whole records
}

func (r *shortRecords) Read(p []byte) (int, error) {
	if r.given-r.done > maxLine {
		return 0, errLongRecord
	}
	n, err := r.src.Read(p)
	r.given += int64(n)
	return n, err
}

func (t *table) nameIndex(f []string, count int) (int, error) {
	if len(f) < 2 {
		return 0, t.errorf("%d fields, want 2: an index and a name", len(f))
	}
	i, ok := looseInt([]byte(f[0]))
	if !ok {
		return 0, t.errorf("index is %s, want an integer", show.Quote(f[0]))
	}
	if i < 0 || i >= int64(count) {
		if count == 0 {
			return 0, t.errorf("index is %d, and there are 0 of them", i)
		}
		return 0, t.errorf("index is %d, want 0..%d", i, count-1)
	}
	return int(i), nil
}

// inOrder returns the names sorted by index, each of which must occur once.
func (t *table) inOrder(index []int, names []string) ([]string, error) {
	sorted, seen := make([]string, len(names)), make([]bool, len(names))
	for row, i := range index {
		if i >= len(names) || seen[i] {
			return nil, fmt.Errorf("ogb: %s: name %d: index is %d, want each of 0..%d once", t.name, row+1, i, len(names)-1)
		}
		sorted[i], seen[i] = names[row], true
	}
	return sorted, nil
}
