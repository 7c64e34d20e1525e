package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/term"
)

// TestFlagHelp checks that the help of every flag is of one pattern: a phrase
// that says what it is, then the range of a number or the names.
func TestFlagHelp(t *testing.T) {
	subject := regexp.MustCompile("^(`[a-z]+` |[a-zαβτ]|[A-Z]|GCNII)")
	bounds := regexp.MustCompile(`\[[^ \]]+\.\.|\[above `)
	for name, cmd := range commands() {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" {
				return
			}
			if n := len(strings.Fields(f.Usage)); n < 3 || !subject.MatchString(f.Usage) || strings.HasSuffix(f.Usage, ".") {
				t.Errorf("%s --%s: help is %q, want a phrase of three words or more", name, f.Name, f.Usage)
			}
			if number := slices.Contains([]string{"int", "float64", "float"}, f.Value.Type()); number && !bounds.MatchString(f.Usage) {
				t.Errorf("%s --%s: help is %q, want the range of the number in it", name, f.Name, f.Usage)
			}
			h := settings.Heading(f)
			if grouped := strings.Contains(cli.FlagUsages(cmd, settings.Headings, settings.Heading, term.PlainWidth), "  Output:\n"); grouped && !slices.Contains(settings.Headings, h) {
				t.Errorf("%s --%s stands under %q, want one of %q", name, f.Name, h, settings.Headings)
			}
		})
	}
}

// TestFlagUsages checks that many flags are grouped, and that lines fit.
func TestFlagUsages(t *testing.T) {
	for _, width := range []int{80, term.PlainWidth, term.WidestWidth} {
		text := cli.FlagUsages(commands()["abkd distill"], settings.Headings, settings.Heading, width)
		for _, want := range []string{"  Data:\n", "  Model:\n", "  Training:\n", "  Distillation:\n", "  Files:\n", "  Output:\n"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("width %d: %q is not there once", width, want)
			}
		}
		long := 0
		for line := range strings.Lines(text) {
			if len([]rune(line)) > width+26 { // a word is never broken, nor what follows a long one
				long++
			}
		}
		if long > 0 {
			t.Errorf("width %d: %d lines are longer", width, long)
		}
	}
	if text := cli.FlagUsages(commands()["abkd eval"], settings.Headings, settings.Heading, 80); strings.Contains(text, "Data:") {
		t.Errorf("a few flags are grouped:\n%s", text)
	}
}
