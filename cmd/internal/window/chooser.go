package window

import (
	"path/filepath"
	"strings"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/cmd/internal/native"
	"abkd/internal/show"
	"abkd/sim/data"
	"abkd/sim/setup"
)

// mostNames is how many names of files are offered.
const mostNames = 12

// chooserWidth is how wide the columns of the chooser are, in units.
const chooserWidth = 560

// madeSizes are the graphs of OGBN-Mag's shape that are offered, by their papers.
var madeSizes = []int{2000, 20_000, 100_000, 736_389}

// chooser asks for a graph.
func (w *Window) chooser() *widget.Container {
	k, say := w.kit, w.speech.say
	parts := []part{
		k.spread(chooserWidth, 8, []part{middle(k.text("ABKD Lab", heading, k.ink, 0))}, w.looks()),
		k.text(say("desktop.choose"), plain, k.muted, chooserWidth),
	}
	if w.notice != "" {
		parts = append(parts, k.panelIn(k.column(8, k.insets(12, 10), k.text(w.notice, plain, k.ink, chooserWidth-24),
			k.button("dismiss", say("button.dismiss"), look{height: 26, as: small}, func() { w.notice, w.stale = "", true })), k.trouble))
	}
	if w.opening != "" {
		text := say("desktop.opening", "name", w.opening)
		if w.read[1] > 0 {
			text = say("desktop.opening.read", "name", w.opening, "done", show.Bytes(w.read[0]), "all", show.Bytes(w.read[1]))
		}
		parts = append(parts, k.text(text, strong, k.taught, chooserWidth))
	}
	if len(w.state.Recent) > 0 {
		parts = append(parts, k.rule(), k.text(say("desktop.recent"), strong, k.taught, 0))
		for _, name := range w.state.Recent {
			parts = append(parts, w.offered("recent "+name, w.titleOf(name), name))
		}
	}
	parts = append(parts, k.rule(), k.text(say("desktop.builtin"), strong, k.taught, 0))
	for _, name := range data.BuiltIn {
		parts = append(parts, w.offered("open "+name, say("control.data."+name), name))
	}
	parts = append(parts, k.rule(), k.text(say("desktop.made"), strong, k.taught, 0))
	var made []part
	for _, papers := range madeSizes {
		name := native.Made(papers)
		made = append(made, k.button("open "+name, say("desktop.papers", "n", papers), look{height: 30}, func() { w.open(name, false) }))
	}
	parts = append(parts, k.flow(chooserWidth, 8, made...), k.rule(), k.text(say("desktop.path"), strong, k.taught, chooserWidth), k.text(say("desktop.path.hint"), small, k.muted, chooserWidth))
	parts = append(parts, k.input("path", w.path, "", w.chooseTyped))
	parts = append(parts, w.names()...)
	content := k.column(10, k.insets(float64(max(w.size[0]-k.px(chooserWidth), 0))/k.unit/2, 24), parts...)
	return w.place(places{{Max: pt(w.size)}}, k.panelOf(w.scrolling(content), k.panel))
}

// titleOf is what a graph that was opened is called.
func (w *Window) titleOf(name string) string {
	if papers, ok := native.Papers(name); ok {
		return w.speech.say("desktop.made") + ": " + w.speech.say("desktop.papers", "n", papers)
	}
	if key := "control.data." + name; w.speech.has(key) && name != setup.PackData {
		return w.speech.say(key)
	}
	return name
}

// offered is a button that opens a graph.
func (w *Window) offered(id, title, name string) part {
	k := w.kit
	return k.button(id, k.cut(title, plain, (chooserWidth-24)*k.unit), look{left: true, wide: true, disabled: w.opening != ""}, func() { w.open(name, name == w.state.Graph) })
}

// chooseTyped opens what was typed, or shows what begins so.
func (w *Window) chooseTyped(text string) {
	w.path, w.stale = text, true
	switch kind, err := data.KindOf(text); {
	case text == "":
	case isAddress(text):
		w.path = "" // it holds a secret
		w.attach(text)
	case err != nil:
		w.tell(err.Error())
	case kind == data.Missing && len(data.Names(text)) == 0:
		w.tell(w.speech.say("desktop.refused", "name", text, "reason", w.speech.say("desktop.missing")))
	case kind != data.Missing && !leadsOn(text):
		w.open(Absolute(text), false)
	}
}

// Absolute is the whole name of a file, by which another start finds it; the name
// of a graph that needs no file stays, as does "".
func Absolute(name string) string {
	if _, ok := native.Papers(name); ok || name == "" || isAddress(name) {
		return name
	}
	if kind, _ := data.KindOf(name); kind == data.Made {
		return name
	}
	if whole, err := filepath.Abs(name); err == nil {
		return whole
	}
	return name
}

// leadsOn reports whether a name ends where the names of what is in a folder begin.
func leadsOn(text string) bool { return strings.HasSuffix(text, "/") || strings.HasSuffix(text, `\`) }

// names offers what begins as the path that was typed.
func (w *Window) names() (parts []part) {
	k := w.kit
	if w.path == "" {
		return nil
	}
	for i, n := range data.Names(w.path) {
		if i == mostNames {
			break
		}
		parts = append(parts, k.button("name "+n.Name, k.cut(n.Name, plain, (chooserWidth-24)*k.unit), look{left: true, wide: true, height: 28}, func() {
			if n.What == "" {
				w.path, w.stale = n.Name, true
				return
			}
			w.open(Absolute(n.Name), false)
		}))
	}
	return parts
}
