package main

import (
	"fmt"
	"io"

	"abkd/gnn/file"
)

// cause is err without the path that the message names already.
func cause(err error) error { return file.Cause(err) }

// replaceWith writes the file name, all that write writes or nothing.
func replaceWith(name string, write func(w io.Writer) error) error {
	if err := file.Write(name, write); err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	return nil
}

// replaceFile writes the file name, all of it or nothing.
func replaceFile(name string, content []byte) error {
	return replaceWith(name, writes(content))
}

// writes returns what writes content.
func writes(content []byte) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}
}
