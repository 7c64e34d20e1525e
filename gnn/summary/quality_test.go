package summary

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/quality"
)

// made returns a graph of so many classes with a node of each in every part but
// the last, and predictions of which every third is wrong.
func made(classes int) (*graph.Graph, graph.Split, quality.Predictions) {
	g := &graph.Graph{Classes: classes, Types: []graph.NodeType{{Name: "paper", Count: 2 * classes}}}
	split := graph.Split{Name: "s"}
	var p quality.Predictions
	for i := range 2 * classes {
		c := i % classes
		g.Labels = append(g.Labels, int32(c))
		if i < classes {
			split.Train = append(split.Train, int32(i))
			g.ClassNames = append(g.ClassNames, fmt.Sprintf("=the class number %d, which has quite a long name", c))
		} else {
			split.Valid = append(split.Valid, int32(i))
		}
		p.Class, p.Confidence = append(p.Class, int32((c+max(0, 1-c%3))%classes)), append(p.Confidence, 0.9)
	}
	return g, split, p
}

// What people read stays short with many classes, and says nothing of parts
// without nodes but that they have none.
func TestQualityText(t *testing.T) {
	for _, classes := range []int{3, 50, 349} {
		g, split, p := made(classes)
		all := Qualities(g, split, p)
		text, report := QualityText(all), QualityReport(all)
		if n := strings.Count(text, "\n"); n > 4+2*(3+shortList) || !strings.Contains(text, "test   0      n/a") || !strings.Contains(text, "valid, classes") {
			t.Errorf("with %d classes the text has %d lines:\n%s", classes, n, text)
		}
		for line := range strings.Lines(report) {
			if len([]rune(line)) > 110 {
				t.Errorf("with %d classes a line of the report is %q", classes, line)
			}
		}
		if got := strings.Contains(report, "confusion matrix"); got != (classes <= fewClasses) {
			t.Errorf("with %d classes the report has the matrix: %t", classes, got)
		}
		if strings.Contains(report, "test, ") {
			t.Errorf("the report describes a part without nodes")
		}
	}
}

// The files have every class and bin, no formula, and nothing where nothing is
// known.
func TestQualityFiles(t *testing.T) {
	g, split, p := made(50)
	p.Class[50] = 7
	all := Qualities(g, split, p)
	for name, c := range map[string]struct {
		write func(b *strings.Builder) error
		rows  int
		line  string
	}{
		"classes":     {func(b *strings.Builder) error { return WriteClasses(b, all) }, 3 * 50, "test,49,'=the class number 49, which has quite a long name,0,0,0,,,"},
		"confusion":   {func(b *strings.Builder) error { return WriteConfusion(b, all) }, 50 + 50, "valid,0,'=the class number 0, which has quite a long name,7,'=the class number 7, which has quite a long name,1,1"},
		"calibration": {func(b *strings.Builder) error { return WriteCalibration(b, all) }, 3 * quality.Bins, "valid,14,0.866667,0.933333,50,0.9,0.66"},
	} {
		var b strings.Builder
		if err := c.write(&b); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		found := false
		for _, r := range rows {
			found = found || strings.Join(r, ",") == c.line
		}
		if err != nil || len(rows) != 1+c.rows || !found {
			t.Errorf("%s has %d rows, want %d, with %s among them (%v):\n%s", name, len(rows)-1, c.rows, c.line, err, b.String())
		}
	}
}
