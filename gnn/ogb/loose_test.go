//go:build !js

package ogb

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
)

// eachFile replaces the text of every gzipped file of the data set.
func eachFile(t *testing.T, dir string, change func(name, text string) string) {
	t.Helper()
	for _, name := range gzNames(t, dir) {
		rewriteFile(t, dir, name, func(s string) string { return change(name, s) })
	}
}

func gzNames(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".gz") {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// eachNumber rewrites every integer of the files of numbers.
func eachNumber(t *testing.T, dir string, change func(number string) string) {
	number := regexp.MustCompile(`(?m)(^|,)\d+(?:$|\b)`)
	eachFile(t, dir, func(name, text string) string {
		if strings.HasPrefix(name, "mapping/") || strings.HasSuffix(name, "node-feat.csv.gz") {
			return text
		}
		return number.ReplaceAllStringFunc(text, func(s string) string {
			digits := strings.TrimPrefix(s, ",")
			return strings.TrimSuffix(s, digits) + change(digits)
		})
	})
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func editMeta(t *testing.T, dir string, change func(string) string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "meta.csv"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "meta.csv", change(string(b)))
}

// unpackFile turns a file of the data set into the same uncompressed.
func unpackFile(t *testing.T, dir, name string) {
	t.Helper()
	file := filepath.Join(dir, name)
	put(t, dir, strings.TrimSuffix(name, ".gz"), unpack(t, file))
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// Whatever can be understood in one way only gives the graph that the plain
// files give.
func TestReadOtherSpellings(t *testing.T) {
	numbers := func(change func(string) string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { eachNumber(t, dir, change) }
	}
	texts := func(change func(string) string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			eachFile(t, dir, func(_, text string) string { return change(text) })
			editMeta(t, dir, change)
		}
	}
	replace := func(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
	}{
		{"numbers=floats", numbers(func(s string) string { return s + ".0" })},
		{"numbers=scientific", numbers(func(s string) string { return s + "e0" })},
		{"numbers=quoted", numbers(func(s string) string { return `"` + s + `"` })},
		{"numbers=spaced", numbers(func(s string) string { return " " + s + "\t" })},
		{"lines=crlf", texts(replace("\n", "\r\n"))},
		{"lines=more", texts(func(s string) string { return s + "\n \n\n" })},
		{"mark", texts(func(s string) string { return "\ufeff" + s })},
		{"flags=lower", texts(replace("True", "true", "False", "false"))},
		{"flags=upper", texts(replace("True", "TRUE", "False", "FALSE"))},
		{"flags=digits", texts(replace("True", "1", "False", "0"))},
		{"flags=quoted", texts(replace("True", `"True"`, "False", ` False `))},
		{"meta=pandas", func(t *testing.T, dir string) {
			editMeta(t, dir, replace("classes,4", "classes,4.0", "tasks,1", `tasks,"1.0"`, "split,time", `split, "time"`))
		}},
		{"meta=keys", func(t *testing.T, dir string) {
			editMeta(t, dir, replace("num classes", "Num_Classes", "is hetero", `"IS HETERO"`, "add_inverse_edge", "add inverse edge"))
		}},
		{"zeros", func(t *testing.T, dir string) { // fill the last block of a disk
			for _, name := range gzNames(t, dir) {
				b, _ := os.ReadFile(filepath.Join(dir, name))
				put(t, dir, name, string(b)+"\x00\x00\x00")
			}
		}},
		{"members", func(t *testing.T, dir string) { // of several compressed files, one after the other
			for _, name := range gzNames(t, dir) {
				text := unpack(t, filepath.Join(dir, name))
				put(t, dir, name, string(pack(text[:len(text)/2]))+string(pack(text[len(text)/2:]))+string(pack("")))
			}
		}},
		{"hidden", func(t *testing.T, dir string) {
			for _, in := range []string{"raw", "raw/relations", "raw/node-feat", "split", "mapping", "split/time"} {
				put(t, dir, in+"/.ipynb_checkpoints/edge-checkpoint.csv", "x")
				put(t, dir, in+"/__MACOSX/._edge.csv.gz", "x")
				put(t, dir, in+"/.DS_Store", "x")
			}
		}},
		{"unpacked=all", func(t *testing.T, dir string) {
			for _, name := range gzNames(t, dir) {
				unpackFile(t, dir, name)
			}
		}},
		{"unpacked=beside", func(t *testing.T, dir string) {
			for _, name := range gzNames(t, dir) {
				put(t, dir, strings.TrimSuffix(name, ".gz"), unpack(t, filepath.Join(dir, name)))
			}
		}},
		{"geometric", func(t *testing.T, dir string) {
			remove("raw/triplet-type-list.csv.gz", "raw/nodetype-has-feat.csv.gz", "raw/nodetype-has-label.csv.gz", "split/time/nodetype-has-split.csv.gz")(t, dir)
			if err := os.Rename(filepath.Join(dir, "split"), filepath.Join(dir, "raw", "split")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, want := tiny(t)
			c.change(t, dir)
			got, err := Read(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			sameGraph(t, got, want)
		})
	}
}

// What cannot be read says what it is, where, and what to do.
func TestReadSaysWhatItFound(t *testing.T) {
	const (
		edge = "raw/relations/author___writes___paper/edge.csv.gz"
		feat = "raw/node-feat/paper/node-feat.csv.gz"
	)
	replaced := func(name, other, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			remove(name)(t, dir)
			put(t, dir, other, text)
		}
	}
	rows := func(from, to string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			rewriteFile(t, dir, edge, func(s string) string { return strings.ReplaceAll(s, from, to) })
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string
	}{
		{"text", replaced(edge, edge, "0,1\n"), edge + ": is plain text and not in gzip format: name it edge.csv, or compress it"},
		{"page", replaced(edge, edge, "\n<!DOCTYPE html><html>"), edge + ": is a web page and not the file itself, want CSV: download it again"},
		{"xml", replaced(edge, edge, "<?xml version=\"1.0\"?><graphml/>"), edge + ": is an XML file, want CSV"},
		{"lfs", replaced(edge, edge, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), edge + `: is a pointer of git LFS and not the file itself, want CSV: "git lfs pull" fetches it`},
		{"lfs=unpacked", replaced(edge, strings.TrimSuffix(edge, ".gz"), "version https://git-lfs.github.com/spec/v1\n"), strings.TrimSuffix(edge, ".gz") + `: is a pointer of git LFS and not the file itself, want CSV: "git lfs pull" fetches it`},
		{"zip", replaced(edge, edge, "PK\x03\x04abc"), edge + ": is a zip archive, as .pt and .npz files are too, want CSV"},
		{"xz", replaced(edge, strings.Replace(edge, ".gz", ".xz", 1), "\xfd7zXZ\x00"), strings.Replace(edge, ".gz", ".xz", 1) + ": is of a form that is not read, want edge.csv.gz"},
		{"twice", func(t *testing.T, dir string) {
			rewriteFile(t, dir, edge, func(s string) string { return string(pack(s)) })
		}, edge + ": is a gzip file below its gzip, want CSV: unpack it once"},
		{"differ", func(t *testing.T, dir string) { put(t, dir, strings.TrimSuffix(feat, ".gz"), "1,2,3\n") },
			feat + " and node-feat.csv: both are there and differ, want one of them"},
		{"npz", replaced(feat, "raw/node-feat/paper/node-feat.npz", "x"), "raw/node-feat/paper/node-feat.npz: is a file of NumPy, which is not read, want node-feat.csv.gz"},
		{"case", func(t *testing.T, dir string) {
			if err := os.Rename(filepath.Join(dir, feat), filepath.Join(dir, "raw/node-feat/paper/Node_Feat.CSV.gz")); err != nil {
				t.Fatal(err)
			}
		}, "raw/node-feat/paper/Node_Feat.CSV.gz: is not named as it has to be, want node-feat.csv.gz"},
		{"link=broken", func(t *testing.T, dir string) {
			remove(edge)(t, dir)
			if err := os.Symlink("../moved.gz", filepath.Join(dir, edge)); err != nil {
				t.Fatal(err)
			}
		}, edge + `: is a link to "../moved.gz", which cannot be followed: no such file or directory`},
		{"split=pt", replaced("split/time/paper/train.csv.gz", "split/time/paper/split_dict.pt", "x"),
			"split/time/paper/train.csv.gz: is missing; split_dict.pt is a file of PyTorch or Python, which is not read: write the table as text, a row a line"},
		{"split=val", replaced("split/time/paper/valid.csv.gz", "split/time/paper/val.csv.gz", "x"),
			"split/time/paper/valid.csv.gz: is missing; val.csv.gz is there: name it so"},
		{"split=none", remove("split"), "split: is missing, want a folder split/NAME with train.csv.gz, valid.csv.gz and test.csv.gz, one node a line"},
		{"rows=semicolons", rows(",", ";"), edge + `: line 1: field 1 is "0;0", want an integer: fields are separated by ";", want a comma`},
		{"rows=tabs", rows(",", "\t"), edge + `: line 1: field 1 is "0\t0", want an integer: fields are separated by "\t", want a comma`},
		{"rows=header", func(t *testing.T, dir string) {
			rewriteFile(t, dir, edge, func(s string) string { return "src,dst\n" + s })
		}, edge + `: line 1: field 1 is "src", want an integer: the file has no header, remove it if this is one`},
		{"tasks", func(t *testing.T, dir string) {
			editMeta(t, dir, func(s string) string { return strings.Replace(s, "tasks,1", "tasks,112", 1) })
		}, "meta.csv: line 2: num tasks is 112: several labels for each node (multi-label, as in ogbn-proteins, measured by ROC-AUC) are not supported, only one class for each node, measured by accuracy, is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := tiny(t)
			if text := unpack(t, filepath.Join(dir, edge)); !strings.HasPrefix(text, "0,") {
				t.Fatalf("the edges begin %q", text[:5])
			}
			c.change(t, dir)
			_, err := Read(dir, Options{})
			if err == nil {
				t.Fatalf("Read says nothing, want %s", c.want)
			}
			first := regexp.MustCompile(`"0(;|\\t)\d+"`)
			if got := first.ReplaceAllString(err.Error(), `"0${1}0"`); got != "ogb: "+c.want {
				t.Errorf("Read says\n\t%s\nwant\n\togb: %s", got, c.want)
			}
		})
	}
}

// A folder or file that is no data set says what to give in its place.
func TestIsDatasetSaysWhatToGive(t *testing.T) {
	dir, _ := tiny(t)
	parent := filepath.Dir(dir)
	other := t.TempDir()
	put(t, other, "graph.zip", "PK\x03\x04x")
	put(t, other, "data.npz", "x")
	put(t, other, "packed.graphml.xz", "\xfd7zXZ\x00")
	put(t, other, "tables/edges.csv.gz", "\x1f\x8b")
	put(t, other, "student.st", "\x02\x00\x00\x00\x00\x00\x00\x00{}")
	put(t, other, "mag.state", "ABKR and more")
	put(t, other, "done/processed/data.pt", "x")
	put(t, other, "binary/raw/data.npz", "x")
	put(t, other, "flat/num-node-list.csv", "1\n")
	for _, c := range []struct{ dir, want string }{
		{filepath.Join(dir, "raw"), "is no data set: it is a part of one, give " + dir},
		{filepath.Join(dir, "split", "time"), "is no data set: it is a part of one, give " + dir},
		{parent, "is no data set: it holds one, give " + dir},
		{filepath.Join(other, "graph.zip"), "is a zip archive: unpack it, want a folder that holds raw and split"},
		{filepath.Join(other, "data.npz"), "is a file of NumPy, which is not read, want a folder that holds raw and split; \"abkd import\" makes one of such files"},
		{filepath.Join(other, "packed.graphml.xz"), "is packed by xz, want a folder that holds raw and split; \"abkd import\" makes one of such files"},
		{filepath.Join(other, "tables"), "is no data set: neither " + nodeDict + " nor " + nodeList + " is there; edges.csv.gz is there: \"abkd import\" makes one of such files"},
		{filepath.Join(other, "student.st"), "is a safetensors file, which has the weights of a model and no graph, want a folder that holds raw and split"},
		{filepath.Join(other, "mag.state"), "is the state of a run (a checkpoint), want a folder that holds raw and split"},
		{filepath.Join(other, "done"), "is no data set: neither " + nodeDict + " nor " + nodeList + " is there; processed holds what PyTorch made of one, which is not read: raw and split are wanted"},
		{filepath.Join(other, "binary"), "is no data set: neither " + nodeDict + " nor " + nodeList + " is there; raw/data.npz is a file of NumPy, which is not read; \"abkd import\" makes one of such files"},
		{filepath.Join(other, "flat"), "is no data set: its files belong into a folder raw, beside a folder split: give the folder above that"},
	} {
		if err := IsDataset(c.dir); err == nil || err.Error() != "ogb: "+c.dir+": "+c.want {
			t.Errorf("IsDataset says\n\t%v\nwant\n\togb: %s: %s", err, c.dir, c.want)
		}
	}
}

// All that is read as no label is one notion, counted.
func TestNoLabel(t *testing.T) {
	spellings := []string{"", "-1", "nan", "NaN", "NA", "N/A", "null", "None", "?", "-1.0", `""`, " nan "}
	dir := filepath.Join(t.TempDir(), "set")
	put(t, dir, "raw/num-node-list.csv", "14\n")
	put(t, dir, "raw/num-edge-list.csv", "1\n")
	put(t, dir, "raw/edge.csv", "0,1\n")
	put(t, dir, "raw/node-label.csv", "0\n"+strings.Join(spellings, "\n")+"\n1\n")
	for i, text := range []string{"0\n3\n", "13\n", "5\n"} {
		put(t, dir, "split/a/"+parts[i]+".csv", text)
	}
	g, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := append(slices.Repeat([]int32{-1}, 13), 1)
	want[0] = 0
	if !slices.Equal(g.Labels, want) || g.Classes != 2 {
		t.Errorf("labels are %d of %d classes, want %d", g.Labels, g.Classes, want)
	}
	wantNote(t, g, "12 of 14 nodes of node have no label (written -1, -1.0, ?, N/A, NA, NaN, None, an empty row, nan, null)")
	wantNote(t, g, "1 of 2 nodes of split/a/train.csv have no label and are left out")
	wantNote(t, g, "1 of 1 nodes of split/a/test.csv have no label and are left out")
	if s := g.Splits[0]; len(s.Train) != 1 || len(s.Valid) != 1 || len(s.Test) != 0 {
		t.Errorf("split is %v, want the nodes with a label", s)
	}
	wantNote(t, g, "2 classes, for the highest label is 1: neither meta.csv nor mapping says how many")
	wantNote(t, g, "edges made undirected: no meta.csv says add_inverse_edge")
	put(t, dir, "raw/node-label.csv", "1000\n"+strings.Repeat("0\n", 13))
	wantError(t, dir, "raw/node-label.csv: line 1: label is 1000, want 0..13: nothing says how many classes there are (num classes in meta.csv would), so there are at most as many as nodes")
	put(t, dir, "raw/node-label.csv", strings.Repeat("0,1,1\n", 14))
	wantError(t, dir, "raw/node-label.csv: line 1: 3 fields, want 1: several labels of one node (multi-label, as in ogbn-proteins) are not supported, only one class")
}

func wantNote(t *testing.T, g *graph.Graph, want string) {
	t.Helper()
	if !slices.Contains(g.Notes, want) {
		t.Errorf("notes are %q, want %q among them", g.Notes, want)
	}
}

func TestNotes(t *testing.T) {
	dir, _ := tiny(t)
	put(t, dir, "raw/edge-feat.csv", "1\n")
	put(t, dir, "raw/more/thing.csv.gz", "x")
	put(t, dir, "raw/node-feat/author/node-feat.csv", "1\n")
	editMeta(t, dir, func(s string) string {
		return strings.Replace(s, "metric,acc", "metric,rocauc", 1) + "num_class,7\n"
	})
	g, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"eval metric is rocauc: accuracy is shown instead",
		"cites made undirected",
		"edge features are not used",
		`meta.csv: nothing is known of "num class"`,
		"node_year of paper is kept, and no model uses it",
		"not read: raw/more/thing.csv.gz",
		"raw/node-feat/author/node-feat.csv is not read: nodetype-has-feat.csv.gz says False",
	}
	if !slices.Equal(g.Notes, want) {
		t.Errorf("notes are\n%s\nwant\n%s", strings.Join(g.Notes, "\n"), strings.Join(want, "\n"))
	}
	file := filepath.Join(t.TempDir(), "g.graph")
	if err := graph.WriteCache(file, g, graph.Fingerprint{}); err != nil {
		t.Fatal(err)
	}
	if c, err := graph.OpenCache(file, graph.Fingerprint{}); err != nil || !slices.Equal(c.Notes, want) {
		t.Errorf("from the cache: %v, %v", c, err)
	}
}

