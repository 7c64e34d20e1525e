//go:build !js

package disk

import (
	"fmt"
	"math"

	"abkd/internal/show"
)

// A Fact is a number known of OGBN-Mag beside that of the graph made.
type Fact struct {
	Name  string      `json:"name"`
	Want  show.Number `json:"want"`
	Got   show.Number `json:"got"`
	Error show.Number `json:"error"` // relative
}

// Table sets the facts side by side, "" for none.
func Table(facts []Fact) string {
	if len(facts) == 0 {
		return ""
	}
	rows := [][]string{{"", "OGBN-Mag, scaled", "here", "error"}}
	for _, f := range facts {
		rows = append(rows, []string{f.Name, figure(f.Want), figure(f.Got), fmt.Sprintf("%+.1f %%", 100*f.Error)})
	}
	return show.Table(rows)
}

// figure writes whole numbers as counts and others with four digits.
func figure(x show.Number) string {
	if x == show.Number(math.Trunc(float64(x))) {
		return show.Grouped(int64(x))
	}
	return show.Figures(float64(x), 4)
}
