package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"abkd/gnn/synth/disk"
	"abkd/internal/machine"
)

const diskOfShape = "0.6 GB" // at scale 1, rounded up

// A factReport is a number known of OGBN-Mag beside that of the graph made.
type factReport struct {
	Name  string `json:"name"`
	Want  number `json:"want"`
	Got   number `json:"got"`
	Error number `json:"error"` // relative
}

// checkDisk reports a disk too small for the files.
func (j *synthJob) checkDisk() error {
	need := disk.Bytes(j.scale)
	free, ok := machine.FreeDisk(filepath.Dir(filepath.Clean(j.out)))
	if ok && free < need {
		return fmt.Errorf("--out %s: the graph needs about %s bytes of disk and %s are free: want another place or a smaller --scale",
			j.out, grouped(int64(need)), grouped(int64(min(free, math.MaxInt64))))
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
	b.WriteString("\n" + table(rows))
	return b.String()
}

// figure writes whole numbers as counts and others with four digits.
func figure(x number) string {
	if x == number(math.Trunc(float64(x))) {
		return grouped(int64(x))
	}
	return figures(float64(x), 4)
}
