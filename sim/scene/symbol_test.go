package scene

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"abkd/sim/wire"
)

// twelve are the types of a shop.
var twelve = []string{"shop", "customer", "product", "supplier", "warehouse", "courier", "review", "city_district", "campaign", "payment_method", "return_case", "employee"}

func TestSymbols(t *testing.T) {
	for types, want := range map[string][]symbol{
		"paper author institution field_of_study": {{Circle, "P", 0}, {Triangle, "A", 1}, {Square, "I", 2}, {Diamond, "F", 3}},
		"field member":           {{Diamond, "F", 3}, {Hexagon, "M", 4}},
		"paper person person_id": {{Circle, "P", 0}, {Hexagon, "E", 4}, {Down, "I", 5}},
		"éclair":                 {{Hexagon, "é", 4}},
		"x x1 x2":                {{Hexagon, "X", 4}, {Down, "1", 5}, {Pentagon, "2", 6}},
		"_":                      {{Hexagon, "?", 4}},
	} {
		for i, got := range symbols(strings.Fields(types), 0) {
			if got != want[i] {
				t.Errorf("of %s, type %d looks like %v, want %v", types, i, got, want[i])
			}
		}
	}
	if got := symbols([]string{"campaign", "courier", "city"}, 1); got[0].letter != "A" || got[1].letter != "C" || got[2].letter != "I" {
		t.Errorf("the target chooses its letter first: %v", got)
	}
	if got := symbols([]string{""}, 0); got[0] != unknown {
		t.Errorf("a type without a name looks like %v", got)
	}
}

// Up to twelve types share neither form nor letter nor colour, and more share
// no pair of form and letter.
func TestSymbolsDiffer(t *testing.T) {
	for _, types := range [][]string{twelve, append([]string{"paper", "field"}, twelve[:10]...)} {
		kinds, letters, tints := map[Kind]bool{}, map[string]bool{}, map[int]bool{}
		for _, s := range symbols(types, 2) {
			kinds[s.kind], letters[s.letter], tints[s.tint] = true, true, true
		}
		if len(kinds) != 12 || len(letters) != 12 || len(tints) != 12 {
			t.Errorf("%q have %d forms, %d letters and %d colours", types, len(kinds), len(letters), len(tints))
		}
	}
	many := twelve
	for _, typ := range twelve {
		many = append(many, typ+"_copy")
	}
	seen := map[symbol]bool{}
	for _, s := range symbols(many, 2) {
		s.tint = 0
		if seen[s] {
			t.Errorf("of %d types two look like %v", len(many), s)
		}
		seen[s] = true
	}
}

