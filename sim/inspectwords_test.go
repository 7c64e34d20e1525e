package sim

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"abkd/assets/messages"
)

// said has the English texts of the core's messages, as the page finds them.
var said = sync.OnceValue(func() (all []*regexp.Regexp) {
	texts, err := messages.English().Patterns("core.")
	if err != nil {
		panic(err)
	}
	argument := regexp.MustCompile(`\\\{\w+\\\}`)
	for _, text := range texts {
		all = append(all, regexp.MustCompile(`(?s)^`+argument.ReplaceAllString(regexp.QuoteMeta(text), `(.+?)`)+`$`))
	}
	return all
})

// isSaid reports whether the page has a message for a text of an inspection, or for
// each of its sentences.
func isSaid(text string) bool {
	is := func(s string) bool {
		return slices.ContainsFunc(said(), func(like *regexp.Regexp) bool { return like.MatchString(s) })
	}
	if is(text) {
		return true
	}
	ends := regexp.MustCompile(`\. [A-Z]`).FindAllStringIndex(text, -1)
	from := 0
	for _, end := range append(ends, []int{len(text) - 1, 0}) {
		if !is(text[from : end[0]+1]) {
			return false
		}
		from = end[0] + 2
	}
	return true
}

// TestCoreMessages finds what the page's messages say of the core in its
// source: a text that has changed there would be shown in English.
func TestCoreMessages(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{".", "inspect", "setup", "wire", "../kd"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					source.WriteString(text + "\n")
				}
				return true
			})
		}
	}
	texts, err := messages.English().Patterns("core.")
	if err != nil {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`%(\.\d+)?[a-z]`)
	all := verb.ReplaceAllString(source.String(), "\n")
	const enough = 15 // shorter ones are put together
	for key, text := range texts {
		pieces := regexp.MustCompile(`\{\w+\}`).Split(text, -1)
		longest := slices.MaxFunc(pieces, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		if len(longest) >= enough && !strings.Contains(all, strings.Trim(longest, " .:")) {
			t.Errorf("core.%s is %q, and nothing in the core says %q", key, text, longest)
		}
	}
}
