package graph

import (
	"slices"
	"strings"
)

// NoLabels are what stands for a label that is not known, in small letters, as
// pandas, R, SQL, spreadsheets and the Open Graph Benchmark write it.
var NoLabels = []string{"", "nan", "-nan", "na", "<na>", "n/a", "#n/a", "null", "none", "?", "-1", "-1.0"}

// NoLabel reports whether a text, without blanks and quotes around it, says
// that a node has no label.
func NoLabel(text string) bool {
	return slices.Contains(NoLabels, strings.ToLower(text)) || strings.HasPrefix(text, "-1.0") && strings.Trim(text[4:], "0") == ""
}
