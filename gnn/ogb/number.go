//go:build !js

package ogb

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"
)

// powers of ten that float64 holds exactly.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseFloat parses the decimal number that b begins with, up to a comma or
// the end, and returns it with the length read. The result has the bits of
// strconv.ParseFloat(text, 32), which takes more: hexadecimals, inf and nan.
//
// Up to 19 digits are read as an integer m < 2^64 and scaled by an exact power
// of ten. Rounding m and rounding the quotient are wrong by at most 2 units in
// the last place of a float64 together, which cannot change the float32 unless
// the value lies that near the middle of two of them. Those values, and all
// text of another form, go to strconv (after W. D. Clinger, How to Read
// Floating Point Numbers Accurately, 1990).
func parseFloat(b []byte) (f float32, n int, ok bool) {
	i := 0
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	m, start, digits := uint64(0), i, 0
	for i < len(b) && b[i]-'0' < 10 {
		m = m*10 + uint64(b[i]-'0')
		i++
	}
	digits = i - start
	exp := 0
	if i < len(b) && b[i] == '.' {
		i++
		start = i
		for i < len(b) && b[i]-'0' < 10 {
			m = m*10 + uint64(b[i]-'0')
			i++
		}
		exp = start - i
		digits += i - start
	}
	if i < len(b) && b[i] != ',' || digits == 0 || digits > 19 || exp < -22 {
		return parseSlow(b)
	}
	v := float64(m) / pow10[-exp]
	const half = 1 << 28 // of the 29 bits that float32 has not
	if d := int64(math.Float64bits(v)&(2*half-1)) - half; d >= -4 && d <= 4 || v < 0x1p-126 && m != 0 || v > math.MaxFloat32 {
		return parseSlow(b)
	}
	if negative {
		v = -v
	}
	return float32(v), i, true
}

func parseSlow(b []byte) (float32, int, bool) {
	n := fieldLen(b)
	if n == 0 || !inDigits(b[:n]) {
		return 0, n, false // no decimal number, though strconv may take it
	}
	f, err := strconv.ParseFloat(unsafe.String(&b[0], n), 32) // the string does not outlive the call
	return float32(f), n, err == nil
}

// inDigits reports whether b has nothing but what a decimal number has.
func inDigits(b []byte) bool { return len(bytes.Trim(b, "0123456789+-.eE")) == 0 }

// parseInt parses the decimal integer that b begins with, up to a comma or
// the end, and returns it with the length read.
func parseInt(b []byte) (v int64, n int, ok bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		n++
	}
	start := n
	for n < len(b) && b[n]-'0' < 10 {
		v = v*10 + int64(b[n]-'0')
		n++
	}
	if n == start || n-start > 18 || n < len(b) && b[n] != ',' {
		return 0, fieldLen(b), false
	}
	if negative {
		v = -v
	}
	return v, n, true
}

// fieldLen returns the length of b up to its first comma.
func fieldLen(b []byte) int {
	for i, c := range b {
		if c == ',' {
			return i
		}
	}
	return len(b)
}