// Features that are the same for every node teach nothing.
func TestFlatFeatures(t *testing.T) {
	dir, _ := tiny(t)
	rewriteFile(t, dir, "raw/node-feat/paper/node-feat.csv.gz", func(s string) string { return strings.Repeat("0,1,0\n", strings.Count(s, "\n")) })
	g, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "the features of all 20 nodes of paper are the same: they tell none from another"; !slices.Contains(g.Notes, want) {
		t.Errorf("notes are %q, want %q among them", g.Notes, want)
	}
}

// Features that meta.csv promises, or that are there in another form, are
// never left out in silence.
func TestFeaturesAreNotLeftOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	if err := Write(dir, small(t, true)); err != nil {
		t.Fatal(err)
	}
	unpackFile(t, dir, "raw/node-feat.csv.gz")
	if g, err := Read(dir, Options{}); err != nil || g.Types[0].Features.Cols != 2 {
		t.Fatalf("uncompressed features are read as %v, %v", g, err)
	}
	remove("raw/node-feat.csv")(t, dir)
	wantError(t, dir, "raw/node-feat.csv.gz: is missing, and meta.csv says has_node_attr True")
	editMeta(t, dir, func(s string) string { return strings.Replace(s, "has_node_attr,True", "has_node_attr,", 1) })
	put(t, dir, "raw/node-feat.parquet", "PAR1")
	wantError(t, dir, "raw/node-feat.parquet: is of a form that is not read, want node-feat.csv.gz")
}

