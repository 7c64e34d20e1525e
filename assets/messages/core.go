package messages

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// A sentence is a message of the core's, as its English texts are told by it.
type sentence struct {
	message Message
	isPlace bool // says where a problem is, which is its last argument
	rank    int  // what is looked for first: with a word of its own in front, places, others
	own     int  // bytes of its own
}

// sentences are the English messages below core., in the order in which they
// are looked for.
var sentences = sync.OnceValue(func() (all []sentence) {
	for key, m := range English().Texts {
		if !strings.HasPrefix(key, "core.") {
			continue
		}
		s := sentence{message: m, isPlace: strings.HasPrefix(key, "core.file.at")}
		if m[0].Text == "" {
			s.rank = map[bool]int{true: 1, false: 2}[s.isPlace]
		}
		for _, p := range m {
			s.own += len(p.Text)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b sentence) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.own, a.own)) })
	return all
})

// IsSaid reports whether the page has a message for an English text of the
// core's, or for each of its sentences, as site/web/src/texts/core.ts looks for
// them.
func IsSaid(text string) bool {
	if isSaid(text) {
		return true
	}
	for at := 0; at+2 < len(text); at++ {
		if strings.HasPrefix(text[at:], ". ") && 'A' <= text[at+2] && text[at+2] <= 'Z' && isSaid(text[:at+1]) {
			return IsSaid(text[at+2:])
		}
	}
	return false
}

func isSaid(text string) bool {
	return slices.ContainsFunc(sentences(), func(s sentence) bool {
		last, ok := s.message.match(text)
		return ok && (!s.isPlace || isSaid(last))
	})
}

// match reports whether a text is m with something in place of each argument,
// each as short as can be, and returns what stands for one at the end.
func (m Message) match(text string) (last string, ok bool) {
	if len(m) == 0 {
		return "", text == ""
	}
	if m[0].Arg == "" {
		rest, ok := strings.CutPrefix(text, m[0].Text)
		if !ok {
			return "", false
		}
		return m[1:].match(rest)
	}
	for at := 1; at <= len(text); at++ {
		if last, ok := m[1:].match(text[at:]); ok {
			if len(m) == 1 {
				last = text[:at]
			}
			return last, true
		}
	}
	return "", false
}
