// Package scene turns a snapshot of a run into a picture: a display list of
// shapes and texts, and what they stand for. It knows nothing of windows and
// fonts files, so that the picture is tested as data.
//
//	+------------------------+  +-------------------------------+
//	| focus graph, messages  |  | teacher   lines A   student   |
//	|                        |  | layers              layers    |
//	|                        |  |    A    ×    D    =   A·D     |
//	| legend                 |  |                               |
//	+------------------------+  +-------------------------------+
//
// A narrow or tall picture has the two parts below each other, or one of them
// (View.Tab). Each scene brings another part to the fore (Frame); the camera
// (Pose, Move) goes from one to the next without a jump.
package scene

import (
	"image/color"
	"math"
	"strconv"

	"abkd/sim/wire"
)

// A View is what the viewer has chosen. The zero View of some size shows both
// parts, light, without words, at the start of the animation.
type View struct {
	W, H        float32 // CSS pixels
	Theme       Theme
	Words       *Words  // what it says
	Teacher     bool    // show the teacher's messages instead of the student's
	Tab         string  // "graph", "align" or "" for both
	Still       bool    // no motion
	Time        float64 // seconds since the animation began
	Layer       int     // show the messages of this layer, counted from 1; 0: one after the other
	Hover       Item    // under the pointer
	Focus       Item    // chosen by keyboard
	Scene       string  // the ID of the scene that is told beside the picture: chooses the Frame
	Step        int     // of that scene, counted from 0
	Select      string  // what is inspected, as the trainer's command inspect names it
	Light       string  // what is pointed at outside the picture: a subject, or a quantity such as "m of writes"
	Asked       int     // the column of a node's sum that the reader is to find, counted from 1; 0 for none
	Beat        Beat    // a training step taken apart
	Since       float64 // seconds since the beat began
	Pose        Pose    // the camera's; the zero Pose stands for Home
	Layout      *Layout // of the snapshot's graph; made if nil
	Temperature float32 // of soft labels
	From        *Crowd  // where the dots stood when the snapshot came; nil: they stand where they belong
	Came        float64 // seconds since the snapshot came

	Study *wire.Study // of many runs, nil for none
	Large float32     // how many times larger than usual texts and marks are, for a hall; 0 for 1
	Bare  bool        // without the legend

	Name   string // of the run where two stand side by side, "A" or "B"; "" for one alone
	Second bool   // the one beside it has the legend for both
}

// Period is how many seconds the messages of one layer take.
const Period = 2.8

// Build returns the picture of s as v asks for.
func Build(s *wire.Snapshot, v View) *List {
	l := new(List)
	l.Build(s, v)
	return l
}

// Build makes l the picture of s as v asks for, empty below 160×120. It makes no garbage if the
// picture has the same texts as before.
func (l *List) Build(s *wire.Snapshot, v View) {
	p := v.Theme.palette()
	l.reset(v.W, v.H, p.bg)
	l.speak(v.Words)
	b := builder{List: l, View: v, W: v.W, H: v.H, p: p, s: s, y: &l.Picture}
	b.scale()
	if v.W < 160 || v.H < 120 {
		return // nothing could be read
	}
	if s == nil {
		b.lines(b.area(), b.say(wordWaiting))
		return
	}
	if b.Layout == nil || !b.Layout.fits(&s.Graph) {
		b.Layout = NewLayout(&s.Graph)
	}
	if b.Pose.Zoom <= 0 {
		b.Pose = v.Home()
	}
	b.crowd.key = v.CrowdOf(s)
	b.selected = b.findMark(v.Select)
	b.lit = b.findMark(v.Light) // perhaps a quantity of what is selected
	graph, stacks, strips, matrices := b.rooms()
	if b.sees(graph) {
		b.graph(graph)
	}
	if b.sees(stacks) {
		b.stacks(stacks)
	}
	if b.sees(strips) {
		b.deciding(strips)
	}
	if b.sees(matrices) {
		b.alignment(matrices)
	}
	if a := b.canvas(Verdicts); b.sees(a) {
		b.verdicts(a)
	}
	if a := b.canvas(Directions); b.sees(a) {
		b.directions(a)
	}
	if a := b.canvas(Embeddings); b.sees(a) {
		b.embeddings(a)
	}
	if a := b.canvas(SoftLabels); b.sees(a) {
		b.softLabels(a)
	}
	if a := b.canvas(Race); b.sees(a) {
		b.race(a)
	}
	if a := b.canvas(Frontier); b.sees(a) {
		b.frontier(a)
	}
	if a := b.canvas(Units); b.sees(a) {
		b.units(a)
	}
	b.lookThrough()
	b.leaveOutCut()
	b.paintName()
	b.tooltip()
}

