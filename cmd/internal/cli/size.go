package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"abkd/internal/show"
)

// A Size is a flag for a number of bytes, such as 20GiB; 0 if not given.
type Size int64

// unitsOfBytes are in the order in which String tries them.
var unitsOfBytes = []struct {
	name string
	size float64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

// String implements pflag.Value.
func (b Size) String() string {
	if b == 0 {
		return ""
	}
	return show.Bytes(int64(b))
}

// Set implements pflag.Value.
func (b *Size) Set(text string) error {
	number, factor := text, 1.
	for _, u := range unitsOfBytes {
		if n := len(text) - len(u.name); n > 0 && strings.EqualFold(text[n:], u.name) {
			number, factor = strings.TrimSpace(text[:n]), u.size
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v*factor >= 1 && v*factor < math.MaxInt64) {
		return fmt.Errorf("%q is no size, want one such as 20GiB, 800MB or a number of bytes", text)
	}
	*b = Size(v * factor)
	return nil
}

// Type implements pflag.Value.
func (b Size) Type() string { return "size" }
