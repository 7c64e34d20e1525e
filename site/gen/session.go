package main

import "abkd/sim"

// sessionScript is what of the conversation with a session is no snapshot and no
// command.
func sessionScript() (string, error) {
	s := newScript("sim", "", nil)
	var codes []string
	for _, c := range sim.Codes {
		codes = append(codes, string(c))
	}
	s.line("/** What an error of the trainer's is about; its text is for people alone. */")
	s.line("export type Code = %s;", union(codes))
	return s.String(), nil
}
