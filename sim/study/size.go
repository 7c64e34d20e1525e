package study

import (
	"fmt"
	"strconv"
	"strings"

	"abkd/sim/setup"
)

// SizeText returns a size as layers x width, such as "2x8".
func SizeText(s setup.Size) string { return fmt.Sprintf("%dx%d", s.Layers, s.Hidden) }

// ParseSizes reads sizes such as "2x8,2x16".
func ParseSizes(list string) (sizes []setup.Size, err error) {
	for _, text := range strings.Split(list, ",") {
		layers, hidden, _ := strings.Cut(strings.TrimSpace(text), "x")
		l, errL := strconv.Atoi(layers)
		h, errH := strconv.Atoi(hidden)
		deepest, widest := setup.ControlOf("layers").Max, setup.ControlOf("hidden").Max
		if errL != nil || errH != nil || l < 1 || h < 1 || float64(l) > deepest || float64(h) > widest {
			return nil, fmt.Errorf("%q, want layers x width such as 2x8, up to %gx%g", text, deepest, widest)
		}
		sizes = append(sizes, setup.Size{Layers: l, Hidden: h})
	}
	return sizes, nil
}
