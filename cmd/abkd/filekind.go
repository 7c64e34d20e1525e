package main

import (
	"abkd/cmd/internal/paths"
	"abkd/gnn/export"
)

// The kinds of the files that only this program writes.
var (
	packKind        = paths.BeginsWith("pack", "ABKDPACK")
	predictionsKind = paths.BeginsWith("CSV file of export", "node,name,part,")
	scriptKind      = &paths.Kind{Name: "script of export", Is: func(head []byte, _ int64) bool { return export.IsScript(head) }}
	plotKind        = paths.BeginsWith("plot (SVG)", "<svg", "<?xml")
)
