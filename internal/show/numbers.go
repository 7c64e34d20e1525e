// Package show writes numbers, tables and what others have named so that people
// can read it. Names of nodes, classes, types and files come from others: here
// is their way to a terminal, to JSON and to a table that a spreadsheet opens.
package show

import (
	"fmt"
	"math"
	"strconv"
)

// A Number is written in JSON with the digits that a float32 needs, or as
// null if it is not finite, which JSON cannot say.
type Number float32

// MarshalJSON implements json.Marshaler.
func (x Number) MarshalJSON() ([]byte, error) {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(x), 'f', -1, 32), nil
}

// NotKnown is what stands in text where there is no number.
const NotKnown = "n/a"

// Figures writes x with n significant digits, and with an exponent what is
// very large or small.
func Figures(x float64, n int) string {
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', n-1, 64), 64); err == nil && math.Abs(x) < 1000 {
		x = rounded // 0.9999 may have one digit before the point
	}
	switch size := math.Abs(x); {
	case math.IsNaN(x):
		return NotKnown
	case x == 0:
		return "0"
	case size < 1e-4 || size >= 1e6:
		return strconv.FormatFloat(x, 'g', n, 64)
	case size >= 1000:
		return Grouped(int64(math.Round(x)))
	default:
		return strconv.FormatFloat(x, 'f', max(0, n-1-int(math.Floor(math.Log10(size)))), 64)
	}
}

// Percent writes a share, n/a where it is not known: of no nodes, say.
func Percent(x Number) string {
	if x != x {
		return NotKnown
	}
	return fmt.Sprintf("%.2f %%", 100*x)
}

// Grouped writes n with its digits in groups of three.
func Grouped[N ~int | ~int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
