package sim

import (
	"fmt"
	"strconv"

	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/sim/wire"
)

// The forms of what a run is told that tests write as text.

func inspectText(r *Run, text string) error {
	c, err := wire.ParseCommand("inspect " + text)
	if err != nil {
		return err
	}
	return r.Inspect(c.(wire.Inspect).Subject)
}

func changeText(r *Run, text string) error {
	e, err := wire.ParseEdit(text)
	if err != nil {
		return err
	}
	return r.Change(e)
}

func planText(r *Run, text string) error {
	plan, err := wire.ParsePlan(text)
	if err != nil {
		return err
	}
	return r.Schedule(plan)
}

func showText(r *Run, list string) error {
	c, err := wire.ParseCommand("show " + list)
	if err != nil {
		return err
	}
	r.Show(c.(wire.Show).What)
	return nil
}

// firstNodes returns the numbers of n nodes.
func firstNodes(n int) []int32 { return spreadNodes(n, n) }

// spreadNodes returns at most limit of n nodes, evenly spread.
func spreadNodes(n, limit int) (nodes []int32) {
	for k := range min(n, limit) {
		nodes = append(nodes, int32(k*n/min(n, limit)))
	}
	return nodes
}

// rowsOf returns some rows of m.
func rowsOf(m mat.Matrix, rows []int32) mat.Matrix {
	out := mat.New(len(rows), m.Cols)
	for i, r := range rows {
		copy(out.Row(i), m.Row(int(r)))
	}
	return out
}

// nameOf returns what an inspection calls a node.
func nameOf(g *graph.Graph, typ int, id int32) string {
	t := g.Types[typ]
	if int(id) < len(t.Labels) && t.Labels[id] != "" {
		return fmt.Sprintf("%s %d “%s”", t.Name, id, t.Labels[id])
	}
	return fmt.Sprintf("%s %d", t.Name, id)
}

// short returns v as formulas write it.
func short(v float32) string { return strconv.FormatFloat(float64(v), 'g', 4, 32) }
