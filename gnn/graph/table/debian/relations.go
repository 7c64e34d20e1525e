package debian

import (
	"fmt"
	"strings"

	"abkd/gnn/graph/table"
)

// relations makes the edges, and the nodes of the other types as they are met.
func (r *reader) relations() error {
	for i, s := range r.packages {
		for _, name := range names(s.gives, false) {
			if _, real := r.numbers[name]; real {
				continue // a package of that name is the one that is meant
			}
			if _, taken := r.providers[name]; !taken {
				r.providers[name] = int32(i)
			}
		}
	}
	for i := range r.packages {
		if err := r.edgesOf(int32(i), &r.packages[i]); err != nil {
			return err
		}
	}
	return nil
}

// edgesOf adds the edges of package i.
func (r *reader) edgesOf(i int32, s *stanza) error {
	where := func() string { return fmt.Sprintf("%s, line %d", r.file, s.line) }
	if s.who != "" {
		v, err := r.other(kindMaintainer, s.who, where)
		if err == nil {
			err = r.edge("maintains", kindMaintainer, v, kindPackage, i, where)
		}
		if err != nil {
			return err
		}
	}
	for _, group := range []struct {
		relation string
		names    []string
	}{
		{"depends_on", append(names(s.depends, true), names(s.needs, true)...)},
		{"recommends", append(names(s.advises, true), names(s.hints, true)...)},
	} {
		met := map[int32]bool{i: true}
		for _, name := range group.names {
			v, ok := r.numbers[name]
			if !ok {
				v, ok = r.providers[name]
			}
			if !ok || met[v] {
				continue
			}
			met[v] = true
			if err := r.edge(group.relation, kindPackage, i, kindPackage, v, where); err != nil {
				return err
			}
		}
	}
	for tag := range strings.SplitSeq(s.tag, ",") {
		if err := r.to("has_tag", i, kindTag, strings.TrimSpace(tag), where); err != nil {
			return err
		}
	}
	return r.to("at_home", i, kindSite, host(s.home), where)
}

// to adds an edge from package i to a node of another type, unless its name is
// "".
func (r *reader) to(relation string, i int32, kind int, name string, where func() string) error {
	if name == "" {
		return nil
	}
	v, err := r.other(kind, name, where)
	if err != nil {
		return err
	}
	return r.edge(relation, kindPackage, i, kind, v, where)
}

func (r *reader) edge(relation string, src int, from int32, dst int, to int32, where func() string) error {
	p, err := r.Relation(relation, src, dst, r.file)
	if err != nil {
		return err
	}
	return r.AddEdge(p, from, to, where)
}

// other returns the node of a type by what it is called in the index.
func (r *reader) other(kind int, name string, where func() string) (int32, error) {
	v, ok := r.known[kind][name]
	if ok {
		return v, nil
	}
	t := r.types[kind]
	v = int32(t.Count)
	if err := r.AddNode(t, where); err != nil {
		return 0, err
	}
	r.known[kind][name] = v
	if kind == kindMaintainer {
		name = maintainer(name, int(v)+1)
	}
	t.Names = append(t.Names, strings.Clone(name))
	t.AddLabel("", true)
	return v, nil
}

// names returns the packages of a field, of alternatives the first, without
// versions and architectures.
func names(field string, alternatives bool) (all []string) {
	for part := range strings.SplitSeq(field, ",") {
		if alternatives {
			part, _, _ = strings.Cut(part, "|")
		}
		part = strings.TrimSpace(part)
		if end := strings.IndexAny(part, " (:["); end >= 0 {
			part = part[:end]
		}
		if part != "" {
			all = append(all, part)
		}
	}
	return all
}

// host returns the host of an address, without www.
func host(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		rest = address
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	rest, _, _ = strings.Cut(rest, ":")
	return strings.TrimPrefix(strings.ToLower(rest), "www.")
}

// teamWords are in the names of teams.
var teamWords = []string{"team", "group", "maintainers", "packaging", "packagers", "developers", "project"}

// maintainer returns what a maintainer is called: a team by its name, anyone
// else by a number.
func maintainer(written string, number int) string {
	name, _, _ := strings.Cut(written, "<")
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return c < 'a' || c > 'z' })
	if name != "" && !strings.ContainsAny(name, "@,/&();") {
		for _, w := range words {
			for _, team := range teamWords {
				if w == team {
					return name
				}
			}
		}
	}
	return fmt.Sprint("maintainer ", number)
}

// splits makes two splits of the sources, so that packages of one source never
// stand on both sides: random has half of them for training, a fifth for
// validation; few has up to 20 sources of a class for training, with the first
// package of each, and the same nodes for validation and testing.
func (r *reader) splits() error {
	const each = 20
	r.SplitNote = fmt.Sprintf("Two splits by source package, drawn from seed %d: random (50, 20 and 30 %% of the sources) and few (for training up to %d sources of a class, a package of each).", r.o.Seed, each)
	order, of := r.sources()
	t := r.types[kindPackage]
	random, few := make([]int8, t.Count), make([]int8, t.Count)
	for i := range random {
		random[i], few[i] = -1, -1
	}
	taken := make([]int, len(t.Classes))
	for k, source := range order {
		part := int8(2)
		if 10*k < 5*len(order) {
			part = 0
		} else if 10*k < 7*len(order) {
			part = 1
		}
		for n, i := range of[source] {
			c := t.Labels[i]
			if c < 0 {
				continue
			}
			random[i] = part
			if part > 0 {
				few[i] = part
			} else if n == 0 && taken[c] < each {
				few[i] = 0
				taken[c]++
			}
		}
	}
	t.Splits = []table.Parts{{Name: "random", Of: random}, {Name: "few", Of: few}}
	return nil
}
