package window

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"abkd/sim/setup"
	"abkd/sim/wire"
)

// settings is the table of controls: that of package setup, as on the page.
func (w *Window) settings() part {
	k, say := w.kit, w.speech.say
	parts := []part{k.text(say("controls.title"), heading, k.ink, 0)}
	if w.attended != nil {
		return w.panelColumn(append(parts, k.text(say("desktop.attach.settings"), plain, k.ink, textWidth))...)
	}
	parts = append(parts, k.text(say("desktop.settings.note"), small, k.muted, textWidth))
	e, err := setup.ParseExperiment(w.state.Experiment)
	if err != nil {
		return w.panelColumn(append(parts, k.text(err.Error(), plain, k.ink, textWidth))...)
	}
	group := ""
	for _, c := range setup.Shown() {
		if !w.isShown(&c, &e) {
			continue
		}
		if c.Group != group {
			group = c.Group
			parts = append(parts, k.rule(), k.text(say(groupName(group)), strong, k.taught, 0))
		}
		parts = append(parts, w.control(&c, e))
	}
	label := "controls.all"
	if w.all {
		label = "controls.fewer"
	}
	parts = append(parts, k.rule(), k.button("all", say(label), look{}, func() { w.all, w.stale = !w.all, true }))
	return w.panelColumn(parts...)
}

// groupName is the message that names a group of controls.
func groupName(group string) string {
	switch group {
	case "student", "teacher":
		return "model." + group
	}
	return "group." + group
}

// isShown reports whether a control has an effect and is what the scene is about, or
// says something.
func (w *Window) isShown(c *setup.Control, e *setup.Experiment) bool {
	if c.Key == "data" || len(c.Unmet(e)) > 0 {
		return false
	}
	return w.all || slices.Contains(w.scene().Uses, c.Key) || c.Get(e) != ""
}

// control is a setting that can be set.
func (w *Window) control(c *setup.Control, e setup.Experiment) part {
	k, say := w.kit, w.speech.say
	value := c.Get(&e)
	if value == "" {
		value = c.DefaultIn(&e)
	}
	label := k.text(say("control."+c.Key), plain, k.ink, textWidth-150)
	label.GetWidget().MinWidth = k.px(textWidth - 150)
	label = middle(label)
	set := func(text string) { w.set(c.Key, text) }
	id := "control " + c.Key
	row := func(p ...part) part { return k.row(8, append([]part{label}, p...)...) }
	var shown part
	switch c.Kind {
	case setup.Choice:
		shown = w.choice(c, value, set)
	case setup.Bool:
		other, name := "on", say("desktop.off")
		if value == "on" {
			other, name = "off", say("desktop.on")
		}
		shown = row(k.button(id, name, look{width: 70, pressed: value == "on"}, func() { set(other) }))
	case setup.Text:
		shown = k.column(4, k.insets(0, 0), label, k.input(id, value, "", set))
	default:
		field := k.input(id, value, "", set)
		field.GetWidget().MinWidth = k.px(72)
		shown = row(
			k.button(id+" less", "−", look{width: 30}, func() { set(stepped(c, value, -1)) }), field,
			k.button(id+" more", "+", look{width: 30}, func() { set(stepped(c, value, +1)) }))
		if c.Key == "seed" {
			shown = k.column(6, k.insets(0, 0), shown, k.button("seed another", say("controls.seed.another"), look{height: 28, as: small}, func() { set(drawnSeed()) }))
		}
	}
	return k.column(4, k.insets(0, 0), shown, k.text(say("control."+c.Key+".help"), small, k.muted, textWidth))
}

// choice is a setting with options: a button that unfolds them.
func (w *Window) choice(c *setup.Control, value string, set func(string)) part {
	k, say := w.kit, w.speech.say
	name := func(option string) string {
		if option == "" {
			return say("desktop.default")
		}
		if key := "control." + c.Key + "." + option; w.speech.has(key) {
			return say(key)
		}
		return option
	}
	id := "control " + c.Key
	cut := func(s string) string { return k.cut(s, plain, (textWidth-24)*k.unit) }
	parts := []part{
		k.text(say("control."+c.Key), plain, k.ink, textWidth),
		k.button(id, cut(name(value)+"  ▼"), look{left: true, wide: true}, func() {
			if w.unfolded == c.Key {
				w.unfolded = ""
			} else {
				w.unfolded = c.Key
			}
			w.stale = true
		}),
	}
	if w.unfolded == c.Key {
		for _, option := range c.Options {
			parts = append(parts, k.button(id+" "+option, cut(name(option)), look{left: true, wide: true, pressed: option == value, height: 28, as: small}, func() {
				w.unfolded = ""
				set(option)
			}))
		}
	}
	return k.column(4, k.insets(0, 0), parts...)
}

// stepped is a number so many steps of its control on, within its range.
func stepped(c *setup.Control, value string, by float64) string {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	step := c.Step
	if step <= 0 {
		step = 1
	}
	v = min(max(v+by*step, c.Min), c.Max)
	return strconv.FormatFloat(math.Round(v/step*1e6)/1e6*step, 'g', 8, 64)
}

// drawnSeed is a seed that nobody has chosen, short enough to be read out.
func drawnSeed() string {
	var b [4]byte
	rand.Read(b[:])
	return strconv.Itoa(int(binary.LittleEndian.Uint32(b[:]) % 100000))
}

// set begins again with a setting changed, from the same seed.
func (w *Window) set(key, text string) {
	w.stale = true
	e, err := setup.ParseExperiment(w.state.Experiment)
	if err == nil {
		err = setup.ControlOf(key).Set(&e, text)
	}
	if err == nil {
		err = e.Check()
	}
	if err != nil {
		w.tell(w.speech.say("desktop.unset", "setting", w.speech.say("control."+key), "value", text, "want", setup.ControlOf(key).Want()))
		return
	}
	w.notice, w.state.Experiment = "", e.String()
	w.setBeat(0)
	w.command(wire.Begin{Experiment: e.String()})
}
