package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"abkd/internal/show"
	"abkd/sim/study"
	"abkd/sim/study/report"
)

// A Cell is a text of a table, apart from how LaTeX, Markdown and HTML write it.
type Cell struct {
	Text   string
	Strong bool // the highest mean
}

// A Table is a head, its rows, and what it says.
type Table struct {
	Label, Caption string
	Head           []string
	Rows           [][]Cell
}

// Tables returns the accuracies, the declared differences and, where students were
// looked at, their health.
func (p *Paper) Tables() []Table {
	tables := []Table{p.accuracies()}
	for _, against := range p.declared() {
		tables = append(tables, p.differences(against))
	}
	if t := p.health(); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if len(p.Headlines) > 0 && len(p.Graphs) > 1 {
		tables = append(tables, p.together())
	}
	return tables
}

// accuracies is the main table: methods by graphs.
func (p *Paper) accuracies() Table {
	t := Table{Label: "accuracy", Head: []string{"method"},
		Caption: "Test accuracy in %, mean ± standard deviation over seeds, at the epoch of the best validation accuracy; bold: the highest mean of a column, which is no test."}
	best := make([]study.Number, len(p.Graphs))
	for i := range p.Graphs {
		g := &p.Graphs[i]
		t.Head = append(t.Head, g.Name()+", "+times(g.Ratio))
		best[i] = unknown
		for k := range g.Methods {
			if mean, _ := g.Methods[k].Mean(); mean.Known() && !(best[i] >= mean) {
				best[i] = mean
			}
		}
	}
	ranks := p.Ranks()
	if ranks != nil {
		t.Head = append(t.Head, "mean rank")
	}
	for _, name := range p.Names {
		row := []Cell{{Text: name}}
		for i := range p.Graphs {
			row = append(row, accuracy(p.Graphs[i].Method(name), best[i]))
		}
		if ranks != nil {
			row = append(row, Cell{Text: ranks.text(name)})
		}
		t.Rows = append(t.Rows, row)
	}
	row := []Cell{{Text: "teacher"}}
	for _, g := range p.Graphs {
		row = append(row, Cell{Text: report.PlusMinus(g.TeacherTest, g.TeacherSD)})
	}
	if ranks != nil {
		row = append(row, Cell{})
	}
	t.Rows = append(t.Rows, row)
	return t
}

func accuracy(m *Method, best study.Number) Cell {
	if m == nil {
		return Cell{Text: show.NotKnown}
	}
	mean, sd := m.Mean()
	c := Cell{Text: report.PlusMinus(mean, sd), Strong: mean == best}
	if m.Failed > 0 {
		c.Text += fmt.Sprintf(" (%d diverged)", m.Failed)
	}
	return c
}

func (r *Ranks) text(name string) string {
	if i := slices.Index(r.Names, name); i >= 0 {
		return fmt.Sprintf("%.2f", r.Mean[i])
	}
	return show.NotKnown
}

// declared returns what methods are compared with: of a comparison the best other
// of each, which has a name of its own.
func (p *Paper) declared() (all []string) {
	if !p.Fair {
		return []string{""}
	}
	for _, g := range p.Graphs {
		for _, m := range g.Methods {
			for _, d := range m.Over {
				if !slices.Contains(all, d.Against) {
					all = append(all, d.Against)
				}
			}
		}
	}
	return all
}

