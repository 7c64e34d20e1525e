package show

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are characters that a name must not bring to a terminal: escape,
// bell, return, backspace, delete, the eight-bit CSI, a right-to-left override
// and an isolate.
const hostile = "\x1b[2J\x07\b\x7f\u009b31m\u202e\u2066"

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Müller 北京 ∆ 👩‍🔬": "Müller 北京 ∆ 👩‍🔬",
		"a\x1b[31mred":    `a\x1b[31mred`,
		"two\nlines\tx\r": `two\x0alines\x09x\x0d`,
		"\u202eabc\u2069": `\u202eabc\u2069`,
		"\u0085\u2028":    `\u0085\u2028`,
		"\x9bm\xff":       `\x9bm\xff`,
	} {
		if got := Printable(in, ""); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Printable("a\n\tb\r", "\n"); got != "a\n"+`\x09b\x0d` {
		t.Errorf("with lines kept it is %q", got)
	}
	in, _ := json.Marshal(hostile)
	out := JSON(in)
	var back string
	if err := json.Unmarshal(out, &back); err != nil || back != hostile || strings.ContainsFunc(string(out), unprintable) {
		t.Errorf("JSON of %q is %q, which reads as %q, %v", hostile, out, back, err)
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"a":             "a",
		"a\nb":          "a b",
		"a\n\n\tb\r\nc": "a b c",
		"a  b":          "a  b",
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestSheet checks that no cell is a formula, and that numbers are as they were.
func TestSheet(t *testing.T) {
	var b strings.Builder
	w := NewSheet(&b)
	w.Write([]string{"=1+1", "\tcell", "-1.5e3", "-b", "plain", "+.5", "-5.", "-1e999", "-", "+1e", "-0x1p4", "-Inf", "＝1", "a=1", ""})
	if err := w.Done(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if got := strings.Join(rows[0], "|"); err != nil || got != "'=1+1|'\tcell|-1.5e3|'-b|plain|+.5|-5.|-1e999|'-|'+1e|'-0x1p4|'-Inf|'＝1|a=1|" {
		t.Errorf("the row reads as %q (%v)", got, err)
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -999: "-999", 1234567: "1,234,567"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestQuote checks that no character is cut in two, of texts and of bytes.
func TestQuote(t *testing.T) {
	long := strings.Repeat("x", 39)
	for in, want := range map[string]string{
		"":                             `""`,
		"a\nb\x1b":                     `"a\nb\x1b"`,
		long + "y":                     `"` + long + `y"`,
		long + "yz":                    `"` + long + `y"…`,
		long + "€":                     `"` + long + `"…`,
		long[:38] + "\xf0\x9f\x92\xa9": `"` + long[:38] + `"…`,
		strings.Repeat("\x80", 50):     `"` + strings.Repeat(`\x80`, 36) + `"…`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
		if got := Quote([]byte(in)); got != want {
			t.Errorf("Quote of the bytes of %q is %s, want %s", in, got, want)
		}
	}
}

// TestFigures checks significant digits.
func TestFigures(t *testing.T) {
	for _, c := range []struct {
		x    float64
		n    int
		want string
	}{
		{5411391250025273657138179027721256960, 4, "5.411e+36"}, {0.5872649, 4, "0.5873"}, {0.99999, 4, "1.000"}, {123456.7, 3, "123,457"},
		{0, 4, "0"}, {math.NaN(), 4, "n/a"}, {math.Inf(1), 3, "+Inf"}, {-0.001234, 2, "-0.0012"}, {0.00001, 3, "1e-05"}, {12.345, 3, "12.3"}, {999.6, 3, "1,000"},
	} {
		if got := Figures(c.x, c.n); got != c.want {
			t.Errorf("%v with %d digits is %q, want %q", c.x, c.n, got, c.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float32]string{
		0.1: "0.1", 1: "1", 1e-8: "0.00000001", float32(math.Inf(1)): "null", float32(math.NaN()): "null", -2.5: "-2.5",
	} {
		if got, err := json.Marshal(Number(x)); err != nil || string(got) != want {
			t.Errorf("number %v is %s (%v), want %s", x, got, err, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{5: "5 B", 3 << 19: "1.5 MiB", 20 << 30: "20 GiB", 1 << 40: "1 TiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

// TestTableLongName shows the beginning of a name that would make every line of
// a table as long as it is.
func TestTableLongName(t *testing.T) {
	long := strings.Repeat("ü", 100_000)
	got := Table([][]string{{"class", "nodes"}, {long, "1"}, {strings.Repeat("x", widestCell), "2"}})
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(line); n > widestCell+20 {
			t.Errorf("a line has %d characters", n)
		}
	}
	if want := strings.Repeat("ü", widestCell) + "…  1\n"; !strings.Contains(got, want) {
		t.Errorf("the table is %.300q, want %.30q… in it", got, want)
	}
	if want := strings.Repeat("x", widestCell) + "   2\n"; !strings.Contains(got, want) {
		t.Errorf("the table is %.300q, want a name of %d characters whole", got, widestCell)
	}
}
