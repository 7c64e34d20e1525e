package main

import (
	"encoding/json"
	"fmt"
	"io"

	"abkd/internal/show"
	"abkd/sim/wire"
)

// A number is one of a report.
type number = show.Number

// A modelReport is the size, cost and quality of one model.
type modelReport struct {
	Layers          int    `json:"layers"`
	Hidden          int    `json:"hidden"`
	Train           number `json:"train"` // accuracies, 0..1
	Valid           number `json:"valid"`
	Test            number `json:"test"`
	Loss            number `json:"loss"` // mean cross-entropy on the training nodes
	Params          int    `json:"params"`
	EmbeddingParams int    `json:"embedding_params"`
	Bytes           int    `json:"bytes"`
	InferMS         number `json:"infer_ms"` // fastest of several
}

func newModelReport(s wire.ModelState) modelReport {
	return modelReport{
		Layers: s.Layers, Hidden: s.Hidden,
		Train: number(s.Train), Valid: number(s.Valid), Test: number(s.Test), Loss: number(s.Loss),
		Params: int(s.Params), EmbeddingParams: int(s.EmbeddingParams), Bytes: int(s.Bytes),
		InferMS: number(s.InferMicros / 1000),
	}
}

// modelTable returns the rows of a table with a column for each model.
func modelTable(names []string, models []modelReport) [][]string {
	rows := [][]string{append([]string{""}, names...)}
	for _, line := range []struct {
		title string
		text  func(m modelReport) string
	}{
		{"layers x hidden", func(m modelReport) string { return fmt.Sprintf("%d x %d", m.Layers, m.Hidden) }},
		{"parameters", func(m modelReport) string { return grouped(int64(m.Params)) }},
		{"  and in embedding tables", func(m modelReport) string { return grouped(int64(m.EmbeddingParams)) }},
		{"bytes", func(m modelReport) string { return grouped(int64(m.Bytes)) }},
		{"inference, whole graph", func(m modelReport) string { return figures(float64(m.InferMS), 3) + " ms" }},
		{"accuracy, train", func(m modelReport) string { return percent(m.Train) }},
		{"  valid", func(m modelReport) string { return percent(m.Valid) }},
		{"  test", func(m modelReport) string { return percent(m.Test) }},
		{"cross-entropy, train", func(m modelReport) string { return figures(float64(m.Loss), 4) }},
	} {
		row := []string{line.title}
		for _, m := range models {
			row = append(row, line.text(m))
		}
		rows = append(rows, row)
	}
	return rows
}

// write prints v as one line of JSON if asJSON, and otherwise text. Neither
// has anything that controls a terminal, whatever the names in it are.
func write(w io.Writer, asJSON bool, v any, text string) error {
	out := []byte(show.Printable(text, "\n"))
	if asJSON {
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("cannot write the result: %w", err)
		}
		out = append(show.JSON(line), '\n')
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("cannot write the result: %w", err)
	}
	return nil
}

func table(rows [][]string) string { return show.Table(rows) }

// matrixRows returns the rows of m, nil if it is empty.
func matrixRows(m wire.Matrix) (rows [][]number) {
	if m.Empty() {
		return nil
	}
	for i := range m.Rows {
		var row []number
		for _, x := range m.Row(i) {
			row = append(row, number(x))
		}
		rows = append(rows, row)
	}
	return rows
}

// matrixText lays out a [teacher layers x student layers] matrix.
func matrixText(title string, m [][]number, text func(x number) string) string {
	rows := [][]string{{title}}
	for j := range m[0] {
		rows[0] = append(rows[0], fmt.Sprintf("student %d", j+1))
	}
	for i, row := range m {
		cells := []string{fmt.Sprintf("teacher %d", i+1)}
		for _, x := range row {
			cells = append(cells, text(x))
		}
		rows = append(rows, cells)
	}
	return table(rows)
}

// percent writes a share, n/a where it is not known: of no nodes, say.
func percent(x number) string {
	if x != x {
		return notKnown
	}
	return fmt.Sprintf("%.2f %%", 100*x)
}

// notKnown is what stands in text where there is no number.
const notKnown = show.NotKnown

func figures(x float64, n int) string { return show.Figures(x, n) }

func grouped(n int64) string { return show.Grouped(n) }
