package main

import (
	"reflect"

	"abkd/sim/wire"
)

// wireScript is what the trainer and the page say to each other.
func wireScript() (string, error) {
	docs, err := comments("sim/wire")
	if err != nil {
		return "", err
	}
	s := newScript("sim/wire", "import type { Change, Matrix, Reader } from '../lib/reader';\n\nexport type { Change, Matrix };", docs)
	s.line("export const magic = %s, version = %d;\n", quote(wire.Magic), wire.Version)
	s.line("export const phases = %s as const;", list(wire.Phases))
	s.doc("", "Phase")
	s.line("export type Phase = (typeof phases)[number];\n")
	s.line("/** What the command show can show. */\nexport type Showable = %s;\n", union(wire.Showable))
	s.codec(reflect.TypeFor[wire.Snapshot]())
	return s.String(), nil
}
