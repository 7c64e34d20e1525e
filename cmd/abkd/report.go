package main

import (
	"encoding/json"
	"fmt"
	"io"

	"abkd/internal/show"
)

// A number is one of a report.
type number = show.Number

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

func percent(x number) string { return show.Percent(x) }

// notKnown is what stands in text where there is no number.
const notKnown = show.NotKnown

func figures(x float64, n int) string { return show.Figures(x, n) }

func grouped(n int64) string { return show.Grouped(n) }
