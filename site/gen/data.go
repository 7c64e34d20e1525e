package main

import (
	"fmt"
	"maps"
	"reflect"

	"abkd/gnn/graph"
	"abkd/gnn/graph/formats"
	"abkd/gnn/graph/table"
	"abkd/sim/limits"
	"abkd/sim/opening"
	"abkd/sim/study"
)

// dataScript is what files of a graph may hold, and what the reader says of
// them.
func dataScript() (string, error) {
	docs := map[string]string{}
	for _, dir := range []string{"gnn/graph/table", "sim/limits", "sim/opening"} {
		said, err := comments(dir)
		if err != nil {
			return "", err
		}
		maps.Copy(docs, said)
	}
	s := newScript("sim/limits, sim/opening and gnn/graph", "", docs)
	s.record(reflect.TypeFor[limits.Limits]())
	s.line("export const limits: Limits = %s;\n", literal(reflect.ValueOf(limits.Pack)))
	for _, t := range []reflect.Type{
		reflect.TypeFor[opening.Reading](), reflect.TypeFor[table.TypeView](), reflect.TypeFor[table.RelationView](), reflect.TypeFor[table.ClassView](),
		reflect.TypeFor[table.MissingView](), reflect.TypeFor[table.ColumnView](), reflect.TypeFor[table.RowView](), reflect.TypeFor[table.Preview](),
		reflect.TypeFor[opening.Opened](), reflect.TypeFor[opening.Refusal](),
	} {
		s.record(t)
	}
	s.line("/** The formats that are read beside packs: names and what they are. */")
	s.line("export const formats: [string, string][] = [")
	for _, f := range formats.Formats() {
		s.line("  [%s, %s],", quote(f.Name), quote(f.Title))
	}
	s.line("];\n")
	s.line("/** What stands for a label that is not known, in small letters. */")
	s.line("export const noLabel = %s;", list(graph.NoLabels))
	return s.String(), nil
}

// mostSeeds is more seeds than anyone runs on the page.
const mostSeeds = 100

// studyScript is what comparisons share with the command line.
func studyScript() (string, error) {
	s := newScript("sim/study", "", nil)
	s.line("/** Published weights of criteria beside KD, where those alone are others. */")
	s.line("export const besideKD: Record<string, string> = {")
	for _, criterion := range study.Criteria() {
		if beta, other := study.WithKD[criterion]; other {
			s.line("  %s: %s,", criterion, quote(beta))
		}
	}
	s.line("};\n")
	s.line("/** Below this deviation differences of accuracies count as equal, and equal ones give no spread to judge by. */")
	s.line("export const noSpread = %g;\n", study.NoSpread)
	s.line("/** Quantiles .975 of Student's t for 1, 2, … degrees of freedom. */\nexport const t975 = [")
	for freedom := 1; freedom < mostSeeds; freedom += 9 {
		line := " "
		for f := freedom; f < freedom+9; f++ {
			line += fmt.Sprintf(" %.8g,", study.T975(float64(f)))
		}
		s.line("%s", line)
	}
	s.line("];")
	return s.String(), nil
}
