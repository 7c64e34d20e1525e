package export

import (
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
)

// TestPredictions has what no file of the tests has: nodes without a label,
// name or part, names with commas and quotes, and many classes.
func TestPredictions(t *testing.T) {
	g := &graph.Graph{Classes: 60, Labels: []int32{-1, 59}, Types: []graph.NodeType{{Name: "a", Count: 2}}}
	z := mat.New(2, 60)
	z.Row(0)[7], z.Row(1)[59], z.Row(1)[3] = 100, 2, 2
	only := ""
	text := func(top int, logits mat.Matrix) string {
		var b strings.Builder
		l := Predictions{Top: top, Only: only}.lines(&b, g)
		if err := l.w.Write(l.header()); err != nil {
			t.Fatal(err)
		}
		for i := range logits.Rows { // a row at a time, as chunks of a large graph come
			l.add(i, mat.Matrix{Rows: 1, Cols: logits.Cols, Data: logits.Row(i)})
		}
		if err := l.w.Done(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	got := strings.Split(text(-1, z), "\n")
	if !strings.HasPrefix(got[1], "0,,,,,7,,7,1,0,3.72008e-44,1,") || !strings.HasPrefix(got[2], "1,,,59,,3,,3,0.101") {
		t.Errorf("lines are\n%s", strings.Join(got, "\n"))
	}
	g.Classes, g.ClassNames, g.Labels[1] = 2, []string{`x,"y"`, ""}, 1
	g.Types[0].Labels = []string{"new\nline", ""}
	want := "node,name,part,label,label_name,prediction,prediction_name,\"p:x,\"\"y\"\"\",p:1,confidence\n" +
		"0,\"new\nline\",,,,0,\"x,\"\"y\"\"\",0.5,0.5,0.5\n1,,,1,,0,\"x,\"\"y\"\"\",0.5,0.5,0.5\n"
	if got := text(0, mat.New(2, 2)); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	only = "unlabelled"
	if got := text(0, mat.New(2, 2)); strings.Count(got, ",0.5,0.5,0.5\n") != 1 || !strings.Contains(got, "\n0,") {
		t.Errorf("the line of the only node without a label is among %q", got)
	}
}
