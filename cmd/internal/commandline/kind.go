package commandline

import (
	"bytes"
	"encoding/json"

	"abkd/cmd/internal/paths"
	"abkd/sim/fit"
)

// The kinds of the files that commands write.
var (
	WeightsKind = &paths.Kind{Name: "file of weights (safetensors)", Is: func(head []byte, size int64) bool {
		if len(head) < 9 || head[8] != '{' {
			return false
		}
		n := uint64(0) // bytes of the header
		for i := range 8 {
			n |= uint64(head[i]) << (8 * i)
		}
		return size >= 8 && n <= uint64(size-8)
	}}
	CheckpointKind = paths.BeginsWith("checkpoint of a run", "ABKR")
	MetricsKind    = &paths.Kind{Name: "file of metrics", Is: func(head []byte, size int64) bool {
		line, _, whole := bytes.Cut(head, []byte("\n"))
		var e fit.Epoch
		if !whole {
			return bytes.HasPrefix(line, []byte(`{"epoch":`)) // a kill may have cut it short
		}
		return json.Unmarshal(line, &e) == nil && e.Epoch >= 1
	}}
	profileKind = paths.BeginsWith("CPU profile", "\x1f\x8b")
)
