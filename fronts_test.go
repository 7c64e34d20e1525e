package abkd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFronts finds every test that README.md names for a feature of a front.
func TestFronts(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "### What each front has")
	table, _, found := strings.Cut(table, "\n## ")
	rows := regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`).FindAllStringSubmatch(table, -1)
	if !found || len(rows) < 15 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	var window string
	files, _ := filepath.Glob("cmd/internal/window/*_test.go")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		window += string(b)
	}
	for _, row := range rows[1:] { // without the line below the head
		for _, name := range row[2:] {
			isThere := name == "no" || name == "as the page" || strings.Contains(window, "func "+name+"(t *testing.T)")
			if strings.HasSuffix(name, ".mjs") {
				_, err := os.Stat(filepath.Join("site/web/test", name))
				isThere = err == nil
			}
			if !isThere {
				t.Errorf("%s: there is no test %s", row[1], name)
			}
		}
	}
}
