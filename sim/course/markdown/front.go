package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"abkd/sim/course"
	"abkd/sim/lesson"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// A front is the front matter of a lesson.
type front struct {
	Lesson     string        `yaml:"lesson"`
	Language   string        `yaml:"language"`
	Title      string        `yaml:"title"`
	Translates string        `yaml:"translates"`
	Sitting    int           `yaml:"sitting"`
	Place      int           `yaml:"place"`
	Minutes    int           `yaml:"minutes"`
	Scene      string        `yaml:"scene"`
	Seed       int           `yaml:"seed"`
	Speed      *float64      `yaml:"speed"`
	Runs       []frontRun    `yaml:"runs"`
	Values     yaml.MapSlice `yaml:"values"`
	Guess      []string      `yaml:"guess"`
	Claims     []string      `yaml:"claims"`
	Change     *frontRun     `yaml:"change"`
	Exam       *frontExam    `yaml:"exam"`

	file *ast.File
}

type frontRun struct {
	Name     string   `yaml:"name"`
	Begin    string   `yaml:"begin"`
	Plus     int      `yaml:"plus"`
	Commands []string `yaml:"commands"`
	Until    *int     `yaml:"until"`
}

// defaultSpeed lets a run of some hundred epochs be seen and not waited for.
const defaultSpeed = 30

// maxRuns bounds what a lesson makes a browser do.
const maxRuns = 24

// parseFront reads YAML; nil if it is none.
func (r *reading) parseFront(text []byte) *front {
	f := &front{}
	err := yaml.UnmarshalWithOptions(text, f, yaml.Strict())
	if err == nil {
		f.file, err = parser.ParseBytes(text, 0)
	}
	if err == nil {
		return f
	}
	line, said := 2, err.Error()
	if at, ok := err.(yaml.Error); ok {
		said = at.GetMessage()
		if token := at.GetToken(); token != nil {
			line = token.Position.Line + 1
		}
	}
	field := ""
	if m := unknownField.FindStringSubmatch(said); m != nil {
		field, said = m[1], "there is no such field; “abkd lesson new” writes all that there are"
	}
	r.wrong(line, field, "%s", said)
	return nil
}

var unknownField = regexp.MustCompile(`unknown field "(.*)"`)

// line returns the line in the file of a path of YAML, that of the front matter
// for one that is not there.
func (f *front) line(path string) int {
	p, err := yaml.PathString(path)
	if err != nil {
		return 1
	}
	node, err := p.FilterFile(f.file)
	if err != nil || node == nil || node.GetToken() == nil {
		return 1
	}
	return node.GetToken().Position.Line + 1
}

var (
	word = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	tag  = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)
)

// take checks the front matter of a lesson, and makes the lesson of it.
func (r *reading) take(f *front) {
	if !word.MatchString(f.Lesson) {
		r.wrong(f.line("$.lesson"), "lesson", "%.60q, want a word in lower case that names it in links", f.Lesson)
	}
	l := &r.lesson
	*l = course.Lesson{
		ID: f.Lesson, Language: f.Language, Title: f.Title, Sitting: f.Sitting, Place: f.Place, Minutes: f.Minutes, Seed: f.Seed, Speed: defaultSpeed,
		Runs: []course.Run{}, Values: []course.Value{}, Guess: []course.Option{}, Holds: []course.Claim{},
	}
	r.checkWords(f)
	for field, n := range map[string]int{"sitting": f.Sitting, "place": f.Place, "minutes": f.Minutes, "seed": f.Seed} {
		if n < 0 || n > 1<<20 {
			r.wrong(f.line("$."+field), field, "%d, want a whole number from 0", n)
		}
	}
	if f.Speed != nil {
		if l.Speed = *f.Speed; l.Speed < 0 || l.Speed > wire.MaxSpeed {
			r.wrong(f.line("$.speed"), "speed", "%g, want epochs per second, 0 for as fast as it can", l.Speed)
		}
	}
	r.takeScene(f)
	r.takeRuns(f)
	r.takeValues(f)
	r.takeConditions(f)
	r.takeExam(f)
	l.Shows = course.Shows(l.Values)
}

// checkWords looks at what a translation has of its own.
func (r *reading) checkWords(f *front) {
	if !tag.MatchString(f.Language) {
		r.wrong(f.line("$.language"), "language", "%.60q, want a tag such as en or zh-Hans", f.Language)
	}
	if strings.TrimSpace(f.Title) == "" {
		r.wrong(f.line("$.title"), "title", "there is none")
	}
}

// takeScene reads a scene, and perhaps which step of it.
func (r *reading) takeScene(f *front) {
	id, text, numbered := strings.Cut(f.Scene, " ")
	all := lesson.Scenes()
	i := slices.IndexFunc(all, func(s lesson.Scene) bool { return s.ID == id })
	if i < 0 {
		var ids []string
		for _, s := range all {
			ids = append(ids, s.ID)
		}
		r.wrong(f.line("$.scene"), "scene", "%.60q, want one of %s", id, strings.Join(ids, ", "))
		return
	}
	r.lesson.Scene, r.lesson.Step = id, len(all[i].Steps)-1
	if k := slices.IndexFunc(all[i].Steps, func(s lesson.Step) bool { return s.Kind == "reveal" }); k >= 0 {
		r.lesson.Step = k
	}
	if numbered {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > len(all[i].Steps) {
			r.wrong(f.line("$.scene"), "scene", "step %.20q of %s, want 1 to %d", text, id, len(all[i].Steps))
			return
		}
		r.lesson.Step = n - 1
	}
}

