package window

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"abkd/cmd/internal/native"
	"abkd/sim/study"
	"abkd/sim/study/store"
	"abkd/sim/wire"
	"abkd/site/desk"
)

// Studies are the comparisons and searches in a folder, of which one may run, beside
// the run that is shown.
type studies struct {
	folder string
	desk   *desk.Desk     // of the graph that is open, nil for none
	of     *native.Graph  // that graph
	left   sync.WaitGroup // desks that were left, until their last steps are done
	all    []desk.Listed
	view   *desk.View                // that is shown, nil for none
	judged map[string]*wire.Question // by the studies that were seen, by what the story asks
	asked  int                       // how often the desk was asked: only the last answer counts
	waits  bool                      // for that answer
	looked time.Time
	form   studyForm
}

// A studyForm is what a new study is to be, as it was typed.
type studyForm struct {
	name                            string // "" for one that is free
	kind                            store.Kind
	criteria                        []string
	students                        string // "" for that of the graph
	seeds, trials, epochs, teaching string
}

// newStudyForm is what is asked for unless something else is typed.
func newStudyForm() studyForm {
	return studyForm{kind: store.Comparison, criteria: []string{"none", "kd", "kd+abkd"}, seeds: "3", trials: "12", epochs: "0", teaching: "0"}
}

// studyPause is how long what runs is not looked at.
const studyPause = 400 * time.Millisecond

// sit opens the studies of a graph, and goes on with the one that ran.
func (w *Window) sit(g *native.Graph) {
	s := &w.studies
	if s.desk != nil && s.of.Pack.Graph == g.Pack.Graph {
		return // another teacher of the same graph
	}
	w.leaveDesk()
	cores := max(runtime.GOMAXPROCS(0)-1, 1) // one draws
	d, err := desk.New(desk.Options{Folder: s.folder, Graph: g.Pack.Graph, Data: cmp.Or(g.Name, g.Title), Memory: w.may, Cores: cores})
	if err != nil {
		w.tell(w.speech.say("desktop.studies.none", "reason", err.Error()))
		return
	}
	s.desk, s.of, s.form = d, g, newStudyForm()
	name := w.state.Study
	w.atDesk(func(d *desk.Desk) (*desk.View, error) {
		if name == "" {
			return nil, nil
		}
		s.left.Wait() // what was left has the folder until then
		return startAt(d, name, nil)
	})
}

// startAt begins the study called name as asked, or goes on with it for nil.
func startAt(d *desk.Desk, name string, ask *desk.Ask) (*desk.View, error) {
	if err := d.Start(name, ask); err != nil {
		return nil, err
	}
	return d.View(name)
}

// leaveDesk ends what runs after its next step. It goes on when its graph is opened
// again.
func (w *Window) leaveDesk() {
	s := &w.studies
	if d := s.desk; d != nil {
		s.left.Go(d.Close)
	}
	s.desk, s.of, s.view, s.all, s.waits, s.judged = nil, nil, nil, nil, false, nil
	s.asked++
}

// atDesk asks the desk for something beside what goes on, and shows what it answers:
// a study, or none to leave what is shown.
func (w *Window) atDesk(ask func(*desk.Desk) (*desk.View, error)) {
	s := &w.studies
	s.asked++
	s.waits, s.looked = true, time.Now()
	number, d := s.asked, s.desk
	go func() {
		view, err := ask(d)
		all, listing := d.List()
		judged := judgedBy(view)
		w.afterwards(func() {
			if number == s.asked {
				s.judge(judged)
				w.answered(view, all, cmp.Or(err, listing))
			}
		})
	}()
}

// answered shows what the desk has answered.
func (w *Window) answered(view *desk.View, all []desk.Listed, err error) {
	s := &w.studies
	if s.waits = false; err != nil {
		w.tell(w.speech.say("desk.refused", "reason", w.speech.reworded(err.Error())))
	}
	if view == nil {
		view = s.view
	}
	if !slices.Equal(s.all, all) || studyKey(s.view) != studyKey(view) {
		w.stale = true
	}
	s.all, s.view, w.fresh = all, view, settled
	running := ""
	for _, l := range all {
		if l.Running {
			running = l.Name
		}
	}
	if err == nil && w.state.Study != running {
		w.state.Study = running
		w.keepNow(true)
	}
}

