package main

import (
	"context"
	"io"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/process"
	"abkd/cmd/internal/term"
	"abkd/internal/machine"
	"abkd/internal/show"
)

func printable(s, keep string) string { return show.Printable(s, keep) }

func oneLine(s string) string { return show.Line(s) }

func newSheet(w io.Writer) show.Sheet { return show.NewSheet(w) }

type interruption = process.Interruption

func await(ctx context.Context, m *term.Meter, f func() error) error {
	return process.Await(ctx, m, f)
}

type byteSize = cli.Size

func bytesText(n int64) string { return show.Bytes(n) }

func peakNow() *int64 { return machine.PeakNow() }

func peakMemory() (bytes int64, ok bool) { return machine.PeakMemory() }

func availableMemory() (bytes int64, ok bool) { return machine.AvailableMemory() }

func machineMemory(least int64) int64 { return machine.AllMemory(least) }
