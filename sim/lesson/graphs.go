package lesson

// A Graph is what is told of a data set before anything else.
type Graph struct {
	Data string // its name, as the setting data has it
	What string // what it is, in one sentence
	Asks string // what models guess of each of its labelled nodes
}

var graphs = []Graph{
	{"debian-mini", "Packages of Debian 12 and what they depend on, with their maintainers, tags and homes.", "Which section does this package belong to?"},
	{"mag-mini", "A generated graph of papers, authors, institutions and fields.", "Which venue is this paper from?"},
	{"karate", "The 34 members of a karate club and their friendships.", "Which of four groups is this member in?"},
}

// Graphs returns what is told of the data sets that come with the page. They
// must not be changed.
func Graphs() []Graph { return graphs }
