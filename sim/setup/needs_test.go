package setup

import (
	"fmt"
	"testing"
)

// TestUnmet checks which settings have no effect beside which others.
func TestUnmet(t *testing.T) {
	for _, c := range []struct{ key, text, want string }{
		{"heads", "model=rgcn", "[{model [gat] rgcn}]"},
		{"heads", "", "[{model [gat] rgcn}]"},
		{"heads", "model=gat", "[]"},
		{"roots", "sampler=neighbor", "[{sampler [saint] neighbor}]"},
		{"temperature", "", "[{alpha [>0] 0}]"},
		{"temperature", "alpha=0.5", "[]"},
		{"temperature", "criterion=kd", "[]"},
		{"temperature", "criterion=none&alpha=0.5", "[]"},
		{"alpha", "criterion=none", "[{criterion [abkd stride fitnet at lsp gsp gcrd kd spread] none}]"},
		{"softmax", "pin=1,0;0,1;0,1", "[{pin [] 1,0;0,1;0,1}]"},
		{"softmax", "", "[]"},
		{"detach", "softmax=uniform", "[{softmax [row column global] uniform}]"},
		{"inputs", "model=gcn", "[{model [rgcn] gcn}]"},
		{"head-dim", "criterion=kd&model=mlp", "[{criterion [fitnet gcrd] kd}]"},
	} {
		e, err := ParseExperiment(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(ControlOf(c.key).Unmet(&e)); got != c.want {
			t.Errorf("%s beside %q does not meet %s, want %s", c.key, c.text, got, c.want)
		}
	}
}

// TestNeedsAreSettings checks that the table's needs name settings.
func TestNeedsAreSettings(t *testing.T) {
	for _, c := range Controls() {
		for i, n := range c.Needs {
			if ControlOf(n.Key) == nil || n.Key == c.Key {
				t.Errorf("%s needs %s, want another setting", c.Key, n.Key)
			}
			if i > 0 && n.Key <= c.Needs[i-1].Key {
				t.Errorf("%s needs %s after %s, want the order of the keys", c.Key, n.Key, c.Needs[i-1].Key)
			}
		}
	}
}