func (r *reading) takeRuns(f *front) {
	if len(f.Runs) == 0 || len(f.Runs) > maxRuns {
		r.wrong(f.line("$.runs"), "runs", "there are %d, want 1 to %d", len(f.Runs), maxRuns)
	}
	known := map[string]bool{}
	for i, run := range f.Runs {
		r.lesson.Runs = append(r.lesson.Runs, r.takeRun(f, fmt.Sprintf("runs[%d]", i), run, known))
	}
	if f.Change != nil {
		change := r.takeRun(f, "change", *f.Change, known)
		r.lesson.Change = &change
	}
}

// takeRun checks the run in a field; known has the names of those before.
func (r *reading) takeRun(f *front, field string, run frontRun, known map[string]bool) course.Run {
	made := course.Run{Name: run.Name, Begin: run.Begin, Plus: run.Plus, Commands: []string{}, Until: course.End}
	wrong := func(part, format string, args ...any) {
		r.wrong(f.line("$."+field+"."+part), field+"."+part, format, args...)
	}
	if !word.MatchString(run.Name) || known[run.Name] {
		wrong("name", "%.60q, want a word in lower case that no other run has", run.Name)
	}
	known[run.Name] = true
	e, err := setup.ParseExperiment(run.Begin)
	if err == nil {
		err = e.Check()
	}
	switch {
	case err != nil:
		wrong("begin", "%s", strings.TrimPrefix(err.Error(), "sim: "))
	case strings.Contains("&"+run.Begin, "&seed="):
		wrong("begin", "it has a seed, want none: that of the lesson is used, and plus is added to it")
	case e.Data == setup.PackData:
		wrong("begin", "it is on a graph of one's own, want one that every page has")
	}
	if run.Plus < 0 || run.Plus > 1000 {
		wrong("plus", "%d, want 0 to 1000", run.Plus)
	}
	for i, text := range run.Commands {
		c, err := wire.ParseCommand(text)
		if err == nil && !isOfLesson(c) {
			err = fmt.Errorf("%.40q is the player's to say, want change, plan, focus or inspect", text)
		}
		if err != nil {
			wrong(fmt.Sprintf("commands[%d]", i), "%s", strings.TrimPrefix(err.Error(), "wire: "))
		}
		made.Commands = append(made.Commands, text)
	}
	if run.Until != nil {
		if made.Until = *run.Until; made.Until < 0 || made.Until > 100000 {
			wrong("until", "%d, want an epoch, or leave it out for the end", made.Until)
		}
	}
	return made
}

// isOfLesson reports whether a lesson may say c.
func isOfLesson(c wire.Command) bool {
	switch c.(type) {
	case wire.Alter, wire.Schedule, wire.Focus, wire.Inspect:
		return true
	}
	return false
}

func (r *reading) takeValues(f *front) {
	var runs []string
	for _, run := range r.lesson.RunsOf() {
		runs = append(runs, run.Name)
	}
	for _, item := range f.Values {
		name, text := fmt.Sprint(item.Key), fmt.Sprint(item.Value)
		var v course.Value
		var err error
		if sum, isSum := strings.CutPrefix(text, "= "); isSum {
			v, err = course.ParseSum(name, sum, r.lesson.Values)
		} else {
			v, err = course.ParseValue(name, text, runs)
		}
		if err == nil && !word.MatchString(name) {
			err = fmt.Errorf("the name is %.60q, want a word in lower case", name)
		}
		if err != nil {
			r.wrong(f.line("$.values."+name), "values."+name, "%v", err)
		}
		r.lesson.Values = append(r.lesson.Values, v)
	}
}

func (r *reading) takeConditions(f *front) {
	parse := func(field string, i int, text string) course.Condition {
		return r.condition(f, fmt.Sprintf("%s[%d]", field, i), text)
	}
	if len(f.Guess) < 2 {
		r.wrong(f.line("$.guess"), "guess", "there are %d conditions, want 2 or more, one for each option", len(f.Guess))
	}
	for i, text := range f.Guess {
		r.lesson.Guess = append(r.lesson.Guess, course.Option{When: parse("guess", i, text)})
	}
	if len(f.Claims) == 0 {
		r.wrong(f.line("$.claims"), "claims", "there are none, want a condition for each thing that the lesson says of its runs")
	}
	for i, text := range f.Claims {
		r.lesson.Holds = append(r.lesson.Holds, course.Claim{Text: text, That: parse("claims", i, text)})
	}
}

// condition reads one in a field.
func (r *reading) condition(f *front, field, text string) course.Condition {
	var names []string
	for _, v := range r.lesson.Values {
		names = append(names, v.Name)
	}
	c, err := course.ParseCondition(text, names)
	if err != nil {
		r.wrong(f.line("$."+field), field, "%v", err)
	}
	return c
}
