//go:build js

// Command app is the picture: it runs in the frame stage.html and shows the
// snapshots that the page sends it.
//
//	page -- {type:'abkd-begin', program} [port] --> stage.js --> app
//	page <-- ready, command, hover, point, choose, pace, error -- port -- snapshot, study, words, view --> app
//
// A snapshot is {bytes: ArrayBuffer, beside: ArrayBuffer}, both in the codec of package sim,
// beside of another run that is to stand beside this one, or undefined; a
// study is {study}, a wire.Study as an object, or null. A view is
// {theme, model, tab, reducedMotion, visible, full, large, bare, scene, step,
// select, light, asked, beat, temperature}. Words are those of scene.Words, {texts: [{key, text}],
// decimal, group}, sent before the first view and in each new language. A command
// is one of the trainer's, such as "inspect cell 1 0"; hover is the tooltip in
// words, point what the pointer is on as the command inspect names it, both ""
// when it leaves; choose is which result of the study is chosen, counted from 1; pace is
// how the picture is drawn where frames take long, as a word of screen.Step.
package main

import (
	"errors"
	"strconv"
	"strings"
	"syscall/js"

	"abkd/sim/scene"
	"abkd/sim/screen"
	"abkd/sim/wire"
	"abkd/wasm/port"
)

func main() {
	stage := js.Global().Get("__abkd")
	if err := run(stage); err != nil {
		stage.Call("fail", sentence(err))
	}
	select {} // the drawing library's event listeners outlive the drawing
}

// sentence returns err with a capital letter and a full stop.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}

func run(stage js.Value) error {
	canvas := js.Global().Get("document").Call("createElement", "canvas")
	if !canvas.Call("getContext", "webgl2").Truthy() {
		return errors.New("this browser offers no WebGL2, which the picture needs")
	}
	game, err := screen.New()
	if err != nil {
		return err
	}
	a := &app{game: game, stage: stage, port: port.Open(stage.Get("port"))}
	game.Command = func(c wire.Command) { a.send("command", wire.String(c)) }
	game.Hover = func(text string) { a.send("hover", text) }
	game.Point = func(subject string) { a.send("point", subject) }
	game.Choose = func(result int) { a.send("choose", strconv.Itoa(result)) }
	game.Painted = a.painted
	game.Foreign = a.foreign
	game.Paced = func(step screen.Step) { a.send("pace", step.String()) }
	stage.Set("state", js.FuncOf(func(js.Value, []js.Value) any { return a.state() }))
	stage.Set("svg", js.FuncOf(func(js.Value, []js.Value) any { return string(game.SVG()) }))
	stage.Set("pinch", js.FuncOf(func(_ js.Value, v []js.Value) any {
		game.Pinch(v[0].Float(), v[1].Float(), v[2].Float(), v[3].Float(), v[4].Float())
		return game.Zoom()
	}))
	leave := js.FuncOf(func(js.Value, []js.Value) any {
		game.Leave()
		return nil
	})
	js.Global().Get("document").Get("documentElement").Call("addEventListener", "pointerleave", leave)
	twice := js.FuncOf(func(js.Value, []js.Value) any {
		game.Twice()
		return nil
	})
	js.Global().Call("addEventListener", "dblclick", twice)
	go a.receive()
	a.port.Send("ready")
	return screen.Run(game)
}

// An app joins the game to the page.
type app struct {
	game   *screen.Game
	stage  js.Value
	port   *port.Port
	buffer []byte
	shown  int // snapshots,
	paired int // of these beside that of another run

	studied int // studies
}

func (a *app) receive() {
	for range a.port.Arrived() {
		for m, ok := a.port.Next(); ok; m, ok = a.port.Next() {
			switch m.Type() {
			case "snapshot":
				a.show(m)
			case "words":
				a.game.Speak(words(m))
			case "study":
				a.study(m)
			case "view":
				a.game.Set(options(m))
			}
		}
	}
}

