package window

import (
	"image/color"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/jezek/xgb/xproto"

	"abkd/gnn/synth"
	"abkd/gnn/synth/disk"
	"abkd/sim/scene"
)

// drop drops a file or folder on the window, by the protocol that file managers
// speak (XDND).
func (d *driver) drop(name string) {
	d.t.Helper()
	atom := func(name string) xproto.Atom {
		a, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			d.t.Fatal(err)
		}
		return a.Atom
	}
	check := func(c interface{ Check() error }) {
		d.t.Helper()
		if err := c.Check(); err != nil {
			d.t.Fatal(err)
		}
	}
	from, err := xproto.NewWindowId(d.conn)
	if err != nil {
		d.t.Fatal(err)
	}
	check(xproto.CreateWindowChecked(d.conn, 0, from, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil))
	check(xproto.SetSelectionOwnerChecked(d.conn, from, atom("XdndSelection"), xproto.TimeCurrentTime))
	say := func(kind string, data ...uint32) {
		d.t.Helper()
		e := xproto.ClientMessageEvent{Format: 32, Window: d.window, Type: atom(kind), Data: xproto.ClientMessageDataUnionData32New(append(data, 0, 0, 0, 0)[:5])}
		check(xproto.SendEventChecked(d.conn, false, d.window, xproto.EventMaskNoEvent, string(e.Bytes())))
	}
	say("XdndEnter", uint32(from), 5<<24, uint32(atom("text/uri-list")))
	say("XdndPosition", uint32(from), 0, 400<<16|400)
	say("XdndDrop", uint32(from))
	for {
		e, err := d.conn.WaitForEvent()
		if err != nil || e == nil {
			d.t.Fatalf("the window asks for nothing: %v", err)
		}
		asked, ok := e.(xproto.SelectionRequestEvent)
		if !ok {
			continue
		}
		list := (&url.URL{Scheme: "file", Path: name}).String() + "\r\n"
		check(xproto.ChangePropertyChecked(d.conn, xproto.PropModeReplace, asked.Requestor, asked.Property, asked.Target, 8, uint32(len(list)), []byte(list)))
		answer := xproto.SelectionNotifyEvent{Time: asked.Time, Requestor: asked.Requestor, Selection: asked.Selection, Target: asked.Target, Property: asked.Property}
		check(xproto.SendEventChecked(d.conn, false, asked.Requestor, xproto.EventMaskNoEvent, string(answer.Bytes())))
		return
	}
}

// TestDrops drops the folder of a data set on the chooser, and on a window that trains
// one that is no data set: that is told, and the run goes on.
func TestDrops(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a data set")
	if _, err := disk.Write(folder, disk.MAG, synth.Config{Papers: 60, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	openWindow(t, t.TempDir(), "", plainly)
	d := drive(t)
	d.until("the chooser is there", func(w *Window) bool { return w.ui != nil && !w.stale })
	m := d.shot("chooser")
	colours := palettes[scene.Light]
	for name, want := range map[string]struct {
		of    color.NRGBA
		least int
	}{"ink": {colours.ink, 250}, "headings": {colours.taught, 150}, "borders": {colours.strong, 3000}} {
		if n := count(m, m.Bounds(), want.of); n < want.least {
			t.Errorf("the chooser has %d pixels of %s, want at least %d", n, name, want.least)
		}
	}
	d.drop(folder)
	d.until("what was dropped is trained on", func(w *Window) bool { return w.snapshot != nil && w.graph.Name == folder })
	d.drop(t.TempDir())
	d.until("an empty folder is refused", func(w *Window) bool { return w.opening == "" && w.notice != "" && w.graph != nil })
	d.shot("dropped")
}
