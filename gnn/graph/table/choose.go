package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"abkd/gnn/graph"
	"abkd/internal/show"
)

// chooseColumns finds the columns of tables of nodes whose names leave a
// choice: that of the classes, of the names, and lists of features.
func chooseColumns(tables []*schema, o Options) error {
	if err := chooseLabel(tables, o.Label); err != nil {
		return err
	}
	for _, s := range tables {
		if s.name = s.find("name", nameNames); s.name < 0 {
			s.name = s.find("name", labelNames[:1]) // as Gephi has it
		}
		for i := range s.columns {
			if c := &s.columns[i]; c.use == "" && s.isList(i) {
				s.addFeature(i, true)
			}
		}
	}
	for _, name := range o.Features {
		found := false
		for _, s := range tables {
			for i := range s.columns {
				if s.isNamed(i, name) && s.columns[i].use == "" {
					s.addFeature(i, true)
					found = true
				}
			}
		}
		if !found {
			return Refuse("%s: no column %s is left to be a feature: the header is %s", tables[0].File(), show.Quote(name), Listed(tables[0].Columns()))
		}
	}
	return nil
}

// isNamed reports whether a user means the column at i by name.
func (s *schema) isNamed(i int, name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	return s.columns[i].name == name || strings.ToLower(strings.TrimSpace(s.Columns()[i])) == name
}

func chooseLabel(tables []*schema, asked string) error {
	if asked != "" {
		return takeLabel(tables, asked)
	}
	for _, name := range labelNames {
		if found, err := findLabel(tables, name, values.isClasses); found || err != nil {
			return err
		}
	}
	if found, err := findLabel(tables, labelNames[0], values.areFew); found || err != nil {
		return err
	}
	return noLabelColumn(tables)
}

// findLabel takes the column of that name in each table where its values are
// fit, or the form of the file says that they are, and reports whether there is
// one.
func findLabel(tables []*schema, name string, fit func(values) bool) (found bool, err error) {
	for _, s := range tables {
		at := slices.IndexFunc(s.columns, func(c column) bool { return c.name == name && c.use == "" })
		if at < 0 {
			continue
		}
		v, err := s.values(at)
		if err != nil {
			return false, err
		}
		f, ok := s.Table.(interface{ Form() string })
		if fit(v) || ok && f.Form() != "" && v.given > 0 {
			s.label, s.columns[at].use, found = at, "label", true
		}
	}
	return found, nil
}

// takeLabel takes the column that the user names, whatever it would be without.
func takeLabel(tables []*schema, asked string) error {
	found := false
	for _, s := range tables {
		for i := range s.columns {
			if !s.isNamed(i, asked) || i == s.id {
				continue
			}
			for _, at := range []*int{&s.kind, &s.split, &s.year} {
				if *at == i {
					*at = -1
				}
			}
			s.features = slices.DeleteFunc(s.features, func(f featureColumn) bool { return f.at == i })
			s.label, s.columns[i].use, found = i, "label", true
		}
	}
	if !found {
		return Refuse("%s: there is no column %s for the labels: the header is %s", tables[0].File(), show.Quote(asked), Listed(tables[0].Columns()))
	}
	return nil
}

// noLabelColumn is the error of tables of which no column has the classes.
func noLabelColumn(tables []*schema) error {
	var near, names []string
	for _, s := range tables {
		for i, c := range s.columns {
			if c.use != "" && i != s.kind && i != s.name || len(near) == 8 {
				continue
			}
			v, err := s.values(i)
			if err != nil {
				return err
			}
			called := fmt.Sprintf("%s (%d values)", show.Quote(strings.TrimSpace(s.Columns()[i])), len(v.counts))
			switch {
			case v.isClasses() && len(v.counts) > 1:
				near = append(near, called)
			case v.given > 0 && slices.Contains(labelNames, c.name):
				names = append(names, called)
			}
		}
	}
	const none = "%s: no column says of which class a node is"
	switch {
	case len(near) > 0:
		return unlabelled(none+"; call the column of the classes \"label\", or name the one that has them: there are %s", tables[0].called(), strings.Join(near, ", "))
	case len(names) > 0:
		return unlabelled(none+": nearly all values differ in %s, as names do; name the column of the classes if it is this one", tables[0].called(), strings.Join(names, ", "))
	}
	return unlabelled(none+"; call the column of the classes \"label\", or name the one that has them", tables[0].called())
}

// An Unlabelled is the error of tables of which the user has to say which
// column has the classes.
type Unlabelled struct{ *Refused }

// Unwrap returns the problem.
func (u *Unlabelled) Unwrap() error { return u.Refused }

func unlabelled(format string, args ...any) error {
	return &Unlabelled{&Refused{[]string{fmt.Sprintf(format, args...)}, 1}}
}

// values are the texts of a column that stand for something; equal numbers are
// one.
type values struct {
	given  int
	counts map[string]int
}

// errEnough ends a reading of rows that has seen what it wanted.
var errEnough = errors.New("enough")

func (s *schema) values(at int) (values, error) {
	v := values{counts: map[string]int{}}
	err := s.Rows(func(_ int, cells []string) error {
		if text := strings.TrimSpace(cells[at]); !graph.NoLabel(text) {
			v.given++
			if n, ok := decimal(text); ok {
				text = n
			}
			v.counts[text]++
		}
		return nil
	})
	return v, err
}

// isClasses reports whether the values may be classes: of names nearly all
// differ.
func (v values) isClasses() bool { return v.given > 0 && !v.nearlyAll(len(v.counts)) }

// areFew reports whether the values are too few to tell names from classes.
func (v values) areFew() bool { return 0 < v.given && v.given < 4 }

// nearlyAll reports whether so many of the values differ that they are names:
// more than half, or of a few nodes more than three in four.
func (v values) nearlyAll(differ int) bool {
	const few = 20
	if v.given < few {
		return differ > 1 && 4*differ > 3*v.given
	}
	return 2*differ > v.given
}

// isList reports whether the column at i has lists of features.
func (s *schema) isList(i int) bool {
	c := s.columns[i]
	switch c.typed {
	case "float[]", "double[]", "int[]", "long[]":
		return true
	}
	if !slices.Contains(listNames, c.name) {
		return false
	}
	list := false
	s.Rows(func(_ int, cells []string) error {
		text := strings.TrimSpace(cells[i])
		if text == "" {
			return nil
		}
		n, err := eachNumber(text, func(int, string) error { return nil })
		list = err == nil && (n > 1 || c.name != "x")
		return errEnough
	})
	return list
}
