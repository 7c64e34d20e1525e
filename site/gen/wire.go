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
	s := newScript("sim/wire", "import type { Change, Matrix, Reader } from '../wire/reader';\nimport { read, write, type Forms, type Moment, type Text } from '../wire/text';\n\nexport type { Change, Matrix, Moment };", docs)
	s.line("export const magic = %s, version = %d;\n", quote(wire.Magic), wire.Version)
	s.line("export const phases = %s as const;", list(wire.Phases))
	s.doc("", "Phase")
	s.line("export type Phase = (typeof phases)[number];\n")
	s.doc("", "RemarkCodes")
	s.line("export type RemarkCode = %s;\n", union(wire.RemarkCodes))
	s.line("/** What the command show can show. */\nexport type Showable = %s;\n", union(wire.Showable))
	s.line("/** The models that a subject may be of. */\nexport type ModelName = %s;\n", union(wire.Models))
	s.line("export type Command = Text<'command'>;\nexport type Edit = Text<'edit'>;\nexport type Subject = Text<'subject'>;")
	s.line("/** Changes with their moments, as a link has them. */\nexport type Plan = string;\n")
	s.line("/** Stands before the edit of a change that is made while the teacher learns. */\nexport const madeWhileTeaching = %s;\n", quote(wire.MadeWhileTeaching))
	s.constructors("commands", "Command", formsOf(wire.Commands))
	s.constructors("edits", "Edit", formsOf(wire.Edits))
	s.readerOf("Edit", formsOf(wire.Edits))
	s.constructors("subjects", "Subject", subjectForms())
	s.readerOf("Subject", subjectForms())
	s.codec(reflect.TypeFor[wire.Snapshot]())
	s.line("/** What a student can be measured by beside its accuracy. */\nexport type Cost = %s;\n", union(wire.Costs))
	for _, t := range []reflect.Type{reflect.TypeFor[wire.Level](), reflect.TypeFor[wire.Ending](), reflect.TypeFor[wire.Method](), reflect.TypeFor[wire.Dot](), reflect.TypeFor[wire.Course](), reflect.TypeFor[wire.Study]()} {
		s.record(t)
	}
	return s.String(), nil
}
