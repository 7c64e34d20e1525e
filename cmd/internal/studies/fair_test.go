package studies

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// What "make fair" runs are eight studies of different graphs or splits, each with
// flags that the command has, in a folder of its own.
func TestStudiesOfMake(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make")
	}
	cmd := exec.Command("make", "-n", "fair", "DATA=/data", "JOBS=2")
	cmd.Dir = "../../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := regexp.MustCompile(`abkd study (--data .*);`).FindAllStringSubmatch(string(out), -1)
	if len(lines) != 8 {
		t.Fatalf("there are %d studies, want 8:\n%s", len(lines), out)
	}
	known := map[string]bool{}
	for _, line := range lines {
		study := NewStudy()
		if err := study.ParseFlags(strings.Fields(line[1])); err != nil {
			t.Errorf("%s: %v", line[1], err)
		}
		f := study.Flags()
		graph, folder := fmt.Sprint(f.Lookup("data").Value, f.Lookup("split").Value), f.Lookup("out").Value.String()
		if known[graph] || known[folder] || !strings.HasPrefix(graph, "/data/") || f.Lookup("jobs").Value.String() != "2" {
			t.Errorf("a study of a graph, or a folder, is there twice, or what was given is not taken: %s", line[1])
		}
		known[graph], known[folder] = true, true
	}
}
