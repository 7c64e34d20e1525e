package window

import (
	"image"
	"image/color"
	"strings"
	"unicode"

	uiimage "github.com/ebitenui/ebitenui/image"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"

	"abkd/assets/typeface"
	"abkd/sim/scene"
	"abkd/sim/screen"
)

// A palette is the colours of a theme: those of the page.
type palette struct {
	paper, panel, ink, muted, line, strong color.NRGBA
	teacher, alone, taught, kd, aux        color.NRGBA
	trouble                                color.NRGBA
}

func hex(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

var palettes = map[scene.Theme]palette{
	scene.Light:    {hex(0xfbfaf7), hex(0xffffff), hex(0x1c1d20), hex(0x5a5f67), hex(0xdedbd3), hex(0x8b8d91), hex(0x5d5780), hex(0xa34a00), hex(0x0067a5), hex(0x007a57), hex(0x99356d), hex(0xfbe3dc)},
	scene.Dark:     {hex(0x14161a), hex(0x1b1e24), hex(0xe9e8e3), hex(0xa7acb5), hex(0x30353d), hex(0x7a808a), hex(0xbdb6dd), hex(0xf2a65e), hex(0x6fb8f0), hex(0x5fd0aa), hex(0xeea6cc), hex(0x46251d)},
	scene.Contrast: {hex(0), hex(0), hex(0xffffff), hex(0xe6e6e6), hex(0x8a8a8a), hex(0xffffff), hex(0xd9d0ff), hex(0xffb347), hex(0x6cc5ff), hex(0x66f0c0), hex(0xffb3da), hex(0)},
}

// A kit makes the widgets of a window, in one theme at one scale. It lasts while
// those stay: its faces keep the letters that they have drawn.
type kit struct {
	palette
	unit      float64 // device pixels of a unit of length, text size included
	painter   *screen.Painter
	faces     map[style]*text.Face
	frames    map[frameOf]*uiimage.NineSlice
	submitted func() // is told that a field was
	focus     string // the identifier of what is to have the keyboard
	focused   widget.Focuser
	found     map[string]widget.HasWidget // by identifier, for who drives the window
}

// A style is how a text is written.
type style struct {
	size float64 // in units
	bold bool
}

var (
	plain   = style{14, false}
	strong  = style{14, true}
	heading = style{18, true}
	small   = style{12, false}
)

func newKit(theme scene.Theme, unit float64, painter *screen.Painter) (*kit, error) {
	k := &kit{palette: palettes[theme], unit: unit, painter: painter, faces: map[style]*text.Face{}, frames: map[frameOf]*uiimage.NineSlice{}, found: map[string]widget.HasWidget{}}
	for _, s := range []style{plain, strong, heading, small} {
		data := typeface.Regular
		if s.bold {
			data = typeface.Bold
		}
		f, err := opentype.Parse(data)
		if err != nil {
			return nil, err
		}
		x, err := opentype.NewFace(f, &opentype.FaceOptions{Size: s.size * unit, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil, err
		}
		var face text.Face = text.NewGoXFace(x)
		k.faces[s] = &face
	}
	return k, nil
}

// px returns so many units in device pixels.
func (k *kit) px(units float64) int { return int(units*k.unit + 0.5) }

func (k *kit) insets(x, y float64) *widget.Insets {
	return &widget.Insets{Left: k.px(x), Right: k.px(x), Top: k.px(y), Bottom: k.px(y)}
}

// width returns how wide a text is, in device pixels.
func (k *kit) width(s string, as style) float64 { return text.AdvanceAt(s, len(s), *k.faces[as]) }

// wrap breaks s into lines of so many device pixels: between words, and between
// Chinese characters but before a mark of punctuation.
func (k *kit) wrap(s string, as style, most float64) string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, piece := range pieces(paragraph) {
			if line != "" && k.width(strings.TrimRight(line+piece, " "), as) > most {
				lines = append(lines, strings.TrimRight(line, " "))
				line, piece = "", strings.TrimLeft(piece, " ")
			}
			line += piece
			for k.width(line, as) > most && len([]rune(line)) > 1 { // a word that is longer than a line
				cut := []rune(line)
				n := len(cut) - 1
				for n > 1 && k.width(string(cut[:n]), as) > most {
					n--
				}
				lines = append(lines, string(cut[:n]))
				line = string(cut[n:])
			}
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}

// pieces cuts a paragraph where a line may be broken.
func pieces(s string) (all []string) {
	begin := 0
	runes := []rune(s)
	for i := 1; i < len(runes); i++ {
		before, after := runes[i-1], runes[i]
		isBreak := before == ' ' || (unicode.Is(unicode.Han, before) || unicode.Is(unicode.Han, after) || strings.ContainsRune("，。；：？！、）”》", before)) &&
			!strings.ContainsRune("，。；：？！、）”》,.;:?!)%", after) && !strings.ContainsRune("（“《(", before) && after != ' '
		if isBreak {
			all = append(all, string(runes[begin:i]))
			begin = i
		}
	}
	return append(all, string(runes[begin:]))
}

// cut shortens s to so many device pixels.
func (k *kit) cut(s string, as style, most float64) string {
	if k.width(s, as) <= most {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && k.width(string(r)+"…", as) > most {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// text returns a text, in lines of so many units; 0 for one line.
func (k *kit) text(s string, as style, of color.Color, units float64) *widget.Text {
	if units > 0 {
		s = k.wrap(s, as, units*k.unit)
	}
	return widget.NewText(widget.TextOpts.Text(s, k.faces[as], of), widget.TextOpts.WidgetOpts(stretch))
}

var stretch = widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: true})

// A look of a button.
type look struct {
	pressed  bool // it is what is chosen
	quiet    bool // without a border
	disabled bool
	left     bool    // the text begins at the left
	width    float64 // at least, in units
	height   float64 // in units, 0 for 32
	wide     bool    // as wide as there is room
	as       style   // plain if it has no size
}

// frame is a rectangle with a border. Each is an image on the graphics card, so it is
// made once.
func (k *kit) frame(body, border color.Color) *uiimage.NineSlice {
	of := frameOf{body, border, max(1, k.px(1))}
	if k.frames[of] == nil {
		k.frames[of] = uiimage.NewBorderedNineSliceColor(body, border, of.width)
	}
	return k.frames[of]
}

// area is a rectangle without a border.
func (k *kit) area(of color.Color) *uiimage.NineSlice { return k.frame(of, of) }

// A frameOf says what a frame looks like.
type frameOf struct {
	body, border color.Color
	width        int
}

// button returns a button. The identifier finds it again when the window is built
// anew.
func (k *kit) button(id, label string, l look, do func()) *widget.Button {
	if l.as.size == 0 {
		l.as = plain
	}
	height := l.height
	if height == 0 {
		height = 32
	}
	body, border, ink, padding := color.Color(k.panel), color.Color(k.strong), color.Color(k.ink), 10.0
	if l.quiet {
		border, padding = k.panel, 7
	}
	if l.pressed {
		body, border, ink = k.taught, k.taught, k.panel
	}
	position := widget.TextPositionCenter
	if l.left {
		position = widget.TextPositionStart
	}
	at := widget.WidgetOpts.LayoutData(widget.RowLayoutData{Stretch: l.wide})
	hover := k.frame(k.line, k.taught)
	if l.pressed {
		hover = k.frame(k.taught, k.ink)
	}
	b := widget.NewButton(
		widget.ButtonOpts.WidgetOpts(at, widget.WidgetOpts.CustomData(id), widget.WidgetOpts.MinSize(k.px(l.width), k.px(height))),
		widget.ButtonOpts.Image(&widget.ButtonImage{Idle: k.frame(body, border), Hover: hover, Pressed: k.frame(k.line, k.taught), Disabled: k.frame(k.panel, k.line)}),
		widget.ButtonOpts.Text(label, k.faces[l.as], &widget.ButtonTextColor{Idle: ink, Disabled: k.muted, Hover: ink, Pressed: k.ink}),
		widget.ButtonOpts.TextPadding(k.insets(padding, 4)),
		widget.ButtonOpts.TextPosition(position, widget.TextPositionCenter),
		widget.ButtonOpts.ClickedHandler(func(*widget.ButtonClickedEventArgs) { do() }),
	)
	b.GetWidget().Disabled = l.disabled
	return k.know(id, b)
}

// know notes a widget by its identifier, and gives it the keyboard if it had it.
func (k *kit) know(id string, b *widget.Button) *widget.Button {
	k.found[id] = b
	if id == k.focus && !b.GetWidget().Disabled {
		k.focused = b
	}
	return b
}

// field returns a field for a text, of which every change is heard.
func (k *kit) field(id, value, hint string, changed func(string)) *widget.TextInput {
	t := k.input(id, value, hint, changed)
	t.ChangedEvent.AddHandler(func(a any) { changed(strings.TrimSpace(a.(*widget.TextInputChangedEventArgs).InputText)) })
	return t
}

// input returns a field for a text, which is submitted by Enter.
func (k *kit) input(id, value, hint string, submit func(string)) *widget.TextInput {
	t := widget.NewTextInput(
		widget.TextInputOpts.WidgetOpts(stretch, widget.WidgetOpts.CustomData(id), widget.WidgetOpts.MinSize(k.px(80), k.px(32))),
		widget.TextInputOpts.Image(&widget.TextInputImage{Idle: k.frame(k.paper, k.strong), Disabled: k.frame(k.panel, k.line)}),
		widget.TextInputOpts.Face(k.faces[plain]),
		widget.TextInputOpts.Color(&widget.TextInputColor{Idle: k.ink, Disabled: k.muted, Caret: k.taught, DisabledCaret: k.muted}),
		widget.TextInputOpts.Padding(k.insets(8, 6)),
		widget.TextInputOpts.CaretWidth(max(1, k.px(1.5))),
		widget.TextInputOpts.Placeholder(hint),
		widget.TextInputOpts.AllowDuplicateSubmit(true),
		widget.TextInputOpts.SubmitHandler(func(a *widget.TextInputChangedEventArgs) {
			// A field that was made anew while the key is down submits again.
			if !inpututil.IsKeyJustPressed(ebiten.KeyEnter) && !inpututil.IsKeyJustPressed(ebiten.KeyNumpadEnter) {
				return
			}
			if k.submitted != nil {
				k.submitted()
			}
			submit(strings.TrimSpace(a.InputText))
		}),
	)
	t.SetText(value)
	k.found[id] = t
	if id == k.focus {
		k.focused = t
	}
	return t
}

// column puts widgets below one another.
func (k *kit) column(gap float64, padding *widget.Insets, children ...widget.PreferredSizeLocateableWidget) *widget.Container {
	return k.list(widget.DirectionVertical, gap, padding, children)
}

// row puts widgets beside one another.
func (k *kit) row(gap float64, children ...widget.PreferredSizeLocateableWidget) *widget.Container {
	return k.list(widget.DirectionHorizontal, gap, &widget.Insets{}, children)
}

func (k *kit) list(d widget.Direction, gap float64, padding *widget.Insets, children []widget.PreferredSizeLocateableWidget) *widget.Container {
	c := widget.NewContainer(
		widget.ContainerOpts.WidgetOpts(stretch),
		widget.ContainerOpts.Layout(widget.NewRowLayout(widget.RowLayoutOpts.Direction(d), widget.RowLayoutOpts.Spacing(k.px(gap)), widget.RowLayoutOpts.Padding(padding))),
	)
	for _, child := range children {
		if at, ok := child.GetWidget().LayoutData.(widget.RowLayoutData); ok && d == widget.DirectionHorizontal && !at.Stretch {
			middle(child)
		}
	}
	c.AddChild(children...)
	return c
}

// flow puts widgets beside one another in as many rows as they need.
func (k *kit) flow(units, gap float64, children ...widget.PreferredSizeLocateableWidget) *widget.Container {
	var rows []widget.PreferredSizeLocateableWidget
	var now []widget.PreferredSizeLocateableWidget
	x := 0
	for _, c := range children {
		w := k.measured(c)
		if len(now) > 0 && x+w > k.px(units) {
			rows, now, x = append(rows, k.row(gap, now...)), nil, 0
		}
		now, x = append(now, c), x+w+k.px(gap)
	}
	return k.column(gap, &widget.Insets{}, append(rows, k.row(gap, now...))...)
}

// measured returns how wide a widget wants to be.
func (k *kit) measured(c widget.PreferredSizeLocateableWidget) int {
	c.Validate()
	w, _ := c.PreferredSize()
	return w
}

// A drawing is a widget that is painted as a picture is.
type drawing struct {
	widget *widget.Widget
	kit    *kit
	size   [2]float64 // in units
	paint  func(l *scene.Layer, w, h float32)
	layer  scene.Layer
}

// drawing returns one of that size in units; paint adds to the layer, from (0, 0)
// on.
func (k *kit) drawing(id string, w, h float64, paint func(l *scene.Layer, w, h float32)) *drawing {
	d := &drawing{widget: widget.NewWidget(stretch, widget.WidgetOpts.CustomData(id)), kit: k, size: [2]float64{w, h}, paint: paint}
	k.found[id] = d
	return d
}

func (d *drawing) GetWidget() *widget.Widget          { return d.widget }
func (d *drawing) PreferredSize() (int, int)          { return d.kit.px(d.size[0]), d.kit.px(d.size[1]) }
func (d *drawing) SetLocation(r image.Rectangle)      { d.widget.Rect = r }
func (d *drawing) Validate()                          {}
func (d *drawing) Update(u *widget.UpdateObject)      { d.widget.Update(u) }
func (d *drawing) WidgetAt(int, int) widget.HasWidget { return d }

// Render paints the drawing where it has been laid out.
func (d *drawing) Render(screen *ebiten.Image) {
	d.widget.Render(screen)
	r := d.widget.Rect
	u := float32(d.kit.unit)
	d.layer.Shapes, d.layer.Texts = d.layer.Shapes[:0], d.layer.Texts[:0]
	d.paint(&d.layer, float32(r.Dx())/u, float32(r.Dy())/u)
	x, y := float32(r.Min.X)/u, float32(r.Min.Y)/u
	for i := range d.layer.Shapes {
		s := &d.layer.Shapes[i]
		s.X0, s.Y0, s.X1, s.Y1 = s.X0+x, s.Y0+y, s.X1+x, s.Y1+y
	}
	for i := range d.layer.Texts {
		d.layer.Texts[i].X += x
		d.layer.Texts[i].Y += y
	}
	d.kit.painter.Paint(screen, &d.layer, u)
}

// places lays widgets out where they are told to be.
type places []image.Rectangle

func (p places) PreferredSize([]widget.PreferredSizeLocateableWidget) (int, int) { return 0, 0 }

func (p places) Layout(widgets []widget.PreferredSizeLocateableWidget, _ image.Rectangle) {
	for i, w := range widgets {
		w.SetLocation(p[i])
	}
}

// panel is a container with a background, for one place.
func (k *kit) panelOf(child widget.PreferredSizeLocateableWidget, of color.Color) *widget.Container {
	c := widget.NewContainer(widget.ContainerOpts.BackgroundImage(k.area(of)),
		widget.ContainerOpts.Layout(widget.NewAnchorLayout()))
	child.GetWidget().LayoutData = widget.AnchorLayoutData{StretchHorizontal: true, StretchVertical: true}
	c.AddChild(child)
	return c
}

// scroll returns what can be scrolled in a panel.
func (k *kit) scroll(content widget.PreferredSizeLocateableWidget) *widget.ScrollContainer {
	return widget.NewScrollContainer(
		widget.ScrollContainerOpts.Content(content), widget.ScrollContainerOpts.StretchContentWidth(),
		widget.ScrollContainerOpts.Image(&widget.ScrollContainerImage{Idle: k.area(k.panel), Mask: k.area(k.panel)}),
		widget.ScrollContainerOpts.WidgetOpts(stretch),
	)
}
