package setup

import (
	"strings"
	"testing"
)

// A criterion counts from its warm-up on, and with a fade less in each epoch.
func TestCriterionWeight(t *testing.T) {
	for text, want := range map[string][]float64{
		"":                {1, 1, 1, 1, 1, 1},
		"warmup=2":        {0, 0, 1, 1, 1, 1},
		"fade=4":          {1, 0.75, 0.5, 0.25, 0, 0},
		"warmup=1&fade=3": {0, 1, 0.5, 0, 0, 0},
		"warmup=9":        {0, 0, 0, 0, 0, 0},
	} {
		e, err := ParseExperiment(text)
		if err != nil {
			t.Fatal(err)
		}
		for epoch, w := range want {
			if got := e.Plan().CriterionWeight(epoch); got != w {
				t.Errorf("%s: in epoch %d the criterion counts %v, want %v", text, epoch, got, w)
			}
		}
	}
	_, err := Experiment{Warmup: 5, Fade: 5}.Plan().CriterionConfig()
	if err == nil || !strings.Contains(err.Error(), "fade is 5 and warmup 5, want a fade after the warm-up") {
		t.Errorf("error is %v", err)
	}
}
