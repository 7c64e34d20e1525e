//go:build !js

package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed peer.py
var peerScript string

// A torch is PyTorch in a child process that is told a work and how often to
// do it, see peer.py.
type torch struct {
	version string
	value   float64 // what the last repeat of the last run has given

	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors strings.Builder
}

// startTorch returns PyTorch on that many threads, or why there is none. A
// build that takes its products from OpenBLAS heeds only the environment.
func startTorch(python string, threads int) (*torch, string) {
	t := &torch{cmd: exec.Command(python, "-c", peerScript, strconv.Itoa(threads))}
	for _, name := range []string{"OMP", "OPENBLAS", "MKL"} {
		t.cmd.Env = append(t.cmd.Environ(), name+"_NUM_THREADS="+strconv.Itoa(threads))
	}
	t.cmd.Stderr = &t.errors
	in, err := t.cmd.StdinPipe()
	if err != nil {
		return nil, err.Error()
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err.Error()
	}
	t.in, t.out = in, bufio.NewReader(out)
	if err := t.cmd.Start(); err != nil {
		return nil, err.Error()
	}
	if t.version, err = t.line(); err != nil {
		t.close()
		return nil, err.Error() + "; apt-get install python3-torch installs it"
	}
	return t, ""
}

func (t *torch) close() {
	t.in.Close()
	t.cmd.Wait()
}

// line reads a line of the child's.
func (t *torch) line() (string, error) {
	s, err := t.out.ReadString('\n')
	if err != nil {
		t.close() // so that errors is complete
		said := strings.Split(strings.TrimSpace(t.errors.String()), "\n")
		return "", fmt.Errorf("%s: %s", t.cmd.Path, said[len(said)-1])
	}
	return strings.TrimSpace(s), nil
}

// ask sends a line and reads the answer.
func (t *torch) ask(format string, args ...any) (string, error) {
	if _, err := fmt.Fprintf(t.in, format+"\n", args...); err != nil {
		return "", err
	}
	return t.line()
}

// contender prepares a work and returns PyTorch as a contender for it, until
// the next work.
func (t *torch) contender(format string, args ...any) (contender, error) {
	if _, err := t.ask(format, args...); err != nil {
		return contender{}, err
	}
	return contender{"PyTorch", t.run}, nil
}

func (t *torch) run(repeats int) (time.Duration, error) {
	answer, err := t.ask("run %d", repeats)
	if err != nil {
		return 0, err
	}
	var seconds float64
	if _, err := fmt.Sscan(answer, &seconds, &t.value); err != nil {
		return 0, fmt.Errorf("%s: answer is %q, want seconds and a value: %w", t.cmd.Path, answer, err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// files are arrays for the child to read, in a folder that is removed when it
// has. Arrays are little-endian, without a header.
type files struct {
	dir string
	err error // the first one
}

func newFiles() (*files, error) {
	dir, err := os.MkdirTemp("", "abkd-bench-")
	return &files{dir: dir}, err
}

func (f *files) remove() { os.RemoveAll(f.dir) }

func (f *files) ints(name string, x []int32) { f.write(name, x) }

func (f *files) floats(name string, x []float32) { f.write(name, x) }

func (f *files) text(name, s string) { f.write(name, []byte(s)) }

func (f *files) write(name string, x any) {
	if f.err != nil {
		return
	}
	w, err := os.Create(filepath.Join(f.dir, name))
	if err != nil {
		f.err = err
		return
	}
	if f.err = binary.Write(w, binary.LittleEndian, x); f.err == nil {
		f.err = w.Close()
	}
}
