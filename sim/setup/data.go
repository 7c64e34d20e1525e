package setup

import (
	"fmt"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
)

// PackData is the name of the data set that a session was given as a pack.
const PackData = "pack"

// DebianMini is the name of a part of the archive of Debian 12, which is a pack
// beside the programs and not made by them.
const DebianMini = "debian-mini"

// BuiltIn returns the graph of that name, one of those that are made.
func BuiltIn(name string) (*graph.Graph, error) {
	switch name {
	case "", "mag-mini":
		return synth.MAGMini(), nil
	case "karate":
		return synth.Karate(), nil
	}
	return nil, fmt.Errorf("sim: data set is %q, want mag-mini or karate", name)
}
