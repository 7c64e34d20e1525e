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
	"testing"

	"abkd/assets/messages"
)

// TestCoreMessages finds what the page's messages say of the core in its
// source: a text that has changed there would be shown in English.
func TestCoreMessages(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{".", "inspect", "setup", "wire", "../kd", "opening", "limits", "origin", "../gnn/graph", "../gnn/graph/table", "../gnn/graph/table/*", "../gnn/graph/formats", "../gnn/filetype", "../wasm/reader", "../gnn", "../gnn/safetensors", "../gnn/file", "../site/desk", "study", "study/store", "memory", "course", "course/*"} {
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
	all := verb.ReplaceAllString(strings.ReplaceAll(source.String(), "%%", "%"), "\n")
	const enough = 15 // shorter ones are put together
	// partOf reports whether the core says a part of a text, the rest of which it puts beside.
	partOf := func(text string) bool {
		return slices.ContainsFunc(strings.Split(all, "\n"), func(piece string) bool {
			piece = strings.Trim(piece, " .:")
			return strings.Count(piece, " ") > 1 && strings.Contains(text, piece)
		})
	}
	for key, text := range texts {
		pieces := regexp.MustCompile(`\{\w+\}`).Split(text, -1)
		longest := slices.MaxFunc(pieces, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		if len(longest) >= enough && !strings.Contains(all, strings.Trim(longest, " .:")) && !partOf(text) {
			t.Errorf("core.%s is %q, and nothing in the core says %q", key, text, longest)
		}
	}
}
