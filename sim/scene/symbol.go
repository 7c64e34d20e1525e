package scene

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A symbol is how the nodes of a type look. In a graph of up to twelve types no
// two have the same form, letter or colour.
type symbol struct {
	kind   Kind
	letter string
	tint   int // index into palette.node
}

// looks are forms with their colours. The first four are those of the academic
// graph, which other types get when no others are left.
var looks = [...]Kind{Circle, Triangle, Square, Diamond, Hexagon, Down, Pentagon, Plus, Star, Wide, Saltire, Slant}

const academic = 4

// academicLook returns the look of a type of the academic graph, -1 for others.
func academicLook(typ string) int {
	switch typ {
	case "paper":
		return 0
	case "author":
		return 1
	case "institution":
		return 2
	case "field", "field_of_study":
		return 3
	}
	return -1
}

// symbols returns the symbols of types, of which target has the labels: those of
// the academic graph as ever, the others in their order the next free look. The
// letter is the first free one of the beginnings of the name's words, then of
// all its letters, then of the digits; the target chooses before the others.
func symbols(types []string, target int) []symbol {
	all := make([]symbol, len(types))
	taken := map[int]int{} // how many types have a look
	for i, typ := range types {
		if look := academicLook(typ); look >= 0 {
			taken[look]++
			all[i] = symbol{looks[look], letter(typ, nil), look}
		}
	}
	letters := map[string]bool{}
	for _, s := range all {
		letters[s.letter] = true
	}
	if target >= 0 && target < len(types) && academicLook(types[target]) < 0 {
		all[target].letter = letter(types[target], letters)
		letters[all[target].letter] = true
	}
	for i, typ := range types {
		if academicLook(typ) >= 0 {
			continue
		}
		look := academic
		for k := range looks { // of those that fewest have, the first from there
			if at := (academic + k) % len(looks); taken[at] < taken[look] {
				look = at
			}
		}
		taken[look]++
		all[i].kind, all[i].tint = looks[look], look
		if i != target {
			all[i].letter = letter(typ, letters)
			letters[all[i].letter] = true
		}
	}
	return all
}

// letter returns the letter of a type that is not among those taken; the first
// one if all are.
func letter(name string, taken map[string]bool) string {
	var all []string
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		for _, r := range word {
			all = append(all, upper(r))
			break
		}
	}
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			all = append(all, upper(r))
		}
	}
	if len(all) == 0 {
		all = []string{"?"}
	}
	first := all[0]
	for digit := range 10 {
		all = append(all, strconv.Itoa(digit))
	}
	for _, l := range all {
		if !taken[l] {
			return l
		}
	}
	return first
}

// upper returns r as a string, in upper case if it is a letter of English: the
// fonts have no others for sure.
func upper(r rune) string {
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	return string(r)
}

// unknown is the look of a type that is not there.
var unknown = symbol{Hexagon, "?", academic}

// symbol returns how the nodes of a type look. A picture keeps the symbols, so
// that a frame of the same graph makes none.
func (b *builder) symbol(typ int) symbol {
	types, target := b.s.Graph.Types, b.s.Graph.Target
	if target != b.symbolsTarget || !slices.Equal(b.symbolsOf, types) {
		b.symbolsOf, b.symbolsTarget, b.symbols = slices.Clone(types), target, symbols(types, target)
	}
	if typ < 0 || typ >= len(types) {
		return unknown
	}
	return b.symbols[typ]
}

// symbolAt returns how a node looks.
func (b *builder) symbolAt(node int) symbol { return b.symbol(b.s.Graph.Nodes[node].Type) }

// style returns colour and pattern of a relation: 24 have one each of their
// own. A relation and its reverse share them.
func (b *builder) style(rel int) (tint int, d Dash) {
	rs := b.s.Graph.Relations
	if rel < 0 || rel >= len(rs) {
		return 0, Solid
	}
	name, n := strings.TrimPrefix(rs[rel].Name, "rev_"), 0
	for i := range rs {
		if rs[i].Name == name {
			break
		}
		if !strings.HasPrefix(rs[i].Name, "rev_") {
			n++
		}
	}
	return n % len(b.p.relation), Dash((n + n/12) % 4) // after 12 both begin anew
}
