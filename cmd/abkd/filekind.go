package main

import (
	"bytes"
	"encoding/json"

	"abkd/cmd/internal/paths"
	"abkd/gnn/export"
	"abkd/sim/fit"
)

// The kinds of the files that the commands write.
var (
	weightsKind = &paths.Kind{Name: "file of weights (safetensors)", Is: func(head []byte, size int64) bool {
		if len(head) < 9 || head[8] != '{' {
			return false
		}
		n := uint64(0) // bytes of the header
		for i := range 8 {
			n |= uint64(head[i]) << (8 * i)
		}
		return size >= 8 && n <= uint64(size-8)
	}}
	checkpointKind  = paths.BeginsWith("checkpoint of a run", "ABKR")
	packKind        = paths.BeginsWith("pack", "ABKDPACK")
	predictionsKind = paths.BeginsWith("CSV file of export", "node,name,part,")
	scriptKind      = &paths.Kind{Name: "script of export", Is: func(head []byte, _ int64) bool { return export.IsScript(head) }}
	plotKind        = paths.BeginsWith("plot (SVG)", "<svg", "<?xml")
	profileKind     = paths.BeginsWith("CPU profile", "\x1f\x8b")
	metricsKind     = &paths.Kind{Name: "file of metrics", Is: func(head []byte, size int64) bool {
		line, _, whole := bytes.Cut(head, []byte("\n"))
		var e fit.Epoch
		if !whole {
			return bytes.HasPrefix(line, []byte(`{"epoch":`)) // a kill may have cut it short
		}
		return json.Unmarshal(line, &e) == nil && e.Epoch >= 1
	}}
)
