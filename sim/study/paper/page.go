package paper

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"path/filepath"
	"slices"

	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim/study"
	"abkd/sim/study/chart"
	"abkd/sim/study/report"
)

//go:embed paper.html
var page string

// A Figure is a drawing as an SVG element whose colours the page gives.
type Figure struct {
	Name, Title, Caption string
	SVG                  template.HTML
}

// Figures returns the drawings that the studies have numbers for.
func (p *Paper) Figures() (all []Figure) {
	add := func(name, title, caption, svg string) {
		all = append(all, Figure{name, title, caption, template.HTML(svg)})
	}
	if r := p.Ranks(); r != nil {
		over := fmt.Sprintf("the %d graphs", r.Blocks)
		if !r.Graphs {
			over = fmt.Sprintf("the %d seeds of one graph, which say nothing of other graphs", r.Blocks)
		}
		add("ranks", "Critical difference", fmt.Sprintf("Mean ranks over %s; the highest accuracy has rank 1. Methods under one bar do not differ at .05 by Nemenyi's test. Friedman's χ² is %s, p %s.",
			over, show.Figures(r.Statistic, 3), report.PValue(study.Number(r.P))), p.drawRanks(r))
	}
	for i := range p.Graphs {
		g := &p.Graphs[i]
		if slopes := p.slopes(g); len(slopes) > 0 {
			from := "student alone"
			if p.Fair {
				from = "kd, same settings"
			}
			add(fmt.Sprintf("slopes-%d", i+1), "Slopes: "+g.Name(), "Mean test accuracy, from "+from+" to the method.", chart.Slopes(g.Name(), from, "method", slopes))
		}
	}
	for i, group := range p.sizes() {
		if dots := p.dots(group); len(dots) > 0 {
			g := group[0]
			add(fmt.Sprintf("frontier-%d", i+1), fmt.Sprintf("Accuracy against compression: %s %s", filepath.Base(g.Data), g.Split),
				"How many times fewer parameters a student has than its teacher; bars are ± one standard deviation over seeds. Numbers are rows of the table of accuracies.", chart.Frontier(dots, float64(g.TeacherTest)))
		}
	}
	return all
}

// color returns the colour of a method.
func (p *Paper) color(name string) int { return slices.Index(p.Names, name) % chart.Series }

func (p *Paper) drawRanks(r *Ranks) string {
	var methods []chart.Ranked
	for i, name := range r.Names {
		methods = append(methods, chart.Ranked{Label: name, Rank: r.Mean[i], Series: p.color(name)})
	}
	return chart.CriticalDifference(methods, r.Critical, r.cliques())
}

func (p *Paper) slopes(g *Graph) (all []chart.Slope) {
	for i := range g.Methods {
		m := &g.Methods[i]
		if mean, _ := m.Mean(); mean.Known() && m.From.Known() {
			all = append(all, chart.Slope{Label: m.Name, From: float64(m.From), To: float64(mean), Series: p.color(m.Name)})
		}
	}
	return all
}

// sizes returns the graphs whose students differ in size alone, together.
func (p *Paper) sizes() (groups [][]*Graph) {
	for i := range p.Graphs {
		g := &p.Graphs[i]
		k := slices.IndexFunc(groups, func(group []*Graph) bool {
			return group[0].Fingerprint == g.Fingerprint && group[0].Data == g.Data && group[0].Split == g.Split
		})
		if k < 0 {
			groups = append(groups, []*Graph{g})
		} else {
			groups[k] = append(groups[k], g)
		}
	}
	return groups
}

func (p *Paper) dots(group []*Graph) (dots []chart.Dot) {
	for _, g := range group {
		for i := range g.Methods {
			m := &g.Methods[i]
			mean, sd := m.Mean()
			if !mean.Known() || !m.Ratio.Known() {
				continue
			}
			d := chart.Dot{Label: fmt.Sprint(slices.Index(p.Names, m.Name) + 1), Method: m.Name, Ratio: float64(m.Ratio), Mean: float64(mean), Series: p.color(m.Name)}
			if sd.Known() {
				d.SD = float64(sd)
			}
			dots = append(dots, d)
		}
	}
	return dots
}

// HTML returns the page, which needs no other file.
func (p *Paper) HTML() ([]byte, error) {
	t, err := template.New("paper").Funcs(template.FuncMap{
		"style": report.Style, "add": func(a, b int) int { return a + b }, "seeds": seedsText,
		"seconds": func(x float64) string {
			if math.IsNaN(x) {
				return show.NotKnown
			}
			return show.Figures(x, 3)
		},
	}).Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		*Paper
		Tables  []Table
		Figures []Figure
	}{p, p.Tables(), p.Figures()})
	return []byte(show.Printable(b.String(), "\n\t")), err
}

// Files returns what Read has made, by name: report.html, tables.tex, tables.md and
// an SVG for each figure.
func (p *Paper) Files() (names []string, contents [][]byte, err error) {
	html, err := p.HTML()
	if err != nil {
		return nil, nil, err
	}
	names, contents = []string{"report.html", "tables.tex", "tables.md"}, [][]byte{html, p.LaTeX(), p.Markdown()}
	for _, f := range p.Figures() {
		names, contents = append(names, f.Name+".svg"), append(contents, []byte(show.Printable(chart.Alone(string(f.SVG)), "\n\t")))
	}
	return names, contents, nil
}

// Save writes the files into a folder, all of them or none.
func (p *Paper) Save(folder string) (names []string, err error) {
	names, contents, err := p.Files()
	if err != nil {
		return nil, err
	}
	var all []file.Content
	for i, name := range names {
		all = append(all, file.Content{Name: filepath.Join(folder, name), Write: file.Bytes(contents[i])})
	}
	return names, file.WriteAll(all)
}
