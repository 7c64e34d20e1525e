package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"abkd/cmd/internal/cli"
)

// TestDocumentedCommands checks that the command lines in the documents are
// understood: bash expands them as a reader's would, with an abkd that only
// notes its arguments, and each must name a command and flags that there are.
func TestDocumentedCommands(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	n := 0
	for _, name := range []string{"README.md", "RESULTS.md", "assets/help/results.md"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range commandBlocks(string(text)) {
			for _, args := range expand(t, bash, block) {
				n++
				if err := understand(args); err != nil {
					t.Errorf("%s: abkd %q: %v", name, args, err)
				}
			}
		}
	}
	if n < 30 {
		t.Errorf("%d command lines, want those of the documents", n)
	}
}

var (
	fence   = regexp.MustCompile("(?ms)^```[a-z]*\n(.*?)^```")
	command = regexp.MustCompile(`(?m)^ *abkd +[a-z]+ +[^ ]`)
	row     = regexp.MustCompile(`(?m)^ *abkd +[^a-z-]`) // of a table of results
)

// commandBlocks returns the blocks of a document that are commands of abkd.
func commandBlocks(text string) (all []string) {
	found := blocks(fence.ReplaceAllString(text, ""))
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	for _, b := range found {
		if command.MatchString(b) && !row.MatchString(b) {
			all = append(all, b)
		}
	}
	return all
}

// expand returns the arguments of every call of abkd in a block. No other
// program is found.
func expand(t *testing.T, bash, block string) (calls [][]string) {
	t.Helper()
	script := "go() { :; }\nabkd() { printf '%s\\0' \"$@\"; printf '\\n\\0'; } >&9\n" + block
	cmd := exec.Command(bash, "-c", script)
	cmd.Dir, cmd.Env = t.TempDir(), []string{"PATH=/nowhere"}
	out, err := os.Create(filepath.Join(cmd.Dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	for range 6 { // so that the file is 9
		cmd.ExtraFiles = append(cmd.ExtraFiles, nil)
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, out)
	if err := cmd.Run(); err != nil && strings.Contains(stderr.String(), "syntax error") {
		t.Errorf("%v: %s in\n%s", err, stderr.String(), block)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	for call := range strings.SplitSeq(string(text), "\n\x00") {
		if call != "" {
			calls = append(calls, strings.Split(strings.TrimSuffix(call, "\x00"), "\x00"))
		}
	}
	return calls
}

// understand parses a command line and runs nothing.
func understand(args []string) error {
	for i, a := range args {
		switch a {
		case "N":
			args[i] = "1"
		case "...", "…":
			args = append(args[:i:i], args[i+1:]...)
		}
	}
	cmd, rest, err := newRoot().Find(args)
	if err != nil {
		return err
	}
	if cmd.Parent() == nil {
		return cli.UnknownCommand(cmd, args[0])
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
