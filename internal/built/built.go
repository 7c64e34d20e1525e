// Package built says what the program was built from, and what computes.
package built

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"abkd/gnn/mat"
)

// Info says what the program was built from and computes with.
type Info struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // "" if it is not known
	Modified bool   `json:"modified"` // the commit's files were changed before the build
	Go       string `json:"go"`
	System   string `json:"system"`
	Kernels  string `json:"kernels"` // of the inner loops
}

// From reads what the linker has left.
func From() Info {
	v := Info{Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernels: mat.Fastest()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// Short is the commit, or the version if that is not known.
func (v Info) Short() string {
	name := v.Version
	if v.Commit != "" {
		name = v.Commit[:min(12, len(v.Commit))]
	}
	if v.Modified {
		name += ", modified"
	}
	return name
}

// Text is the information for people, about the program of that name.
func (v Info) Text(program string) string {
	commit := "unknown"
	if v.Commit != "" {
		commit = v.Short()
	}
	return fmt.Sprintf("%s %s\ncommit %s\n%s, %s\nkernels %s\n", program, v.Version, commit, v.Go, v.System, v.Kernels)
}
