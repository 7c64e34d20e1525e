// Package markdown reads lessons as people write them: Markdown below a front
// matter in YAML, which says what runs and which guess is right. The template of
// cmd/internal/lessons has the form. Mistakes are named with file, line and
// field, all that there are.
package markdown

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"abkd/sim/course"
)

// A Mistake is in a line, counted from 1, of a file, and in a field of its front
// matter or a part of its text.
type Mistake struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Field string `json:"field"`
	Text  string `json:"text"`
}

func (m Mistake) String() string {
	if m.Field == "" {
		return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", m.File, m.Line, m.Field, m.Text)
}

// Mistakes are all of a file, in the order of its lines.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	if len(m) == 1 {
		return m[0].String()
	}
	return fmt.Sprintf("%s (and %d more)", m[0], len(m)-1)
}

// maxSize is how many bytes a lesson may have.
const maxSize = 1 << 18

// A reading is of one file.
type reading struct {
	file     string
	mistakes Mistakes
	lesson   course.Lesson
}

// Read reads the lesson in a file of that name. other returns the text of another
// file beside it, which a translation is of. Its error is of type Mistakes.
func Read(name string, text []byte, other func(name string) ([]byte, error)) (course.Lesson, error) {
	r := &reading{file: name}
	r.read(text, other)
	if len(r.mistakes) > 0 {
		slices.SortStableFunc(r.mistakes, func(a, b Mistake) int { return a.Line - b.Line })
		return course.Lesson{}, r.mistakes
	}
	return r.lesson, nil
}

// wrong notes a mistake.
func (r *reading) wrong(line int, field, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{r.file, line, field, fmt.Sprintf(format, args...)})
}

func (r *reading) read(text []byte, other func(name string) ([]byte, error)) {
	if len(text) > maxSize {
		r.wrong(1, "", "the file has %d bytes, want at most %d", len(text), maxSize)
		return
	}
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	rest, begins := bytes.CutPrefix(text, []byte("---\n"))
	front, body, ends := bytes.Cut(rest, []byte("\n---\n"))
	if !begins || !ends {
		r.wrong(1, "", "there is no front matter: want a line ---, fields such as “lesson: depth”, and a line ---; “abkd lesson new” writes one")
		return
	}
	first := 2 + bytes.Count(front, []byte("\n")) + 2 // the first line of the body
	f := r.parseFront(append(slices.Clone(front), '\n'))
	if f == nil {
		return
	}
	if f.Translates != "" {
		r.translate(f, other)
	} else {
		r.take(f)
	}
	if r.lesson.ID != "" {
		r.takeBody(body, first)
	}
}

// translate takes over of the lesson that this one translates all but its words.
func (r *reading) translate(f *front, other func(name string) ([]byte, error)) {
	line := f.line("$.translates")
	if strings.ContainsAny(f.Translates, `/\`) {
		r.wrong(line, "translates", "%.60q, want the name of a file beside this one", f.Translates)
		return
	}
	text, err := other(f.Translates)
	if err != nil {
		r.wrong(line, "translates", "%s cannot be read: %v", f.Translates, err)
		return
	}
	of, err := Read(f.Translates, text, func(string) ([]byte, error) {
		return nil, fmt.Errorf("%s is a translation itself", f.Translates)
	})
	if err != nil {
		r.wrong(line, "translates", "%v", err)
		return
	}
	r.lesson = of
	r.lesson.Language, r.lesson.Title = f.Language, f.Title
	r.lesson.Guess = slices.Clone(of.Guess)
	if of.Exam != nil {
		r.lesson.Exam = &course.Exam{Free: of.Exam.Free, Passes: slices.Clone(of.Exam.Passes)}
	}
	r.checkWords(f)
}
