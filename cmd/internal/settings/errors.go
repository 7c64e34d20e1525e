package settings

import (
	"errors"
	"fmt"

	"abkd/gnn/filetype"
	"abkd/gnn/graph/table"
	"abkd/gnn/safetensors"
	"abkd/sim/data"
	"abkd/sim/fit"
	"abkd/sim/study/report"
)

// WithFlags adds to an error of a library, which knows none, the flags by which
// it can be mended.
func WithFlags(err error) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range several.Unwrap() {
			all = append(all, WithFlags(e))
		}
		return errors.Join(all...)
	}
	if e, ok := errors.AsType[*fit.FileError](err); ok && e.Kept {
		return fmt.Errorf("--%w: --resume goes on from it when this is mended", e)
	} else if ok {
		return fmt.Errorf("--%w", e)
	}
	if e, ok := errors.AsType[*safetensors.TypeError](err); ok {
		switch e.Type {
		case filetype.Checkpoint:
			return fmt.Errorf("%w: --resume goes on from it; weights are what --out names", err)
		case filetype.Pack:
			return fmt.Errorf("%w: a pack is given as --data; weights are what --out names", err)
		}
	}
	if _, ok := errors.AsType[*table.Unlabelled](err); ok {
		return fmt.Errorf("%w; --label names it", err)
	}
	if _, ok := errors.AsType[*data.CacheFolderError](err); ok {
		return fmt.Errorf("%w: want --cache or --no-cache", err)
	}
	if _, ok := errors.AsType[*report.SeedError](err); ok {
		return fmt.Errorf("%w (--seed)", err)
	}
	return err
}
