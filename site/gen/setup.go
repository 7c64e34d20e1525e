package main

import (
	"reflect"
	"strings"

	"abkd/sim"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

// setupScript is what schema.json and presets.json are made of, and the pace of
// a session.
func setupScript() (string, error) {
	docs, err := comments("sim/setup")
	if err != nil {
		return "", err
	}
	s := newScript("sim/setup, sim and sim/wire", "", docs)
	s.line("/** Epochs per second: of a new session, and at most. */\nexport const defaultSpeed = %d, fastest = %d;\n", sim.DefaultSpeed, int(wire.MaxSpeed))
	s.line("/** The graph of an experiment that names none, and the one that ships as a pack. */\nexport const defaultData = %s, shippedData = %s;\n", quote(setup.ControlOf("data").Default), quote(setup.DebianMini))
	var kinds []string
	for _, k := range []setup.Kind{setup.Choice, setup.Int, setup.Float, setup.Bool, setup.Text} {
		kinds = append(kinds, string(k))
	}
	s.doc("", "Kind")
	s.line("export type Kind = %s;\n", union(kinds))
	for _, t := range []reflect.Type{reflect.TypeFor[setup.Instead](), reflect.TypeFor[setup.Control](), reflect.TypeFor[setup.Preset]()} {
		s.jsonRecord(t)
	}
	return s.String(), nil
}

// jsonRecord writes the interface of what encoding/json makes of a struct type.
func (s *script) jsonRecord(t reflect.Type) {
	s.doc("", t.Name())
	s.line("export interface %s {", t.Name())
	for f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() {
			continue
		}
		if options != "" {
			name += "?"
		}
		s.doc("  ", t.Name()+"."+f.Name)
		s.line("  %s: %s;", name, typeName(t, f))
	}
	s.line("}\n")
}
