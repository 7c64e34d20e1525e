//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

// machine returns the implementations made for this machine. The flags say
// that the processor has the instructions and that the system saves the wide
// registers.
func machine() []Impl {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	return []Impl{Parallel(avx2{})}
}
