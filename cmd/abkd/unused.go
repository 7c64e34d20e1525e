package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/gnn"
	"abkd/gnn/graph"
	"abkd/gnn/ogb"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// A rule says when a flag has no effect, and why. Settings have Needs instead.
type rule struct {
	flag string
	idle bool
	why  string
}

// unused returns a clause for each flag of cmd that is given and has no effect:
// a value that a later one replaces, a setting that none of the runs has or
// whose needs none of them meets, and what the rules say.
func unused(cmd *cobra.Command, runs []setup.Experiment, rules ...rule) (clauses []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		said, ok := f.Value.(*cli.Said)
		if !ok {
			return
		}
		for _, text := range said.Replaced() {
			clauses = append(clauses, fmt.Sprintf("--%s %s is not used: %s comes after it", f.Name, text, said.Texts[len(said.Texts)-1]))
		}
		if s, ok := said.Value.(setting); ok {
			if why := s.idle(runs); why != "" {
				clauses = append(clauses, fmt.Sprintf("--%s has no effect: %s", f.Name, why))
			}
		}
	})
	for _, r := range rules {
		if f := cmd.Flags().Lookup(r.flag); r.idle && f != nil && f.Changed {
			clauses = append(clauses, fmt.Sprintf("--%s has no effect: %s", r.flag, r.why))
		}
	}
	return clauses
}

// idle says why the setting has an effect on none of the runs, "" if it has on
// one.
func (s setting) idle(runs []setup.Experiment) (why string) {
	for i := range runs {
		e := &runs[i]
		unmet := s.control.Unmet(e)
		used := s.control.Get(e) == s.control.Get(s.e) || s.control.Kind == setup.Text && s.control.Get(e) != ""
		switch {
		case len(unmet) > 0:
			if why == "" {
				why = needText(unmet[0], len(runs) == 1)
			}
		case used:
			return ""
		default:
			why = "no run takes it, each has a value of its own"
		}
	}
	return why
}

// unusedSettings returns a clause for each setting of a method itself that has
// no effect on its runs.
func unusedSettings(cells []study.Cell) (clauses []string) {
	for i := range cells {
		c := &cells[i]
		for _, pair := range strings.Split(c.Method.Settings, "&") {
			key, _, _ := strings.Cut(pair, "=")
			if pair == "" || key == "teacher" {
				continue
			}
			if unmet := findControl(setup.Controls(), key).Unmet(&c.Experiment); len(unmet) > 0 {
				clauses = append(clauses, fmt.Sprintf("%s of method %q has no effect: %s", key, c.Method, needText(unmet[0], true)))
			}
		}
	}
	return clauses
}

// needText is what a setting needs and has not got, in the only run or in any.
func needText(n setup.Need, only bool) string {
	wants := n.Values
	if len(wants) == 1 && wants[0] == "" {
		return "it is for runs without " + n.Key
	}
	list := strings.ReplaceAll(strings.Join(wants, ", "), ">", "above ")
	if i := strings.LastIndex(list, ", "); i >= 0 {
		list = list[:i] + " or " + list[i+2:]
	}
	if !only {
		return fmt.Sprintf("it is for %s %s, and no run has that", n.Key, list)
	}
	return fmt.Sprintf("it is for %s %s, here it is %s", n.Key, list, n.Got)
}

// rules are those of the flags of a source.
func (s *source) rules() []rule {
	builtIn := s.data == "karate" || s.data == "mag-mini"
	why := "a pack is opened as it is"
	if builtIn {
		why = s.data + " is made, not read"
	}
	return []rule{{"cache", builtIn || ogb.IsDataset(s.data) != nil, why}}
}

// dropped says what of g a model of that kind does not read, "" if that is
// nothing that the kind is known to do without.
func dropped(name string, g *graph.Graph) string {
	k, known := gnn.KindOf(name)
	if !known || k.Typed || len(g.Types) == 1 && len(g.Relations) <= 1 {
		return ""
	}
	target := g.Types[g.Target].Name
	var types, relations list
	read := "the features of " + target
	for i, t := range g.Types {
		if i != g.Target {
			types.add("%s (%s)", t.Name, grouped(int64(t.Count)))
		}
	}
	for _, r := range g.Relations {
		name := fmt.Sprintf("%s %s %s (%s)", r.EdgeType.Src, r.Rel, r.EdgeType.Dst, grouped(int64(len(r.In.Col))))
		if k.Messages && r.Src == g.Target && r.Dst == g.Target {
			read += " and " + strings.TrimSuffix(name, fmt.Sprintf(" (%s)", grouped(int64(len(r.In.Col)))))
			continue
		}
		relations.add("%s", name)
	}
	return fmt.Sprintf("model %s reads %s alone, not the other node types: %s; nor the relations: %s", name, read, types, relations)
}

// A list is words for people, of which many are cut short.
type list []string

func (l *list) add(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// String implements fmt.Stringer.
func (l list) String() string {
	const enough = 8
	if n := len(l) - enough; n > 1 {
		return strings.Join(l[:enough], ", ") + fmt.Sprintf(" and %d more", n)
	}
	if len(l) == 0 {
		return "none"
	}
	return strings.Join(l, ", ")
}

// allFeatured reports whether every node type of g has features.
func allFeatured(g *graph.Graph) bool {
	return !slices.ContainsFunc(g.Types, func(t graph.NodeType) bool { return t.Features.Cols == 0 })
}