// A builder carries what the parts of one Build share.
type builder struct {
	*List
	View
	W, H float32
	p    *palette
	s    *wire.Snapshot
	y    *Layer // painted on

	unit               float32 // spacing
	title, body, small float32 // text sizes
	compact            bool    // this part has little height: leave out what is said elsewhere

	selected, lit mark // what View.Select and View.Light name
}

type area struct{ x, y, w, h float32 }

// scale chooses sizes: text grows with the picture, for lecture halls.
func (b *builder) scale() {
	f := min(b.W/1080, b.H/560)
	if b.W < 560 {
		f = min(b.W/390, b.H/480)
	}
	f = min(max(f, 0.8), 2)
	if b.Large > 1 { // 1.6 has no text below 20 pixels, which is used where there is room
		f = max(f*b.Large, min(1.6, b.W/700))
	}
	b.unit, b.title, b.body, b.small = 8*f, 16*f, 14*f, 12.5*f
}

func (b *builder) large() float32 { return max(b.Large, 1) }

func (b *builder) area() area {
	pad, head := 2*b.unit, float32(0)
	if b.Name != "" {
		head = 1.2 * b.title
	}
	return area{pad, pad + head, b.W - 2*pad, b.H - 2*pad - head}
}

// paintName says which of two runs it is; it stays where the camera goes.
func (b *builder) paintName() {
	if b.Name != "" {
		b.y.text(b.Name, 2*b.unit, b.unit+0.6*b.title, 1.15*b.title, Start, true, b.p.ink)
	}
}

// lines writes the strings in the middle of a, the first one bold.
func (b *builder) lines(a area, text ...string) {
	size, step, rows := b.body, 1.6*b.body, 0
	for i, s := range text {
		for rest := s; rest != ""; rows++ {
			_, rest = firstLine(rest, size, i == 0, a.w)
		}
	}
	if step*float32(rows) > a.h {
		size, step = b.small, 1.2*b.small
	}
	y := a.y + a.h/2 - step*float32(rows-1)/2
	for i, s := range text {
		c := b.p.muted
		if i == 0 {
			c = b.p.ink
		}
		for line, rest := "", s; rest != ""; y += step {
			line, rest = firstLine(rest, size, i == 0, a.w)
			b.y.text(fit(line, size, i == 0, a.w), a.x+a.w/2, y, size, Middle, i == 0, c)
		}
	}
}

// paragraph writes s from (x, y) on in as many lines of width w as it takes, and
// returns where the next one would stand.
func (b *builder) paragraph(s string, x, y, w, size float32, bold bool, c color.NRGBA) float32 {
	for line, rest := "", s; rest != ""; y += 1.3 * size {
		line, rest = firstLine(rest, size, bold, w)
		b.y.text(line, x, y, size, Start, bold, c)
	}
	return y
}

// memo returns the string that make appends for the key, making it only when
// the key differs from that of the last picture at this place.
func (l *List) memo(k0, k1 uint64, make func([]byte) []byte) string {
	if l.text == len(l.texts) {
		l.texts = append(l.texts, memo{})
	}
	m := &l.texts[l.text]
	l.text++
	if m.str == "" || m.key != [2]uint64{k0, k1} {
		l.scratch = make(l.scratch[:0])
		m.key, m.str = [2]uint64{k0, k1}, string(l.scratch)
	}
	return m.str
}

// number writes x with that many decimals, fewer for large numbers.
func (l *List) number(x float32, decimals int) string {
	return l.memo(uint64(math.Float32bits(x)), uint64(decimals), func(b []byte) []byte { return l.words.appendNumber(b, x, decimals) })
}

// count writes a word and a number, such as "T1" or "paper 12".
func (l *List) count(word string, n int) string {
	var h uint64 = 14695981039346656037
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return l.memo(h, uint64(n), func(b []byte) []byte { return strconv.AppendInt(append(b, word...), int64(n), 10) })
}

// larger returns the larger of most and x, and most if x is no number or
// infinite: a run gone wrong must not hide what can still be seen.
func larger(most, x float32) float32 {
	if x > most && x <= math.MaxFloat32 {
		return x
	}
	return most
}