func TestDirection(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	if err := Write(dir, small(t, false)); err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	for range 2 { // the second time from the cache
		for d, want := range map[Direction]int{AsStated: 4, Directed: 4, Undirected: 7} {
			if g, _, err := Open(dir, Options{Direction: d}, cache); err != nil || g.NumEdges() != want {
				t.Errorf("direction %d: %v, %v, want %d edges", d, g, err, want)
			}
		}
	}
	hetero, both := tiny(t)
	g, err := Read(hetero, Options{Direction: Directed})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range g.Relations {
		if one, two := len(r.In.Col), len(both.Relations[i].In.Col); r.Src == r.Dst && 2*one != two || r.Src != r.Dst && one != two {
			t.Errorf("%v has %d edges directed, %d undirected", r.EdgeType, one, two)
		}
	}
}

// A name without an end takes no more than a line may.
func TestLongName(t *testing.T) {
	dir, _ := tiny(t)
	for _, row := range []string{"0,%s", `0,"%s`} {
		text := "ent idx,ent name\n" + fmt.Sprintf(row, bytes.Repeat([]byte("x\n")[:1], 2*maxLine))
		if err := os.WriteFile(filepath.Join(dir, "mapping/author_entidx2name.csv.gz"), pack(text), 0o666); err != nil {
			t.Fatal(err)
		}
		wantError(t, dir, fmt.Sprintf("mapping/author_entidx2name.csv.gz: line 2: is longer than %d bytes", maxLine))
	}
}

