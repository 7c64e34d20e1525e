package markdown

import (
	"fmt"
	"slices"

	"abkd/sim/course"
	"abkd/sim/setup"
)

// A frontExam is the exam in a front matter.
type frontExam struct {
	Free   []string `yaml:"free"`
	Passes []string `yaml:"passes"`
}

// takeExam checks the exam of a lesson, if it sets one.
func (r *reading) takeExam(f *front) {
	if f.Exam == nil {
		return
	}
	e := &course.Exam{Free: f.Exam.Free}
	if len(e.Free) == 0 {
		r.wrong(f.line("$.exam"), "exam.free", "there are none, want the settings that the reader chooses")
	}
	for i, key := range e.Free {
		at := fmt.Sprintf("exam.free[%d]", i)
		isShown := slices.ContainsFunc(setup.Shown(), func(c setup.Control) bool { return c.Key == key })
		if !isShown || key == "data" || key == "seed" || slices.Contains(e.Free[:i], key) {
			r.wrong(f.line("$."+at), at, "%.40q, want the name of a setting of the page, each once, and neither data nor seed", key)
		}
	}
	if len(f.Exam.Passes) == 0 {
		r.wrong(f.line("$.exam"), "exam.passes", "there are none, want a condition for each thing that is demanded")
	}
	for i, text := range f.Exam.Passes {
		e.Passes = append(e.Passes, course.Option{When: r.condition(f, fmt.Sprintf("exam.passes[%d]", i), text)})
	}
	for i, run := range r.lesson.Runs {
		if len(run.Commands) > 0 {
			at := fmt.Sprintf("runs[%d].commands", i)
			r.wrong(f.line("$."+at), at, "an exam is scored by settings alone, want none")
		}
	}
	r.lesson.Exam = e
}
