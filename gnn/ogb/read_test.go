//go:build !js

package ogb

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"abkd/gnn/graph"
)

func TestIsDataset(t *testing.T) {
	dir, _ := tiny(t)
	if err := IsDataset(dir); err != nil {
		t.Error(err)
	}
	empty, file := t.TempDir(), filepath.Join(dir, "meta.csv")
	for _, c := range []struct{ dir, want string }{
		{empty, "ogb: " + empty + ": is no data set: neither " + nodeDict + " nor " + nodeList + " is there; the folder is empty"},
		{file, "ogb: " + file + ": is a file, want a folder that holds raw and split"},
		{filepath.Join(empty, "no"), "ogb: " + filepath.Join(empty, "no") + ": is missing"},
	} {
		if err := IsDataset(c.dir); err == nil || err.Error() != c.want {
			t.Errorf("IsDataset says %v, want %s", err, c.want)
		}
		if _, err := Read(c.dir, Options{}); err == nil || err.Error() != c.want {
			t.Errorf("Read says %v, want %s", err, c.want)
		}
	}
}

func remove(names ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func noNames(g *graph.Graph) {
	g.ClassNames = nil
	for i := range g.Types {
		g.Types[i].Labels = nil
	}
}

// What may be missing or stand elsewhere in data sets at large.
func TestVariants(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		expect func(g *graph.Graph)
	}{
		{"split=raw", func(t *testing.T, dir string) {
			if err := os.Rename(filepath.Join(dir, "split"), filepath.Join(dir, "raw", "split")); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"meta=none", remove("meta.csv"), func(g *graph.Graph) {
			slices.Reverse(g.Splits) // random, time
		}},
		{"names=none", remove("mapping"), noNames},
		{"meta=none/names=none", remove("meta.csv", "mapping"), func(g *graph.Graph) {
			slices.Reverse(g.Splits)
			noNames(g)
		}},
		{"labels=floats", func(t *testing.T, dir string) {
			rewriteFile(t, dir, "raw/node-label/paper/node-label.csv.gz", func(s string) string { return strings.ReplaceAll(s, "\n", ".0\n") })
		}, nil},
		{"lines=crlf", func(t *testing.T, dir string) {
			for _, name := range []string{"raw/node-feat/paper/node-feat.csv.gz", "raw/relations/author___writes___paper/edge.csv.gz", nodeDict} {
				rewriteFile(t, dir, name, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })
			}
		}, nil},
		{"end=none", func(t *testing.T, dir string) {
			for _, name := range []string{"raw/node-feat/paper/node-feat.csv.gz", "raw/relations/author___writes___paper/edge.csv.gz", nodeDict} {
				rewriteFile(t, dir, name, func(s string) string { return strings.TrimSuffix(s, "\n") })
			}
		}, nil},
		{"reltype=none", remove("raw/relations/paper___cites___paper/edge_reltype.csv.gz"), nil},
		{"features=none", func(t *testing.T, dir string) {
			rewriteFile(t, dir, "raw/nodetype-has-feat.csv.gz", setLine(2, "False,False,False,False"))
		}, func(g *graph.Graph) {
			g.Types[0].Features.Data, g.Types[0].Features.Rows, g.Types[0].Features.Cols = nil, 0, 0
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, want := tiny(t)
			c.change(t, dir)
			if c.expect != nil {
				c.expect(want)
			}
			got, err := Read(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			sameGraph(t, got, want)
		})
	}
}

func TestUnlabelled(t *testing.T) {
	for _, text := range []string{"", "nan", "NaN"} {
		dir, g := tiny(t)
		rewriteFile(t, dir, "raw/node-label/paper/node-label.csv.gz", func(string) string { return strings.Repeat(text+"\n", 20) })
		for _, s := range g.Splits {
			for _, p := range parts {
				rewriteFile(t, dir, "split/"+s.Name+"/paper/"+p+".csv.gz", func(string) string { return "" })
			}
		}
		got, err := Read(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for v, y := range got.Labels {
			if y != -1 {
				t.Errorf("label %q of paper %d is read as %d, want -1", text, v, y)
			}
		}
	}
}

func TestProgress(t *testing.T) {
	dir, _ := tiny(t)
	seen := map[string]int64{}
	_, err := Read(dir, Options{Progress: func(file string, done, total int64) {
		info, err := os.Stat(filepath.Join(dir, file))
		if err != nil || total != info.Size() || done < seen[file] || done > total {
			t.Errorf("progress of %s is %d of %d after %d, want up to %d", file, done, total, seen[file], info.Size())
		}
		seen[file] = done
	}})
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if name := filepath.Base(path); strings.HasSuffix(name, ".gz") && name != "relidx2relname.csv.gz" {
			files++
		}
		return err
	})
	if len(seen) != files {
		t.Errorf("progress of %d files, want %d", len(seen), files)
	}
	for file, done := range seen {
		if info, _ := os.Stat(filepath.Join(dir, file)); done != info.Size() {
			t.Errorf("progress of %s ends at %d, want %d", file, done, info.Size())
		}
	}
}

