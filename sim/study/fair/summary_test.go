package fair

import (
	"fmt"
	"strings"
	"testing"

	"abkd/sim/study"
)

// made returns a study on graph number i: kd has accuracies about .8, at and spread
// are above it by so much.
func made(i int, at, spread float32) *Study {
	s := &Study{Data: fmt.Sprintf("graph %d", i), Split: "public", Student: "2x4", Fingerprint: fmt.Sprint(i), Protocol: "p", Seeds: []uint64{1, 2, 3, 4, 5, 6}}
	tests := func(above float32) (x []study.Value) {
		for k := range s.Seeds {
			x = append(x, study.Value(0.8+above+0.01*float32((k*7+i*3)%5)+0.001*float32((k*k+int(100*above))%3)))
		}
		return x
	}
	kd := tests(0)
	s.Criteria = []Outcome{
		{Criterion: "none", Tests: tests(-0.1)}, {Criterion: "kd", Tests: kd},
		{Criterion: "at", Tests: tests(at), Beside: kd}, {Criterion: "spread", Tests: tests(spread), Beside: kd},
	}
	return s
}

// TestGains: a gain is claimed of what is above kd and the control on four graphs,
// and not of what the control gives too.
func TestGains(t *testing.T) {
	for name, c := range map[string]struct {
		graphs     int
		at, spread float32
		want       string
	}{
		"on four":         {4, 0.05, 0.01, "at"},
		"on three":        {3, 0.05, 0.01, ""},
		"the control too": {4, 0.05, 0.05, ""},
		"no more than kd": {4, 0, -0.05, ""},
		"below kd":        {4, -0.05, -0.1, ""},
	} {
		var all []*Study
		for i := range c.graphs {
			all = append(all, made(i, c.at, c.spread))
		}
		s, err := Summarise(all)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.Gains, " "); got != c.want {
			t.Errorf("%s: gains are claimed for %q, want %q", name, got, c.want)
		}
		// at and spread beside kd, all but kd against its winner, at against the control.
		if want := c.graphs * (2 + 3 + 1); len(s.Primary) != want || len(s.Headlines) != 6 || len(s.Standings) != 4*(c.graphs+1) {
			t.Errorf("%s: %d comparisons, %d over graphs and %d standings, want %d, 6 and %d", name, len(s.Primary), len(s.Headlines), len(s.Standings), want, 4*(c.graphs+1))
		}
	}
}

// TestOther: the best of the others is chosen on the second half of the seeds alone.
func TestOther(t *testing.T) {
	s := made(0, 0.02, 0.01)
	for k := range 3 { // a run of luck of spread on the first half
		s.Criteria[3].Tests[k] = 0.99
	}
	if o := s.other(1); o == nil || o.Against != "at" || !near(o.Diff, -0.02, 2e-3) {
		t.Errorf("kd is compared with %+v, want at, .02 above", o)
	}
	s.Seeds = s.Seeds[:2]
	if s.other(1) != nil {
		t.Error("two seeds are divided")
	}
}

func TestSummariseRefuses(t *testing.T) {
	for want, spoil := range map[string]func(a, b *Study){
		"is there twice":        func(a, b *Study) { b.Data, b.Fingerprint = a.Data, a.Fingerprint },
		"by another protocol":   func(_, b *Study) { b.Protocol = "q" },
		"want the same":         func(_, b *Study) { b.Criteria = b.Criteria[:3] },
		"no criterion kd":       func(_, b *Study) { b.Criteria = b.Criteria[:1] },
		"has 2 test accuracies": func(_, b *Study) { b.Criteria[2].Tests = b.Criteria[2].Tests[:2] },
		"criterion at is there": func(_, b *Study) { b.Criteria[3].Criterion = "at" },
	} {
		a, b := made(0, 0, 0), made(1, 0, 0)
		spoil(a, b)
		if _, err := Summarise([]*Study{a, b}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	if _, err := Summarise(nil); err == nil {
		t.Error("no studies have a summary")
	}
}
