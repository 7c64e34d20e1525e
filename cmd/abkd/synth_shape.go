package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"abkd/gnn/synth/disk"
	"abkd/internal/machine"
	"abkd/internal/show"
)

const diskOfShape = "0.6 GB" // at scale 1, rounded up

// A factReport is a number known of OGBN-Mag beside that of the graph made.
type factReport struct {
	Name  string      `json:"name"`
	Want  show.Number `json:"want"`
	Got   show.Number `json:"got"`
	Error show.Number `json:"error"` // relative
}

// checkDisk reports a disk too small for the files.
func (j *synthJob) checkDisk() error {
	need := disk.Bytes(j.scale)
	free, ok := machine.FreeDisk(filepath.Dir(filepath.Clean(j.out)))
	if ok && free < need {
		return fmt.Errorf("--out %s: the graph needs about %s bytes of disk and %s are free: want another place or a smaller --scale",
			j.out, show.Grouped(int64(need)), show.Grouped(int64(min(free, math.MaxInt64))))
	}
	return nil
}

// factText sets the facts side by side.
func factText(facts []factReport) string {
	if len(facts) == 0 {
		return ""
	}
	rows := [][]string{{"", "OGBN-Mag, scaled", "here", "error"}}
	for _, f := range facts {
		rows = append(rows, []string{f.Name, figure(f.Want), figure(f.Got), fmt.Sprintf("%+.1f %%", 100*f.Error)})
	}
	var b strings.Builder
	b.WriteString("\n" + show.Table(rows))
	return b.String()
}

// figure writes whole numbers as counts and others with four digits.
func figure(x show.Number) string {
	if x == show.Number(math.Trunc(float64(x))) {
		return show.Grouped(int64(x))
	}
	return show.Figures(float64(x), 4)
}
