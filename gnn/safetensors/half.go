package safetensors

import "math"

// written returns the dtype in which Write writes t.
func (t Tensor) written() string {
	if t.Half {
		return "F16"
	}
	return "F32"
}

// fromHalf returns the value of a float16 of IEEE 754: a sign, five bits of
// exponent and ten of fraction.
func fromHalf(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&31, uint32(h)&1023
	switch exponent {
	case 0: // fraction·2⁻²⁴, exact in float32
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	case 31:
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// fromBrain returns the value of a bfloat16: the upper half of a float32.
func fromBrain(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

// toHalf returns the float16 nearest to v, of two the even one. It reports
// false for a finite v that is too large for any.
func toHalf(v float32) (uint16, bool) {
	bits := math.Float32bits(v)
	sign, magnitude := uint16(bits>>31)<<15, bits&^(1<<31)
	switch {
	case magnitude > 255<<23:
		return sign | 0x7e00, true // not a number
	case magnitude == 255<<23:
		return sign | 0x7c00, true
	case magnitude < (127-14)<<23: // below the smallest normal number
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(magnitude))*(1<<24))), true
	}
	half := (magnitude + 0xfff + magnitude>>13&1) >> 13 // a carry goes on into the exponent
	half -= (127 - 15) << 10
	return sign | uint16(half), half < 31<<10
}