// judgedBy are the story's questions that a study answers.
func judgedBy(view *desk.View) (all []*wire.Question) {
	for _, ask := range ofStudies {
		if view == nil {
			return nil
		}
		if q := view.Question(ask); q != nil {
			all = append(all, q)
		}
	}
	return all
}

// judge notes the questions that the study seen last answers.
func (s *studies) judge(all []*wire.Question) {
	for _, q := range all {
		if s.judged == nil {
			s.judged = map[string]*wire.Question{}
		}
		s.judged[q.Ask] = q
	}
}

// A shownStudy is what of a study decides which widgets there are.
type shownStudy struct {
	name, trouble  string
	running, whole bool
	cells, rows    int
	some           bool // rows have a value
}

func studyKey(v *desk.View) shownStudy {
	if v == nil {
		return shownStudy{}
	}
	return shownStudy{v.Name, v.Error, v.Running, v.Whole, len(v.Cells), len(v.Rows), v.Chart != ""}
}

// lookAtStudies follows what runs.
func (w *Window) lookAtStudies() {
	s := &w.studies
	isOver := w.state.Study == "" && (s.view == nil || !s.view.Running)
	if s.desk == nil || s.waits || isOver || time.Since(s.looked) < studyPause {
		return
	}
	w.atDesk(s.look())
}

// look asks for the study that is shown, as it is now.
func (s *studies) look() func(*desk.Desk) (*desk.View, error) {
	name := ""
	if s.view != nil {
		name = s.view.Name
	}
	return func(d *desk.Desk) (*desk.View, error) {
		if name == "" {
			return nil, nil
		}
		return d.View(name)
	}
}

// openStudy shows a study.
func (w *Window) openStudy(name string) {
	w.showFromTop()
	w.atDesk(func(d *desk.Desk) (*desk.View, error) { return d.View(name) })
}

// showFromTop shows another study from its beginning.
func (w *Window) showFromTop() {
	if w.sheet != nil {
		w.sheet.ScrollTop = 0
	}
}

// closeStudy shows the picture again.
func (w *Window) closeStudy() {
	w.studies.view, w.stale = nil, true
	w.studies.asked++ // an answer would show it again
	w.studies.waits = false
}

// goOn goes on with a study.
func (w *Window) goOn(name string) {
	w.atDesk(func(d *desk.Desk) (*desk.View, error) { return startAt(d, name, nil) })
}

// stopStudy stops a study. What is done stays.
func (w *Window) stopStudy(name string) {
	w.atDesk(func(d *desk.Desk) (*desk.View, error) {
		if err := d.Stop(name); err != nil {
			return nil, err
		}
		return d.View(name)
	})
}

// startStudy begins what the form says.
func (w *Window) startStudy() {
	f := &w.studies.form
	ask := &desk.Ask{Kind: f.kind, Students: f.students}
	for _, c := range offeredCriteria(f.kind) {
		if slices.Contains(f.criteria, c) {
			ask.Criteria = append(ask.Criteria, c)
		}
	}
	for _, n := range w.studyNumbers() {
		v, err := strconv.Atoi(*n.typed)
		if err != nil || v < 0 {
			w.tell(w.speech.say("desktop.studies.number", "what", w.speech.say(n.key), "value", *n.typed))
			return
		}
		*n.of(ask) = v
	}
	w.notice = ""
	name := cmp.Or(f.name, w.freeName())
	w.atDesk(func(d *desk.Desk) (*desk.View, error) {
		v, err := startAt(d, name, ask)
		if err == nil {
			w.afterwards(func() {
				w.studies.form.name = ""
				w.showFromTop()
			})
		}
		return v, err
	})
}

// freeName is a name that no study has.
func (w *Window) freeName() string {
	for i := 1; ; i++ {
		name := "study-" + strconv.Itoa(i)
		if !slices.ContainsFunc(w.studies.all, func(l desk.Listed) bool { return l.Name == name }) {
			return name
		}
	}
}

// proposeStudy fills the form with what answers a question.
func (w *Window) proposeStudy(ask string) {
	f := newStudyForm()
	switch ask {
	case "depth":
		f.criteria, f.students = []string{"none"}, "1x16,2x16,3x16,4x16,5x16,6x16,7x16,8x16"
	case "size":
		f.criteria, f.students = []string{"none", "kd"}, "2x2,2x4,2x8,2x16"
	default:
		f.criteria = offeredCriteria(f.kind)
	}
	w.studies.form = f
	w.closeStudy()
	w.turnTo(studiesTab)
}

