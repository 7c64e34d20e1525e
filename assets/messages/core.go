package messages

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A sentence is a message of the core's, as its English texts are told by it.
type sentence struct {
	rank    int  // what is looked for first: with a word of its own in front, places, others
	isPlace bool // says where a problem is, which is its last argument
	own     int  // bytes of its own
	like    *regexp.Regexp
}

// sentences are the English messages below core., in the order in which they
// are looked for.
var sentences = sync.OnceValue(func() (all []sentence) {
	texts, err := English().Patterns("core.")
	if err != nil {
		panic(err)
	}
	argument := regexp.MustCompile(`\\\{\w+\\\}`)
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		like := argument.ReplaceAllString(regexp.QuoteMeta(texts[key]), `(.+?)`)
		own := len(regexp.MustCompile(`\{\w+\}`).ReplaceAllString(texts[key], ""))
		s := sentence{0, strings.HasPrefix(key, "file.at"), own, regexp.MustCompile(`(?s)^` + like + `$`)}
		if strings.HasPrefix(texts[key], "{") {
			s.rank = map[bool]int{true: 1, false: 2}[s.isPlace]
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b sentence) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.own, a.own))
	})
	return all
})

// IsSaid reports whether the page has a message for an English text of the
// core's, or for each of its sentences, as site/web/src/texts/core.ts looks for
// them.
func IsSaid(text string) bool {
	if isSaid(text) {
		return true
	}
	ends := regexp.MustCompile(`\. [A-Z]`).FindAllStringIndex(text, -1)
	from := 0
	for _, end := range append(ends, []int{len(text) - 1, 0}) {
		if !isSaid(text[from : end[0]+1]) {
			return false
		}
		from = end[0] + 2
	}
	return true
}

func isSaid(text string) bool {
	return slices.ContainsFunc(sentences(), func(s sentence) bool {
		values := s.like.FindStringSubmatch(text)
		return values != nil && (!s.isPlace || isSaid(values[len(values)-1]))
	})
}
