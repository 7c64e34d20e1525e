package chart

import (
	"fmt"
	"strings"
)

// colours are those of the series on white, which a page would have given.
var colours = [Series]string{"#6b7280", "#0067b1", "#c84e00", "#a8479a", "#00805b", "#8a5a00", "#6a4fc4", "#7d7400", "#0e7f92", "#b3245a", "#40631a", "#1b1f24"}

// white has the colours themselves in place of their names, which only a
// browser knows.
var white = func() *strings.Replacer {
	pairs := []string{"currentColor", "#1b1f24", "var(--grid)", "#dfe3e8"}
	for i, c := range colours {
		pairs = append(pairs, fmt.Sprintf("var(--s%d)", i), c)
	}
	return strings.NewReplacer(pairs...)
}()

// Alone makes a drawing a file of its own, for any program that shows SVG: on
// white.
func Alone(svg string) string {
	return strings.Replace(white.Replace(svg), "<svg ", `<svg style="background:#fff;font-family:sans-serif" `, 1)
}
