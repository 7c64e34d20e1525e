package scene

import (
	"math"
)

// An axis says where numbers stand along a line.
type axis struct {
	low, high float64
	from, to  float32 // where low and high stand
	log       bool
}

// at returns where v stands; what lies beyond an end stands there.
func (x *axis) at(v float64) float32 {
	f := (v - x.low) / (x.high - x.low)
	if x.log {
		f = math.Log(v/x.low) / math.Log(x.high/x.low)
	}
	return x.from + float32(min(max(f, 0), 1))*(x.to-x.from)
}

// holds reports whether v stands between the ends.
func (x *axis) holds(v float64) bool { return v >= x.low && v <= x.high }

// A span is what numbers reach from and to; the zero span holds none.
type span struct {
	low, high float64
	known     bool
}

// add widens s to hold v, if that is a number.
func (s *span) add(v float64) {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
	case !s.known:
		s.low, s.high, s.known = v, v, true
	default:
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
}

// shares returns the axis of the accuracies that s holds, with some room around
// them.
func (s span) shares(from, to float32) axis {
	if !s.known {
		return axis{low: 0, high: 1, from: from, to: to}
	}
	pad := max(0.02, (s.high-s.low)*0.08)
	return axis{low: max(0, s.low-pad), high: min(1, s.high+pad), from: from, to: to}
}

// costs returns the axis of the costs that s holds, by their logarithm.
func (s span) costs(from, to float32) axis {
	if !s.known || s.low <= 0 {
		return axis{low: 1, high: 10, from: from, to: to, log: true}
	}
	return axis{low: s.low / 1.3, high: s.high * 1.3, from: from, to: to, log: true}
}

// pitch returns the least round step, 1, 2 or 5 times a power of ten, of which
// not more than so many fit on the axis.
func (x *axis) pitch(most int) float64 {
	rough := (x.high - x.low) / float64(max(most, 1))
	ten := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*ten >= rough*(1-1e-9) {
			return m * ten
		}
	}
	return 10 * ten
}

// percentTicks calls f with round accuracies on the axis, as far apart as their
// texts need, and with their texts.
func (b *builder) percentTicks(x *axis, apart float32, f func(at float32, text string)) {
	reach := x.to - x.from
	if reach < 0 {
		reach = -reach
	}
	step := x.pitch(int(reach / apart))
	for k := math.Ceil(x.low/step - 1e-9); k*step <= x.high+1e-9; k++ {
		v := k * step
		f(x.at(v), b.memo(math.Float64bits(v), 21, func(t []byte) []byte {
			decimals := 0
			if step < 0.0099 {
				decimals = 1
			}
			return append(b.words.appendFloat(t, 100*v, 'f', decimals), " %"...)
		}))
	}
}

// points writes an accuracy in per cent with one decimal.
func (b *builder) points(v float32) string {
	return b.memo(uint64(math.Float32bits(v)), 22, func(t []byte) []byte {
		return append(b.words.appendFloat(t, 100*float64(v), 'f', 1), " %"...)
	})
}

// appendSigned appends a difference in points with its sign; a zero has none.
func (b *builder) appendSigned(t []byte, v float32) []byte {
	x := math.Round(1000*float64(v)) / 10
	switch {
	case x == 0:
		return b.words.appendFloat(t, 0, 'f', 1)
	case x < 0:
		t = append(t, "−"...)
	default:
		t = append(t, '+')
	}
	return b.words.appendFloat(t, math.Abs(x), 'f', 1)
}
