// Package help holds the descriptions of the files and outputs of abkd. They
// are read in the tree and printed by "abkd help TOPIC".
package help

import _ "embed"

// A Topic is one description. Its first line is a heading, "# Title".
type Topic struct{ Name, Text string }

// Topics returns all descriptions, that which lists the others first.
func Topics() []Topic {
	return []Topic{
		{"formats", formats}, {"data", data}, {"tables", tables}, {"packs", packs}, {"weights", weights},
		{"checkpoints", checkpoints}, {"results", results}, {"json", json},
	}
}

var (
	//go:embed formats.md
	formats string
	//go:embed data.md
	data string
	//go:embed tables.md
	tables string
	//go:embed packs.md
	packs string
	//go:embed weights.md
	weights string
	//go:embed checkpoints.md
	checkpoints string
	//go:embed results.md
	results string
	//go:embed json.md
	json string
)
