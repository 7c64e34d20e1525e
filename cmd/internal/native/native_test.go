package native

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"abkd/gnn/graph"
	"abkd/gnn/synth"
	"abkd/gnn/synth/disk"
	"abkd/sim"
	"abkd/sim/memory"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A front keeps what it hears.
type front struct {
	shown   chan *wire.Snapshot
	refused chan string
}

func (f *front) Show(s *wire.Snapshot)             { f.shown <- s }
func (f *front) Refuse(code sim.Code, text string) { f.refused <- string(code) + ": " + text }

func newFront() *front {
	return &front{make(chan *wire.Snapshot, 1), make(chan string, 10)}
}

const short = "data=karate&model=gcn&hidden=4&teacher-layers=2&teacher-hidden=8&teach=untrained&epochs=7&input-dropout=0"

// TestTrains steers a session, and compares with one of the test's own.
func TestTrains(t *testing.T) {
	f := newFront()
	trainer := New(f, 0)
	trainer.Command(wire.Speed{})
	trainer.Command(wire.Begin{Experiment: short})
	var last *wire.Snapshot
	for last == nil || last.Phase != wire.Finished {
		trainer.Pull()
		last = <-f.shown
	}
	own := sim.NewSession()
	own.Command("begin " + short)
	own.Command("speed 0")
	for own.Tick(0) != sim.Idle {
	}
	if want := own.Run().Hash(); last.Hash != want || last.Epoch != 7 {
		t.Errorf("after epoch %d the hash is %x, want %x after 7", last.Epoch, last.Hash, want)
	}
	var inside uint64
	trainer.Do(func(s *sim.Session) { inside = s.Run().Hash() })
	trainer.Command(wire.Focus{Node: 1 << 20})
	if got := <-f.refused; !strings.Contains(got, "focus") {
		t.Errorf("a node that is none is answered %q", got)
	}
	trainer.Close()
	if inside != last.Hash {
		t.Errorf("inside the hash is %x, want %x", inside, last.Hash)
	}
}

// TestOpen opens every kind of graph, and has an experiment for each that runs.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	pack := filepath.Join(dir, "small.pack")
	b, err := graph.Pack{Graph: synth.MAG(synth.Config{Papers: 40, Features: 3, Seed: 1})}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pack, b, 0o666); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(dir, "graph.graphml")
	const ml = `<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="l" for="node" attr.name="label" attr.type="string"/><graph edgedefault="undirected">`
	var nodes strings.Builder
	for i := range 12 {
		id := string(rune('a' + i))
		nodes.WriteString(`<node id="` + id + `"><data key="l">` + string(rune('x'+i%2)) + `</data></node>`)
		if i > 0 {
			nodes.WriteString(`<edge source="a" target="` + id + `"/>`)
		}
	}
	if err := os.WriteFile(table, []byte(ml+nodes.String()+"</graph></graphml>"), 0o666); err != nil {
		t.Fatal(err)
	}
	may := memory.Allow(1<<30, "this test")
	for name, data := range map[string]string{"karate": "karate", "debian-mini": "debian-mini", pack: setup.PackData, table: setup.PackData, Made(60): setup.PackData} {
		g, err := Open(name, may, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := newFront()
		trainer := New(f, 1<<30)
		trainer.Do(func(s *sim.Session) {
			g.Give(s)
			if err := s.Do(wire.Begin{Experiment: g.Begin.String()}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		trainer.Pull()
		if s := <-f.shown; g.Begin.Data != data || len(s.Graph.Nodes) == 0 {
			t.Errorf("%s: it is called %q with %d nodes to draw, want %q with some", name, g.Begin.Data, len(s.Graph.Nodes), data)
		}
		trainer.Close()
	}
	for name, want := range map[string]string{filepath.Join(dir, "none"): "not there", dir: dir} {
		if _, err := Open(name, may, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", name, err, want)
		}
	}
	folder := filepath.Join(dir, "mag")
	if _, err := disk.Write(folder, disk.MAG, synth.Config{Papers: 2000, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	_, err = Open(folder, memory.Allow(100<<10, "this test"), nil)
	for _, want := range []string{"node-feat.csv.gz", "features of 2000 nodes take", "the data set takes", "(this test, 100 KiB); choose a part of it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a folder that is too large: %v, want %q in it", err, want)
		}
	}
	_, err = Open(folder, memory.Allow(28<<20, "this test"), func(int64, int64) { t.Error("it is read") })
	if large, ok := errors.AsType[*memory.UnreadError](err); !ok || large.Least.Models == 0 || large.Need <= 28<<20 {
		t.Errorf("a folder whose models are too large: %v, want their parts before it is read", err)
	}
	dropped := fstest.MapFS{"small.pack": {Data: b}}
	if g, err := OpenDropped(dropped, may, nil); err != nil || g.Begin.Data != setup.PackData || g.Name != "" {
		t.Errorf("a dropped pack is %+v (%v)", g.Begin, err)
	}
	if _, err := OpenDropped(fstest.MapFS{}, may, nil); err == nil {
		t.Error("nothing was dropped, and it is opened")
	}
}

// TestExplain lists what a run that is too large consists of.
func TestExplain(t *testing.T) {
	may := memory.Allow(32<<20, "this test")
	s := sim.NewSession()
	s.SetMemory(may.Most - memory.Program)
	g, err := Open(Made(2000), memory.Allow(0, ""), nil)
	if err != nil {
		t.Fatal(err)
	}
	g.Give(s)
	err = Explain(s.Do(wire.Begin{Experiment: g.Begin.String()}), may)
	for _, want := range []string{"this test", "graph ", "models ", "choose fewer"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q in it", err, want)
		}
	}
}
