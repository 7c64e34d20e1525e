// Licences writes what the programs and the page contain of others, with the
// texts of their licences, to assets/licences/THIRD-PARTY.txt:
//
//	licences -bundled FILE
//
// FILE has a line "NAME VERSION" for each npm package of which there is code in
// the built page; the build of the page writes it. A part without a licence
// text, or with one of no known kind, is an error.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

const target = "assets/licences/THIRD-PARTY.txt"

func main() {
	log.SetFlags(0)
	log.SetPrefix("licences: ")
	bundled := flag.String("bundled", "build/bundled.txt", "file with the npm packages in the page")
	flag.Parse()
	if err := write(*bundled); err != nil {
		log.Fatal(err)
	}
}

func write(bundled string) error {
	names, err := os.ReadFile(bundled)
	if err != nil {
		return fmt.Errorf("%w (the build of the page writes it)", err)
	}
	parts, err := goParts(".")
	if err != nil {
		return err
	}
	npm, err := npmParts(".", strings.TrimSpace(string(names)))
	if err != nil {
		return err
	}
	fonts, err := fontParts(".")
	if err != nil {
		return err
	}
	text, err := render(slices.Concat(parts, npm, fonts))
	if err != nil {
		return err
	}
	return os.WriteFile(target, []byte(text), 0o644)
}

// A part is something of others that programs or the page contain.
type part struct {
	name, version string
	in            []string // programs
	files         []file   // with licence texts
}

type file struct{ name, text string }

// kinds are phrases of the licences that may be part of a copy, each with its
// SPDX identifier. The first that fits a text counts.
var kinds = []struct{ id, phrase string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"FTL", "The FreeType Project LICENSE"},
	{"CC-BY-4.0", "Creative Commons Attribution 4.0 International Public License"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"ISC", "Permission to use, copy, modify, and distribute this software for any purpose"},
	{"Zlib", "This software is provided 'as-is', without any express or implied warranty"},
	{"BSD-3-Clause", "Neither the name"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
}

// licences returns the identifiers of the part's texts. No text, or none of a
// known licence, is an error.
func (p part) licences() (string, error) {
	var ids []string
	for _, f := range p.files {
		words := strings.Join(strings.Fields(f.text), " ")
		for _, k := range kinds {
			if strings.Contains(words, k.phrase) {
				if !slices.Contains(ids, k.id) {
					ids = append(ids, k.id)
				}
				break
			}
		}
	}
	switch {
	case len(p.files) == 0:
		return "", fmt.Errorf("%s %s has no licence text: it cannot be passed on", p.name, p.version)
	case len(ids) == 0:
		return "", fmt.Errorf("%s %s: %s is no licence that is known here: read it, and add it to kinds if it may be passed on", p.name, p.version, p.files[0].name)
	}
	return strings.Join(ids, ", "), nil
}

const rule = "================================================================================\n"

// render returns the list of parts followed by their texts.
func render(parts []part) (string, error) {
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(strings.ToLower(a.name), strings.ToLower(b.name)) })
	var list, texts strings.Builder
	list.WriteString("Third-party software and fonts in ABKD Lab: name, version, licence, what holds it.\n\"make licences\" writes this file.\n\n")
	var errs []error
	for _, p := range parts {
		ids, err := p.licences()
		errs = append(errs, err)
		fmt.Fprintf(&list, "%s %s: %s; in %s\n", p.name, p.version, ids, strings.Join(p.in, ", "))
		fmt.Fprintf(&texts, "\n%s%s %s\n%s", rule, p.name, p.version, rule)
		for _, f := range p.files {
			fmt.Fprintf(&texts, "\n--- %s\n\n%s\n", f.name, f.text)
		}
	}
	return list.String() + texts.String(), errors.Join(errs...)
}
