package window

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"abkd/sim/guess"
	"abkd/sim/lesson"
	"abkd/sim/scene"
	"abkd/sim/study/store"
	"abkd/sim/wire"
)

// A quiz hides a number of the focus's sum until it is found.
type quiz struct {
	column int          // that is hidden, -1 for none
	last   int          // that was hidden last, -1 for none
	waits  bool         // a number is to be hidden once the arithmetic is there
	of     wire.Subject // whose arithmetic the window has asked for
	said   string
}

// ofStudies are the questions that many runs answer, of which a run knows nothing.
var ofStudies = []string{"depth", "wins", "size"}

// question is what the scene has asked by now, nil where there is nothing to guess.
func (w *Window) question(s *wire.Snapshot) *wire.Question {
	ask := w.scene().Asked(w.state.Step)
	if slices.Contains(ofStudies, ask) {
		return w.questionOfStudies(ask)
	}
	if s == nil {
		return nil
	}
	q := guess.Of(ask, s)
	if temperature := w.scene().Steps[w.state.Step].Temperature; q != nil && ask == "share" && temperature < guess.Hot {
		return &wire.Question{Ask: ask, Options: q.Options, Hidden: true}
	}
	if q != nil && ask == "copies" && w.asks() && !isGiven(q) && !w.isTold(ask) {
		return &wire.Question{Ask: ask, Options: q.Options, Hidden: true}
	}
	return q
}

// asks reports whether the step asks for a guess, rather than one after it.
func (w *Window) asks() bool { return w.scene().Steps[w.state.Step].Ask != "" }

// isGiven reports whether nothing was learned that could be guessed.
func isGiven(q *wire.Question) bool { return q.Answer != "" && len(q.Keys) == 0 }

// isTold reports whether the answer has been shown: what was guessed stays.
func (w *Window) isTold(ask string) bool { return slices.Contains(w.state.Told, ask) }

// noteTold notes that the answer has been shown.
func (w *Window) noteTold(ask string) {
	if !w.isTold(ask) {
		w.state.Told = append(slices.Clone(w.state.Told), ask)
	}
}

// notePicture notes what the picture of the scene answers: who sees A need not guess
// which layer is copied.
func (w *Window) notePicture(s *wire.Snapshot) {
	if s.Epoch > 0 && slices.Contains(w.scene().Shows, "attention") {
		w.noteTold("copies")
	}
}

// forgetGuesses is for another run.
func (w *Window) forgetGuesses() { w.state.Guesses, w.state.Told = nil, nil }

// questionOfStudies is one about many runs: judged by the study of them that was seen
// last.
func (w *Window) questionOfStudies(ask string) *wire.Question {
	if q := w.studies.judged[ask]; q != nil {
		return q
	}
	switch ask {
	case "depth":
		return guess.Depth(nil, false, nil)
	case "size":
		return guess.Enough(nil, false)
	}
	return guess.Winner(offeredCriteria(store.Comparison), nil, false, nil)
}

// guessKey is what of a question decides which widgets there are.
func guessKey(q *wire.Question) string {
	if q == nil {
		return ""
	}
	return q.Ask + strconv.FormatBool(q.Hidden) + q.Answer + strings.Join(q.Options, " ")
}

// guessed asks for a guess while its answer is hidden, and judges it once it is there.
func (w *Window) guessed() (parts []part) {
	k, say := w.kit, w.speech.say
	q := w.question(w.snapshot)
	if q == nil {
		return nil
	}
	asks, said := w.asks(), w.state.Guesses[q.Ask]
	tells := !q.Hidden && q.Answer != "" && (said != "" || !asks || isGiven(q))
	switch {
	case asks && w.isTold(q.Ask) && !tells:
		text := say("guess.told")
		if said != "" {
			text = say("sentences", "first", say("guess.said", "guess", w.optionName(q, said)), "next", say("guess.kept"))
		}
		return []part{k.text(text, small, k.muted, textWidth)}
	case asks && q.Hidden:
		var options []part
		for _, o := range q.Options {
			options = append(options, k.button("guess "+o, w.optionName(q, o), look{pressed: o == said, height: 28, as: small}, func() { w.guess(q.Ask, o) }))
		}
		return []part{k.flow(textWidth, 4, options...)}
	case asks && said == "" && !tells:
		parts = append(parts, k.text(say("guess.seen"), small, k.muted, textWidth))
		if q.Ask != "copies" && !slices.Contains(ofStudies, q.Ask) {
			parts = append(parts, k.button("guess back", say("guess.back"), look{height: 28, as: small}, func() { w.rewind(0) }))
		}
	}
	if tells {
		w.noteTold(q.Ask)
	}
	if tells || !q.Hidden && said != "" {
		parts = append(parts, w.changing(strong, textWidth, w.verdict))
	}
	return parts
}

