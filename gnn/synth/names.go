package synth

import (
	"strconv"
	"strings"
)

// Graphs of more papers than this have names for their classes only.
const namedUpTo = 5000

var (
	syllables  = strings.Fields("ka ro mi te lu sa vo ne di pa gu fe zo ri ta be no ky la su")
	given      = strings.Fields("Ada Bo Cara Dev Ela Finn Gita Hana Ivo Jun Kim Leo Mara Nils Oya Pia Qing Rui Sana Tom Una Vera Wim Xia Yara Zeno")
	adjectives = strings.Fields("sparse deep robust convex causal visual neural dynamic bounded private fair spectral modular latent")
	nouns      = strings.Fields("graphs kernels parsing search planning retrieval proofs caches ranking flows agents signals maps tables circuits words")
	topics     = strings.Fields("vision language graphs speech robotics planning theory databases networks security compilers hardware graphics music health chemistry")
	openings   = []string{"On", "Towards", "Rethinking", "Notes on", "Scaling", "Learning", "Limits of", "A study of"}
)

// spell returns n syllables for i, different ones for each i below 20^n.
func spell(i, n int) string {
	all := 1
	for range n {
		all *= len(syllables)
	}
	s := ""
	for i = (i*2741 + 6173) % all; n > 0; n-- { // 2741 is prime, so no two i meet
		s += syllables[i%len(syllables)]
		i /= len(syllables)
	}
	return s
}

// upper returns s, of a to z, in capitals. That of package strings knows all of
// Unicode, which a program that a browser loads has to bring with it.
func upper(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] -= 'a' - 'A'
	}
	return string(b)
}

func capital(s string) string { return upper(s[:1]) + s[1:] }

// field spells field of study i, each differently: the two lists make 112
// pairs, and numbers tell further rounds apart.
func field(i int) string {
	if i == 0 {
		return "computer science"
	}
	s := adjectives[i%len(adjectives)] + " " + nouns[i%len(nouns)]
	if round := i / 112; round > 0 {
		s += " " + strconv.Itoa(round+1)
	}
	return s
}

// topic spells class i, each differently: numbers tell further rounds apart.
func topic(i int) string {
	s := topics[i%len(topics)]
	if round := i / len(topics); round > 0 {
		s += " " + strconv.Itoa(round+1)
	}
	return s
}

// title spells paper i after the last of its fields.
func (m *maker) title(i int) string {
	rev := m.g.Relations[len(m.g.Relations)-1] // field_of_study, rev_has_topic, paper
	fields := rev.In.Row(i)
	return openings[i%len(openings)] + " " + field(int(fields[len(fields)-1])) + " (" + strconv.Itoa(int(m.year[i])) + ")"
}

// name gives the classes, and in a small graph the nodes, made-up names.
func (m *maker) name() {
	for k := range m.Classes {
		m.g.ClassNames = append(m.g.ClassNames, topic(k))
	}
	if m.Papers > namedUpTo {
		return
	}
	for t, called := range []func(int) string{
		m.title,
		func(i int) string { return given[i%len(given)] + " " + capital(spell(i, 3)) },
		func(i int) string { return "University of " + capital(spell(i+11, 3)) },
		field,
	} {
		names := make([]string, m.g.Types[t].Count)
		for i := range names {
			names[i] = called(i)
		}
		m.g.Types[t].Labels = names
	}
}
