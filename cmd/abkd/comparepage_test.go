package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompareText checks the table for people, and that it is the one kept, but
// for the line that says where.
func TestCompareText(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	r := abkd(t, with(small, "--out", dir)...).ok(t)
	for _, w := range []string{"gcn on karate", "seeds 1 to 3", "teacher 3x8", "abkd + kd", "2x6", "±", "p (t)", "Wilcoxon"} {
		if !strings.Contains(r.stdout, w) {
			t.Errorf("stdout is\n%s\nwant %q in it", r.stdout, w)
		}
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "table.txt")); err != nil || string(kept)+"figures in "+filepath.Join(dir, "report.html")+", numbers in rows.csv and result.json beside it\n" != r.stdout {
		t.Errorf("table.txt is\n%s\n(%v), want what was printed, which is\n%s", kept, err, r.stdout)
	}
	for _, line := range strings.Split(r.stderr, "\n") {
		if line != "" && !strings.HasPrefix(line, "comparing") && !strings.HasPrefix(line, "measuring") && !strings.HasPrefix(line, "note: ") {
			t.Errorf("stderr has %q, want nothing but progress and notes", line)
		}
	}
}

// TestComparePage opens the report in a browser.
func TestComparePage(t *testing.T) {
	web, err := filepath.Abs("../../site/web")
	if err != nil {
		t.Fatal(err)
	}
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		chromium = "/usr/bin/chromium"
	}
	for _, needed := range []string{chromium, filepath.Join(web, "node_modules/playwright-core"), filepath.Join(web, "node_modules/axe-core")} {
		if _, err := os.Stat(needed); err != nil {
			t.Skipf("the report cannot be opened in a browser: %v", err)
		}
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("the report cannot be opened in a browser: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "out")
	abkd(t, with(small, "--out", dir, "--variant", `<b>"heads"</b>:criterion=abkd&head=batchnorm`)...).fails(t, "want no comma, quote")
	abkd(t, with(small, "--out", dir, "--variant", `<b>heads</b>:criterion=abkd&head=batchnorm`)...).ok(t)
	tunedDir := filepath.Join(t.TempDir(), "out")
	abkd(t, "compare", "--data", "karate", "--tuned", filepath.Join(tune(t), "tuned.json"), "--seeds", "2", "--out", tunedDir).ok(t)
	for _, dir := range []string{dir, tunedDir} {
		openPage(t, node, dir, web, chromium)
	}
}

// openPage runs the browser's tests on the report in dir.
func openPage(t *testing.T, node, dir, web, chromium string) {
	t.Helper()
	cmd := exec.Command(node, "--test", "testdata/report.mjs")
	cmd.Env = append(os.Environ(), "REPORT="+dir, "WEB="+web, "CHROMIUM="+chromium)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(out)
	if err := cmd.Wait(); err != nil || !bytes.Contains(said, []byte("pass 6")) {
		t.Errorf("the browser: %v\n%s", err, said)
	}
}