// guess chooses an option, before the answer is shown.
func (w *Window) guess(ask, option string) {
	if w.isTold(ask) {
		return
	}
	all := maps.Clone(w.state.Guesses)
	if all == nil {
		all = map[string]string{}
	}
	all[ask] = option
	w.state.Guesses, w.stale = all, true
}

// verdict says what was guessed, what it came to, and whether that is the same.
func (w *Window) verdict(s *wire.Snapshot) string {
	say, q := w.speech.say, w.question(s)
	if q == nil {
		return ""
	}
	answer := say("guess.undecided")
	if q.Answer != "" {
		answer = w.answer(q)
	}
	said := w.state.Guesses[q.Ask]
	if said == "" || !slices.Contains(q.Options, said) {
		return answer
	}
	text := say("sentences", "first", say("guess.said", "guess", w.optionName(q, said)), "next", answer)
	if len(q.Keys) == 0 {
		return text
	}
	verdict := "wrong"
	if slices.Contains(q.Keys, said) {
		verdict = map[bool]string{true: "among", false: "right"}[len(q.Keys) > 1]
	}
	return text + " " + say("guess.verdict", "verdict", verdict)
}

// answer says what it came to.
func (w *Window) answer(q *wire.Question) string {
	var args []any
	for _, f := range q.Figures {
		args = append(args, f.Name, w.figure(&f))
	}
	return w.speech.say(q.Answer, args...)
}

// figure is what a message puts in for f.
func (w *Window) figure(f *wire.Figure) any {
	words := f.Words
	switch f.Is {
	case "count":
		return int(f.Values[0])
	case "share":
		return w.speech.percent(f.Values[0])
	case "times":
		digits := map[bool]int{true: 1}[f.Values[0] < 10]
		return w.speech.fixed(float64(f.Values[0]), digits)
	case "classes":
		words = nil
		for _, c := range f.Values {
			words = append(words, className(w.speech, &w.snapshot.Graph, int(c)))
		}
	}
	return strings.Join(words, w.speech.say("list.separator"))
}

// optionName is what an option is called.
func (w *Window) optionName(q *wire.Question, key string) string {
	say := w.speech.say
	n, _ := strconv.Atoi(key)
	switch {
	case q.Ask == "gains":
		return say("guess.gains." + key)
	case (q.Ask == "attends" || q.Ask == "copies") && key == "tie":
		return say("guess.alike")
	case q.Ask == "attends" || q.Ask == "copies":
		return "S" + strconv.Itoa(n+1)
	case q.Ask == "parts":
		return className(w.speech, &w.snapshot.Graph, n)
	case q.Ask == "depth" && key == "more":
		return say("guess.depth.more", "from", strconv.Itoa(guess.Many), "to", strconv.Itoa(guess.Depths))
	case q.Ask == "depth":
		return say("guess.depth.layers", "n", n)
	case q.Ask == "lost" || q.Ask == "share" || q.Ask == "size":
		return say("guess."+q.Ask+".part", "part", key)
	case q.Ask == "wins" && key != "tie":
		return key
	}
	return say("guess." + key)
}

// sum is that of the focus in the student's first layer, ok if its arithmetic is there.
func (w *Window) sum() (guess.Sum, bool) {
	if now := w.inspection(); now != nil && w.inspected == w.focusSubject() {
		return guess.SumOf(now)
	}
	return guess.Sum{}, false
}

