// Package wire is what a trainer and whoever looks at it say to each other.
//
//	trainer -- Snapshot -->  page, window, classroom
//	        <-- Command ---
//
// A Snapshot describes a run between two steps. A Command asks for something;
// a Subject is what an Inspect is about, an Edit what an Alter changes. Each
// of them has a text that people can read and links can hold: Parse reads it,
// String writes it, and Check says what is wrong with a value that was made
// otherwise. What only a run can know, such as whether a node exists, is
// checked by the run.
//
// The package imports nothing but the standard library, so that a front need
// not hold the trainer.
package wire
