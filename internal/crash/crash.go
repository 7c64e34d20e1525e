// Package crash makes an error of a panic, so that a mistake in one run ends
// that run and is told as others are.
package crash

import (
	"fmt"
	"runtime/debug"
)

// An Error is a panic: a mistake of ours, not of the user's.
type Error struct {
	Value any
	Stack []byte
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("internal error: %v (a mistake in abkd; please report this line with the command and its data, ABKD_DEBUG=1 shows where)", e.Value)
}

// Guard calls f and returns a panic of it as an *Error.
func Guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Error{p, debug.Stack()}
		}
	}()
	return f()
}
