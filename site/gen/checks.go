package main

import (
	"encoding/json"
	"slices"
	"strconv"

	"abkd/sim/setup"
	"abkd/sim/study"
)

// checks is what the core says of values that the page has code of its own
// for, which a test of the page holds against it.
func checks() ([]byte, error) {
	return json.MarshalIndent(struct {
		Settings []reading    `json:"settings"`
		Paired   []comparison `json:"paired"`
	}{readings(), comparisons()}, "", "\t")
}

// A reading is what a setting's text is read as, unless it is refused. Of a
// setting that says nothing that is "".
type reading struct {
	Key     string `json:"key"`
	Text    string `json:"text"`
	Refused bool   `json:"refused"`
	Reads   string `json:"reads"`
}

// readings tries many texts on each control that the page shows.
func readings() (all []reading) {
	numbers := []string{"0", "1", "2", "3", "10", "1000", "0.5", ".5", "1.5", "+2", "-1", "-0", "1e3", "1e300", "0x10", "1_000", " 3 ", "NaN", "Infinity", "many", ""}
	texts := []string{"on", "off", "true", "1,0;0,1", "a&b", "a=b", "a b", "a#b"}
	for _, c := range setup.Shown() {
		tried := slices.Concat(numbers, texts)
		for _, o := range c.Options {
			tried = append(tried, o, o+"x")
		}
		if c.Kind == setup.Int || c.Kind == setup.Float {
			for _, bound := range []float64{c.Min, c.Max} {
				for _, v := range []float64{bound - 1, bound, bound + 1} {
					tried = append(tried, strconv.FormatFloat(v, 'f', -1, 64))
				}
			}
		}
		for _, text := range tried {
			r := reading{Key: c.Key, Text: text}
			e := new(setup.Experiment)
			r.Refused, r.Reads = c.Set(e, text) != nil, c.Get(e)
			all = append(all, r)
		}
	}
	return all
}

// A comparison is study.Compare of some seeds.
type comparison struct {
	X    []float64    `json:"x"`
	Y    []float64    `json:"y"`
	SD   study.Number `json:"sd"` // of X
	Diff study.Number `json:"diff"`
	Low  study.Number `json:"low"`
	High study.Number `json:"high"`
}

func comparisons() (all []comparison) {
	for _, c := range []comparison{
		{X: []float64{0.6}, Y: []float64{0.5}},
		{X: []float64{0.6, 0.7}, Y: []float64{0.6, 0.7}},
		{X: []float64{0.7, 0.8}, Y: []float64{0.6, 0.7}},
		{X: []float64{0.6, 0.7, 0.8}, Y: []float64{0.5, 0.5, 0.5}},
		{X: []float64{0.41, 0.39, 0.52, 0.47, 0.44}, Y: []float64{0.44, 0.31, 0.5, 0.55, 0.4}},
		{X: []float64{0.58, 0.57, 0.61, 0.6, 0.59, 0.58, 0.56, 0.6, 0.57, 0.62}, Y: []float64{0.29, 0.31, 0.27, 0.33, 0.3, 0.26, 0.35, 0.31, 0.28, 0.3}},
	} {
		p := study.Compare("", c.X, c.Y)
		_, c.SD = study.MeanSD(c.X)
		c.Diff, c.Low, c.High = p.Diff, p.Low, p.High
		all = append(all, c)
	}
	return all
}
