package show

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Sheet writes comma-separated values in which no cell is a formula to a
// spreadsheet: before a cell that begins as one stands an apostrophe, unless
// it is a number.
type Sheet struct{ w *csv.Writer }

// NewSheet returns a sheet that writes to w.
func NewSheet(w io.Writer) Sheet { return Sheet{csv.NewWriter(w)} }

// Write adds a row. Errors show in Done.
func (s Sheet) Write(row []string) error {
	for i, cell := range row {
		if isFormula(cell) && !isDecimal(cell) {
			row[i] = "'" + cell
		}
	}
	return s.w.Write(row)
}

// Done completes the file.
func (s Sheet) Done() error {
	s.w.Flush()
	return s.w.Error()
}

// isFormula reports whether a spreadsheet takes the cell for one, or may.
func isFormula(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first)
}

// isDecimal reports whether the cell is a number in digits, of any size.
func isDecimal(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return strings.Trim(cell, "0123456789.eE+-") == "" && (err == nil || errors.Is(err, strconv.ErrRange))
}
