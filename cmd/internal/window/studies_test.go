package window

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/cmd/internal/keep"
	"abkd/sim/scene"
	"abkd/sim/study/store"
	"abkd/site/desk"
)

// fill types a text into a field, in place of what it holds.
func (d *driver) fill(id, text string) {
	d.t.Helper()
	d.click(id)
	d.until(id+" has the keyboard", func(w *Window) bool { return !w.stale && w.focusedID() == id })
	d.press("Control+a")
	d.write(text)
}

// form types into fields at once.
func form(fill func(f *studyForm)) {
	inside(func() {
		fill(&on.window.studies.form)
		on.window.stale = true
	})
}

// runs is how many runs of the study that is shown are done, and how many there are.
func runs(v *desk.View) (done, all int) {
	for _, c := range v.Cells {
		if c.Done {
			done++
		}
	}
	return done, len(v.Cells)
}

// isStudyShown reports whether the widgets show the study of that name.
func isStudyShown(w *Window, name string) bool {
	return !w.stale && w.showsStudy() && w.studies.view.Name == name && w.kit.found["study cells"] != nil
}

// TestStudies begins a comparison by the pointer and a search by the keyboard, and has
// what is no study told.
func TestStudies(t *testing.T) {
	openWindow(t, filepath.Join(t.TempDir(), "kept"), "karate", plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil })
	inside(func() { on.window.set("epochs", "2") })
	d.asks("8", "size", "none")
	d.click("propose")
	d.until("the sizes of the scene are proposed", func(w *Window) bool { return w.tab == studiesTab && w.studies.form.students == "2x2,2x4,2x8,2x16" })
	d.fill("study name", "a")
	d.click("criterion kd")
	form(func(f *studyForm) {
		f.criteria, f.students, f.seeds, f.epochs, f.teaching = append(f.criteria, "kd+abkd"), "2x4,2x8", "two", "5", "5"
	})
	d.click("study start")
	d.until("words are no number", func(w *Window) bool { return strings.Contains(w.notice, "“two”: type a whole number") })
	form(func(f *studyForm) { f.seeds = "2" })
	d.click("study start")
	d.until("it is whole", func(w *Window) bool {
		return isStudyShown(w, "a") && w.studies.view.Whole && !w.studies.view.Running
	})
	v := now(func(w *Window) *desk.View { return w.studies.view })
	if done, all := runs(v); done != 8 || all != 8 || len(v.Rows) != 4 || v.Kind != store.Comparison {
		t.Errorf("it has %d of %d runs in %d rows", done, all, len(v.Rows))
	}
	m, place := d.shot("study-light-en"), at(func(f *frame) image.Rectangle { return f.picture.Union(f.curves) })
	colours := palettes[scene.Light]
	if ink, alone, taught := count(m, place, colours.ink), count(m, place, colours.alone), count(m, place, colours.taught); ink < 400 || alone < 300 || taught < 300 {
		t.Errorf("the study has %d pixels of ink, %d and %d in the colours of models", ink, alone, taught)
	}
	if _, err := os.Stat(filepath.Join(v.Folder, "report.html")); err != nil {
		t.Error(err)
	}

	d.press("8", "n")
	d.isLocked("size", "none")
	if got := told(); !strings.HasPrefix(got, "You said: none of these sizes does. ") || !strings.HasSuffix(got, "s you guessed.") {
		t.Errorf("the sizes are judged %q", got)
	}
	d.press("Escape", "Control+m")
	d.click("study search")
	form(func(f *studyForm) { f.name, f.students, f.seeds, f.trials = "a", "2x4", "1", "2" })
	d.click("study start")
	d.until("the folder of another is refused", func(w *Window) bool { return strings.Contains(w.notice, "it holds other files") })
	form(func(f *studyForm) { f.name = "" })
	d.until("the button has the keyboard", func(w *Window) bool {
		if w.focusedID() == "study start" {
			return true
		}
		w.ui.ChangeFocus(widget.FOCUS_PREVIOUS) // it is near the end
		return false
	})
	d.press("Enter")
	d.until("the search is whole", func(w *Window) bool {
		return isStudyShown(w, "study-1") && w.studies.view.Whole && !w.studies.view.Running
	})
	if v := now(func(w *Window) *desk.View { return w.studies.view }); v.Kind != store.Search || len(v.Rows) != 2 {
		t.Errorf("it is a %s of %d rows", v.Kind, len(v.Rows))
	}
	d.click("language")
	d.click("theme")
	d.until("it is dark and Chinese", func(w *Window) bool { return w.theme() == scene.Dark && isStudyShown(w, "study-1") })
	d.click("study a")
	d.until("the first is open again", func(w *Window) bool { return isStudyShown(w, "a") })
	d.shot("study-dark-zh")
	d.click("study close")
	d.until("the picture is back", func(w *Window) bool { return w.showsPicture() && w.tab == studiesTab })
}

// TestStudyGoesOn closes the window in the middle of a study: no run that is done is
// lost or made anew, and the next window goes on with it.
func TestStudyGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	closing := openWindow(t, dir, "karate", plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil && w.studies.desk != nil })
	form(func(f *studyForm) {
		f.criteria, f.students, f.seeds, f.epochs, f.teaching = []string{"none", "kd"}, "2x4", "100", "2000", "5"
	})
	d.press("Control+m")
	d.click("study start")
	d.until("a run is done", func(w *Window) bool {
		if !isStudyShown(w, "study-1") {
			return false
		}
		done, _ := runs(w.studies.view)
		return done > 0
	})
	closing()
	_, state := kept(t, dir)
	files, err := filepath.Glob(filepath.Join(dir+"-studies", "study-1", "cells", "*.json"))
	if err != nil || len(files) == 0 || state.Study != "study-1" {
		t.Fatalf("%d runs are kept (%v), and the study %q", len(files), err, state.Study)
	}
	written := map[string]time.Time{}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		written[f] = info.ModTime()
	}
	openWindow(t, dir, "", func(s *keep.State) { s.Running = false })
	d = drive(t)
	d.press("Control+m")
	d.until("more runs are done", func(w *Window) bool {
		if v := w.studies.view; v != nil && v.Name == "study-1" {
			done, all := runs(v)
			return done > len(files) && all == 200
		}
		return false
	})
	for f, before := range written {
		if info, err := os.Stat(f); err != nil || !info.ModTime().Equal(before) {
			t.Errorf("%s was done before, and is not as it was (%v)", f, err)
		}
	}
	d.click("study stop")
	d.until("it is stopped", func(w *Window) bool {
		return !w.studies.view.Running && w.state.Study == "" && w.kit.found["study go on"] != nil
	})
	d.click("study go on")
	d.until("it goes on", func(w *Window) bool { return w.studies.view.Running && w.state.Study == "study-1" })
	d.press("Control+o")
	d.until("the chooser is back", func(w *Window) bool { return w.graph == nil && w.studies.desk == nil })
	d.click("recent karate")
	d.until("it goes on with its graph", func(w *Window) bool { return w.studies.view != nil && w.studies.view.Running })
}
