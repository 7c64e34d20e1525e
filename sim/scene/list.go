package scene

import (
	"image/color"
	"math"
)

// A Kind is the form of a Shape.
type Kind uint8

// The forms. The first twelve are node symbols around (X0, Y0).
const (
	Circle Kind = iota
	Triangle
	Square
	Diamond
	Hexagon
	Down // triangle, its tip down
	Pentagon
	Plus
	Star    // of six points
	Wide    // rectangle
	Saltire // a broad ×
	Slant   // parallelogram
	Tick    // check mark
	Cross   // saltire
	Line    // from (X0, Y0) to (X1, Y1) with round ends
	Rect    // with corners (X0, Y0) and (X1, Y1)
)

// A Dash is the pattern of a Line. Its lengths are multiples of the line's
// width, so that a pattern is told apart at any width.
type Dash uint8

// The patterns.
const (
	Solid Dash = iota
	Dashed
	Dotted
	DashDot
)

// A Shape is one filled or stroked form, in CSS pixels.
type Shape struct {
	Kind           Kind
	Dash           Dash
	X0, Y0, X1, Y1 float32
	R              float32 // radius of a symbol, corner radius of a Rect, half the width of a Line
	Stroke         float32 // width of the outline; 0: filled
	Color          color.NRGBA
}

// An Align says which part of a Text stands at its X.
type Align uint8

// The alignments.
const (
	Start Align = iota
	Middle
	End
)

// A Text is one line of text. Y is the middle of its capital letters.
type Text struct {
	Str   string
	X, Y  float32
	Size  float32 // em in CSS pixels
	Align Align
	Bold  bool
	Color color.NRGBA
}

// Box returns the rectangle that the ink of t stays in.
func (t *Text) Box() (x0, y0, x1, y1 float32) {
	w := Width(t.Str, t.Size, t.Bold)
	x0 = t.X - w*float32(t.Align)/2
	return x0, t.Y - 0.5*t.Size, x0 + w, t.Y + 0.6*t.Size
}

// A Layer is painted shapes first, in order, then texts.
type Layer struct {
	Shapes []Shape
	Texts  []Text
}

// A Target says what an Item is.
type Target uint8

// What can be pointed at.
const (
	Nothing   Target = iota
	Node             // I: index into GraphView.Nodes
	Attention        // cell (I, J) of A
	Distance         // cell (I, J) of D
	Product          // cell (I, J) of A·D
	Step             // chip of message layer I
	Edge             // I: index into GraphView.Edges
	Block            // layer J of the teacher (I = 0) or of the student (I = 1), at the focus
	Total            // the sum of A·D, a term of the loss
	Point            // target node I in a layer, see pointOf
	Result           // of View.Study: run J of method I, or dot I
	Answer           // target node I, as the teacher (J = 0), the taught student (1) or the one alone (2) has it
)

// An Item identifies what is at a place of the picture.
type Item struct {
	Target Target
	I, J   int
}

// A hit is the place of an item: a rectangle or, if r is not 0, what lies
// within r of the line from (x0, y0) to (x1, y1).
type hit struct {
	x0, y0, x1, y1 float32
	item           Item
	r              float32
}

// far returns how far (x, y) is from h, negative if that is not on it.
func (h *hit) far(x, y float32) float32 {
	if h.r == 0 {
		if x >= h.x0 && x < h.x1 && y >= h.y0 && y < h.y1 {
			return 0
		}
		return -1
	}
	dx, dy := h.x1-h.x0, h.y1-h.y0
	t := min(max(((x-h.x0)*dx+(y-h.y0)*dy)/max(dx*dx+dy*dy, 1e-6), 0), 1)
	dx, dy = x-h.x0-t*dx, y-h.y0-t*dy
	if d := dx*dx + dy*dy; d < h.r*h.r {
		return d
	}
	return -1
}

// A List is a picture: what to paint, and what is where. Build fills it again
// without new storage.
type List struct {
	W, H       float32
	Background color.NRGBA
	Picture    Layer  // at rest: changes with the snapshot and the view, not with each frame
	Messages   Layer  // above it
	Overlay    Layer  // above both: the tooltip
	Tip        string // the tooltip in words, "" if there is none
	Moving     bool   // the picture changes with View.Time or View.Since
	Flocking   bool   // dots are on their way: it changes with View.Came

	// After Cycle seconds the messages begin again; Rest seconds into it is
	// where they come to rest if nothing trains.
	Cycle, Rest float64

	hits  []hit
	read  [2]reading // the last ones
	crowd Crowd

	symbolsOf     []string
	symbolsTarget int
	terms         []term
	places        []place  // [node]
	symbols       []symbol // [type] of the types symbolsOf
	tests         []int32  // the nodes that are judged
	only          [2]int   // of these, right by one student alone
	clouds        []cloud
	cards         []card
	shares        []float32
	ranked        []int
	words         *Words
	texts         []memo
	text          int // next memo
	scratch       []byte
}

