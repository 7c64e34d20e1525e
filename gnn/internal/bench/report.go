//go:build !js

package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A table is written as Markdown with its columns aligned, so that it can be
// read in a terminal too. The first row is the head.
type table [][]string

func (t *table) add(cells ...string) { *t = append(*t, cells) }

func (t table) write(w io.Writer) {
	width := make([]int, len(t[0]))
	for _, row := range t {
		for j, cell := range row {
			width[j] = max(width[j], utf8.RuneCountInString(cell))
		}
	}
	line := func(row []string, pad string) {
		for j, n := range width {
			cell := ""
			if j < len(row) {
				cell = row[j]
			}
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(pad, n-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
	}
	line(t[0], " ")
	line(nil, "-")
	for _, row := range t[1:] {
		line(row, " ")
	}
	fmt.Fprintln(w)
}

// A bar is what a ratio has to reach.
type bar struct {
	what            string
	reached         float64
	atLeast         float64
	stretch         float64 // 0 for none
	percent, atMost bool    // how the figures are meant
}

func (b bar) met(figure float64) bool {
	if b.atMost {
		return b.reached <= figure
	}
	return b.reached >= figure
}

func (b bar) format(x float64) string {
	switch {
	case b.percent:
		return figure(100*x) + " %"
	case b.atMost:
		return figure(x)
	}
	return figure(x) + "×"
}

// writeBars says which bars are met.
func writeBars(w io.Writer, bars []bar) {
	t := table{{"bar", "reached", "at least", "stretch", ""}}
	missed := 0
	for _, b := range bars {
		verdict, stretch := "met", ""
		if b.stretch > 0 {
			stretch = b.format(b.stretch)
		}
		switch {
		case !b.met(b.atLeast):
			verdict = "**missed**"
			missed++
		case b.stretch > 0 && b.met(b.stretch):
			verdict = "met, stretch too"
		}
		limit := b.format(b.atLeast)
		if b.atMost {
			limit = "at most " + limit
		}
		t.add(b.what, b.format(b.reached), limit, stretch, verdict)
	}
	t.write(w)
	fmt.Fprintf(w, "%d of %d bars met.\n", len(bars)-missed, len(bars))
}

// figure writes x with three digits or as an integer.
func figure(x float64) string {
	if x >= 100 || x == float64(int(x)) {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// replaceSection replaces what stands in file between the markers of the
// section, and nothing else. A file or section that is missing is made.
func replaceSection(file, name, text string) error {
	begin, end := "<!-- bench:"+name+" -->", "<!-- /bench:"+name+" -->"
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	section := begin + "\n" + strings.TrimSpace(text) + "\n" + end
	head, rest, found := strings.Cut(string(old), begin)
	if !found {
		if head != "" {
			head = strings.TrimRight(head, "\n") + "\n\n"
		}
		return os.WriteFile(file, []byte(head+section+"\n"), 0o644)
	}
	_, tail, found := strings.Cut(rest, end)
	if !found {
		return fmt.Errorf("%s: there is no %s after %s", file, end, begin)
	}
	return os.WriteFile(file, []byte(head+section+tail), 0o644)
}
