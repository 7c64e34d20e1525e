//go:build !linux && !darwin

package main

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
