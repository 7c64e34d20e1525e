package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"abkd/internal/show"
)

// An Output is where the results of a program go. It keeps the first error of
// writing, which cobra's help does not report.
type Output struct {
	to  io.Writer
	err error
}

// NewOutput returns an Output to w.
func NewOutput(w io.Writer) *Output { return &Output{to: w} }

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// Fd is the descriptor of a file, for who asks how wide a terminal is.
func (o *Output) Fd() uintptr {
	if f, ok := o.to.(*os.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// Check returns err, or else the error of writing.
func (o *Output) Check(err error) error {
	if err == nil && o.err != nil {
		return fmt.Errorf("cannot write the result: %w", o.err)
	}
	return err
}

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
