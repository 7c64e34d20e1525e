package markdown

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"abkd/sim/course"
)

// A body is the text of a lesson below its front matter.
type body struct {
	*reading
	source []byte
	first  int    // its first line in the file
	part   string // that is being read, "" before the first
	names  []string
	items  [][]course.Inline // options of the guess
	wants  [][]course.Inline // demands of the exam
}

// takeBody reads the parts of the text.
func (r *reading) takeBody(source []byte, first int) {
	b := &body{reading: r, source: source, first: first}
	for _, v := range r.lesson.Values {
		b.names = append(b.names, v.Name)
	}
	r.lesson.Texts = map[string][]course.Block{}
	last := first
	for n := goldmark.DefaultParser().Parse(text.NewReader(source)).FirstChild(); n != nil; n = n.NextSibling() {
		last = b.line(n)
		b.take(n)
	}
	for _, part := range course.Parts {
		wanted := part != "see" && part != "change" || r.lesson.Change != nil
		if wanted && len(r.lesson.Texts[part]) == 0 {
			r.wrong(last, part, "there is no text under “## %s”", part)
		}
	}
	if len(b.items) != len(r.lesson.Guess) {
		r.wrong(last, "guess", "%d options are listed and the front matter has %d conditions, want one for each", len(b.items), len(r.lesson.Guess))
		return
	}
	for i, item := range b.items {
		r.lesson.Guess[i].Text = item
	}
	exam := r.lesson.Exam
	if exam == nil {
		return
	}
	if len(b.wants) != len(exam.Passes) {
		r.wrong(last, "reveal", "%d demands are listed and the front matter has %d, want one for each", len(b.wants), len(exam.Passes))
		return
	}
	for i, item := range b.wants {
		exam.Passes[i].Text = item
	}
}

// line returns the line in the file where a block begins.
func (b *body) line(n ast.Node) int {
	for at := n; at != nil; at = at.FirstChild() {
		if at.Type() == ast.TypeBlock && at.Lines().Len() > 0 {
			return b.first + bytes.Count(b.source[:at.Lines().At(0).Start], []byte("\n"))
		}
	}
	return b.first
}

// take reads one block.
func (b *body) take(n ast.Node) {
	if h, isHeading := n.(*ast.Heading); isHeading {
		name := strings.TrimSpace(plain(h, b.source))
		parts := slices.Concat(course.Parts, course.ForTeachers)
		if h.Level != 2 || !slices.Contains(parts, name) || len(b.lesson.Texts[name]) > 0 {
			b.wrong(b.line(n), "", "the heading is %.60q, want each of %s once, after ##", name, strings.Join(parts, ", "))
		}
		b.part = name
		return
	}
	if b.part == "" {
		b.wrong(b.line(n), "", "text stands before the first heading, want “## %s” above it", course.Parts[0])
		return
	}
	switch n := n.(type) {
	case *ast.Paragraph:
		b.add(course.Block{Text: b.inlines(n)})
	case *ast.List:
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			b.addItem(item)
		}
	default:
		b.wrong(b.line(n), b.part, "%s is not shown: want paragraphs and lists", strings.ToLower(n.Kind().String()))
	}
}

func (b *body) addItem(item ast.Node) {
	if item.ChildCount() != 1 || item.FirstChild().Type() != ast.TypeBlock || item.FirstChild().Kind() == ast.KindList {
		b.wrong(b.line(item), b.part, "an item of a list has more than a line of text")
		return
	}
	if inlines := b.inlines(item.FirstChild()); b.part == "guess" {
		b.items = append(b.items, inlines)
	} else if b.part == "reveal" && b.lesson.Exam != nil {
		b.wants = append(b.wants, inlines)
	} else {
		b.add(course.Block{IsItem: true, Text: inlines})
	}
}

func (b *body) add(block course.Block) {
	b.lesson.Texts[b.part] = append(b.lesson.Texts[b.part], block)
}

// inlines reads what a block says.
func (b *body) inlines(block ast.Node) (all []course.Inline) {
	for n := block.FirstChild(); n != nil; n = n.NextSibling() {
		x := course.Inline{Text: plain(n, b.source)}
		switch n := n.(type) {
		case *ast.Text, *ast.String:
		case *ast.Emphasis:
			x.Mark = []string{"em", "b"}[min(n.Level, 2)-1]
		case *ast.CodeSpan:
			x.Mark = "code"
		case *ast.Link:
			x.Mark, x.To = "a", string(n.Destination)
			if !strings.HasPrefix(x.To, "https://") && !strings.HasPrefix(x.To, "#") {
				b.wrong(b.line(block), b.part, "a link leads to %.60q, want https:// or a fragment of this page", x.To)
			}
		default:
			b.wrong(b.line(block), b.part, "%s is not shown: want emphasis, code and links", strings.ToLower(n.Kind().String()))
			continue
		}
		if x.Mark == "code" {
			all = append(all, x)
			continue
		}
		all = append(all, b.withValues(x, b.line(block))...)
	}
	return joined(all)
}

// withValues parts x at what stands in braces, which are names of values.
func (b *body) withValues(x course.Inline, line int) (all []course.Inline) {
	for rest := x.Text; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if before != "" {
			all = append(all, course.Inline{Text: before, Mark: x.Mark, To: x.To})
		}
		if !found {
			break
		}
		name, behind, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(b.names, name) {
			b.wrong(line, b.part, "{%.40s} is no value, want one of %s", name, strings.Join(b.names, ", "))
		}
		if slices.Contains([]string{"claim", "guess", "run"}, b.part) {
			b.wrong(line, b.part, "{%.40s} would tell the answer before it is guessed, want values in reveal, why, change and see alone", name)
		}
		all = append(all, course.Inline{Value: name, Mark: x.Mark, To: x.To})
		rest = behind
	}
	return all
}

// joined puts neighbours of one kind together.
func joined(all []course.Inline) (short []course.Inline) {
	for _, x := range all {
		if n := len(short); n > 0 && x.Value == "" && short[n-1].Value == "" && short[n-1].Mark == x.Mark && short[n-1].To == x.To {
			short[n-1].Text += x.Text
			continue
		}
		short = append(short, x)
	}
	return short
}

// plain returns the text in n without marks. The end of a line is a space, but
// none stands beside a Chinese character.
func plain(n ast.Node, source []byte) string {
	if t, isText := n.(*ast.Text); isText {
		said := string(util.UnescapePunctuations(t.Segment.Value(source)))
		if t.SoftLineBreak() && !endsHan(said) {
			said += " "
		}
		return said
	}
	if s, isString := n.(*ast.String); isString {
		return string(s.Value)
	}
	var all strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		all.WriteString(plain(c, source))
	}
	return all.String()
}

func endsHan(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return unicode.Is(unicode.Han, last) || last >= 0x3000 && last <= 0x303f || last >= 0xff00 && last <= 0xff60
}
