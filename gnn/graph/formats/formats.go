// Package formats reads graphs from the files of other programs: it tells the
// format of files, and hands them to the reader of that format.
package formats

import (
	"path"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/gnn/graph/table"
	"abkd/gnn/graph/table/csv"
	"abkd/gnn/graph/table/debian"
	"abkd/gnn/graph/table/graphxml"
	"abkd/gnn/graph/table/jsongraph"
	"abkd/gnn/graph/table/matrixmarket"
	"abkd/gnn/graph/table/numpy"
	"abkd/internal/show"
)

// A Format is one that is read.
type Format struct {
	Name  string // for --format
	Title string
	// columns reports whether there are columns to choose.
	columns bool
	// is reports whether the files look like it; head is how the first begins.
	is   func(files []table.File) bool
	read func(files []table.File, o table.Options) (*table.Draft, error)
}

// Formats are all, those that are told for sure first.
func Formats() []Format {
	return []Format{
		{"json", "JSON (networkx, D3, Cytoscape, graphology)", true, isJSON, alone(jsongraph.Read)},
		{"debian", "index of a Debian archive (Packages)", false, begins(debian.Is), alone(debian.Read)},
		{"numpy", "arrays of NumPy (.npz, .npy: SciPy, PyG, OGB binary)", false, isArrays, numpy.Read},
		{"graphml", "GraphML", true, begins(graphxml.IsGraphML), alone(graphxml.ReadGraphML)},
		{"gexf", "GEXF", true, begins(graphxml.IsGEXF), alone(graphxml.ReadGEXF)},
		{"csv", "CSV or TSV, of nodes and of edges, which may be Matrix Market", true, isText, readTables},
	}
}

// Names lists the formats.
func Names() (names []string) {
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Read reads one graph from files that belong together. format is "" for the
// one that they look like.
func Read(files []table.File, format string, o table.Options) (*graph.Graph, *table.Preview, error) {
	if len(files) == 0 {
		return nil, nil, table.Refuse("there is no file, want those of one graph")
	}
	files, err := unpackAll(files, o.Memory)
	if err != nil {
		return nil, nil, err
	}
	if name := dataset(files); name != "" {
		return nil, nil, table.Refuse("%s: this is of a data set of the Open Graph Benchmark in its raw layout, which every command reads as it is: give it the folder around raw, and “abkd pack” cuts a part out of it for the page", name)
	}
	f, err := choose(files, format)
	if err != nil {
		return nil, nil, err
	}
	d, err := f.read(files, o)
	if err != nil {
		return nil, nil, err
	}
	if !f.columns && (o.Label != "" || len(o.Features) > 0) {
		d.Note("The column of the classes and those of features are not used: files of this format have no columns to choose.")
	}
	for _, f := range files {
		if isCalledPacked(f.Name) {
			d.Note(f.Name + ": it is called as packed files are, and is not packed: it is read as it is.")
		}
	}
	return d.Finish()
}

// dataset returns the first file of a data set in the raw layout of OGB, "" if
// there is none.
func dataset(files []table.File) string {
	for _, f := range files {
		switch path.Base(strings.TrimSuffix(f.Name, ".gz")) {
		case "num-node-list.csv", "num-node-dict.csv", "num-edge-list.csv", "triplet-type-list.csv", "nodetype-has-feat.csv", "nodetype-has-label.csv":
			return f.Name
		}
	}
	return ""
}

func choose(files []table.File, format string) (Format, error) {
	for _, f := range Formats() {
		if f.Name == format || format == "" && f.is(files) {
			return f, nil
		}
	}
	if format != "" {
		return Format{}, table.Refuse("format is %s, want one of %s", show.Quote(format), strings.Join(Names(), ", "))
	}
	if _, err := table.Text(files[0]); err != nil {
		return Format{}, err
	}
	return Format{}, table.Refuse("%s: this is in none of the formats that are read: %s", files[0].Name, strings.Join(Names(), ", "))
}

// alone makes the reader of one file that of several.
func alone(read func(table.File, table.Options) (*table.Draft, error)) func([]table.File, table.Options) (*table.Draft, error) {
	return func(files []table.File, o table.Options) (*table.Draft, error) {
		if len(files) > 1 {
			return nil, table.Refuse("%s and %s: a file of this format holds a whole graph: give one alone", files[0].Name, files[1].Name)
		}
		return read(files[0], o)
	}
}

// begins reports whether the first file begins as is says.
func begins(is func(head string) bool) func([]table.File) bool {
	return func(files []table.File) bool {
		return is(string(files[0].Data[:min(len(files[0].Data), 4096)]))
	}
}

// has reports whether a file ends so, or begins so.
func has(files []table.File, ext string, starts ...string) bool {
	return slices.ContainsFunc(files, func(f table.File) bool {
		head := strings.TrimLeft(strings.TrimPrefix(string(f.Data[:min(len(f.Data), 512)]), "\ufeff"), " \t\r\n")
		return ext != "" && strings.EqualFold(path.Ext(f.Name), ext) ||
			slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(head, s) })
	})
}

func isJSON(files []table.File) bool { return has(files, ".json", "{", "[{", "[\n", "[ ") }

func isArrays(files []table.File) bool {
	return slices.ContainsFunc(files, func(f table.File) bool {
		return numpy.IsPlanetoid(f) || numpy.IsNPZ(f) || numpy.IsNPY(f) || has([]table.File{f}, ".npz") || has([]table.File{f}, ".npy")
	})
}

func isText(files []table.File) bool {
	_, err := table.Text(files[0])
	return err == nil
}

// readTables reads tables of nodes and of edges.
func readTables(files []table.File, o table.Options) (*table.Draft, error) {
	var tables []table.Table
	for _, f := range files {
		open := csv.Open
		if matrixmarket.Is(string(f.Data[:min(len(f.Data), 64)])) {
			open = matrixmarket.Open
		}
		t, err := open(f)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return table.Build("", "CSV", tables, o)
}
