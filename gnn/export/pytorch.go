// Package export writes models and their predictions for other programs.
package export

import (
	"bytes"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/mat"
	"abkd/gnn/safetensors"
	"abkd/internal/show"
)

// script rebuilds a model in PyTorch.
//
//go:embed export.py
var script []byte

// IsScript reports whether a file that begins with head is a script of PyTorch.
func IsScript(head []byte) bool {
	return bytes.HasPrefix(head, script[:bytes.IndexByte(script, ',')])
}

// A Torch is what rebuilds a model in PyTorch: a script, which needs nothing but
// PyTorch, the graph, and logits that the script compares its own with. It
// reads them beside the weights, all of one name.
type Torch struct {
	Script []byte // NAME.py
	Pack   []byte // NAME.pack
	Logits []byte // NAME.logits.safetensors
	Rows   int    // of the logits
}

// PyTorch returns what rebuilds m, of the weights in NAME.safetensors. Notes, a
// clause each, go into the files.
func PyTorch(m gnn.Model, g *graph.Graph, name string, notes []string) (t Torch, err error) {
	if k, _ := gnn.KindOf(m.Config().Kind); k.Baseline() {
		return t, fmt.Errorf("export: a model of the kind %s is no network that a script for PyTorch could rebuild; its predictions can be written as CSV", k.Name)
	}
	logits, step := someLogits(m, g)
	t.Rows = logits.Rows
	tensors := []safetensors.Tensor{{Name: "logits", Shape: []int{logits.Rows, logits.Cols}, Data: logits.Data}}
	if m.Config().LabelReuse {
		x := m.Graph().LabelInputs.X
		tensors = append(tensors, safetensors.Tensor{Name: "label_inputs", Shape: []int{x.Rows, x.Cols}, Data: x.Data})
	}
	t.Logits, err = safetensors.Encode(&safetensors.File{
		Metadata: map[string]string{"step": strconv.Itoa(step), "notes": strings.Join(notes, "\n")},
		Tensors:  tensors,
	})
	if err != nil {
		return t, err
	}
	// The script computes means itself, so that it shows all.
	bare := *graph.WithoutDerived(g)
	switch m.Config().Inputs {
	case "means":
		bare = *g // of a pack: the means of the graph that it was cut out of
	case "fastrp":
		bare = *m.Graph()
	}
	bare.Origin = "" // the script reads packs of version 1
	if t.Pack, err = (graph.Pack{Graph: &bare}).Encode(); err != nil {
		return t, err
	}
	t.Script = bytes.ReplaceAll(script, []byte("NAME"), []byte(name))
	for _, clause := range notes {
		t.Script = fmt.Appendf(t.Script, "# note: %s\n", show.Line(clause))
	}
	return t, nil
}

// someLogits returns the logits of every step-th target node, a thousand or
// two in all.
func someLogits(m gnn.Model, g *graph.Graph) (some mat.Matrix, step int) {
	const enough = 1024
	step = max(1, len(g.Labels)/enough)
	var rows []int32
	for v := 0; v < len(g.Labels); v += step {
		rows = append(rows, int32(v))
	}
	some = mat.New(len(rows), g.Classes)
	gnn.NewEvaluator(m, rows).Each(func(first int, logits mat.Matrix) {
		copy(some.Data[first*g.Classes:], logits.Data)
	})
	return some, step
}
