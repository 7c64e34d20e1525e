//go:build !js

package ogb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// sameAsStrconv checks that parseFloat reads s as strconv does, and nothing
// that is no decimal number.
func sameAsStrconv(t *testing.T, s string) {
	t.Helper()
	want, err := strconv.ParseFloat(s, 32)
	got, n, ok := parseFloat([]byte(s))
	decimal := strings.Trim(s, "0123456789+-.eE") == ""
	if ok != (err == nil && decimal) {
		t.Fatalf("parseFloat(%q): ok is %v, strconv says %v", s, ok, err)
	}
	if ok && (n != len(s) || math.Float32bits(got) != math.Float32bits(float32(want)) && got == got) {
		t.Fatalf("parseFloat(%q) is %x of %d bytes, want %x of %d", s, math.Float32bits(got), n, math.Float32bits(float32(want)), len(s))
	}
}

func TestParseFloatForms(t *testing.T) {
	for _, s := range []string{
		"0", "-0", "0.0", "-0.0", "1", "-1", "+1", "1.", ".5", "-.5", "00012", "0.10000000149011612",
		"1e3", "1E3", "1e-3", "-1.5e+2", "1e", "e1", "", "-", ".", "-.", "1.2.3", "1-2", "--1", " 1", "1 ", "0x10", "0x1p3", "0x_1p-2", "1_0",
		"nan", "NaN", "inf", "-Inf", "infinity", "1e38", "3.4028235e38", "3.4028236e38", "340282346638528859811704183484516925440", "1e39",
		"1e-45", "1.1754944e-38", "0.00000000000000000000000000000000000001", "1e-60", "0.00000000000000000000001",
		"16777217", "16777216.5", "16777217.000000001", "33554434", "33554433.99999999999", "9007199254740993", "18446744073709551615", "18446744073709551616", "99999999999999999999",
		"0.000000000000000000000000000000000000011754943508222875079687365372222456778186655567720875215087517062784172594547271728515625",
		"1.00000017881393421514957253748434595763683319091796875001", // above the middle of two float32
		"1.00000017881393432617187499", "1.000000059604644775390625", "1.0000000596046448", "1.0000000596046447", "１",
	} {
		t.Run(fmt.Sprintf("text=%q", s), func(t *testing.T) { sameAsStrconv(t, s) })
	}
}

func TestParseFloatRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 60000 {
		f := math.Float32frombits(rng.Uint32())
		sameAsStrconv(t, strconv.FormatFloat(float64(f), 'g', -1, 32))
		small := float64(rng.Float32() - .5)
		sameAsStrconv(t, strconv.FormatFloat(small, 'f', rng.IntN(20), 64))
		sameAsStrconv(t, strconv.FormatFloat(small*math.Pow(10, float64(rng.IntN(12))), 'f', -1, 64))
		// near the middle of two neighbours, where rounding twice goes wrong
		a := rng.Float32()
		middle := (float64(a) + float64(math.Nextafter32(a, 2))) / 2
		for range rng.IntN(3) {
			middle = math.Nextafter(middle, float64(rng.IntN(2)))
		}
		sameAsStrconv(t, strconv.FormatFloat(middle, 'f', 15+rng.IntN(6), 64))
	}
}

func TestParseStopsAtTheComma(t *testing.T) {
	for _, s := range []string{"1.5,2", "1e1,2", "nan,3", ",4", "x,5"} {
		_, n, ok := parseFloat([]byte(s))
		if want := fieldLen([]byte(s)); ok && n != want {
			t.Errorf("parseFloat(%q) reads %d bytes, want %d", s, n, want)
		}
	}
}

func TestParseInt(t *testing.T) {
	for _, c := range []struct {
		text string
		v    int64
		n    int
		ok   bool
	}{
		{"0", 0, 1, true}, {"17,3", 17, 2, true}, {"-4", -4, 2, true}, {"0012", 12, 4, true},
		{"999999999999999999", 999999999999999999, 18, true},
		{"1000000000000000000", 0, 19, false}, {"", 0, 0, false}, {"-", 0, 1, false}, {"1.0", 0, 3, false},
		{"x,1", 0, 1, false}, {"1x", 0, 2, false}, {" 1", 0, 2, false}, {",", 0, 0, false},
	} {
		if v, n, ok := parseInt([]byte(c.text)); v != c.v || n != c.n || ok != c.ok {
			t.Errorf("parseInt(%q) is %d, %d, %v, want %d, %d, %v", c.text, v, n, ok, c.v, c.n, c.ok)
		}
	}
}

func BenchmarkParseFloat(b *testing.B) {
	text := []byte("-0.0953999981")
	for _, c := range []struct {
		name  string
		parse func()
	}{
		{"fast", func() { parseFloat(text) }},
		{"strconv", func() { strconv.ParseFloat(string(text), 32) }},
	} {
		b.Run("impl="+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c.parse()
			}
		})
	}
}