// sight are matrices for linear RGB as people without one of the kinds of cones
// see it (Machado, Oliveira and Fernandes 2009, severity 1); the first is all
// three.
var sight = map[string][3][3]float64{
	"all":          {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// lab returns a colour in CIELAB, as such people see it.
func lab(c color.NRGBA, m [3][3]float64) (out [3]float64) {
	var rgb [3]float64
	for i, row := range m {
		for k, v := range [3]uint8{c.R, c.G, c.B} {
			rgb[i] += row[k] * float64(linear[v])
		}
		rgb[i] = min(max(rgb[i], 0), 1)
	}
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x := f((0.4124*rgb[0] + 0.3576*rgb[1] + 0.1805*rgb[2]) / 0.95047)
	y := f(0.2126*rgb[0] + 0.7152*rgb[1] + 0.0722*rgb[2])
	z := f((0.0193*rgb[0] + 0.1192*rgb[1] + 0.9505*rgb[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// A colour of a type beyond the academic ones is told from all others by
// everybody, and stands out from the background.
func TestTintsDiffer(t *testing.T) {
	for theme := range palettes {
		p := Theme(theme).palette()
		for who, m := range sight {
			for i := academic + 1; i < len(p.node); i++ {
				for k := range i {
					a, b := lab(p.node[i], m), lab(p.node[k], m)
					if d := math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2])); d < 12 {
						t.Errorf("theme %d: with %s, tints %d and %d differ by %.1f, want 12", theme, who, i, k, d)
					}
				}
			}
		}
		for i, c := range p.node {
			if r := ratio(c, p.bg); r < 2.2 {
				t.Errorf("theme %d: tint %d has a contrast of %.2f to the background", theme, i, r)
			}
		}
	}
}

// TestManyRelations gives 24 relations a pair of colour and pattern each, which
// their reverses share.
func TestManyRelations(t *testing.T) {
	var s wire.Snapshot
	for i := range 24 {
		name := string(rune('a'+i)) + "_of"
		s.Graph.Relations = append(s.Graph.Relations, wire.RelationView{Name: name}, wire.RelationView{Name: "rev_" + name})
	}
	b := builder{s: &s, p: Light.palette()}
	type look struct {
		tint int
		dash Dash
	}
	seen := map[look]int{}
	for i := range s.Graph.Relations {
		tint, dash := b.style(i)
		seen[look{tint, dash}]++
	}
	for l, n := range seen {
		if n != 2 {
			t.Errorf("%d relations look like %v", n, l)
		}
	}
}

// TestWrap loses nothing but the blanks at which it breaks.
func TestWrap(t *testing.T) {
	const s = "says Outdoor supplies and accessories, section 4 of the catalogue 目录第四部分"
	for w := float32(30); w < 600; w += 13 {
		lines := wrap(s, 14, false, w)
		for _, l := range lines {
			if Width(l, 14, false) > w {
				t.Errorf("line %q is wider than %g", l, w)
			}
		}
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Errorf("at %g the lines are %q", w, lines)
		}
	}
	if got := wrap("ab", 14, false, 1); len(got) != 1 || got[0] != "ab" {
		t.Errorf("where nothing has room it is %q", got)
	}
}

const longName = "Chef’s knife of twenty centimetres, with a wooden handle, a sheath and a stone to sharpen it"

// shop is a picture's worth of a graph of twelve types, twenty relations and
// fifty classes of long names: the focus, and a node of every other type.
func shop() *wire.Snapshot {
	s := new(wire.Snapshot)
	g := &s.Graph
	g.Types, g.Target = twelve, 2
	for i := range 50 {
		g.Classes = append(g.Classes, "Kitchen supplies and accessories, section "+string(rune('A'+i%26))+" of the catalogue of all that there is")
	}
	g.Nodes = append(g.Nodes, wire.NodeView{Type: 2, ID: 7, Name: longName, Label: 3, Teacher: 4, Student: 3})
	for typ := range twelve {
		if typ != 2 {
			g.Nodes = append(g.Nodes, wire.NodeView{Type: typ, ID: typ, Hop: 1, Label: -1, Teacher: -1, Student: -1})
		}
	}
	for r := range 20 {
		src := 1 + r%(len(g.Nodes)-1)
		g.Relations = append(g.Relations, wire.RelationView{Name: twelve[r%12] + "_number_" + string(rune('a'+r)), Src: g.Nodes[src].Type, Dst: 2})
		g.Edges = append(g.Edges, wire.EdgeView{Rel: r, Src: src, Dst: 0})
	}
	return s
}

// A graph of many types, relations and classes is drawn whole: each type has
// its symbol, letter and name; the legend leaves most of the height to the
// graph; the verdict keeps its mark; the tooltip has the whole name.
func TestManyTypes(t *testing.T) {
	s := shop()
	for _, size := range [][2]float32{{1280, 640}, {640, 640}, {390, 600}} {
		for theme := range palettes {
			v := View{Words: english, W: size[0], H: size[1], Tab: "graph", Theme: Theme(theme), Teacher: true, Hover: Item{Node, 0, 0}}
			l := Build(s, v)
			texts := map[string]int{}
			verdict, top := "", v.H
			for _, x := range l.Picture.Texts {
				texts[x.Str]++
				if strings.HasPrefix(x.Str, "product 7") {
					verdict = x.Str
				}
				if x.Str == plainName(twelve[0]) {
					top = x.Y
				}
				if x0, _, x1, y1 := x.Box(); x0 < 0 || x1 > v.W || y1 > v.H {
					t.Errorf("%v: %q leaves the picture", size, x.Str)
				}
			}
			for i, look := range symbols(twelve, 2) {
				if texts[plainName(twelve[i])] != 1 || texts[look.letter] == 0 {
					t.Errorf("%v: the legend names %s %d times, its letter %s is there %d times", size, twelve[i], texts[plainName(twelve[i])], look.letter, texts[look.letter])
				}
				shown := 0
				for _, shape := range l.Picture.Shapes {
					if shape.Kind == look.kind && shape.Color == v.Theme.palette().node[look.tint] {
						shown++
					}
				}
				if shown < 2 { // in the graph and in the legend
					t.Errorf("%v: the symbol of %s is drawn %d times", size, twelve[i], shown)
				}
			}
			if !strings.HasSuffix(verdict, " ×") || !strings.Contains(verdict, "Kitc") || size[0] >= 640 && !strings.Contains(verdict, "“Chef’") {
				t.Errorf("%v: the verdict is %q", size, verdict)
			}
			if top < 0.6*v.H {
				t.Errorf("%v: the legend begins at %g of %g", size, top, v.H)
			}
			tip := ""
			for _, x := range l.Overlay.Texts {
				tip += x.Str
				if x0, y0, x1, y1 := x.Box(); x0 < 0 || y0 < 0 || x1 > v.W || y1 > v.H {
					t.Errorf("%v: the tooltip leaves the picture", size)
				}
			}
			for _, name := range []string{s.Graph.Classes[4], longName} {
				if !strings.Contains(strings.ReplaceAll(tip, " ", ""), strings.ReplaceAll(name, " ", "")) {
					t.Errorf("%v: the tooltip says %q, want all of %q", size, tip, name)
				}
			}
		}
	}
}

// A node of another name is called by it, in a list that is drawn into again.
func TestNameOfAnother(t *testing.T) {
	s, l := shop(), List{}
	v := View{Words: english, W: 1280, H: 640, Tab: "graph"}
	for _, name := range []string{"Ada", "Bob", ""} {
		s.Graph.Nodes[0].Name = name
		l.Build(s, v)
		found := ""
		for _, x := range l.Picture.Texts {
			if strings.HasPrefix(x.Str, "product 7") {
				found = x.Str
			}
		}
		if strings.Contains(found, "“") != (name != "") || !strings.Contains(found, name) {
			t.Errorf("the node called %q is %q", name, found)
		}
	}
}

// plainName is a name of the data as it is shown.
func plainName(s string) string { return strings.ReplaceAll(s, "_", " ") }
