package setup

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"abkd/assets/messages"
)

func TestExperimentText(t *testing.T) {
	for _, c := range []struct {
		text, want string // want "" means text itself
		check      func(Experiment) bool
	}{
		{text: "", check: func(e Experiment) bool { return e == Experiment{} }},
		{text: "#seed=7&hidden=16", want: "seed=7&hidden=16", check: func(e Experiment) bool { return e.Seed == Some[uint64](7) && e.Student.Hidden == 16 }},
		{text: "hidden=16&seed=7", want: "seed=7&hidden=16", check: func(e Experiment) bool { return e.Seed == Some[uint64](7) }},
		{text: "seed=1&criterion=abkd", want: "", check: func(e Experiment) bool { return e.Plan() == Experiment{}.Plan() }},
		{text: "seed=0", check: func(e Experiment) bool { return e.Seed == Some[uint64](0) && e.Plan().Seed == 0 }},
		{text: "seed=4294967296", check: func(e Experiment) bool { return e.Plan().Seed == 1<<32 }},
		{text: "beta=0", check: func(e Experiment) bool { return e.Plan().Beta == 0 }},
		{text: "dropout=0", check: func(e Experiment) bool { return e.Plan().Dropout == 0 }},
		{text: "criterion=kd", check: func(e Experiment) bool { return e.Plan().Alpha == 0.9 }},
		{text: "criterion=kd&alpha=0", check: func(e Experiment) bool { return e.Plan().Alpha == 0 }},
		{text: "criterion=kd&alpha=0.9", want: "criterion=kd", check: func(e Experiment) bool { return e.Plan().Alpha == 0.9 }},
		{text: "head=batchnorm&granularity=pooled", check: func(e Experiment) bool { return e.Plan().Granularity == "pooled" }},
		{text: "head=batchnorm", check: func(e Experiment) bool { return e.Plan().Granularity == "per-node" }},
		{text: "teach=on", check: func(e Experiment) bool { return e.Teach == "on" }},
		{text: "pin=1,0;0,1;0.5,0.5", check: func(e Experiment) bool { return e.Pin == "1,0;0,1;0.5,0.5" }},
		{text: "lr=0.003", check: func(e Experiment) bool { return e.Plan().LR == 0.003 }},
	} {
		t.Run("text="+c.text, func(t *testing.T) {
			e, err := ParseExperiment(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if !c.check(e) {
				t.Errorf("got %+v", e)
			}
			want := c.want
			if want == "" && c.text != "seed=1&criterion=abkd" {
				want = c.text
			}
			if got := e.String(); got != want {
				t.Errorf("text is %q, want %q", got, want)
			}
		})
	}
}

func TestExperimentRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"sed=1":           `"sed" is no setting`,
		"seed=x":          `seed is "x", want a whole number`,
		"seed=-1":         `seed is "-1", want a whole number from 0 to 4294967296`,
		"seed=4294967297": `seed is "4294967297"`,
		"layers=99":       `layers is "99", want a whole number from 1 to 64`,
		"beta=NaN":        `beta is "NaN", want a number`,
		"beta=-1":         `beta is "-1"`,
		"alpha=1.5":       `alpha is "1.5", want a number from 0 to 1`,
		"criterion=magic": `criterion is "magic", want one of abkd, stride`,
		"teach=maybe":     `teach is "maybe", want one of off, on, untrained`,
		"lr=0x1p-7":       `lr is "0x1p-7", want a number`,
		"pin=1 0":         `pin is "1 0", want no space`,
	} {
		t.Run("text="+text, func(t *testing.T) {
			if _, err := ParseExperiment(text); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// What a link holds is cut before it is told: it may be of any length.
func TestExperimentRefusesBriefly(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, text := range map[string]string{
		"key": long + "=1", "no value": long, "number": "seed=" + long, "digits": "lr=1" + strings.Repeat("0", 1<<20),
		"choice": "criterion=" + long, "switch": "frozen=" + long, "text": "pin=1 " + long,
	} {
		if _, err := ParseExperiment(text); err == nil || len(err.Error()) > 700 {
			t.Errorf("%s: an error of %d bytes, want one of at most 700", name, len(fmt.Sprint(err)))
		}
	}
}

func TestCheck(t *testing.T) {
	for want, e := range map[string]Experiment{
		"":                      {Data: "/a folder/of mine", Beta: Some(0.0), Alpha: Some(0.3)},
		`alpha is "2"`:          {Alpha: Some(2.0)},
		`softmax is "rows"`:     {Softmax: "rows"},
		`hidden is "-4"`:        {Student: Size{2, -4}},
		`temperature is "-1"`:   {Temperature: Some(-1.0)},
		`lr is "NaN"`:           {LR: Some(math.NaN())},
		`teacher-layers is "-1`: {Teacher: Size{-1, 4}},
	} {
		err := e.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%+v gave %v, want %q", e, err, want)
		}
	}
}

// Every control must be able to set its field away from the default, and the
// text form must bring that back.
func TestControlsRoundTrip(t *testing.T) {
	other := map[string]string{"split": "random", "pin": "1,0", "seed": "5"}
	for _, c := range Controls() {
		t.Run("key="+c.Key, func(t *testing.T) {
			value := other[c.Key]
			switch {
			case value != "":
			case c.Kind == Bool:
				value = "on"
			case c.Kind == Choice && len(c.Options) == 1:
				t.Skip("only one option")
			case c.Kind == Choice && c.Options[0] != c.Default:
				value = c.Options[0]
			case c.Kind == Choice:
				value = c.Options[1]
			case c.Kind == Float:
				value = "0.75"
			default:
				value = "3"
				if c.Default == "3" {
					value = "4"
				}
			}
			var e Experiment
			if err := c.Set(&e, value); err != nil {
				t.Fatal(err)
			}
			if want := c.Key + "=" + value; e.String() != want {
				t.Errorf("text is %q, want %q", e, want)
			}
			back, err := ParseExperiment(e.String())
			if err != nil || back != e {
				t.Errorf("got %+v, %v, want %+v", back, err, e)
			}
			if c.Group == "" {
				t.Error("it has no group")
			}
		})
	}
}

func TestPresets(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Presets() {
		e, err := ParseExperiment(p.Experiment)
		if err != nil || e.String() != p.Experiment {
			t.Errorf("preset %s: %v, text is %q, want %q", p.Key, err, e, p.Experiment)
		}
		if p.Key == "" || seen[p.Key] || seen[p.Experiment] {
			t.Errorf("preset %+v stands twice or has no name", p)
		}
		seen[p.Key], seen[p.Experiment] = true, true
	}
}

// TestWords has what the page says of settings and presets in each language, and
// nothing more.
func TestWords(t *testing.T) {
	want := map[string]bool{}
	for _, c := range Shown() {
		want["control."+c.Key], want["control."+c.Key+".help"] = true, true
		for _, value := range c.Options {
			want["control."+c.Key+"."+value] = true
		}
	}
	for _, p := range Presets() {
		want["preset."+p.Key], want["preset."+p.Key+".why"] = true, true
	}
	languages, err := messages.Read(messages.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range languages {
		for key := range want {
			if len(c.Texts[key]) == 0 {
				t.Errorf("%s: %s is not there", c.Tag, key)
			}
		}
		for key := range c.Texts {
			if (strings.HasPrefix(key, "control.") || strings.HasPrefix(key, "preset.")) && !want[key] {
				t.Errorf("%s: no setting and no preset says %s", c.Tag, key)
			}
		}
	}
}
