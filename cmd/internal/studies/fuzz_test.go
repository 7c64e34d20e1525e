package studies

import (
	"bytes"
	"encoding/json"
	"testing"

	"abkd/cmd/internal/source"
	"abkd/gnn/graph/fingerprint"
	"abkd/sim/setup"
	"abkd/sim/study"
	"abkd/sim/study/report"
)

// karateData returns the built-in graph as a command reads it.
func karateData(t testing.TB) source.Dataset {
	t.Helper()
	g, err := setup.BuiltIn("karate")
	if err != nil {
		t.Fatal(err)
	}
	return source.Dataset{Graph: g, Split: g.Splits[0]}
}

// A result of tune is refused, or every criterion in it has settings, it is
// shown, and it is told whether it is of a graph.
func FuzzTuned(f *testing.F) {
	d := karateData(f)
	whole, err := json.Marshal(report.Tuned{
		Format: "abkd tune 1", Data: "karate", Split: d.Split.Name, Fingerprint: fingerprint.Run(study.Blind(d.Graph, d.Split)), Model: "gcn", Student: "2x4",
		Base: "model=gcn&epochs=6&split=" + d.Split.Name, Seeds: []uint64{1001}, Trials: 1, Epochs: 6,
		Criteria: []study.Tuned{{Criterion: "abkd", Trials: 1, Runs: 1, Best: study.Trial{Settings: "criterion=abkd&lr=0.03"}, Space: []study.Choice{{Key: "lr", Values: []string{"0.03"}}}}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	f.Add(string(bytes.Replace(whole, []byte("&split=public"), []byte("&split=a b"), 1)))
	f.Add(string(bytes.Replace(whole, []byte(`"seeds":[1001]`), []byte(`"seeds":[1]`), 1)))
	f.Fuzz(func(t *testing.T, text string) {
		r, err := report.ParseTuned([]byte(text))
		if err != nil {
			return
		}
		for _, name := range r.Names() {
			if _, err := r.Method(name); err != nil {
				t.Fatalf("criterion %q has no settings: %v", name, err)
			}
		}
		r.Text()
		j := &comparison{Source: source.Source{Data: "karate"}, tuned: r, from: "tuned.json", given: func(string) bool { return false }}
		j.spec.Base, err = setup.ParseExperiment("model=gcn&epochs=6")
		if err != nil {
			t.Fatal(err)
		}
		j.spec.Seeds = []uint64{1}
		d := d
		j.checkTuned(&d)
	})
}
