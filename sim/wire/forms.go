package wire

// Commands and Edits are a value of each type that there is, for whoever has to
// know them all: the verb is the first word of its text, and its fields are the
// others, in their order.
var (
	Commands = []Command{
		Play{}, Pause{}, Step{}, Reset{}, Undo{}, Speed{}, Focus{}, Begin{}, Extend{}, Rewind{}, Alter{}, Schedule{}, Inspect{}, Show{}, Find{}, Name{},
	}
	Edits = []Edit{Pin{}, SetWeight{}, Drop{}, Restore{}, Cut{}, Mend{}, Mislabel{}, Freeze{}}
)

// A SubjectForm says which fields a Subject of a kind has, in the order of its
// text.
type SubjectForm struct {
	Kind   string
	Fields []string
}

// Subjects are the forms of all kinds.
var Subjects = []SubjectForm{
	{"node", []string{"Model", "Layer", "Type", "I"}},
	{"edge", []string{"Model", "Layer", "Relation", "I", "J"}},
	{"cell", []string{"I", "J"}},
	{"loss", nil},
	{"param", []string{"Model", "Param"}},
	{"none", nil},
}