// A memo keeps the string that was made of two numbers, at one place of the
// building order, so that a frame like the last one makes no strings.
type memo struct {
	key [2]uint64
	str string
}

func (l *List) reset(w, h float32, bg color.NRGBA) {
	l.W, l.H, l.Background, l.Tip, l.Moving, l.Flocking = w, h, bg, "", false, false
	l.Cycle, l.Rest = Period, 0.45*Period
	for _, y := range [...]*Layer{&l.Picture, &l.Messages, &l.Overlay} {
		y.Shapes, y.Texts = y.Shapes[:0], y.Texts[:0]
	}
	l.hits, l.text = l.hits[:0], 0
	l.crowd.seats = l.crowd.seats[:0]
}

// At returns what is at (x, y); of several things the last painted, of several
// lines the nearest.
func (l *List) At(x, y float32) (Item, bool) {
	var line *hit
	least := float32(math.Inf(1))
	for i := len(l.hits) - 1; i >= 0; i-- {
		h := &l.hits[i]
		switch d := h.far(x, y); {
		case d < 0:
		case h.r > 0:
			if d < least {
				line, least = h, d
			}
		case line == nil:
			return h.item, true
		default:
			return line.item, true
		}
	}
	if line == nil {
		return Item{}, false
	}
	return line.item, true
}

func (l *List) hit(x0, y0, x1, y1 float32, it Item) {
	l.hits = append(l.hits, hit{x0, y0, x1, y1, it, 0})
}

// Count returns how many places there are of a target, those under others too.
func (l *List) Count(t Target) (n int) {
	for i := range l.hits {
		if l.hits[i].item.Target == t {
			n++
		}
	}
	return n
}

// where returns the rectangle of it; of a line, one around its middle.
func (l *List) where(it Item) (hit, bool) {
	for _, h := range l.hits {
		if h.item != it {
			continue
		}
		if h.r > 0 {
			x, y := (h.x0+h.x1)/2, (h.y0+h.y1)/2
			h.x0, h.y0, h.x1, h.y1 = x-h.r, y-h.r, x+h.r, y+h.r
		}
		return h, true
	}
	return hit{}, false
}

// Next returns what can be pointed at after it in the order of painting, or before
// it if back is set; of nothing the first, or the last.
func (l *List) Next(it Item, back bool) (next Item) {
	at, order := -1, []Item(nil)
	seen := map[Item]bool{}
	for i := range l.hits {
		if h := l.hits[i].item; !seen[h] {
			if seen[h] = true; h == it {
				at = len(order)
			}
			order = append(order, h)
		}
	}
	n := len(order)
	switch {
	case n == 0:
		return it
	case back:
		return order[(max(at, 0)+n-1)%n]
	}
	return order[(at+1)%n]
}

// Places returns a point of everything that can be pointed at.
func (l *List) Places() map[Item][2]float32 {
	all := map[Item][2]float32{}
	for i := range l.hits {
		h := &l.hits[i]
		for _, f := range [...]float32{0.5, 0.35, 0.65, 0.25, 0.75} { // where nothing else is in the way
			x, y := h.x0+(h.x1-h.x0)*f, h.y0+(h.y1-h.y0)*f
			if it, ok := l.At(x, y); ok && it == h.item && x >= 0 && y >= 0 && x < l.W && y < l.H {
				all[it] = [2]float32{x, y}
				break
			}
		}
	}
	return all
}

func (y *Layer) symbol(k Kind, x, at, r float32, c color.NRGBA) {
	y.Shapes = append(y.Shapes, Shape{Kind: k, X0: x, Y0: at, R: r, Color: c})
}

func (y *Layer) ring(k Kind, x, at, r, stroke float32, c color.NRGBA) {
	y.Shapes = append(y.Shapes, Shape{Kind: k, X0: x, Y0: at, R: r, Stroke: stroke, Color: c})
}

func (y *Layer) line(x0, y0, x1, y1, width float32, d Dash, c color.NRGBA) {
	y.Shapes = append(y.Shapes, Shape{Kind: Line, Dash: d, X0: x0, Y0: y0, X1: x1, Y1: y1, R: width / 2, Color: c})
}

func (y *Layer) rect(x0, y0, x1, y1, corner float32, c color.NRGBA) {
	y.Shapes = append(y.Shapes, Shape{Kind: Rect, X0: x0, Y0: y0, X1: x1, Y1: y1, R: corner, Color: c})
}

func (y *Layer) frame(x0, y0, x1, y1, corner, stroke float32, c color.NRGBA) {
	y.Shapes = append(y.Shapes, Shape{Kind: Rect, X0: x0, Y0: y0, X1: x1, Y1: y1, R: corner, Stroke: stroke, Color: c})
}

func (y *Layer) text(s string, x, at, size float32, a Align, bold bool, c color.NRGBA) {
	if s != "" {
		y.Texts = append(y.Texts, Text{s, x, at, size, a, bold, c})
	}
}
