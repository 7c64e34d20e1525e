package sim

import (
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/gnn/graph"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// shipped is the pack of debian-mini. Programs for browsers do not hold it.
func shipped(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../assets/packs/debian-mini.pack")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shippedSession has what a page gives its trainer.
func shippedSession(t *testing.T, commands ...string) *Session {
	t.Helper()
	s := newSession(t)
	if err := s.SetShipped(setup.DebianMini, shipped(t)); err != nil {
		t.Fatal(err)
	}
	do(t, s, commands...)
	return s
}

// What a page opens with distils from the teacher in the pack at once.
func TestOpeningHasItsTeacher(t *testing.T) {
	s := shippedSession(t, "begin "+setup.Presets()[0].Experiment, "pause")
	got := snapshot(t, s)
	if got.Phase != wire.Distilling || got.Teacher.Hidden != 128 || len(got.Lanes) != 2 || got.Graph.Classes[0] == "" {
		t.Errorf("phase %d, a teacher of %d, %d students, want %d, 128, 2", got.Phase, got.Teacher.Hidden, len(got.Lanes), wire.Distilling)
	}
	if ratio := float64(got.Teacher.Params) / float64(got.Lanes[1].Model.Params); ratio < 32 {
		t.Errorf("the student is %.1f times smaller, want at least 32", ratio)
	}
	do(t, s, "begin data=mag-mini&teacher-hidden=16", "pause")
	if got := snapshot(t, s); got.Phase != wire.Distilling || len(got.Graph.Types) != 4 || s.run.graph.Name != "mag-mini" {
		t.Errorf("phase %d on %s, want %d on mag-mini with its own teacher", got.Phase, s.run.graph.Name, wire.Distilling)
	}
}

// Each preset is an experiment that a session takes.
func TestPresetsBegin(t *testing.T) {
	s := shippedSession(t)
	for _, p := range setup.Presets() {
		do(t, s, "begin "+p.Experiment, "pause")
	}
}

// A data set that ships and was not given is refused in a sentence, as is
// another one in its place.
func TestServeShipped(t *testing.T) {
	karate := encodePack(t, graph.Pack{Graph: builtIn(t, "karate")})
	p := &script{t: t, until: second, coming: []timed{
		command(0, "begin data=debian-mini"),
		{1, Message{Type: ShippedMessage, Text: "debian-mini", Bytes: []byte("<html>")}},
		{2, Message{Type: ShippedMessage, Text: "moon", Bytes: karate}},
		command(3, "begin data=debian-mini"),
		{4, Message{Type: ShippedMessage, Text: "debian-mini", Bytes: shipped(t)}},
		command(5, "begin data=debian-mini&teacher-hidden=128"), command(5, "pause"), pull(5),
	}}
	if err := p.serve(NewSession()); err != nil {
		t.Fatal(err)
	}
	var codes []Code
	var errs []string
	for _, m := range p.of(ErrorMessage) {
		codes = append(codes, m.Code)
		errs = append(errs, m.Text)
	}
	if want := []Code{ExperimentRefused, ShippedRefused, ShippedRefused, ExperimentRefused}; !slices.Equal(codes, want) {
		t.Fatalf("codes are %q, want %q", codes, want)
	}
	for i, want := range []string{"its pack was not given", `debian-mini: graph: pack: begins with "<html>"`, `data set is "moon", want debian-mini`, "its pack was not given"} {
		if !strings.Contains(errs[i], want) {
			t.Errorf("error %d is %q, want %q", i, errs[i], want)
		}
	}
	if s := p.snapshots(); len(s) != 1 || s[0].Phase != wire.Distilling || s[0].Teacher.Hidden != 128 {
		t.Errorf("%d snapshots, want one of a run with the teacher of the pack", len(s))
	}
}
