package opening

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"abkd/assets/messages"
)

// speaking are the packages whose sentences the page shows when a file of the
// user's is opened, a graph or a lesson.
var speaking = []string{
	"../../gnn/graph/table", "../../gnn/graph/table/csv", "../../gnn/graph/table/debian", "../../gnn/graph/table/graphxml", "../../gnn/graph/table/jsongraph",
	"../../gnn/graph/table/matrixmarket", "../../gnn/graph/table/numpy", "../../gnn/graph/formats", "../../gnn/filetype", "../limits", "../../wasm/reader", ".",
	"../../gnn/graph/packread.go", "../../gnn/graph/validate.go", "../../gnn/graph/splitname.go", "../../gnn/graph/feature.go",
	"../course/markdown", "../course/condition.go",
	"../../gnn/safetensors/safetensors.go", "../../gnn/safetensors/header.go", "../../gnn/checkpoint.go",
}

// kept is what is no sentence about a file: what an origin says, what columns
// are read as, what the command line alone shows, and what is searched for.
var kept = regexp.MustCompile(`drawn from seed|edges within a type as listed|of the kind or others|more problem|unexpected EOF|^Debian |git-lfs|doctype|unnamed|^type of the|^identifier of the|^direction of the|name each file once|^unknown field|read to its end|product of shape|no tensor is named|65504 for F16`)

// Every sentence about a file is a message: each piece of more than a word or
// two between what is put into it stands in one.
func TestSentences(t *testing.T) {
	texts, err := messages.English().Patterns("core.")
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, text := range texts {
		said.WriteString(text + "\n")
	}
	verb := regexp.MustCompile(`%[.#\d]*[a-z]`)
	found := 0
	for place, text := range literals(t, speaking) {
		if kept.MatchString(text) {
			continue
		}
		for _, piece := range verb.Split(strings.NewReplacer("%%", "%", ", line 1: ", "").Replace(text), -1) {
			piece = strings.Trim(piece, " ,:;.()“”\n")
			if strings.Count(piece, " ") < 2 {
				continue
			}
			if found++; !strings.Contains(said.String(), piece) {
				t.Errorf("%s says %q, which no message below core.file. says", place, piece)
			}
		}
	}
	if found < 200 {
		t.Errorf("%d pieces of sentences were found, want some hundred", found)
	}
}

// literals are the texts in the source of packages or files, by their places.
func literals(t *testing.T, places []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, place := range places {
		names := []string{place}
		if filepath.Ext(place) != ".go" {
			names, _ = filepath.Glob(filepath.Join(place, "*.go")) // the pattern is a plain one
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value) // the parser has read it
					all[set.Position(lit.Pos()).String()] = text
				}
				return true
			})
		}
	}
	return all
}
