//go:build !js

package formats

import (
	"maps"
	"slices"
	"testing"

	"abkd/gnn/graph/table"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// read reads files with little memory. What is read is a graph that holds
// together.
func read(t *testing.T, format string, files ...table.File) {
	g, p, err := Read(files, format, table.Options{Seed: 1, Memory: table.NewMemory(1 << 22)})
	if err != nil {
		return
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	if p.Nodes != g.NumNodes() || p.Edges != g.NumEdges() {
		t.Fatalf("the preview has %d nodes and %d edges, want %d and %d", p.Nodes, p.Edges, g.NumNodes(), g.NumEdges())
	}
}

// pairs adds the files of folders of testdata that have two.
func pairs(f *testing.F, names ...string) {
	for _, name := range names {
		files := filesIn(f, name)
		f.Add(files[0].Data, files[1].Data)
	}
}

func FuzzCSV(f *testing.F) {
	pairs(f, "csv", "csv-spreadsheet", "csv-pandas", "csv-dgl", "csv-gephi", "csv-neo4j", "csv-types", "csv-edgelist")
	f.Fuzz(func(t *testing.T, a, b []byte) {
		read(t, "csv", table.File{Name: "a.csv", Data: a}, table.File{Name: "b.csv", Data: b})
	})
}

func FuzzPlanetoid(f *testing.F) {
	pairs(f, "planetoid")
	f.Fuzz(func(t *testing.T, a, b []byte) {
		read(t, "csv", table.File{Name: "a.cites", Data: a}, table.File{Name: "b.content", Data: b})
	})
}

func FuzzJSON(f *testing.F) {
	for _, name := range []string{"json-networkx", "json-d3", "json-cytoscape", "json-cytoscape-list", "json-graphology"} {
		f.Add(filesIn(f, name)[0].Data)
	}
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "json", table.File{Name: "a.json", Data: a}) })
}

func FuzzDebian(f *testing.F) {
	f.Add(filesIn(f, "debian")[0].Data)
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "debian", table.File{Name: "Packages", Data: a}) })
}

func FuzzPacked(f *testing.F) {
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4\x46"))
	f.Add([]byte("\x04\x22\x4d\x18\x64\x40\xa7"))
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "", table.File{Name: "a", Data: a}) })
}

func FuzzGraphML(f *testing.F) {
	f.Add(filesIn(f, "graphml")[0].Data)
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "graphml", table.File{Name: "a.graphml", Data: a}) })
}

func FuzzGEXF(f *testing.F) {
	f.Add(filesIn(f, "gexf")[0].Data)
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "gexf", table.File{Name: "a.gexf", Data: a}) })
}
