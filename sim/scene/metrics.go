package scene

import "strings"

// Width returns how wide s is at the given size, in the units of size. It
// knows the advances of the embedded font, so that a picture can be laid out
// where there is no font.
func Width(s string, size float32, bold bool) float32 {
	table := &advances[0]
	if bold {
		table = &advances[1]
	}
	n := 0
	for _, r := range s {
		switch {
		case r >= 32 && r < 127:
			n += int(table[r-32])
		case r == '×' || r == '÷' || r == '±' || r == 'æ':
			n += 1000
		case r == '‘' || r == '’':
			n += int(table['.'-32]) + 1
		case r == '“' || r == '”':
			n += int(table['"'-32]) + 3
		case r < 0x2000:
			n += int(table['e'-32]) + 60 // Latin-1 and Greek: an upper estimate for all but capitals
		default:
			n += 1000
		}
	}
	return float32(n) * size / 1000
}

// fit returns s, shortened to end in "..." if it is wider than w.
func fit(s string, size float32, bold bool, w float32) string {
	if Width(s, size, bold) <= w {
		return s
	}
	dots := Width("...", size, bold)
	cut := 0
	for i := range s {
		if Width(s[:i], size, bold)+dots > w {
			break
		}
		cut = i
	}
	if cut == 0 {
		return ""
	}
	return s[:cut] + "..."
}

// wrap returns s in lines no wider than w, broken after blanks where that can
// be.
func wrap(s string, size float32, bold bool, w float32) (lines []string) {
	line, rest := firstLine(s, size, bold, w)
	for ; rest != ""; line, rest = firstLine(rest, size, bold, w) {
		lines = append(lines, line)
	}
	return append(lines, line)
}

// firstLine returns the first line of s and what follows it.
func firstLine(s string, size float32, bold bool, w float32) (line, rest string) {
	if Width(s, size, bold) <= w {
		return s, ""
	}
	at, blank := 0, 0
	for i, r := range s {
		if Width(s[:i], size, bold) > w {
			break
		}
		if at = i; r == ' ' {
			blank = i
		}
	}
	if blank > 0 {
		at = blank
	}
	if at == 0 { // not even one character
		return s, ""
	}
	return s[:at], strings.TrimPrefix(s[at:], " ")
}

// advances holds, for the regular and the bold weight, the advance of each
// printable ASCII character in thousandths of an em.
var advances = [2][95]uint16{
	{
		224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392,
		555, 555, 555, 555, 555, 555, 555, 555, 555, 555, 278, 278, 555, 555, 555, 474,
		946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812, 723, 742,
		633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559,
		606, 563, 618, 510, 620, 554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606,
		620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338, 270, 338, 555,
	},
	{
		227, 370, 574, 590, 590, 963, 740, 325, 378, 378, 507, 590, 325, 370, 325, 387,
		590, 590, 590, 590, 590, 590, 590, 590, 590, 590, 325, 325, 590, 590, 590, 514,
		1007, 641, 681, 656, 714, 615, 585, 717, 757, 330, 568, 686, 578, 853, 749, 770,
		667, 770, 682, 624, 625, 748, 619, 915, 627, 580, 613, 378, 387, 378, 590, 567,
		626, 591, 644, 527, 644, 581, 372, 597, 640, 304, 306, 604, 315, 964, 641, 626,
		644, 644, 436, 495, 421, 637, 576, 863, 562, 574, 511, 378, 296, 378, 590,
	},
}