// focusSubject is the focus as the first layer of the last model makes it.
func (w *Window) focusSubject() wire.Subject {
	s := w.snapshot
	if s == nil || len(s.Graph.Nodes) == 0 {
		return wire.Subject{}
	}
	model := "student"
	if s.Phase == wire.Teaching {
		model = "teacher"
	}
	return wire.Subject{Kind: "node", Model: model, Type: s.Graph.Types[s.Graph.Target], I: s.Graph.Nodes[0].ID}
}

// ask prepares what a step asks: the scene of one node has its arithmetic shown, and
// its question hides a number of it.
func (w *Window) ask(step *lesson.Step) {
	q := &w.quiz
	q.column, q.said, q.waits = -1, "", step.Ask == "sum"
	if w.scene().Frame != lesson.Terms && w.inspected == q.of && w.tab != inspectorTab {
		w.closeInspector()
	}
	w.followFocus()
}

// followFocus asks for the arithmetic of the focus where the scene is about that, but
// if the user looks at something else.
func (w *Window) followFocus() {
	isFree := w.inspected.Kind == "" || w.inspected == w.quiz.of
	watches := w.attended != nil && w.attended.remote.Watches
	of := w.focusSubject()
	if w.scene().Frame != lesson.Terms || !isFree || watches || of.Kind == "" || of == w.inspected {
		return
	}
	w.inspected, w.quantity, w.quiz.of = of, -1, of
	w.command(wire.Inspect{Subject: of})
	w.setView()
	w.stale = true
}

// hideNumber hides a number of the sum once that is there.
func (w *Window) hideNumber() {
	if !w.quiz.waits {
		return
	}
	sum, ok := w.sum()
	if !ok || w.snapshot.Running {
		return
	}
	w.quiz.column = sum.Next(w.quiz.last)
	w.quiz.last, w.quiz.waits, w.quiz.said, w.stale = w.quiz.column, false, "", true
	w.setView()
}

// sumAsked asks for the number that is hidden, of the terms that are shown.
func (w *Window) sumAsked() []part {
	k, say := w.kit, w.speech.say
	sum, ok := w.sum()
	if !ok {
		return []part{k.text(say("sums.waits"), plain, k.muted, textWidth)}
	}
	if w.quiz.column < 0 {
		key := "quiz.hide"
		if w.quiz.said != "" {
			key = "quiz.again"
		}
		again := k.button("quiz hide", say(key), look{height: 28, as: small}, func() {
			w.command(wire.Pause{})
			w.quiz.waits = true
		})
		return []part{k.text(w.quiz.said, strong, k.ink, textWidth), again}
	}
	c := w.quiz.column
	terms := k.drawing("quiz terms", textWidth, float64(len(sum.Terms))*20, func(l *scene.Layer, width, _ float32) {
		p := pen{k, l}
		for i, q := range sum.Terms {
			y := float32(i)*20 + 10
			p.write(w.quantityName(q), plain, 0, y, width-90, scene.Start, p.ink)
			p.write(w.speech.number(q.Value.Data[c]), plain, width, y, 80, scene.End, p.ink)
		}
	})
	return []part{terms, k.text(say("quiz.asks", "column", strconv.Itoa(c+1)), plain, k.ink, textWidth), k.input("quiz", "", "", w.checkSum)}
}

// checkSum judges a number that was typed.
func (w *Window) checkSum(text string) {
	sum, ok := w.sum()
	v, err := strconv.ParseFloat(strings.NewReplacer(",", ".", "−", "-").Replace(text), 64)
	if err != nil || !ok || w.quiz.column < 0 {
		w.stale = true
		return
	}
	c, terms := w.quiz.column, ""
	for i, q := range sum.Terms {
		if i > 0 {
			terms += " + "
		}
		terms += w.speech.number(q.Value.Data[c])
	}
	judged := map[bool]string{true: "right", false: "wrong"}[sum.IsRight(c, v)]
	w.quiz.said = w.speech.say("quiz.verdict", "judged", judged, "terms", strings.ReplaceAll(terms, "+ −", "− "), "sum", w.speech.number(sum.Total[c]))
	w.quiz.column, w.stale = -1, true
	w.setView()
}
