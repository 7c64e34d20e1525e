package main

import (
	"fmt"
	"reflect"

	"abkd/gnn/graph"
	"abkd/sim"
	"abkd/sim/study"
)

// dataScript is what files of a graph may hold.
func dataScript() (string, error) {
	docs, err := comments("sim")
	if err != nil {
		return "", err
	}
	s := newScript("sim and gnn/graph", "", docs)
	s.record(reflect.TypeFor[sim.PackLimits]())
	s.line("export const limits: PackLimits = %s;\n", literal(reflect.ValueOf(sim.Limits())))
	s.line("/** The head of a pack, and what its numbers may be. */")
	s.line("export const packMagic = %s, packVersion = %d, maxPackClasses = %d, maxFeature = Math.fround(%g);\n",
		quote(graph.PackMagic), graph.PackVersion, graph.MaxPackClasses, float64(graph.MaxFeature))
	s.line("/** What readers want of a number that no feature may be. */")
	s.line("export const featureRange = %s;", quote(graph.FeatureRange))
	s.line("/** What readers want of the name of a split. */")
	s.line("export const splitNameWanted = %s;", quote(graph.SplitNameWanted))
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
