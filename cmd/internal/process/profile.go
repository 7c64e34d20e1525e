package process

import (
	"fmt"
	"runtime/pprof"

	"github.com/spf13/cobra"

	"abkd/gnn/file"
)

// A Profile is the file of the hidden flag --cpuprofile.
type Profile struct {
	name string
	f    *file.File
}

// AddFlag adds the flag to root and all its commands.
func (p *Profile) AddFlag(root *cobra.Command) {
	root.PersistentFlags().StringVar(&p.name, "cpuprofile", "", "write a CPU profile to this `file`")
	if err := root.PersistentFlags().MarkHidden("cpuprofile"); err != nil {
		panic(err)
	}
}

// Start begins to write the file, if there is to be one.
func (p *Profile) Start() (err error) {
	if p.name == "" {
		return nil
	}
	if p.f, err = file.Create(p.name); err != nil {
		return fmt.Errorf("--cpuprofile %s: %w", p.name, file.Cause(err))
	}
	return pprof.StartCPUProfile(p.f)
}

// Stop completes the file, whatever became of the command.
func (p *Profile) Stop() error {
	if p.f == nil {
		return nil
	}
	pprof.StopCPUProfile()
	if err := p.f.Commit(); err != nil {
		return fmt.Errorf("--cpuprofile %s: %w", p.name, file.Cause(err))
	}
	return nil
}
