//go:build !js

package main

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"abkd/gnn/internal/kernel"
)

// The whole program on small sizes, PyTorch and OpenBLAS included where they
// are installed and built in.
func TestQuick(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	if err := os.WriteFile(file, []byte("# Results\n\n<!-- bench:native -->old<!-- /bench:native -->\n\nkept\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(config{quick: true, rounds: 3, python: "/usr/bin/python3", results: file}, nil, &out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "# Results\n\n<!-- bench:native -->\nMeasured on ") || !strings.HasSuffix(string(text), "<!-- /bench:native -->\n\nkept\n") || strings.Contains(string(text), "old") {
		t.Errorf("the file is\n%s", text)
	}
	for _, want := range []string{
		"### Products", "| NN ", "| NT ", "| TN ", "gonum, GFLOP/s",
		"### Means", "share of copy", "### Training step", "### Bars",
		"| allocations per training step after warm-up | 0 ",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.TrimSpace(want)) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// Every contender computes the same product.
func TestContendersAgree(t *testing.T) {
	for _, p := range layer(rand.New(rand.NewPCG(1, 1)), 33, 17, 41) {
		all, err := p.contenders(nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) < len(kernel.Available())+1 {
			t.Fatalf("layout=%s: %d contenders", p.layout, len(all))
		}
		var want []float32
		for _, c := range all {
			clear(p.c)
			if _, err := c.run(1); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = append(want, p.c...)
			}
			for i, v := range p.c {
				if math.Abs(float64(v-want[i])) > 1e-4 {
					t.Fatalf("layout=%s contender=%s: element %d is %v, want %v", p.layout, c.name, i, v, want[i])
				}
			}
		}
	}
}

// Without an interpreter, or without torch in it, there is a reason and no peer.
func TestNoTorch(t *testing.T) {
	for _, python := range []string{"/nowhere/python3", "/bin/false"} {
		if peer, reason := startTorch(python, 1); peer != nil || reason == "" {
			t.Errorf("python=%s: peer is %v, reason is %q", python, peer, reason)
		}
	}
}

// A slow contender has fewer turns, spread over the rounds; the fastest counts.
func TestRace(t *testing.T) {
	calls := [2]int{}
	fake := func(i int, d func() time.Duration) contender {
		return contender{"fake", func(n int) (time.Duration, error) { calls[i]++; return time.Duration(n) * d(), nil }}
	}
	slow := fake(0, func() time.Duration { return time.Second })
	fast := fake(1, func() time.Duration { return time.Duration(100-calls[1]) * time.Microsecond })
	seconds, err := race([]contender{slow, fast}, 50)
	if err != nil {
		t.Fatal(err)
	}
	if calls != [2]int{2 + fewest, 2 + 50} {
		t.Errorf("calls are %v", calls)
	}
	if seconds[0] != 1 || math.Abs(seconds[1]-48e-6) > 1e-12 {
		t.Errorf("seconds are %v, want 1 and that of the last call", seconds)
	}
}

func TestRaceError(t *testing.T) {
	bad := contender{"bad", func(int) (time.Duration, error) { return 0, io.ErrUnexpectedEOF }}
	if _, err := race([]contender{bad}, 1); err != io.ErrUnexpectedEOF {
		t.Errorf("error is %v", err)
	}
}

func TestWriteBars(t *testing.T) {
	var b bytes.Buffer
	writeBars(&b, []bar{
		{what: "a", reached: 2, atLeast: 2, stretch: 4},
		{what: "b", reached: .2, atLeast: .25, stretch: .6, percent: true},
		{what: "c", reached: 5, atLeast: 2, stretch: 4},
		{what: "d", reached: 1, atMost: true},
	})
	want := strings.Join([]string{
		"| bar | reached | at least  | stretch |                  |",
		"| --- | ------- | --------- | ------- | ---------------- |",
		"| a   | 2×      | 2×        | 4×      | met              |",
		"| b   | 20 %    | 25 %      | 60 %    | **missed**       |",
		"| c   | 5×      | 2×        | 4×      | met, stretch too |",
		"| d   | 1       | at most 0 |         | **missed**       |",
		"", "2 of 4 bars met.", "",
	}, "\n")
	if b.String() != want {
		t.Errorf("the table is\n%s\nwant\n%s", b.String(), want)
	}
}

func TestReplaceSection(t *testing.T) {
	const section = "<!-- bench:web -->\nnew\n<!-- /bench:web -->"
	for _, c := range []struct{ name, old, want string }{
		{"empty", "", section + "\n"},
		{"missing", "head\n", "head\n\n" + section + "\n"},
		{"there", "head\n<!-- bench:web -->x<!-- /bench:web -->\ntail\n", "head\n" + section + "\ntail\n"},
		{"open", "<!-- bench:web -->x", ""},
	} {
		t.Run("file="+c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "f")
			if c.old != "" {
				if err := os.WriteFile(file, []byte(c.old), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := run(config{results: file, section: "web"}, strings.NewReader("new\n"), nil)
			got, _ := os.ReadFile(file)
			if c.want == "" {
				if err == nil || string(got) != c.old {
					t.Errorf("error is %v, file is %q", err, got)
				}
			} else if err != nil || string(got) != c.want {
				t.Errorf("error is %v, file is %q, want %q", err, got, c.want)
			}
		})
	}
	if err := run(config{results: filepath.Join(t.TempDir(), "f"), section: "web"}, strings.NewReader(""), nil); err == nil {
		t.Error("an empty section is written")
	}
}
