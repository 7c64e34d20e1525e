package fit

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/internal/show"
	"abkd/sim"
)

// Figures are the size, cost and quality of one model.
type Figures struct {
	Layers          int         `json:"layers"`
	Hidden          int         `json:"hidden"`
	Train           show.Number `json:"train"` // accuracies, 0..1
	Valid           show.Number `json:"valid"`
	Test            show.Number `json:"test"`
	Loss            show.Number `json:"loss"` // mean cross-entropy on the training nodes
	Params          int         `json:"params"`
	EmbeddingParams int         `json:"embedding_params"`
	Bytes           int         `json:"bytes"`
	InferMS         show.Number `json:"infer_ms"` // fastest of several
}

// ModelTable returns the rows of a table with a column for each model.
func ModelTable(names []string, models []Figures) [][]string {
	rows := [][]string{append([]string{""}, names...)}
	for _, line := range []struct {
		title string
		text  func(m Figures) string
	}{
		{"layers x hidden", func(m Figures) string { return fmt.Sprintf("%d x %d", m.Layers, m.Hidden) }},
		{"parameters", func(m Figures) string { return show.Grouped(int64(m.Params)) }},
		{"  and in embedding tables", func(m Figures) string { return show.Grouped(int64(m.EmbeddingParams)) }},
		{"bytes", func(m Figures) string { return show.Grouped(int64(m.Bytes)) }},
		{"inference, whole graph", func(m Figures) string { return show.Figures(float64(m.InferMS), 3) + " ms" }},
		{"accuracy, train", func(m Figures) string { return show.Percent(m.Train) }},
		{"  valid", func(m Figures) string { return show.Percent(m.Valid) }},
		{"  test", func(m Figures) string { return show.Percent(m.Test) }},
		{"cross-entropy, train", func(m Figures) string { return show.Figures(float64(m.Loss), 4) }},
	} {
		row := []string{line.title}
		for _, m := range models {
			row = append(row, line.text(m))
		}
		rows = append(rows, row)
	}
	return rows
}

// Measure evaluates m on the whole graph g.
func Measure(m gnn.Model, g *graph.Graph, split graph.Split) Figures {
	s := sim.Evaluate(m, g, split)
	return Figures{
		Layers: s.Layers, Hidden: s.Hidden,
		Train: show.Number(s.Train), Valid: show.Number(s.Valid), Test: show.Number(s.Test), Loss: show.Number(s.Loss),
		Params: int(s.Params), EmbeddingParams: int(s.EmbeddingParams), Bytes: int(s.Bytes),
		InferMS: show.Number(s.InferMicros / 1000),
	}
}
