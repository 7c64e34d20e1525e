//go:build !js

// Package ogb reads and writes graphs in the raw CSV layout of the Open Graph
// Benchmark, https://ogb.stanford.edu, heterogeneous and homogeneous.
//
//	raw/num-node-dict.csv.gz           header of node types, one row of counts
//	raw/triplet-type-list.csv.gz       source type, relation, destination type
//	raw/nodetype-has-{feat,label}.csv.gz
//	raw/node-feat/T/node-feat.csv.gz   one row per node; node_year.csv.gz beside it
//	raw/node-label/T/node-label.csv.gz
//	raw/relations/S___R___D/{edge,edge_reltype,num-edge-list}.csv.gz
//	split/NAME/nodetype-has-split.csv.gz
//	split/NAME/T/{train,valid,test}.csv.gz
//	mapping/{T_entidx2name,labelidx2*,relidx2relname}.csv.gz
//	meta.csv                           key,value
//
// A homogeneous graph has raw/{edge,node-feat,node-label,node_year,
// num-node-list,num-edge-list}.csv.gz and split/NAME/{train,valid,test}.csv.gz.
// The folder split may also stand under raw. mapping, meta.csv, node_year and
// edge_reltype may be missing.
//
// Whatever in a file contradicts another file or itself is an error that
// names the file, the line and the value.
package ogb

import (
	"cmp"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"abkd/gnn/graph"
)

// Options says how to read. The zero value of a field is its default.
type Options struct {
	// Progress, if not nil, is told how many bytes of a compressed file have
	// been read. It is called by one goroutine at a time; files are read
	// several at a time.
	Progress func(file string, done, total int64)
	// MaxBytes, if not 0, is how much memory the data set may take while it is
	// read: one that takes more is a *TooLargeError, before the memory is asked
	// for.
	MaxBytes int64
	// Direction is that of edges between nodes of one type.
	Direction Direction
}

// A Direction says whether an edge between nodes of one type goes both ways.
type Direction uint8

const (
	// AsStated follows add_inverse_edge of meta.csv in a homogeneous graph;
	// where nothing is said, and in a heterogeneous one, edges go both ways.
	AsStated   Direction = iota
	Directed             // as the file has them
	Undirected           // both ways
)

// Limits of what is read, far above any data set of the benchmark; they keep
// a corrupt count from exhausting memory.
const (
	maxNodes    = 1 << 28 // of one type
	maxNames    = 1000000 // nodes of a graph whose names are read
	maxFeatures = 1 << 20
	maxTypes    = 1 << 12 // of nodes

	manyNodes   = 1 << 25 // of one type, of which the files have to hold more
	nodesPerEnd = 512     // of so many nodes one is an end of an edge
)

const (
	nodeDict = "raw/num-node-dict.csv.gz"
	nodeList = "raw/num-node-list.csv.gz"
)

// Read reads the data set in dir with all its splits. The default split is
// the one that meta.csv names, else the first by name.
//
// A heterogeneous graph gets the reverse of every relation, as
// graph.AddWithReverse makes it. A homogeneous graph has the node type "node"
// and the relation "to", undirected unless meta.csv says that add_inverse_edge
// is False. o.Direction overrides both for edges between nodes of one type.
// Each file may stand there uncompressed, as .csv. Notes of the graph say what
// was assumed and what was left unread. Nodes have names if mapping has them and the graph has at most a
// million nodes.
func Read(dir string, o Options) (*graph.Graph, error) {
	if err := IsDataset(dir); err != nil {
		return nil, err
	}
	r := &reader{Options: o, dir: dir}
	m, err := r.meta()
	if err != nil {
		return nil, err
	}
	s, err := r.schema(m)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	g := &graph.Graph{Name: cmp.Or(m.name, filepath.Base(abs)), Origin: m.origin, Target: s.target}
	if err := r.classes(g, m); err != nil { // labels are checked against them
		return nil, err
	}
	if err := r.fits(s); err != nil {
		return nil, err
	}
	if err := r.plausible(s); err != nil {
		return nil, err
	}
	if err := r.run(slices.Concat(r.nodes(g, s), r.labels(g, s), r.edges(g, s))); err != nil {
		return nil, err
	}
	if err := r.checkReverses(g); err != nil {
		return nil, err
	}
	if err := r.splits(g, s, m); err != nil {
		return nil, err
	}
	g.Notes = r.allNotes(g)
	return g, nil
}

// A reader reads one data set. File names are relative to dir, with slashes.
type reader struct {
	Options
	dir   string
	spent atomic.Int64 // of MaxBytes

	mu    sync.Mutex // held while Progress is called, and for what follows
	used  map[string]bool
	notes []note

	reverses []listed
}

// A listed is a reverse that the data set has a folder of.
type listed struct {
	graph.Relation
	folder string
}
