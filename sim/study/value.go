package study

import (
	"fmt"
	"math"
	"strconv"
)

// A Value is a float32 that JSON shows as null where there is none, which is
// NaN here: the accuracy over no nodes, say.
type Value float32

// MarshalJSON implements json.Marshaler.
func (x Value) MarshalJSON() ([]byte, error) {
	if !Number(x).Known() {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(x), 'f', -1, 32), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (x *Value) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*x = Value(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(string(text), 32) // the decoder has seen that it is JSON
	if err != nil {
		return fmt.Errorf("study: value is %s, want a number or null", text)
	}
	*x = Value(v)
	return nil
}

// Ratio returns a over b, unknown where either is 0: nothing is so many times
// smaller than a model without parameters.
func Ratio(a, b float64) Number {
	if a == 0 || b == 0 {
		return unknown
	}
	return Number(a / b)
}
