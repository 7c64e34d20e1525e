package scene

import (
	"fmt"
	"image/color"
	"math"
	"strings"
)

// SVG returns the picture, tooltip included, as a file of its own: what the
// canvas shows, for where there is no canvas.
func (l *List) SVG() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="system-ui, sans-serif">`+"\n", l.W, l.H)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%"%s/>`+"\n", paint(l.Background, 0))
	for _, y := range [...]*Layer{&l.Picture, &l.Messages, &l.Overlay} {
		for i := range y.Shapes {
			y.Shapes[i].svg(&b)
		}
		for i := range y.Texts {
			y.Texts[i].svg(&b)
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// paint returns the attributes that fill with c, or stroke if width is not 0.
func paint(c color.NRGBA, width float32) string {
	part, rest := "fill", ""
	if width > 0 {
		part, rest = "stroke", fmt.Sprintf(` fill="none" stroke-width="%.4g"`, width)
	}
	if c.A < 255 {
		rest += fmt.Sprintf(` %s-opacity="%.3g"`, part, float64(c.A)/255)
	}
	return fmt.Sprintf(` %s="#%02x%02x%02x"%s`, part, c.R, c.G, c.B, rest)
}

func (s *Shape) svg(b *strings.Builder) {
	switch s.Kind {
	case Circle:
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="%.1f"%s/>`+"\n", s.X0, s.Y0, s.R, paint(s.Color, s.Stroke))
	case Rect:
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"%s/>`+"\n", s.X0, s.Y0, s.X1-s.X0, s.Y1-s.Y0, s.R, paint(s.Color, s.Stroke))
	case Line:
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke-linecap="round"%s%s/>`+"\n", s.X0, s.Y0, s.X1, s.Y1, dashes(s.Dash, 2*s.R), paint(s.Color, 2*s.R))
	case Tick:
		fmt.Fprintf(b, `<path d="M%.1f %.1fl%.1f %.1fl%.1f %.1f"%s/>`+"\n", s.X0-0.8*s.R, s.Y0, 0.6*s.R, 0.7*s.R, s.R, -1.3*s.R, paint(s.Color, 0.4*s.R))
	case Cross:
		fmt.Fprintf(b, `<path d="M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f"%s/>`+"\n", s.X0-0.7*s.R, s.Y0-0.7*s.R, 1.4*s.R, 1.4*s.R, -1.4*s.R, -1.4*s.R, 1.4*s.R, paint(s.Color, 0.4*s.R))
	case Wide:
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.1f"%s/>`+"\n", s.X0-1.18*s.R, s.Y0-0.66*s.R, 2.36*s.R, 1.32*s.R, 0.12*s.R, paint(s.Color, s.Stroke))
	default:
		s.outline(b, s.corners())
	}
}

// outline draws a polygon of corners around the middle, in radii.
func (s *Shape) outline(b *strings.Builder, corners [][2]float64) {
	b.WriteString(`<path d="`)
	for i, c := range corners {
		fmt.Fprintf(b, "%c%.1f %.1f", "ML"[min(i, 1)], float64(s.X0)+float64(s.R)*c[0], float64(s.Y0)+float64(s.R)*c[1])
	}
	fmt.Fprintf(b, `z"%s/>`+"\n", paint(s.Color, s.Stroke))
}

// plusCorners are those of a broad cross.
var plusCorners = [][2]float64{
	{-0.56, -1.12}, {0.56, -1.12}, {0.56, -0.56}, {1.12, -0.56}, {1.12, 0.56}, {0.56, 0.56},
	{0.56, 1.12}, {-0.56, 1.12}, {-0.56, 0.56}, {-1.12, 0.56}, {-1.12, -0.56}, {-0.56, -0.56},
}

// corners are those of a node symbol, as far out as in the shader.
func (s *Shape) corners() (all [][2]float64) {
	n, turn, r := 4, math.Pi/4, 0.87*math.Sqrt2
	switch s.Kind {
	case Triangle:
		n, turn, r = 3, -math.Pi/2, 1.36
	case Down:
		n, turn, r = 3, math.Pi/2, 1.36
	case Diamond:
		turn, r = 0, 1.24
	case Hexagon:
		n, turn, r = 6, 0, 0.93*2/math.Sqrt(3)
	case Pentagon:
		n, turn, r = 5, -math.Pi/2, 0.86/math.Cos(math.Pi/5)
	case Plus:
		return plusCorners
	case Saltire:
		for _, c := range plusCorners {
			all = append(all, [2]float64{(c[0] + c[1]) * math.Sqrt2 / 2, (c[0] - c[1]) * math.Sqrt2 / 2})
		}
		return all
	case Slant:
		return [][2]float64{{-0.49, -0.74}, {1.23, -0.74}, {0.49, 0.74}, {-1.23, 0.74}}
	case Star:
		n, turn, r = 12, -math.Pi/2, 1.16
	}
	for i := range n {
		sin, cos := math.Sincos(turn + 2*math.Pi*float64(i)/float64(n))
		out := r
		if s.Kind == Star && i%2 == 1 { // the tips of one triangle, and where its sides cross those of the other
			out = 1.16 / math.Sqrt(3)
		}
		all = append(all, [2]float64{out * cos, out * sin})
	}
	return all
}

func dashes(d Dash, width float32) string {
	pattern := map[Dash][]float32{Dashed: {4, 4}, Dotted: {0.1, 2.9}, DashDot: {4, 3, 0.1, 2.9}}[d]
	if pattern == nil {
		return ""
	}
	var b strings.Builder
	for _, p := range pattern {
		fmt.Fprintf(&b, " %.3g", p*width)
	}
	return ` stroke-dasharray="` + b.String()[1:] + `"`
}

func (t *Text) svg(b *strings.Builder) {
	anchor := [...]string{Start: "start", Middle: "middle", End: "end"}[t.Align]
	weight := ""
	if t.Bold {
		weight = ` font-weight="600"`
	}
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(t.Str)
	length := ""
	if len(t.Str) > 1 { // whatever font the reader has
		length = fmt.Sprintf(` textLength="%.1f" lengthAdjust="spacingAndGlyphs"`, Width(t.Str, t.Size, t.Bold))
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="%.3g" text-anchor="%s" dominant-baseline="central"%s%s%s>%s</text>`+"\n", t.X, t.Y, t.Size, anchor, length, weight, paint(t.Color, 0), escaped)
}