// A reverse that the data set lists too is the one that is made, or has to be
// called otherwise.
func TestReadListedReverse(t *testing.T) {
	const forward, back = "raw/relations/author___writes___paper/", "raw/relations/paper___rev_writes___author/"
	list := func(t *testing.T, change func(string) string) (string, *graph.Graph) {
		dir, want := tiny(t)
		var text strings.Builder
		for _, edge := range strings.Fields(unpack(t, filepath.Join(dir, forward+"edge.csv.gz"))) {
			a, p, _ := strings.Cut(edge, ",")
			fmt.Fprintf(&text, "%s,%s\n", p, a)
		}
		put(t, dir, back+"edge.csv.gz", string(pack(change(text.String()))))
		put(t, dir, back+"num-edge-list.csv.gz", string(pack(unpack(t, filepath.Join(dir, forward+"num-edge-list.csv.gz")))))
		rewriteFile(t, dir, "raw/triplet-type-list.csv.gz", func(s string) string { return "paper,rev_writes,author\n" + s })
		return dir, want
	}
	dir, want := list(t, func(s string) string { return s })
	got, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if note := "rev_writes is listed beside writes, of which it is the reverse: it is one relation, as for any other"; !slices.Contains(got.Notes, note) {
		t.Errorf("notes are %q, want %q among them", got.Notes, note)
	}
	sameGraph(t, got, want)
	dir, _ = list(t, func(s string) string {
		rows := strings.SplitAfter(s, "\n")
		return rows[0] + rows[0] + strings.Join(rows[2:], "")
	})
	wantError(t, dir, "raw/relations/paper___rev_writes___author: has other edges than writes from the other end, whose reverse is called so: give it another name")
}
