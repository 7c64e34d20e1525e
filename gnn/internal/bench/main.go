//go:build !js

// Command bench times this project's products and training steps beside those
// of other libraries and says which of the project's bars are met:
//
//	go run -tags openblas ./gnn/internal/bench [-data DIR] [-results RESULTS.md]
//
// The contenders take turns, many short samples each, and the fastest sample
// counts: on a machine that others use too, only ratios from one run mean
// something. What is not installed is left out, with a sentence that says so.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"abkd/gnn/internal/kernel"
)

// A config says what to time and where to say it.
type config struct {
	quick   bool   // small sizes and few rounds, to see that everything runs
	rounds  int    // samples of each contender
	data    string // folder of a data set for one more training step, "" for none
	python  string // the interpreter that has torch
	results string // the file whose section is written, "" for none
	section string // the section's name, only to put standard input there
}

func main() {
	var c config
	flag.BoolVar(&c.quick, "quick", false, "small sizes and few rounds, to see that everything runs")
	flag.IntVar(&c.rounds, "rounds", 60, "samples of each contender, of which the fastest counts")
	flag.StringVar(&c.data, "data", "", "`folder` of a data set in OGB's raw layout, on which to time the training step too")
	flag.StringVar(&c.python, "python", "/usr/bin/python3", "the Python that has torch")
	flag.StringVar(&c.results, "results", "", "`file` whose section to replace with the tables")
	flag.StringVar(&c.section, "section", "", "time nothing: put standard input into the section of that `name`")
	flag.Parse()
	if err := run(c, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(c config, stdin io.Reader, stdout io.Writer) error {
	if c.section != "" {
		text, err := io.ReadAll(stdin)
		if err != nil {
			return err
		}
		if len(text) == 0 {
			return errors.New("standard input is empty, want a section's text")
		}
		return replaceSection(c.results, c.section, string(text))
	}
	var text bytes.Buffer
	if err := measure(c, io.MultiWriter(stdout, &text)); err != nil || c.results == "" {
		return err
	}
	return replaceSection(c.results, "native", text.String())
}

// measure writes the tables and the bars to w.
func measure(c config, w io.Writer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	peer, reason := startTorch(c.python, 1)
	if peer != nil {
		defer peer.close()
	}
	describe(w, c, peer, reason)
	b := &bench{config: c, w: w, peer: peer}
	for _, part := range []func() error{b.products, b.means, b.steps} {
		if err := part(); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "### Bars\n\n")
	writeBars(w, b.bars)
	return nil
}

// A bench is a run of the program.
type bench struct {
	config
	w    io.Writer
	peer *torch // nil if there is none
	bars []bar
}

// describe says what is timed, where, and with what.
func describe(w io.Writer, c config, peer *torch, reason string) {
	var fast []string
	for _, k := range kernel.Available() {
		fast = append(fast, k.Name())
	}
	fmt.Fprintf(w, "Measured on %s by `%s`: %s, %d CPUs (%s), %s.\n", time.Now().UTC().Format("2 January 2006, 15:04 UTC"),
		command(c), processor(), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
	fmt.Fprintf(w, "Implementations: %s; gonum %s", strings.Join(fast, ", "), moduleVersion("gonum.org/v1/gonum"))
	if blas.name != "" {
		fmt.Fprintf(w, "; OpenBLAS with its kernels for %s", blas.core())
	}
	if peer != nil {
		fmt.Fprintf(w, "; %s, on as many threads as we", peer.version)
	}
	fmt.Fprintf(w, ".\nContenders take turns; each figure is the fastest of many short samples. a : b says how many times as fast a is as b.\n")
	if blas.name == "" {
		fmt.Fprintf(w, "\nLeft out: OpenBLAS, which needs cgo, the library (apt-get install libopenblas-dev) and -tags openblas.\n")
	}
	if peer == nil {
		fmt.Fprintf(w, "\nLeft out: PyTorch (%s).\n", reason)
	}
	fmt.Fprintln(w)
}

// command is how a person gets the same figures.
func command(c config) string {
	s := "make bench"
	if c.data != "" {
		s += " DATA=" + filepath.Base(c.data)
	}
	return s
}

// processor returns the name of the machine's processor and its widest vectors.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	name := "an unnamed processor"
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "model name":
			name = value
		case "flags":
			for _, f := range []string{"avx512f", "avx2"} {
				if strings.Contains(" "+value+" ", " "+f+" ") {
					return name + " with " + f
				}
			}
			return name
		}
	}
	return name
}

// moduleVersion returns the version of a module that this program contains.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "of unknown version"
}
