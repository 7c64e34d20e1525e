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
	f.Add([]byte(zipped("a.csv", twoNodes, "b.csv", oneEdge)))
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

func FuzzNPY(f *testing.F) {
	f.Add([]byte(npy("|u1", "2, 3", "\x00\x01\x02\x01\x02\x00")), []byte(npy("<f2", "6, 1", "\x00\x3c\x00\x3c\x00\x3c\x00\x3c\x00\x3c\x00\x3c")), []byte(npy("<i2", "6", "\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x01\x00")))
	f.Add([]byte(npy(">i2", "1, 2", "\x00\x01\x00\x02")), []byte(npy("<f8", "1, 1", "\x00\x00\x00\x00\x00\x00\x00\x00")), []byte(npy("<U1", "2", "a\x00\x00\x00b\x00\x00\x00")))
	f.Fuzz(func(t *testing.T, edges, x, y []byte) {
		read(t, "numpy", table.File{Name: "edges.npy", Data: edges}, table.File{Name: "x.npy", Data: x}, table.File{Name: "y.npy", Data: y})
	})
}

func FuzzSparse(f *testing.F) {
	f.Add([]byte(npy("|u1", "3", "\x00\x01\x02")), []byte(npy("|u1", "2", "\x01\x00")), []byte(npy("|u1", "2", "\x02\x02")), []byte(npy("|u1", "6", "\x01\x00\x00\x01\x01\x00")))
	f.Fuzz(func(t *testing.T, ptr, index, shape, y []byte) {
		files := []table.File{{Name: "y.npy", Data: y}}
		for _, prefix := range []string{"adj_", "attr_"} {
			files = append(files, table.File{Name: prefix + "indptr.npy", Data: ptr}, table.File{Name: prefix + "indices.npy", Data: index}, table.File{Name: prefix + "shape.npy", Data: shape})
		}
		read(t, "numpy", files...)
	})
}

func FuzzNPZ(f *testing.F) {
	for _, name := range []string{"numpy-benchmark", "numpy-masks", "numpy-plain"} {
		f.Add(filesIn(f, name)[0].Data)
	}
	f.Fuzz(func(t *testing.T, a []byte) { read(t, "numpy", table.File{Name: "a.npz", Data: a}) })
}

func FuzzMatrixMarket(f *testing.F) {
	files := filesIn(f, "matrixmarket")
	f.Add(files[0].Data, files[1].Data)
	f.Fuzz(func(t *testing.T, a, b []byte) {
		read(t, "csv", table.File{Name: "a.mtx", Data: a}, table.File{Name: "a.node_labels", Data: b})
	})
}

func FuzzPlanetoidArrays(f *testing.F) {
	one := []byte(npy("|u1", "1, 1", "\x01"))
	f.Add([]byte("1\n"), one, one, one, []byte(npy("|u1", "1, 2", "\x00\x01")))
	f.Fuzz(func(t *testing.T, index, allx, ally, y, graph []byte) {
		read(t, "numpy", table.File{Name: "ind.a.test.index", Data: index}, table.File{Name: "ind.a.allx.npy", Data: allx}, table.File{Name: "ind.a.tx.npy", Data: allx},
			table.File{Name: "ind.a.ally.npy", Data: ally}, table.File{Name: "ind.a.ty.npy", Data: ally}, table.File{Name: "ind.a.y.npy", Data: y}, table.File{Name: "ind.a.graph.npy", Data: graph})
	})
}
