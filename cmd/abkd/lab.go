package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/memory"
	"abkd/site/lab"
)

// A labJob is what lab trains, and where its page is served.
type labJob struct {
	source.Source
	server     server
	teacher    string // file of the teacher's weights, "" for that of a pack, or none
	checkpoint string // file for the state of the run, "" for none
	resume     bool   // go on from it
}

func newLab() *cobra.Command {
	j := &labJob{}
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "Serve the page, and train for it on this machine",
		Long: `Serve the page as "abkd serve" does, and train in this process what it shows:
on a graph that no browser could hold, at the speed of this machine. Open the
address that is printed; what follows its # is a secret, and whoever has it
steers the run.

The run is the lab's, not the page's: a page that is closed ends nothing, and
the next one finds the run as it is. One page has it at a time. Races and
studies train beside it, as many at once as there are cores and memory for, and
end with the page. Ctrl-C ends the lab.

With --checkpoint the state of the run is in a file at the end of every epoch,
and when the lab ends, so that --resume goes on from there in another lab,
whatever ended this one. It is that of the run that the page is at: one that it
begins takes the place of the one before.`,
		Example: `  abkd lab --data mag --dir site/web/dist
  abkd lab --data mag --teacher teacher.safetensors --max-memory 20GiB --dir site/web/dist
  abkd lab --data mag --checkpoint mag.state --resume --dir site/web/dist
  abkd lab --data karate --dir site/web/dist --port 9000`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return j.run(cmd) },
	}
	j.Source.AddFlags(cmd, "")
	cmd.Flags().StringVar(&j.teacher, "teacher", "", "`file` with the teacher's weights, as \"abkd train --out\" writes it (default: those of the pack in --data, or a teacher that is trained first)")
	cmd.Flags().StringVar(&j.checkpoint, "checkpoint", "", "`file` for the state of the run at the end of every epoch, to go on from; it stays")
	cmd.Flags().BoolVar(&j.resume, "resume", false, "go on from the checkpoint, at the epoch where it is")
	j.server.addFlags(cmd)
	cmd.Flags().SortFlags = false
	return cmd
}

func (j *labJob) run(cmd *cobra.Command) error {
	kept, err := j.newCheckpoint(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	files, l, err := j.server.open(cmd)
	if err != nil {
		return err
	}
	defer files.Close()
	defer l.Close()
	j.Notes.Add(settings.Unused(cmd, nil, j.Rules()...)...)
	o := lab.Options{Name: filepath.Base(j.Data), Token: rand.Text(), Page: files, Folder: j.server.dir}
	if o.Data, o.Split, o.Pack, err = j.ReadPack(cmd.Context(), cmd.ErrOrStderr(), j.teacher); err != nil {
		return err
	}
	may := j.Allowance()
	may.TellCollector()
	o.Memory, o.Cores = may.Most-memory.Program, runtime.GOMAXPROCS(0)
	if o.Keep = func(r *sim.Run) { kept.Keep(r) }; j.resume { // Warn hears the error
		var unmap func()
		if o.State, unmap, err = kept.Read(); err != nil {
			return fmt.Errorf("--resume: %w", err)
		}
		defer unmap()
	}
	j.Notes.Print(cmd.ErrOrStderr())
	served, err := lab.New(o)
	if large, ok := errors.AsType[*sim.MemoryError](err); ok {
		return may.Refuse("the run is", large.Need.Total()+memory.Program, ": "+memory.Text(large.Need)+`; "abkd pack" makes a part of the graph, to choose instead`)
	}
	if err != nil && j.resume {
		return fmt.Errorf("--resume: %s: %w", j.checkpoint, err)
	}
	if err != nil {
		return err
	}
	defer served.Close()
	return j.server.serve(cmd.Context(), l, served, "/#token="+o.Token)
}

// newCheckpoint returns the file that --checkpoint names.
func (j *labJob) newCheckpoint(stderr io.Writer) (*fit.Checkpoint, error) {
	if j.resume && j.checkpoint == "" {
		return nil, fmt.Errorf("--resume: want --checkpoint, to know the file to go on from")
	}
	return checkpointAt(j.checkpoint, j.resume, stderr)
}