// offeredCriteria are what can be compared, or searched for.
func offeredCriteria(kind store.Kind) []string {
	all := study.Criteria()
	if kind == store.Search {
		return all
	}
	return slices.Insert(all, 2, "kd+abkd")
}

// A studyNumber is a field for a number.
type studyNumber struct {
	id, key string
	typed   *string
	of      func(*desk.Ask) *int
}

// studyNumbers are the numbers that a study of this kind wants.
func (w *Window) studyNumbers() []studyNumber {
	f := &w.studies.form
	all := []studyNumber{{"study seeds", "study.seeds", &f.seeds, func(a *desk.Ask) *int { return &a.Seeds }}}
	if f.kind == store.Search {
		all = append(all, studyNumber{"study trials", "desk.trials", &f.trials, func(a *desk.Ask) *int { return &a.Trials }})
	}
	return append(all,
		studyNumber{"study epochs", "desk.epochs.student", &f.epochs, func(a *desk.Ask) *int { return &a.Epochs }},
		studyNumber{"study teaching", "desk.epochs.teacher", &f.teaching, func(a *desk.Ask) *int { return &a.TeacherEpochs }})
}

// studiesPanel has the studies in the folder, and what a new one is to be.
func (w *Window) studiesPanel() part {
	k, say, s := w.kit, w.speech.say, &w.studies
	parts := []part{k.text(say("desktop.tab.studies"), heading, k.ink, 0)}
	if s.desk == nil {
		return w.panelColumn(append(parts, k.text(say("desktop.studies.attached"), plain, k.ink, textWidth))...)
	}
	parts = append(parts, k.text(say("desktop.studies.about"), small, k.muted, textWidth))
	for _, l := range s.all {
		state := "stopped"
		if l.Running {
			state = "running"
		} else if l.Whole {
			state = "whole"
		}
		label := k.cut(l.Name+"  "+say("desk.state", "state", state), plain, (textWidth-24)*k.unit)
		parts = append(parts, k.button("study "+l.Name, label, look{left: true, wide: true, height: 28, pressed: s.view != nil && s.view.Name == l.Name}, func() { w.openStudy(l.Name) }))
	}
	return w.panelColumn(append(parts, w.studyFields()...)...)
}

// studyFields are the form for a new study.
func (w *Window) studyFields() []part {
	k, say, s := w.kit, w.speech.say, &w.studies
	f := &s.form
	label := func(key string) part { return k.text(say(key), small, k.muted, textWidth) }
	name := cmp.Or(f.name, w.freeName())
	var kinds, criteria []part
	for _, kind := range []store.Kind{store.Comparison, store.Search} {
		kinds = append(kinds, k.button("study "+string(kind), say("desk.kind.name", "kind", string(kind)), look{height: 28, as: small, pressed: f.kind == kind}, func() { f.kind, w.stale = kind, true }))
	}
	for _, c := range offeredCriteria(f.kind) {
		criteria = append(criteria, k.button("criterion "+c, c, look{height: 26, as: small, pressed: slices.Contains(f.criteria, c)}, func() { f.toggle(c); w.stale = true }))
	}
	parts := []part{
		k.rule(), k.text(say("desk.new"), strong, k.taught, 0),
		label("desk.name"), k.field("study name", name, "", func(text string) {
			if text != name {
				f.name = text
			}
		}),
		label("desk.kind"), k.row(4, kinds...), label("desk.criteria"), k.flow(textWidth, 4, criteria...),
		label("desk.students"), k.field("study students", f.students, "2x8,2x16", func(text string) { f.students = text }),
	}
	for _, n := range w.studyNumbers() {
		field := k.field(n.id, *n.typed, "", func(text string) { *n.typed = text })
		name := k.text(say(n.key), plain, k.ink, textWidth-76)
		name.GetWidget().MinWidth = k.px(textWidth - 100)
		parts = append(parts, k.row(8, middle(name), field))
	}
	return append(parts, k.button("study start", say("desk.start"), look{disabled: w.state.Study != ""}, w.startStudy))
}

// toggle chooses a criterion, or leaves it.
func (f *studyForm) toggle(criterion string) {
	if i := slices.Index(f.criteria, criterion); i >= 0 {
		f.criteria = slices.Delete(slices.Clone(f.criteria), i, i+1)
		return
	}
	f.criteria = append(f.criteria, criterion)
}
