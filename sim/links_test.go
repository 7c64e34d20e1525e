package sim

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// What links opened when they were shared is what they open for ever: the
// losses of every step and the last weights of all models, bit for bit, in any
// program for any machine. testdata/links.txt has what the program of commit
// 759e770 came to.
func TestOldLinks(t *testing.T) {
	f, err := os.Open("testdata/links.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		want, link, _ := strings.Cut(lines.Text(), " ")
		t.Run(link, func(t *testing.T) {
			if got := opened(t, link); got != want {
				t.Errorf("it comes to %s, want %s", got, want)
			}
		})
	}
	if n != 10 {
		t.Errorf("%d links, want 10", n)
	}
}

// opened runs what a link says to its end and returns a hash of all of it.
func opened(t *testing.T, link string) string {
	portable, err := mat.NewBackend("go")
	if err != nil {
		t.Fatal(err)
	}
	text, plan, changed := strings.Cut(link, "&changes=")
	e := experiment(t, text)
	r := newRun(t, builtIn(t, e.Data), text, Options{Baseline: true, Backend: portable})
	if changed {
		if err := planText(r, plan); err != nil {
			t.Fatal(err)
		}
	}
	h := fnv.New64a()
	for more := true; more; {
		more = r.Step()
		for _, l := range r.lanes {
			fmt.Fprintf(h, "%s %d %016x %016x %016x\n", l.criterion, r.epoch, math.Float64bits(l.losses.CE), math.Float64bits(l.losses.KD), math.Float64bits(l.losses.Aux))
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	teacher, alone, student := r.models()
	for _, m := range []gnn.Model{teacher, alone, student} {
		params := slices.Clone(m.Params())
		slices.SortFunc(params, func(a, b *gnn.Param) int { return strings.Compare(a.Name, b.Name) })
		for _, p := range params {
			fmt.Fprintln(h, p.Name)
			for _, w := range p.W.Data {
				h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(w)))
			}
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
