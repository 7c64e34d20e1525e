package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/sim"
)

// A dataset is a graph that was read, the split that was asked for, and how
// long reading took.
type dataset struct {
	graph *graph.Graph
	split graph.Split
	took  time.Duration
}

// read returns the graph that s names. A signal ends it.
func (s *source) read(ctx context.Context, stderr io.Writer) (d dataset, err error) {
	start := time.Now()
	err = await(ctx, nil, func() (err error) {
		d.graph, err = readGraph(s.data, stderr)
		return err
	})
	if err != nil {
		return dataset{}, err
	}
	d.took = time.Since(start)
	if s.split != "" || len(d.graph.Splits) > 0 {
		d.split, err = d.graph.Split(s.split)
	}
	return d, err
}

func readGraph(name string, stderr io.Writer) (*graph.Graph, error) {
	switch name {
	case "":
		return nil, fmt.Errorf(`--data is "", want a folder, karate or mag-mini`)
	case "karate", "mag-mini":
		return sim.BuiltIn(name)
	}
	m := newMeter(stderr, "reading "+name, "bytes")
	defer m.done()
	return ogb.Read(name, ogb.Options{Progress: func(file string, done, total int64) { m.set(done, total, file) }})
}