func (a *app) show(m port.Message) {
	a.buffer = m.Bytes(a.buffer, "bytes")
	s, err := wire.DecodeSnapshot(a.buffer)
	if err != nil {
		a.stage.Call("fail", err.Error())
		return
	}
	a.shown++
	if m.Size("beside") == 0 {
		a.game.Show(s)
		return
	}
	a.buffer = m.Bytes(a.buffer, "beside")
	other, err := wire.DecodeSnapshot(a.buffer)
	if err != nil {
		a.stage.Call("fail", err.Error())
		return
	}
	a.paired++
	a.game.ShowBoth(other, s)
}

func words(m port.Message) *scene.Words {
	w := &scene.Words{Texts: map[string]string{}, Decimal: m.Text("decimal"), Group: m.Text("group")}
	for _, message := range m.List("texts") {
		w.Texts[message.Text("key")] = message.Text("text")
	}
	return w
}

// foreign lets the browser write what the embedded font cannot.
func (a *app) foreign(t screen.Foreign) screen.Written {
	v := a.stage.Call("write", t.Str, t.Size, t.Bold, t.Width)
	image := v.Get("image")
	data := image.Get("data")
	pixels := make([]byte, data.Length())
	js.CopyBytesToGo(pixels, data)
	return screen.Written{Pixels: pixels, Width: image.Get("width").Int(), Height: image.Get("height").Int(), Base: v.Get("base").Float(), Advance: v.Get("advance").Float()}
}

func (a *app) study(m port.Message) {
	var s *wire.Study
	if m.Read(&s, "study"); s != nil {
		a.studied++
	}
	a.game.ShowStudy(s)
}

func options(m port.Message) screen.Options {
	o := screen.Options{
		Teacher: m.Text("model") == "teacher",
		Tab:     m.Text("tab"),
		Still:   m.Bool("reducedMotion"),
		Hidden:  !m.Bool("visible"),
		Full:    m.Bool("full"),
		Large:   float32(m.Number("large")),
		Bare:    m.Bool("bare"),
		Scene:   m.Text("scene"),
		Step:    int(m.Number("step")),
		Select:  m.Text("select"),
		Light:   m.Text("light"),
		Asked:   int(m.Number("asked")),
		Beat:    scene.BeatOf(m.Text("beat")),

		Temperature: float32(m.Number("temperature")),
	}
	switch m.Text("theme") {
	case "dark":
		o.Theme = scene.Dark
	case "contrast":
		o.Theme = scene.Contrast
	case "contrast-light":
		o.Theme = scene.ContrastLight
	}
	return o
}

func (a *app) send(kind, text string) {
	a.port.Send(kind, "text", text)
}

// painted counts a frame.
func (a *app) painted(frames int) {
	a.stage.Set("frames", frames)
	if frames == 1 {
		a.stage.Set("firstDraw", js.Global().Get("performance").Call("now"))
	}
}

// state describes what is shown, for tests.
func (a *app) state() any {
	v := a.game.View()
	seen := map[string]any{}
	for name, it := range a.game.Places() {
		seen[name] = []any{it[0], it[1]}
	}
	var texts []any
	for _, text := range a.game.Texts() {
		texts = append(texts, text)
	}
	return js.ValueOf(map[string]any{
		"snapshots": a.shown, "paired": a.paired, "studies": a.studied, "results": a.game.Results(), "frames": a.game.Frames(), "theme": int(v.Theme), "tab": v.Tab,
		"teacher": v.Teacher, "still": v.Still, "time": v.Time, "layer": v.Layer, "hover": int(v.Hover.Target), "focus": []any{int(v.Focus.Target), v.Focus.I, v.Focus.J},
		"scene": v.Scene, "step": v.Step, "select": v.Select, "light": v.Light, "asked": v.Asked, "beat": int(v.Beat), "frame": int(v.Frame()), "zoom": a.game.Zoom(),
		"moving": a.game.Moving(), "flocking": a.game.Flocking(), "places": seen, "texts": texts,
		"pace": a.game.Step().String(), "large": v.Large, "bare": v.Bare,
	})
}
