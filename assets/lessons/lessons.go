// Package lessons holds the course that comes with the page: a file for each
// lesson and language, in the form that package sim/course/markdown reads.
package lessons

import "embed"

// Files has ID.LANGUAGE.md of each lesson; one that is not in English
// translates that which is.
//
//go:embed *.md
var Files embed.FS

// Outcomes is what the runs of each lesson came to on ten seeds, by its word, as
// "make lessons" has computed it: a play.Outcome for each.
//
//go:embed outcomes.json
var Outcomes []byte
