package kd

import (
	"fmt"
	"math/rand/v2"

	"abkd/gnn"
)

// Names lists the criteria that New makes, in the order in which they are
// shown.
var Names = []string{"none", "kd", "fitnet", "at", "lsp", "gsp", "gcrd", "abkd", "stride", "spread"}

// Kernels returns the names that Config.Kernel may have; the first is the
// default.
func Kernels() (names []string) {
	for _, k := range similarities {
		names = append(names, string(k))
	}
	return names
}

// Config holds what the criteria can be set to. The zero value is the
// default of each, given in parentheses.
type Config struct {
	ABKD     ABKDConfig // of abkd and stride
	HeadDim  int        // fitnet, gcrd: width of the heads (128)
	Kernel   string     // lsp, gsp: the similarity, one of Kernels ("rbf")
	Tau      float64    // gcrd, stride: temperature of the contrast (0.075, 0.5)
	MaxNodes int        // gsp, gcrd, stride: of how many nodes all pairs are compared, drawn anew in each Loss (0: no cap); see OfficialMaxNodes

	// Set by Between: the logits are not among the layers.
	teacherApart, studentApart bool
	classes                    int
}

// Between returns the criterion of that name between the layers of two
// models. Unlike New it knows which of them are logits: fitnet, at, lsp, gsp
// and gcrd compare the last hidden layers, which are the last but one, and
// of a GCNII, whose logits are apart, the last; spread looks at all hidden ones.
func Between(name string, teacher, student gnn.Model, config Config, rng *rand.Rand) (Criterion, error) {
	config.teacherApart, config.studentApart = logitsApart(teacher), logitsApart(student)
	config.classes = student.Graph().Classes
	c, err := New(name, teacher.Widths(), student.Widths(), config, rng)
	if err != nil {
		return nil, err
	}
	if _, err := edgesFor(c, student); err != nil {
		return nil, err
	}
	return c, nil
}

// New returns the criterion of that name between layers of the given widths,
// of which the last are the logits; see Between for models with others. It
// is nil for "none" and for "kd", whose term every Distiller has: see
// Settings.Alpha. The parameters are drawn from rng, and so are the nodes if
// there is a cap: rng is the criterion's own then.
func New(name string, teacher, student []int, config Config, rng *rand.Rand) (Criterion, error) {
	config.ABKD.teacherApart, config.ABKD.studentApart, config.ABKD.classes = config.teacherApart, config.studentApart, config.classes
	switch name {
	case "none", "kd":
		return nil, nil
	case "fitnet":
		return made(NewFitNet(teacher, student, config, rng))
	case "at":
		return made(NewAT(teacher, student, config))
	case "lsp":
		return made(NewLSP(teacher, student, config))
	case "gsp":
		return made(NewGSP(teacher, student, config, rng))
	case "gcrd":
		return made(NewGCRD(teacher, student, config, rng))
	case "abkd":
		return made(NewABKD(teacher, student, config.ABKD, rng))
	case "stride":
		return made(NewSTRIDE(teacher, student, config, rng))
	case "spread":
		return made(NewSpread(student, config))
	}
	return nil, fmt.Errorf("kd: criterion is %q, want one of %q", name, Names)
}

// made returns c, or a nil Criterion, not a nil C in one that is not nil, if
// there is an error.
func made[C Criterion](c C, err error) (Criterion, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}
