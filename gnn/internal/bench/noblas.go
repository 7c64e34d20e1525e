//go:build !js && (!openblas || !cgo)

package main

var blas library