// differences is the table of those to one thing.
func (p *Paper) differences(against string) Table {
	t := Table{Label: fmt.Sprintf("difference-%d", slices.Index(p.declared(), against)+1), Head: []string{"method"}}
	what := against
	if what == "" {
		what = "the best of the other criteria by validation accuracy"
	}
	t.Caption = "Difference to " + what + " in points [95 % interval], paired by seed; p: Student's t, two-sided, adjusted by Holm over methods and graphs."
	for i := range p.Graphs {
		t.Head = append(t.Head, p.Graphs[i].Name(), "p")
	}
	for _, name := range p.Names {
		row, known := []Cell{{Text: name}}, false
		for i := range p.Graphs {
			d := p.Graphs[i].difference(name, against)
			if d == nil {
				row = append(row, Cell{}, Cell{})
				continue
			}
			known = true
			text := report.Interval(d.Diff, d.Low, d.High)
			if against == "" {
				text += " to " + d.Against
			}
			row = append(row, Cell{Text: text}, Cell{Text: report.PValue(d.Holm)})
		}
		if known {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// difference returns that of a method to something, "" for whatever it is.
func (g *Graph) difference(name, against string) *Difference {
	m := g.Method(name)
	if m == nil {
		return nil
	}
	for i := range m.Over {
		if against == "" || m.Over[i].Against == against {
			return &m.Over[i]
		}
	}
	return nil
}

// health is the table of how students use their units, without rows if none was
// looked at.
func (p *Paper) health() Table {
	t := Table{Label: "health", Head: []string{"method"},
		Caption: "Hidden units of students that are the same for all nodes in %, effective rank of the last hidden layer, agreement with the teacher on test nodes in %; means over seeds."}
	for i := range p.Graphs {
		t.Head = append(t.Head, p.Graphs[i].Name()+": constant", "rank", "agreement")
	}
	for _, name := range p.Names {
		row, known := []Cell{{Text: name}}, false
		for i := range p.Graphs {
			m := p.Graphs[i].Method(name)
			if m == nil || !m.Rank.Known() {
				row = append(row, Cell{show.NotKnown, false}, Cell{show.NotKnown, false}, Cell{show.NotKnown, false})
				continue
			}
			known = true
			row = append(row, Cell{Text: percent(m.Units)}, Cell{Text: show.Figures(float64(m.Rank), 3)}, Cell{Text: percent(m.Agreement)})
		}
		if known {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// together is the table over all graphs.
func (p *Paper) together() Table {
	t := Table{Label: "together", Head: []string{"method", "over", "points [95 % interval]", "p", "graphs above", "below"},
		Caption: fmt.Sprintf("All %d graphs: a mixed model with the graph as random effect; p adjusted by Holm over methods; graphs above and below: by p < .05 there.", len(p.Graphs))}
	for _, h := range p.Headlines {
		t.Rows = append(t.Rows, []Cell{{Text: h.Criterion}, {Text: h.Against}, {Text: report.Interval(h.Mean, h.Low, h.High)}, {Text: report.PValue(h.Holm)}, {Text: fmt.Sprint(h.Above)}, {Text: fmt.Sprint(h.Below)}})
	}
	return t
}

// latex escapes what LaTeX takes for more than text.
var latex = strings.NewReplacer(`\`, `\textbackslash{}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`, "{", `\{`, "}", `\}`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `\textless{}`, ">", `\textgreater{}`, "±", `$\pm$`, "×", `$\times$`, "α", `$\alpha$`, "β", `$\beta$`, "χ²", `$\chi^2$`)

// LaTeX returns the tables for booktabs.
func (p *Paper) LaTeX() []byte {
	var b strings.Builder
	b.WriteString("% \\usepackage{booktabs}\n")
	for _, line := range p.provenance() {
		b.WriteString("% " + show.Printable(line, "") + "\n")
	}
	for _, t := range p.Tables() {
		fmt.Fprintf(&b, "\n\\begin{table}\n\\centering\n\\caption{%s}\n\\label{tab:%s}\n\\begin{tabular}{l%s}\n\\toprule\n", tex(t.Caption), t.Label, strings.Repeat("r", len(t.Head)-1))
		for i, h := range t.Head {
			b.WriteString(separator(i, " & ") + tex(h))
		}
		b.WriteString(" \\\\\n\\midrule\n")
		for _, row := range t.Rows {
			for i, c := range row {
				text := tex(c.Text)
				if c.Strong {
					text = `\textbf{` + text + `}`
				}
				b.WriteString(separator(i, " & ") + text)
			}
			b.WriteString(" \\\\\n")
		}
		b.WriteString("\\bottomrule\n\\end{tabular}\n\\end{table}\n")
	}
	return []byte(b.String())
}

func tex(s string) string { return latex.Replace(show.Printable(s, "")) }

func separator(i int, s string) string {
	if i == 0 {
		return ""
	}
	return s
}

// markdown escapes what Markdown takes for more than text.
var markdown = strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "#", `\#`)

// Markdown returns the tables, and below them how they were made.
func (p *Paper) Markdown() []byte {
	var b strings.Builder
	for i, t := range p.Tables() {
		fmt.Fprintf(&b, "%s%s\n\n|", separator(i, "\n"), md(t.Caption))
		for _, h := range t.Head {
			b.WriteString(" " + md(h) + " |")
		}
		b.WriteString("\n|" + strings.Repeat(" --- |", len(t.Head)) + "\n")
		for _, row := range t.Rows {
			b.WriteString("|")
			for _, c := range row {
				text := md(c.Text)
				if c.Strong {
					text = "**" + text + "**"
				}
				b.WriteString(" " + text + " |")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n")
	for _, line := range p.provenance() {
		b.WriteString("- " + md(line) + "\n")
	}
	return []byte(b.String())
}

func md(s string) string { return markdown.Replace(show.Printable(s, "")) }

// provenance says in lines what the tables were made of.
func (p *Paper) provenance() (lines []string) {
	for _, s := range p.Sources {
		lines = append(lines, fmt.Sprintf("%s: SHA-256 %s; %s", s.Folder, s.Hash, s.MadeBy()))
	}
	for _, g := range p.Graphs {
		lines = append(lines, fmt.Sprintf("%s: fingerprint %s, %s, teacher %s, student %s, seeds %s", g.Name(), g.Fingerprint, g.Model, g.Teacher, g.Student, seedsText(g.Seeds)))
	}
	return lines
}

// MadeBy says which program and machine made it, as far as that is known.
func (s *Source) MadeBy() string {
	var parts []string
	for _, key := range []string{"abkd", "go", "system", "machine", "kernels"} {
		v := s.Versions[key]
		if v == "" && key == "kernels" {
			v = s.Backend
		}
		if v == "" {
			v = "not recorded"
		}
		parts = append(parts, key+" "+v)
	}
	return strings.Join(parts, ", ")
}

func percent(x study.Number) string {
	if !x.Known() {
		return show.NotKnown
	}
	return fmt.Sprintf("%.1f", 100*x)
}

func times(x study.Number) string {
	if !x.Known() {
		return show.NotKnown
	}
	return show.Figures(math.Round(10*float64(x))/10, 4) + "×"
}
