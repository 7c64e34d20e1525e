package messages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Message is a text with what is put into it.
type Message []Part

// A Part is a text, or what stands in its place: only one of the fields but
// Cases and Inner is set.
type Part struct {
	Text   string
	Arg    string // the name of an argument, written as it is
	Number string // of one that is a number, written as the language does
	Plural string // of a number that decides among Cases
	Select string // of a word that decides among Cases
	Tag    string // how Inner is shown
	Cases  map[string]Message
	Inner  Message
}

// MarshalJSON writes a text as such and anything else as an object of what is
// set, for whoever words messages without reading their patterns.
func (p Part) MarshalJSON() ([]byte, error) {
	object := map[string]any{}
	for name, value := range map[string]string{"arg": p.Arg, "number": p.Number, "plural": p.Plural, "select": p.Select, "tag": p.Tag} {
		if value != "" {
			object[name] = value
		}
	}
	switch {
	case len(object) == 0:
		return json.Marshal(p.Text)
	case p.Cases != nil:
		object["cases"] = p.Cases
	case p.Tag != "":
		object["inner"] = p.Inner
	}
	return json.Marshal(object)
}

// kinds are the ways in which a message may use a name.
const (
	argument = ""
	number   = "number"
	word     = "select"
	tag      = "tag"
)

// uses returns the names in m, and how each is used.
func (m Message) uses() map[string]string {
	all := map[string]string{}
	m.walk(func(p Part) {
		for name, kind := range map[string]string{p.Arg: argument, p.Number: number, p.Plural: number, p.Select: word, "<" + p.Tag + ">": tag} {
			if name != "" && name != "<>" && all[name] == "" {
				all[name] = kind
			}
		}
	})
	return all
}

// Args returns the names of the arguments, and for each whether it is a number.
func (m Message) Args() map[string]bool {
	all := map[string]bool{}
	for name, kind := range m.uses() {
		if kind != tag {
			all[name] = kind == number
		}
	}
	return all
}

// Tags returns the names of the parts that are shown in another way.
func (m Message) Tags() []string {
	var all []string
	for name, kind := range m.uses() {
		if kind == tag {
			all = append(all, strings.Trim(name, "<>"))
		}
	}
	slices.Sort(all)
	return all
}

func (m Message) walk(visit func(Part)) {
	for _, p := range m {
		visit(p)
		p.Inner.walk(visit)
		for _, c := range p.Cases {
			c.walk(visit)
		}
	}
}

// missingForms returns the first of the forms that a plural lacks, "" if none does.
func (m Message) missingForms(forms []string) (missing string) {
	m.walk(func(p Part) {
		for _, form := range forms {
			if _, ok := p.Cases[form]; p.Plural != "" && !ok && missing == "" {
				missing = form
			}
		}
	})
	return missing
}

// Parse reads a pattern.
func Parse(pattern string) (Message, error) {
	r := &reader{rest: []rune(pattern)}
	m, err := r.message("", "")
	if err == nil && len(r.rest) > 0 {
		err = fmt.Errorf("a } closes nothing")
	}
	return m, err
}

// A reader takes a pattern from the front.
type reader struct {
	rest []rune
	last rune // what until ended with
}

// message reads up to the end of the pattern, of a case or of a tag's inside. In
// a plural of an argument # is its number.
func (r *reader) message(plural, inside string) (Message, error) {
	m := Message{}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			m = append(m, Part{Text: text.String()})
			text.Reset()
		}
	}
	for len(r.rest) > 0 && r.rest[0] != '}' {
		switch c := r.rest[0]; {
		case c == '\'' && r.at(1) == '\'':
			text.WriteRune(c)
			r.rest = r.rest[2:]
		case c == '\'' && strings.ContainsRune("{}<#", r.at(1)):
			end := slices.Index(r.rest[1:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("the apostrophe before %c is not closed", r.at(1))
			}
			text.WriteString(string(r.rest[1 : 1+end]))
			r.rest = r.rest[2+end:]
		case c == '#' && plural != "":
			flush()
			m = append(m, Part{Number: plural})
			r.rest = r.rest[1:]
		case c == '{':
			flush()
			p, err := r.placeholder()
			if err != nil {
				return nil, err
			}
			m = append(m, p)
		case c == '<' && r.at(1) == '/':
			name, err := r.until(">")
			if err == nil && name != "</"+inside {
				err = fmt.Errorf("%s> closes nothing", name)
			}
			flush()
			return m, err
		case c == '<' && unicode.IsLetter(r.at(1)):
			flush()
			name, err := r.until(">")
			if err != nil {
				return nil, err
			}
			inner, err := r.message(plural, name[1:])
			if err != nil {
				return nil, err
			}
			m = append(m, Part{Tag: name[1:], Inner: inner})
		default:
			text.WriteRune(c)
			r.rest = r.rest[1:]
		}
	}
	if inside != "" {
		return nil, fmt.Errorf("<%s> is not closed", inside)
	}
	flush()
	return m, nil
}

// placeholder reads what stands between braces.
func (r *reader) placeholder() (Part, error) {
	head, err := r.until(",}")
	if err != nil {
		return Part{}, err
	}
	name := strings.TrimSpace(head[1:])
	if !isName(name) {
		return Part{}, fmt.Errorf("{%s} is no argument, want a name of letters and digits", name)
	}
	if r.last == '}' {
		return Part{Arg: name}, nil
	}
	kind, err := r.until(",}")
	if err != nil {
		return Part{}, err
	}
	p := Part{}
	switch kind = strings.TrimSpace(kind); {
	case kind == "number" && r.last == '}':
		return Part{Number: name}, nil
	case kind == "plural" && r.last == ',':
		p.Plural = name
	case kind == "select" && r.last == ',':
		p.Select = name
	default:
		return Part{}, fmt.Errorf("{%s, %s} is not known, want number, plural or select", name, kind)
	}
	p.Cases, err = r.cases(p.Plural)
	if _, ok := p.Cases["other"]; err == nil && !ok {
		err = fmt.Errorf("{%s, %s} lacks the form \"other\"", name, kind)
	}
	return p, err
}

// cases reads forms, each with its message in braces, up to the brace that
// closes them.
func (r *reader) cases(plural string) (map[string]Message, error) {
	all := map[string]Message{}
	for {
		form, err := r.until("{}")
		form = strings.TrimSpace(form)
		switch {
		case err != nil:
			return nil, err
		case r.last == '}' && form == "":
			return all, nil
		case r.last == '}' || !isName(strings.TrimPrefix(form, "=")):
			return nil, fmt.Errorf("%q is no form of a plural or select", form)
		}
		if _, twice := all[form]; twice {
			return nil, fmt.Errorf("the form %q is there twice", form)
		}
		if all[form], err = r.message(plural, ""); err != nil {
			return nil, err
		}
		if len(r.rest) == 0 {
			return nil, fmt.Errorf("the form %q is not closed", form)
		}
		r.rest = r.rest[1:]
	}
}

// at returns the rune that stands i after the next, 0 behind the end.
func (r *reader) at(i int) rune {
	if i < len(r.rest) {
		return r.rest[i]
	}
	return 0
}

// until takes what stands before the first of ends, and that too, which is then
// the last.
func (r *reader) until(ends string) (string, error) {
	i := slices.IndexFunc(r.rest, func(c rune) bool { return strings.ContainsRune(ends, c) })
	if i < 0 {
		return "", fmt.Errorf("%q is not closed", string(r.rest))
	}
	text := string(r.rest[:i])
	r.last, r.rest = r.rest[i], r.rest[i+1:]
	return text, nil
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c != '_' && c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}
