package abkd

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// Cited is what a citation file says of a piece of software or of what it
// refers to, by the Citation File Format 1.2.0.
type Cited struct {
	Type, Title, URL string
	Year             int
	License          string
	Authors          []struct {
		Name   string
		Given  string `yaml:"given-names"`
		Family string `yaml:"family-names"`
	}
}

// TestCitation checks that CITATION.cff has the fields that its format requires
// and no unknown one, and that it cites the paper as the page does.
func TestCitation(t *testing.T) {
	var file struct {
		Version    string `yaml:"cff-version"`
		Message    string
		Abstract   string
		Keywords   []string
		Cited      `yaml:",inline"`
		References []Cited
	}
	text, err := os.ReadFile("CITATION.cff")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if file.Version != "1.2.0" || file.Type != "software" || file.License != "Apache-2.0" || file.Message == "" || file.Title == "" || len(file.Authors) == 0 {
		t.Errorf("CITATION.cff lacks what its format requires: %+v", file)
	}
	if len(file.References) != 1 {
		t.Fatalf("it has %d references, want the paper of the method", len(file.References))
	}
	text, err = os.ReadFile("assets/glossary/sources.json")
	if err != nil {
		t.Fatal(err)
	}
	var sources map[string]struct {
		Authors, Title, URL string
		Year                int
	}
	if err := json.Unmarshal(text, &sources); err != nil {
		t.Fatal(err)
	}
	paper, shown := file.References[0], sources["abkd"]
	var names []string
	for _, a := range paper.Authors {
		names = append(names, a.Given+" "+a.Family)
	}
	if paper.Title != shown.Title || paper.Year != shown.Year || paper.URL != shown.URL || !slices.Equal(names, strings.Split(shown.Authors, ", ")) {
		t.Errorf("it cites %+v, the page %+v", paper, shown)
	}
}
