package table

import (
	"fmt"
	"strconv"
	"strings"

	"abkd/internal/show"
)

// joinNumbers makes one class of labels that are the same number, such as 1 and
// 1.0, if all labels are numbers. The first text names it.
func (f *finisher) joinNumbers(t *Nodes) {
	first := map[string]int32{} // of each number, the class
	numbers := 0
	number, kept := make([]int32, len(t.Classes)), []string{}
	var same, pair string
	for c, text := range t.Classes {
		n, ok := decimal(text)
		if ok {
			numbers++
		} else {
			n = "text " + text
		}
		at, before := first[n]
		if !before {
			at = int32(len(kept))
			first[n], kept = at, append(kept, text)
		} else if pair == "" {
			same, pair = kept[at], text
		}
		number[c] = at
	}
	switch {
	case pair == "":
	case numbers < len(t.Classes):
		f.Note(fmt.Sprintf("%s and %s are two classes: labels are texts here, as not all of them are numbers.", show.Quote(same), show.Quote(pair)))
	default:
		f.Note(fmt.Sprintf("All labels are numbers, and equal numbers are one class, such as %s and %s: %d of them are written in %d ways.", show.Quote(same), show.Quote(pair), len(kept), len(t.Classes)))
		t.Classes = kept
		for i, c := range t.Labels {
			if c >= 0 {
				t.Labels[i] = number[c]
			}
		}
	}
}

// noteClasses says what of the classes may be no intention.
func (f *finisher) noteClasses(t *Nodes) {
	labelled := 0
	for _, c := range t.Labels {
		if c >= 0 {
			labelled++
		}
	}
	if (values{given: labelled}).nearlyAll(len(t.Classes)) {
		f.Note(fmt.Sprintf("Nearly every labelled node is of a class of its own: %s classes of %s nodes.", show.Grouped(len(t.Classes)), show.Grouped(labelled)))
	}
	small := map[string]string{}
	for _, text := range t.Classes {
		plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
		other, twice := small[plain]
		if twice {
			f.Note(fmt.Sprintf("%s and %s are two classes, which differ in blanks or in small and capital letters alone.", show.Quote(other), show.Quote(text)))
			return
		}
		small[plain] = text
	}
}

// decimal returns the digits and the exponent of a number, the same for every
// way to write it.
func decimal(text string) (canonical string, ok bool) {
	mantissa, exponent := strings.ToLower(text), 0
	if at := strings.IndexByte(mantissa, 'e'); at >= 0 {
		e, err := strconv.Atoi(mantissa[at+1:])
		if err != nil || len(mantissa)-at > 6 {
			return "", false
		}
		mantissa, exponent = mantissa[:at], e
	}
	sign := ""
	if rest, minus := strings.CutPrefix(mantissa, "-"); minus {
		mantissa, sign = rest, "-"
	} else {
		mantissa = strings.TrimPrefix(mantissa, "+")
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	exponent -= len(fraction)
	short := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(short)
	if short = strings.TrimLeft(short, "0"); short == "" {
		return "0", true
	}
	return sign + short + "e" + strconv.Itoa(exponent), true
}
