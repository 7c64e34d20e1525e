package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// comments returns what the Go files of a folder say of their types and of the
// fields of these, by "Type" and "Type.Field".
func comments(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				ofTypes(g, said)
			}
		}
	}
	return said, nil
}

func ofTypes(g *ast.GenDecl, said map[string]string) {
	for _, spec := range g.Specs {
		t := spec.(*ast.TypeSpec)
		said[t.Name.Name] = text(t.Doc, t.Comment, g.Doc)
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range s.Fields.List {
			for _, name := range f.Names {
				said[t.Name.Name+"."+name.Name] = text(f.Doc, f.Comment)
			}
		}
	}
}

// text is the first comment that is there.
func text(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			return strings.TrimSpace(g.Text())
		}
	}
	return ""
}
