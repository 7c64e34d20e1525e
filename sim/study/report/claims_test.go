package report

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"abkd/sim/study"
	"abkd/sim/study/fair"
)

const top = "../../../" // of the repository

// A claim is a sentence about who wins, and whether the stored study bears it out.
type claim struct {
	file, says string
	holds      func(*Fair) bool
}

var claims = []claim{
	{"RESULTS.md", "No gain is claimed for any criterion", func(f *Fair) bool { return len(f.Summary.Gains) == 0 }},
	{"RESULTS.md", "AT, LSP and the control `spread` are above KD in both comparisons", func(f *Fair) bool {
		return f.all(fair.KDBeside, above, "at", "lsp", "spread") && f.all(fair.KDWinner, above, "at", "lsp", "spread")
	}},
	{"RESULTS.md", "Of all that look at the teacher LSP alone is above the control", func(f *Fair) bool {
		return f.all(fair.Control, above, "lsp") && !f.any(fair.Control, above, "fitnet", "at", "gcrd", "abkd", "abkd+")
	}},
	{"RESULTS.md", "ABKD and abkd+ are not told from KD in either comparison, and both are below the control", belowTheControl},
	{"RESULTS.md", "for FitNet and G-CRD beta = 0 won, which is KD alone", func(f *Fair) bool {
		return f.Studies[0].Find("fitnet").Plain && f.Studies[0].Find("gcrd").Plain
	}},
	{"RESULTS.md", "AT and LSP leave no unit constant, ABKD the most of all", func(f *Fair) bool {
		constant := func(name string) study.Number { return meanOf(f.Studies[0].Find(name).Constant) }
		for _, o := range f.Studies[0].Criteria {
			if constant(o.Criterion) > constant("abkd") {
				return false
			}
		}
		return constant("at") == 0 && constant("lsp") == 0
	}},
	{"README.md", "so far it has shown no gain over KD", func(f *Fair) bool {
		return !f.any(fair.KDBeside, above, "abkd+") && !f.any(fair.KDWinner, above, "abkd+")
	}},
	{"README.md", "On Cora neither it nor `abkd` is told from KD by that protocol, and both are below the control", belowTheControl},
	{"assets/messages/en.arb", "on the Cora graph, over 20 seeds, AT adds no more to KD than a penalty that never looks at it", func(f *Fair) bool {
		return len(f.Studies[0].Seeds) == 20 && f.all(fair.Control, untold, "at")
	}},
	{"DESIGN.md", "**abkd+ is one recipe, and no result.**", func(f *Fair) bool { return len(f.Summary.Gains) == 0 }},
}

func belowTheControl(f *Fair) bool {
	both := []string{"abkd", "abkd+"}
	return f.all(fair.KDBeside, untold, both...) && f.all(fair.KDWinner, untold, both...) && f.all(fair.Control, below, both...)
}

func above(c fair.Comparison) bool  { return c.Diff > 0 && c.Holm < 0.05 }
func below(c fair.Comparison) bool  { return c.Diff < 0 && c.Holm < 0.05 }
func untold(c fair.Comparison) bool { return c.Holm >= 0.05 }

// all reports whether something is so of every one of criteria, on every graph.
func (f *Fair) all(against string, is func(fair.Comparison) bool, criteria ...string) bool {
	for _, name := range criteria {
		n := 0
		for _, c := range f.Summary.Primary {
			if c.Criterion == name && c.Against == against && is(c) {
				n++
			}
		}
		if n != len(f.Studies) {
			return false
		}
	}
	return true
}

// any reports whether something is so of one of criteria, on any graph.
func (f *Fair) any(against string, is func(fair.Comparison) bool, criteria ...string) bool {
	for _, name := range criteria {
		for _, c := range f.Summary.Primary {
			if c.Criterion == name && c.Against == against && is(c) {
				return true
			}
		}
	}
	return false
}

func contentOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(top + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stored returns the study of assets/results, summed up anew.
func stored(t *testing.T) *Fair {
	t.Helper()
	kept, err := ParseFair([]byte(contentOf(t, "assets/results/fair-cora.json")))
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFair([]*fair.Study{&kept.Studies[0]})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestClaims: what is written about who wins is what the stored study says.
func TestClaims(t *testing.T) {
	f := stored(t)
	for _, c := range claims {
		if text := strings.Join(strings.Fields(contentOf(t, c.file)), " "); !strings.Contains(text, c.says) {
			t.Errorf("%s no longer says %q: say here what it says now", c.file, c.says)
		}
		if !c.holds(f) {
			t.Errorf("%s says %q, which the study does not bear out", c.file, c.says)
		}
	}
	results := contentOf(t, "RESULTS.md")
	for _, row := range f.markdown(&f.Studies[0]) {
		if !strings.Contains(results, row+"\n") {
			t.Errorf("RESULTS.md lacks the row\n%s", row)
		}
	}
}

// markdown is the table of a study in RESULTS.md.
func (f *Fair) markdown(s *fair.Study) (rows []string) {
	for _, o := range s.Criteria {
		cells := []string{o.Criterion, PlusMinus(study.MeanSD(numbers(o.Tests)))}
		for _, against := range []string{fair.KDBeside, fair.KDWinner, fair.Control} {
			cells = append(cells, f.primary(s, o.Criterion, against)...)
		}
		cells = append(cells, points(meanOf(o.Constant)), digits(meanOf(o.Rank), 3), points(meanOf(o.Agreement)))
		rows = append(rows, fmt.Sprintf("| %s |", strings.Join(cells, " | ")))
	}
	return rows
}

// TestClaimsCanFail: a study that says the opposite refutes every sentence that
// compares.
func TestClaimsCanFail(t *testing.T) {
	f := stored(t)
	for i := range f.Summary.Primary {
		c := &f.Summary.Primary[i]
		if c.Diff = -c.Diff; untold(*c) {
			c.Diff, c.Holm = 1, 0
		}
	}
	f.Summary.Gains = []string{"abkd+"}
	for i := range f.Studies[0].Criteria {
		o := &f.Studies[0].Criteria[i]
		o.Plain = false
		if o.Criterion == "abkd" {
			clear(o.Constant)
		}
	}
	for _, c := range claims {
		if c.holds(f) {
			t.Errorf("%q holds whatever the study says", c.says)
		}
	}
}
