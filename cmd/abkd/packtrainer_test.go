package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abkd/sim"
	"abkd/sim/limits"
	"abkd/sim/wire"
)

// A pageMessage is what page and trainer say to each other.
type pageMessage struct {
	Type  string `json:"type"`
	Text  string `json:"text,omitempty"`
	Name  string `json:"name,omitempty"`
	More  bool   `json:"more,omitempty"`
	Bytes []byte `json:"bytes,omitempty"`
}

// A trainerProgram is the browser's trainer, run by Node.
type trainerProgram struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Scanner
}

// newTrainerProgram builds and starts the trainer.
func newTrainerProgram(t *testing.T) *trainerProgram {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("there is no Node here: %v", err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
	program := filepath.Join(t.TempDir(), "trainer.wasm")
	build := exec.Command("go", "build", "-tags", "purego", "-o", program, "../../wasm/trainer")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.Command(node, filepath.Join("testdata", "trainer.mjs"), glue, program)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	p := &trainerProgram{t, in, bufio.NewScanner(out)}
	p.out.Buffer(nil, 64<<20)
	p.want("ready")
	return p
}

func (p *trainerProgram) send(m pageMessage) {
	p.t.Helper()
	line, err := json.Marshal(m)
	if err == nil {
		_, err = p.in.Write(append(line, '\n'))
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// want returns the next message, which must be of that type.
func (p *trainerProgram) want(kind string) (m pageMessage) {
	p.t.Helper()
	if !p.out.Scan() {
		p.t.Fatalf("the trainer ended: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &m); err != nil {
		p.t.Fatalf("%v in %q", err, p.out.Text())
	}
	if m.Type != kind {
		p.t.Fatalf("message is %s %q, want %s", m.Type, m.Text, kind)
	}
	return m
}

// finish plays to the end of the experiment and returns the last snapshot.
func (p *trainerProgram) finish() *wire.Snapshot {
	p.t.Helper()
	p.send(pageMessage{Type: "command", Text: "speed 0"})
	var lanes []wire.Lane
	for {
		p.send(pageMessage{Type: "pull", More: lanes != nil})
		s, err := wire.DecodeSnapshot(p.want("snapshot").Bytes)
		if err != nil {
			p.t.Fatal(err)
		}
		for i := range s.Lanes {
			if l := &s.Lanes[i]; l.Earlier > 0 {
				l.History = slices.Concat(lanes[i].History[:l.Earlier], l.History)
			}
		}
		lanes = s.Lanes
		if s.Phase >= wire.Finished {
			return s
		}
	}
}

// TestPackInTrainer opens packs in the program that the page runs.
func TestPackInTrainer(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the trainer")
	}
	dir := t.TempDir()
	pack := func(name string, args ...string) []byte {
		file := filepath.Join(dir, name)
		abkd(t, append([]string{"pack", "--out", file}, args...)...).ok(t)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	teacher := filepath.Join(dir, "teacher")
	abkd(t, "train", "--data", "mag-mini", "--hidden", "16", "--epochs", "20", "--out", teacher).ok(t)
	p := newTrainerProgram(t)
	mini := pack("mini.pack", "--data", "mag-mini", "--target", "200", "--teacher", teacher)

	p.send(pageMessage{Type: "graph", Name: "mini.pack", Bytes: mini})
	opened := p.want("opened")
	if want := "data=pack&teacher-hidden=16"; opened.Text != want {
		t.Fatalf("the experiment is %q, want %q", opened.Text, want)
	}
	p.send(pageMessage{Type: "command", Text: "begin " + opened.Text + "&epochs=4"})
	s := p.finish()
	if s.Error != "" || s.Teacher.Hidden != 16 || len(s.Lanes) != 2 || len(s.Lanes[1].History) != 4 {
		t.Fatalf("%q, teacher %+v, %d lanes, want two lanes of four epochs", s.Error, s.Teacher, len(s.Lanes))
	}
	// The same experiment on the same file gives the same native numbers.
	native := sim.NewSession()
	e, err := native.SetPack(mini, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := native.Command("begin " + e.String() + "&epochs=4"); err != nil {
		t.Fatal(err)
	}
	var n wire.Snapshot
	if native.Snapshot(&n); n.Teacher.Test != s.Teacher.Test || n.Teacher.Params != s.Teacher.Params {
		t.Errorf("the teacher is right for %v natively and for %v here", n.Teacher.Test, s.Teacher.Test)
	}

	for name, bytes := range map[string][]byte{"page.html": []byte("<html>"), "": nil, "cut.pack": mini[:1000], "large.pack": make([]byte, limits.Pack.Bytes+1)} {
		p.send(pageMessage{Type: "graph", Name: name, Bytes: bytes})
		if got := p.want("error").Text; !strings.HasPrefix(got, "sim: ") && name != "large.pack" || !strings.Contains(got, name) {
			t.Errorf("%s: error is %q", name, got)
		}
	}

	if _, err := os.Stat(vispub); err != nil {
		t.Skipf("the data set is not here: %v", err)
	}
	p.send(pageMessage{Type: "graph", Name: "vispub.pack", Bytes: pack("vispub.pack", "--data", vispub, "--target", "200", "--nodes", "1200")})
	p.send(pageMessage{Type: "command", Text: "begin " + p.want("opened").Text + "&teacher-hidden=8&teacher-epochs=2&epochs=2&criterion=kd"})
	if s := p.finish(); s.Error != "" || len(s.Graph.Nodes) < 5 || len(s.Graph.Types) != 4 {
		t.Errorf("%q, %d nodes of %q shown", s.Error, len(s.Graph.Nodes), s.Graph.Types)
	}
}
