package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// headings are those under which help lists flags, in this order.
var headings = []string{"Data", "Model", "Training", "Distillation", "Comparison", "Files", "Output"}

// headingOf has the heading of each flag that is no setting; the others are in
// the last place.
var headingOf = map[string]string{
	"data": "Data", "split": "Data", "cache": "Data", "no-cache": "Data", "direction": "Data", "max-memory": "Data",
	"jobs":     "Training",
	"criteria": "Comparison", "variant": "Comparison", "students": "Comparison", "seeds": "Comparison", "preset": "Comparison",
	"recipe": "Distillation", "alone": "Distillation",
	"trials": "Comparison", "extend": "Comparison", "tuned": "Comparison",
	"teacher": "Files", "weights": "Files", "out": "Files", "checkpoint": "Files", "resume": "Files", "metrics": "Files",
	"json": "Output", "help": "Output",
}

// headingOfGroup has that of a group of settings.
var headingOfGroup = map[string]string{
	"run": "Model", "student": "Model", "teacher": "Model", "training": "Training", "distillation": "Distillation",
}

func heading(f *pflag.Flag) string {
	if said, ok := f.Value.(*saidValue); ok {
		if s, ok := said.Value.(setting); ok && f.Name != "seed" {
			return headingOfGroup[s.control.Group]
		}
	}
	if f.Name == "seed" {
		return "Training"
	}
	return headingOf[f.Name]
}

// fewFlags need no headings.
const fewFlags = 16

// flagUsages is the list of a command's flags, in lines of that width.
func flagUsages(cmd *cobra.Command, width int) string {
	flags := cmd.LocalFlags()
	by, n := map[string]*pflag.FlagSet{}, 0
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		h := heading(f)
		if by[h] == nil {
			by[h] = pflag.NewFlagSet(h, pflag.ContinueOnError)
			by[h].SortFlags = false
		}
		by[h].AddFlag(f)
		n++
	})
	if n <= fewFlags {
		return flags.FlagUsagesWrapped(width)
	}
	var b strings.Builder
	for _, h := range append(slices.Clone(headings), "") {
		if by[h] == nil {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		if h == "" {
			h = "Other"
		}
		b.WriteString("  " + h + ":\n" + by[strings.TrimSuffix(h, "Other")].FlagUsagesWrapped(width))
	}
	return b.String()
}

// The widths of help: where it is no terminal, and the least and most.
const (
	plainWidth  = 100
	leastWidth  = 60
	widestWidth = 120
)

// widthOf returns in how wide lines help is written to w.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return min(max(width-1, leastWidth), widestWidth)
		}
	}
	return plainWidth
}

// phrase is a sentence of the page as the description of a flag.
func phrase(sentence string) string {
	s := []rune(strings.TrimSuffix(sentence, "."))
	if len(s) > 1 && unicode.IsUpper(s[0]) && unicode.IsLower(s[1]) && !strings.HasPrefix(sentence, "Adam") {
		s[0] = unicode.ToLower(s[0])
	}
	return string(s)
}
