package ostest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Display starts an X server with one screen of 2560 x 1600 pixels, and returns its
// name for DISPLAY and its process. It ends with the test, which is skipped where
// there is no Xvfb.
func Display(t *testing.T, args ...string) (name string, server *os.Process) {
	t.Helper()
	program, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("there is no Xvfb")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command(program, append([]string{"-displayfd", "3", "-noreset", "-nolisten", "tcp", "-screen", "0", "2560x1600x24"}, args...)...)
	cmd.ExtraFiles = []*os.File{write}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("the X server has not begun: %v", err)
	}
	return ":" + strings.TrimSpace(number), cmd.Process
}
