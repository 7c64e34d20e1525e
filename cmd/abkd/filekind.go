package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
)

// A fileKind is what a file may hold that a command replaces. A name mistyped
// must not cost somebody a file of another kind.
type fileKind struct {
	name string // with its article
	is   func(head []byte, size int64) bool
}

var (
	weightsKind = &fileKind{"file of weights (safetensors)", func(head []byte, size int64) bool {
		if len(head) < 9 || head[8] != '{' {
			return false
		}
		n := uint64(0) // bytes of the header
		for i := range 8 {
			n |= uint64(head[i]) << (8 * i)
		}
		return size >= 8 && n <= uint64(size-8)
	}}
	checkpointKind  = beginsWith("checkpoint of a run", "ABKR")
	packKind        = beginsWith("pack", string(packStart))
	predictionsKind = beginsWith("CSV file of export", "node,name,part,")
	scriptKind      = beginsWith("script of export", string(script[:bytes.IndexByte(script, ',')]))
	plotKind        = beginsWith("plot (SVG)", "<svg", "<?xml")
	profileKind     = beginsWith("CPU profile", "\x1f\x8b")
	metricsKind     = &fileKind{"file of metrics", func(head []byte, size int64) bool {
		line, _, whole := bytes.Cut(head, []byte("\n"))
		var e epochReport
		if !whole {
			return bytes.HasPrefix(line, []byte(`{"epoch":`)) // a kill may have cut it short
		}
		return json.Unmarshal(line, &e) == nil && e.Epoch >= 1
	}}
)

// beginsWith is the kind of files that begin with one of these texts.
func beginsWith(name string, starts ...string) *fileKind {
	return &fileKind{name, func(head []byte, _ int64) bool {
		for _, s := range starts {
			if bytes.HasPrefix(head, []byte(s)) {
				return true
			}
		}
		return false
	}}
}

// holds reports whether the ordinary file called name is of the kind, or empty.
func (k *fileKind) holds(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	head := make([]byte, 1<<13)
	n, err := io.ReadFull(f, head)
	if n == 0 && errors.Is(err, io.EOF) {
		return true, nil
	}
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return k.is(head[:n], info.Size()), nil
}
