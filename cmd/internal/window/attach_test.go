package window

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ebitenui/ebitenui/widget"

	"abkd/cmd/internal/keep"
	"abkd/cmd/internal/native"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A training is a process of the command line that listens.
type training struct {
	cmd          *exec.Cmd
	steer, watch string // addresses
}

// listening starts "abkd train --listen", which waits for who steers it.
func listening(t *testing.T) *training {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "abkd")
	if out, err := exec.Command("go", "build", "-o", program, "abkd/cmd/abkd").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := &training{cmd: exec.Command(program, "train", "--data", "karate", "--epochs", "100000", "--wait", "--listen", "127.0.0.1:0", "--out", filepath.Join(dir, "w.safetensors"))}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	address := regexp.MustCompile(`http://\S+`)
	lines := bufio.NewScanner(stderr)
	for p.watch == "" && lines.Scan() {
		switch at := address.FindString(lines.Text()); {
		case strings.Contains(lines.Text(), "steer this training"):
			p.steer = at
		case strings.Contains(lines.Text(), "watch it"):
			p.watch = at
		}
	}
	if p.watch == "" {
		t.Fatal("the training says no address")
	}
	go func() {
		for lines.Scan() { // so that it never waits for who reads
		}
	}()
	return p
}

// paste puts a text into a field, and submits it.
func (d *driver) paste(id, text string) {
	d.t.Helper()
	d.click(id)
	d.until(id+" has the keyboard", func(w *Window) bool { return !w.stale && w.focusedID() == id })
	inside(func() { on.window.ui.GetFocusedWidget().(*widget.TextInput).SetText(text) })
	d.press("Enter")
}

// TestAttaches steers and watches a training of the command line, whose run is its
// own: what the window has of its own it has afterwards too.
func TestAttaches(t *testing.T) {
	p, dir := listening(t), t.TempDir()
	closing := openWindow(t, dir, native.Made(100), plainly)
	d := drive(t)
	d.until("it trains", func(w *Window) bool { return w.snapshot != nil && w.snapshot.Epoch >= 1 })
	closing()
	_, own := kept(t, dir)

	closing = openWindow(t, dir, p.steer, nil)
	d.until("the training is seen, and waits", func(w *Window) bool {
		return w.snapshot != nil && w.graph.Title == "karate" && !w.snapshot.Running && w.snapshot.Step+w.snapshot.Epoch == 0
	})
	d.press(".")
	d.until("it has made a step", func(w *Window) bool { return w.snapshot.Step+w.snapshot.Epoch == 1 })
	d.press("Space")
	d.until("it goes on", func(w *Window) bool { return w.snapshot.Running && w.snapshot.Epoch > 2 })
	d.press("Space")
	d.until("it stands", func(w *Window) bool { return !w.snapshot.Running })
	if m := d.shot("attached"); count(m, at(curves), palettes[scene.Light].taught) < 100 {
		t.Error("its curves are not drawn")
	}
	d.press("r")
	d.until("it is not begun again", func(w *Window) bool { return strings.Contains(w.notice, "the run is that of a command") })
	d.press("Escape", "s")
	d.until("it is told whose settings they are", func(w *Window) bool { return w.tab == settingsTab && !w.stale && w.kit.found["all"] == nil })
	d.press("Control+s")
	d.until("what only its own process has is not offered", func(w *Window) bool {
		return !w.stale && w.kit.found["save png"] != nil && w.kit.found["save weights"] == nil
	})
	d.press("Control+o")
	d.until("the chooser is back", func(w *Window) bool { return w.graph == nil && w.attended == nil })

	d.paste("path", p.watch)
	d.until("it is watched", func(w *Window) bool { return w.snapshot != nil && w.graph.Title == "karate" })
	d.press("Space")
	d.until("who watches steers nothing", func(w *Window) bool { return strings.Contains(w.notice, "You watch") })
	d.shot("watched")
	p.cmd.Process.Signal(os.Interrupt)
	d.until("it has ended", func(w *Window) bool { return strings.Contains(w.notice, "has ended") })
	closing()
	if _, now := kept(t, dir); now.Run != own.Run || now.Graph != own.Graph || now.Experiment != own.Experiment {
		t.Errorf("after it the window has %+v of its own, want %+v", now, own)
	}
}

// kept reads what a window has left.
func kept(t *testing.T, dir string) (run []byte, s keep.State) {
	t.Helper()
	f, s, err := keep.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if run, err = f.RunState(s); err != nil || run == nil {
		t.Fatalf("the run of %+v: %v", s, err)
	}
	return run, s
}

// TestAttachesToNothing says why there is no training at an address.
func TestAttachesToNothing(t *testing.T) {
	openWindow(t, t.TempDir(), "", plainly)
	d := drive(t)
	for address, want := range map[string]string{
		"http://127.0.0.1:1/#token=ABC": "no training listens there",
		"http://127.0.0.1:1/":           "no address of a run",
	} {
		inside(func() { on.window.attach(address) })
		d.until("it is refused", func(w *Window) bool { return w.opening == "" && strings.Contains(w.notice, want) })
		if said := now(func(w *Window) string { return w.notice }); strings.Contains(said, "ABC") {
			t.Errorf("a secret is told: %s", said)
		}
	}
	if phase := now(func(w *Window) *wire.Snapshot { return w.snapshot }); phase != nil {
		t.Errorf("something is shown: %v", phase.Phase)
	}
}
