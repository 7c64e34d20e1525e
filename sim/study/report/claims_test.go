package report

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"abkd/sim/study"
	"abkd/sim/study/fair"
)

const top = "../../../" // of the repository

// studies are those of assets/results, by the name of the graph.
var studies = []string{"cora", "mag-mini"}

// A claim is a sentence about who wins, the study that it is of, "" for all of them
// together, and whether that bears it out.
type claim struct {
	file, says string
	of         string
	holds      func(*Fair) bool
}

var claims = []claim{
	{"RESULTS.md", "No gain is claimed for any criterion", "", noGain},
	{"RESULTS.md", "AT, LSP and the control `spread` are above KD in both comparisons", "cora", func(f *Fair) bool {
		return f.all(fair.KDBeside, above, "at", "lsp", "spread") && f.all(fair.KDWinner, above, "at", "lsp", "spread")
	}},
	{"RESULTS.md", "Of all that look at the teacher LSP alone is above the control", "cora", func(f *Fair) bool {
		return f.all(fair.Control, above, "lsp") && !f.any(fair.Control, above, "fitnet", "at", "gcrd", "abkd", "abkd+")
	}},
	{"RESULTS.md", "ABKD and abkd+ are not told from KD in either comparison, and both are below the control", "cora", belowTheControl},
	{"RESULTS.md", "for FitNet and G-CRD beta = 0 won, which is KD alone", "cora", kdAlone("fitnet", "gcrd")},
	{"RESULTS.md", "AT and LSP leave no unit constant, ABKD the most of all", "cora", func(f *Fair) bool {
		constant := func(name string) study.Number { return meanOf(f.Studies[0].Find(name).Constant) }
		for _, o := range f.Studies[0].Criteria {
			if constant(o.Criterion) > constant("abkd") {
				return false
			}
		}
		return constant("at") == 0 && constant("lsp") == 0
	}},
	{"RESULTS.md", "No criterion is told from KD here, in either comparison, or from the control", "mag-mini", levelWithKD},
	{"RESULTS.md", "for GSP and STRIDE beta = 0 won", "mag-mini", kdAlone("gsp", "stride")},
	{"RESULTS.md", "KD itself is above the student alone", "mag-mini", func(f *Fair) bool { return f.all(fair.KDWinner, below, "none") }},
	{"RESULTS.md", "the common settings move KD by more than any criterion moves it", "cora", settingsMoveMore(5)},
	{"RESULTS.md", "the common settings move KD by more than any criterion moves it", "mag-mini", settingsMoveMore(20)},
	{"README.md", "so far it has shown no gain over KD", "", func(f *Fair) bool {
		return !f.any(fair.KDBeside, above, "abkd+") && !f.any(fair.KDWinner, above, "abkd+")
	}},
	{"README.md", "On Cora neither it nor `abkd` is told from KD by that protocol, and both are below the control", "cora", belowTheControl},
	{"README.md", "on mag-mini no criterion is told from KD", "mag-mini", levelWithKD},
	{"assets/messages/en.arb", "on the Cora graph, over 20 seeds, AT adds no more to KD than a penalty that never looks at it", "cora", func(f *Fair) bool {
		return len(f.Studies[0].Seeds) == 20 && f.all(fair.Control, untold, "at")
	}},
	{"DESIGN.md", "**abkd+ is one recipe, and no result.**", "", noGain},
}

func noGain(f *Fair) bool { return len(f.Summary.Gains) == 0 }

func belowTheControl(f *Fair) bool {
	both := []string{"abkd", "abkd+"}
	return f.all(fair.KDBeside, untold, both...) && f.all(fair.KDWinner, untold, both...) && f.all(fair.Control, below, both...)
}

// levelWithKD: nothing that stands beside KD is told from it, or from the control.
func levelWithKD(f *Fair) bool {
	compared := []string{"fitnet", "at", "lsp", "gsp", "gcrd", "abkd", "stride", "abkd+"}
	return f.all(fair.KDBeside, untold, compared...) && f.all(fair.KDWinner, untold, compared...) && f.all(fair.Control, untold, compared...) &&
		f.all(fair.KDBeside, untold, "spread") && f.all(fair.KDWinner, untold, "spread")
}

// kdAlone: KD alone has won the search of each of criteria.
func kdAlone(criteria ...string) func(*Fair) bool {
	return func(f *Fair) bool {
		for _, name := range criteria {
			if !f.Studies[0].Find(name).Plain {
				return false
			}
		}
		return true
	}
}

// settingsMoveMore: from the worst to the best of the common settings KD moves so many times as
// far, in validation accuracy, as any criterion moves KD at its own settings, in test accuracy.
func settingsMoveMore(times study.Number) func(*Fair) bool {
	return func(f *Fair) bool {
		var moved study.Number
		for _, c := range f.Summary.Primary {
			if c.Against == fair.KDBeside {
				moved = max(moved, c.Diff, -c.Diff)
			}
		}
		var valid []float64
		for _, x := range f.Studies[0].Taught {
			valid = append(valid, 100*float64(x.Valid))
		}
		lowest, _, highest := spread(valid)
		return highest-lowest > times*moved
	}
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

// stored returns each of studies, summed up anew by itself, and as "" all of them together: of the
// criteria that the first one has.
func stored(t *testing.T) map[string]*Fair {
	t.Helper()
	of, all := map[string]*Fair{}, []*fair.Study{}
	sum := func(name string, s ...*fair.Study) {
		f, err := NewFair(s)
		if err != nil {
			t.Fatal(err)
		}
		of[name] = f
	}
	for _, name := range studies {
		kept, err := ParseFair([]byte(contentOf(t, "assets/results/fair-"+name+".json")))
		if err != nil {
			t.Fatal(err)
		}
		shared := kept.Studies[0]
		shared.Criteria = slices.DeleteFunc(slices.Clone(shared.Criteria), func(o fair.Outcome) bool { return len(all) > 0 && all[0].Find(o.Criterion) == nil })
		all = append(all, &shared)
		sum(name, &kept.Studies[0])
	}
	sum("", all...)
	return of
}

// TestClaims: what is written about who wins is what the stored studies say.
func TestClaims(t *testing.T) {
	of := stored(t)
	for _, c := range claims {
		if text := strings.Join(strings.Fields(contentOf(t, c.file)), " "); !strings.Contains(text, c.says) {
			t.Errorf("%s no longer says %q: say here what it says now", c.file, c.says)
		}
		if !c.holds(of[c.of]) {
			t.Errorf("%s says %q, which the study does not bear out", c.file, c.says)
		}
	}
	results := contentOf(t, "RESULTS.md")
	for _, name := range studies {
		for _, row := range of[name].markdown(&of[name].Studies[0]) {
			if !strings.Contains(results, row+"\n") {
				t.Errorf("RESULTS.md lacks the row of %s\n%s", name, row)
			}
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

// TestClaimsCanFail: studies that say the opposite refute every sentence that
// compares.
func TestClaimsCanFail(t *testing.T) {
	of := stored(t)
	for _, f := range of {
		for i := range f.Summary.Primary {
			c := &f.Summary.Primary[i]
			if c.Diff = -c.Diff; untold(*c) {
				c.Diff, c.Holm = 20, 0
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
	}
	for _, c := range claims {
		if c.holds(of[c.of]) {
			t.Errorf("%q holds whatever the study says", c.says)
		}
	}
}
