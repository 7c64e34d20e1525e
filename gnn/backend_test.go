package gnn

import (
	"testing"

	"abkd/gnn/mat"
	"abkd/gnn/sample"
)

func newBackend(t testing.TB, name string) *mat.Backend {
	t.Helper()
	b, err := mat.NewBackend(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What a model computes is counted by its backend, all of it: as much as by
// another one on the same batch, and nothing by the model beside it.
func TestBackendCountsItsModel(t *testing.T) {
	g := testGraph(t, 1)
	for _, kind := range Kinds() {
		t.Run("kind="+kind, func(t *testing.T) {
			var count [2]int64
			for i, name := range []string{"go", ""} {
				mine, other := newBackend(t, name), newBackend(t, name)
				m, beside := newModelOf(t, Config{Kind: kind, Hidden: 6, Heads: 2}, g, 3), newModelOf(t, Config{Kind: kind, Hidden: 6, Heads: 2}, g, 3)
				SetBackend(mine, m)
				SetBackend(other, beside)
				st := newStep(m, 0.01)
				SetBackend(mine, st.adam)
				st.ce.Backend = mine
				st.run(sample.NewFull(g, 3, someRows(g)).Next(), newRand(1))
				NewEvaluator(m, nil).Accuracy()
				if count[i] = mine.FLOP(); count[i] == 0 || other.FLOP() != 0 {
					t.Errorf("backend %q counts %d, that of another model %d", name, count[i], other.FLOP())
				}
			}
			if count[0] != count[1] {
				t.Errorf("two backends count %v on the same batch", count)
			}
		})
	}
}
