package kd

import (
	"fmt"

	"abkd/gnn"
	"abkd/gnn/mat"
)

// A hidden says which layers a feature criterion compares: the last hidden
// layer of the teacher and that of the student, the ones before the logits.
type hidden struct {
	name             string
	teacher, student int // indices into Layers
	p, q             int // widths
}

// newHidden returns the last hidden layers of models of the given widths.
func newHidden(name string, teacher, student []int, config Config) (h hidden, err error) {
	h.name = name
	if h.teacher, err = lastHidden(name, "teacher", teacher, config.teacherApart); err != nil {
		return h, err
	}
	if h.student, err = lastHidden(name, "student", student, config.studentApart); err != nil {
		return h, err
	}
	h.p, h.q = teacher[h.teacher], student[h.student]
	return h, nil
}

// lastHidden returns the index of the last layer that is not the logits. If
// those are apart, it is the last layer.
func lastHidden(name, who string, widths []int, apart bool) (int, error) {
	if err := checkWidths(name, who, widths); err != nil {
		return 0, err
	}
	if apart {
		return len(widths) - 1, nil
	}
	if len(widths) < 2 {
		return 0, fmt.Errorf("kd: %s: the %s has 1 layer, the logits, want at least 2: there is no hidden layer to compare", name, who)
	}
	return len(widths) - 2, nil
}

func checkWidths(name, who string, widths []int) error {
	if len(widths) == 0 {
		return fmt.Errorf("kd: %s: the %s has no layers, want at least 1", name, who)
	}
	for l, w := range widths {
		if w < 1 {
			return fmt.Errorf("kd: %s: width of %s layer %d is %d, want at least 1", name, who, l, w)
		}
	}
	return nil
}

func checkDim(name, what string, dim int) error {
	if dim < 1 {
		return fmt.Errorf("kd: %s: %s is %d, want at least 1", name, what, dim)
	}
	return nil
}

// logitsApart reports whether the logits of m are not the last of its layers.
// The layers of a GCNII are its convolutions, all of them hidden; its logits
// are a linear function of the last.
func logitsApart(m gnn.Model) bool {
	k, _ := gnn.KindOf(m.Config().Kind) // a model of one's own has them among its layers
	return k.LogitsApart
}

// of returns the two layers of l. It panics if they have other shapes.
func (h hidden) of(l Layers) (teacher, student mat.Matrix) {
	if h.teacher >= len(l.Teacher) || h.student >= len(l.Student) {
		panic(fmt.Sprintf("kd: %s.Loss: %d teacher and %d student layers, want at least %d and %d", h.name, len(l.Teacher), len(l.Student), h.teacher+1, h.student+1))
	}
	teacher, student = l.Teacher[h.teacher], l.Student[h.student]
	if teacher.Cols != h.p || student.Cols != h.q || teacher.Rows != student.Rows {
		panic(fmt.Sprintf("kd: %s.Loss: last hidden layers are %v and %v, want n×%d and n×%d", h.name, teacher, student, h.p, h.q))
	}
	return teacher, student
}
