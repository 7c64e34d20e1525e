package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"abkd/internal/show"
)

// Write prints v as one line of JSON if asJSON, and otherwise text. Neither
// has anything that controls a terminal, whatever the names in it are.
func Write(w io.Writer, asJSON bool, v any, text string) error {
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