// Rows that cross the end of a buffer, and one longer than it.
func TestLongRows(t *testing.T) {
	for _, n := range []int{10, bufferSize/2 - 1, bufferSize / 2, bufferSize} {
		row := strings.Repeat("1,", n-1) + "2\n"
		m, err := newTable("rows", strings.NewReader(strings.Repeat(row, 5)), bufferSize).features(5, "test")
		if err != nil || m.Rows != 5 || m.Cols != n || m.Row(4)[n-1] != 2 || m.Row(3)[n-2] != 1 {
			t.Errorf("5 rows of %d are read as %v, %v", n, m, err)
		}
	}
	if _, err := newTable("rows", strings.NewReader(strings.Repeat("1", maxLine+1)), bufferSize).features(1, "test"); err == nil || err.Error() != fmt.Sprintf("ogb: rows: line 1: is longer than %d bytes", maxLine) {
		t.Errorf("a row without an end says %v", err)
	}
}

// plainNumber reads a field with strconv, without the blanks and the quotes
// around it.
func plainNumber(field string, bits int) (float64, error) {
	field = strings.TrimSpace(field)
	if len(field) > 1 && field[0] == '"' && field[len(field)-1] == '"' {
		field = strings.TrimSpace(field[1 : len(field)-1])
	}
	return strconv.ParseFloat(field, bits)
}

// FuzzTable reads arbitrary text as features, edges and labels. What is read
// without an error is what a plain reading with strconv finds.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"", "\n", "1,2\n3,4\n", "1,2\r\n3,4", "0,1\n2", "nan\n1.0\n\n2", "-0,1e3\n.5,+7\n", "1,,2", "9999999999999999999999,1", "\x00", ",\n,", "1,2,\n", "\f1", "\ufeff\"3.0\", 4\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
		if lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		oneLine := func(err error) {
			if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("the error has more than one line: %q", err)
			}
		}
		m, err := newTable("fuzz", strings.NewReader(text), 16).features(len(lines), "fuzz")
		oneLine(err)
		for i := 0; err == nil && i < m.Rows; i++ {
			for j, s := range strings.Split(strings.TrimSuffix(lines[i], "\r"), ",") {
				if want, werr := plainNumber(s, 32); werr != nil || math.Float32bits(m.Row(i)[j]) != math.Float32bits(float32(want)) {
					t.Errorf("field %q is read as %v", s, m.Row(i)[j])
				}
			}
		}
		src, dst, err := newTable("fuzz", strings.NewReader(text), 16).edgeList(nodeType{name: "a", count: 100}, nodeType{name: "b", count: 50}, len(lines), "fuzz")
		oneLine(err)
		for i := 0; err == nil && i < len(src); i++ {
			a, b, _ := strings.Cut(strings.TrimSuffix(lines[i], "\r"), ",")
			x, xerr := plainNumber(a, 64)
			y, yerr := plainNumber(b, 64)
			if xerr != nil || yerr != nil || x != float64(src[i]) || y != float64(dst[i]) || x >= 100 || y >= 50 {
				t.Errorf("edge %q is read as %d, %d", lines[i], src[i], dst[i])
			}
		}
		for table := newTable("fuzz", strings.NewReader(text), 16); table.next(); {
			y, err := table.label(9, 9)
			oneLine(err)
			if err == nil && (y < -1 || y > 8) {
				t.Errorf("label %q is read as %d", table.row, y)
			}
		}
	})
}
