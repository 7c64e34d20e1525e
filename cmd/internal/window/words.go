package window

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"abkd/assets/messages"
	"abkd/internal/show"
	"abkd/sim/memory"
	"abkd/sim/scene"
	"abkd/sim/wire"
)

// A speech says messages in a language.
type speech struct {
	*messages.Catalogue
	source  *messages.Catalogue
	core    []coreMessage
	decimal string
}

// A coreMessage is a sentence of the trainer's, as it is found by its English form.
type coreMessage struct {
	key  string
	args []string
	own  int // letters of its own
	like *regexp.Regexp
}

func newSpeech(c, source *messages.Catalogue) *speech {
	s := &speech{Catalogue: c, source: source}
	s.decimal, _ = c.Marks()
	for key, m := range source.Texts {
		if strings.HasPrefix(key, "core.") {
			s.core = append(s.core, newCoreMessage(key, m))
		}
	}
	slices.SortFunc(s.core, func(a, b coreMessage) int { return cmp.Or(b.own-a.own, cmp.Compare(a.key, b.key)) })
	return s
}

func newCoreMessage(key string, m messages.Message) coreMessage {
	c := coreMessage{key: key}
	form := "(?s)^"
	for _, p := range m {
		if p.Arg != "" {
			c.args = append(c.args, p.Arg)
			form += "(.+?)"
		} else {
			c.own += len(p.Text)
			form += regexp.QuoteMeta(p.Text)
		}
	}
	c.like = regexp.MustCompile(form + "$")
	return c
}

// say returns the message of that key; names of arguments and their values follow.
func (s *speech) say(key string, args ...any) string {
	named := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return s.Format(key, named)
}

// has reports whether there is a message of that key.
func (s *speech) has(key string) bool { _, ok := s.Texts[key]; return ok }

// words are what the picture says.
func (s *speech) words() *scene.Words {
	texts, err := s.Patterns("canvas.")
	if err != nil {
		panic(err) // a test of the catalogues reads them
	}
	decimal, group := s.Marks()
	return &scene.Words{Texts: texts, Decimal: decimal, Group: group}
}

// reworded is a text of the trainer's, which is English, in the language. What no
// message says stays as it is.
func (s *speech) reworded(text string) string {
	if s.Catalogue == s.source {
		return text
	}
	if whole, ok := s.found(text); ok {
		return whole
	}
	var all []string
	for _, sentence := range sentences(text) {
		one, ok := s.found(sentence)
		if !ok {
			return text
		}
		all = append(all, one)
	}
	return strings.Join(all, " ")
}

// unread says why a graph was not read.
func (s *speech) unread(err error) string {
	large, ok := errors.AsType[*memory.UnreadError](err)
	if !ok {
		return err.Error()
	}
	f := large.Least
	return s.say("desktop.unread", "need", show.Bytes(large.Need), "most", show.Bytes(large.May.Most),
		"graph", show.Bytes(f.Graph), "models", show.Bytes(f.Models+f.Optimiser), "evaluation", show.Bytes(f.Evaluation))
}

// found is the message that text is.
func (s *speech) found(text string) (string, bool) {
	for i := range s.core {
		c := &s.core[i]
		values := c.like.FindStringSubmatch(text)
		if values == nil {
			continue
		}
		named := map[string]any{}
		for k, name := range c.args {
			value := values[k+1]
			if own, ok := s.found(value); ok {
				value = own
			}
			named[name] = value
		}
		return s.Format(c.key, named), true
	}
	return "", false
}

// sentences cuts a text behind full stops that a capital letter follows.
func sentences(text string) (all []string) {
	for {
		cut := -1
		for i := 0; i+2 < len(text); i++ {
			if text[i] == '.' && text[i+1] == ' ' && unicode.IsUpper(rune(text[i+2])) {
				cut = i + 1
				break
			}
		}
		if cut < 0 {
			return append(all, text)
		}
		all, text = append(all, text[:cut]), text[cut+1:]
	}
}

// layerName is a layer as the trainer counts it, from 0.
var layerName = regexp.MustCompile(`\b(layer |[TS])(\d+)\b`)

// counted has layers counted from 1, as the picture counts them.
func counted(text string) string {
	return layerName.ReplaceAllStringFunc(text, func(m string) string {
		i := strings.IndexAny(m, "0123456789")
		n, err := strconv.Atoi(m[i:])
		if err != nil {
			return m
		}
		return m[:i] + strconv.Itoa(n+1)
	})
}

// low has the indices of symbols set low.
var low = strings.NewReplacer("_0", "₀", "_1", "₁", "_2", "₂", "_3", "₃", "_4", "₄", "_5", "₅", "_6", "₆", "_7", "₇", "_8", "₈", "_9", "₉")

// number has three decimals, or a power of ten where they would all be 0.
func (s *speech) number(v float32) string {
	f := float64(v)
	switch {
	case math.IsNaN(f):
		return s.say("unknown")
	case math.IsInf(f, 0):
		return fmt.Sprint(f)
	case f == 0 || math.Abs(f) >= 0.0005 && math.Abs(f) < 1e5:
		digits := 3
		if math.Abs(f) >= 100 {
			digits = 1
		}
		return s.fixed(f, digits)
	}
	return s.written(f, 'e', 1)
}

func (s *speech) fixed(v float64, digits int) string { return s.written(v, 'f', digits) }

// written is a number as strconv formats it, with a minus sign in place of the
// hyphen and the language's mark.
func (s *speech) written(v float64, format byte, digits int) string {
	text := strings.Replace(strconv.FormatFloat(math.Abs(v), format, digits, 64), ".", s.decimal, 1)
	if v < 0 {
		return "−" + text
	}
	return text
}

func (s *speech) percent(v float32) string {
	if math.IsNaN(float64(v)) {
		return s.say("unknown")
	}
	return s.say("percent", "value", s.fixed(100*float64(v), 1))
}

// subject is what a subject is called.
func (s *speech) subject(of wire.Subject) string {
	switch of.Kind {
	case "node":
		return s.say("subject.node", "node", of.Type+" "+strconv.Itoa(of.I), "layer", strconv.Itoa(of.Layer+1), "model", of.Model)
	case "edge":
		return s.say("subject.edge", "relation", of.Relation, "source", strconv.Itoa(of.I), "target", strconv.Itoa(of.J), "layer", strconv.Itoa(of.Layer+1), "model", of.Model)
	case "cell":
		return s.say("subject.cell", "teacher", strconv.Itoa(of.I+1), "student", strconv.Itoa(of.J+1))
	case "loss":
		return s.say("subject.loss")
	case "param":
		return s.say("subject.param", "param", of.Param, "model", of.Model)
	}
	return of.String()
}
