package lesson

import (
	"slices"
	"strings"
	"testing"

	"abkd/sim/wire"
)

func TestScenes(t *testing.T) {
	known := map[string]bool{}
	for i, s := range Scenes() {
		if s.ID == "" || strings.Trim(s.ID, "abcdefghijklmnopqrstuvwxyz") != "" || known[s.ID] {
			t.Errorf("scene %d is called %q, want a word of its own", i, s.ID)
		}
		known[s.ID] = true
		if s.Name == "" || s.Title == "" || s.Act == "" || s.Frame >= Frames || i > 0 && !strings.HasSuffix(s.Claim, ".") {
			t.Errorf("scene %s: %+v, want a name, a title, what it claims and what to do", s.ID, s)
		}
		if err := (wire.Show{What: s.Shows}).Check(); err != nil {
			t.Errorf("scene %s: %v", s.ID, err)
		}
		if !slices.Contains(Tabs, s.Tab) {
			t.Errorf("scene %s: tab is %q", s.ID, s.Tab)
		}
	}
	if len(Scenes()) != 10 {
		t.Errorf("there are %d scenes, want one for each digit key", len(Scenes()))
	}
}

// Where links of before scenes had words go.
func TestScenesKeepTheirPlaces(t *testing.T) {
	for i, id := range strings.Fields("start node depth teacher alone labels alignment methods frontier collapse") {
		if got := Scenes()[i].ID; got != id {
			t.Errorf("scene=%d opens %s, want %s", i, got, id)
		}
	}
}
