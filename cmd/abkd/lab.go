package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/cmd/internal/training"
	"abkd/sim"
	"abkd/sim/fit"
	"abkd/sim/memory"
	"abkd/site/desk"
	"abkd/site/lab"
)

// A labJob is what lab trains, and where its page is served.
type labJob struct {
	source.Source
	server     server
	teacher    string // file of the teacher's weights, "" for that of a pack, or none
	checkpoint string // file for the state of the run, "" for none
	resume     bool   // go on from it
	studies    string // folder of the studies, "" for none
	attach     string // address of a training that listens, "" for a run of the lab's own
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
begins takes the place of the one before.

With --attach the run is that of an "abkd train --listen" or distill, at the
address that it has printed: the page steers it or watches it, by the secret in
that. To pause, step and pace it and to look into it changes nothing that it
comes to.`,
		Example: `  abkd lab --data mag --dir site/web/dist
  abkd lab --data mag --teacher teacher.safetensors --max-memory 20GiB --dir site/web/dist
  abkd lab --data mag --checkpoint mag.state --resume --dir site/web/dist
  abkd lab --data mag-mini --studies studies --dir site/web/dist
  abkd lab --attach "http://127.0.0.1:8081/#token=…" --dir site/web/dist
  abkd lab --data karate --dir site/web/dist --port 9000`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return j.run(cmd) },
	}
	j.Source.AddFlags(cmd, "")
	cmd.Flags().StringVar(&j.teacher, "teacher", "", "`file` with the teacher's weights, as \"abkd train --out\" writes it (default: those of the pack in --data, or a teacher that is trained first)")
	cmd.Flags().StringVar(&j.checkpoint, "checkpoint", "", "`file` for the state of the run at the end of every epoch, to go on from; it stays")
	cmd.Flags().StringVar(&j.studies, "studies", "", "`folder` for comparisons and searches that the page begins, or opens: each has one in it, of \"abkd compare\" or \"abkd tune\" too")
	cmd.Flags().StringVar(&j.attach, "attach", "", "`address` of a training, as \"abkd train --listen\" prints it: the page is of that run, and nothing trains here")
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
	rules := j.Rules()
	for _, flag := range []string{"data", "cache", "no-cache", "direction", "max-memory", "teacher", "checkpoint", "resume", "studies"} {
		rules = append(rules, cli.Rule{Flag: flag, Idle: j.attach != "", Why: "the run is that at --attach"})
	}
	j.Notes.Add(settings.Unused(cmd, nil, rules...)...)
	if j.attach != "" {
		return j.showAttached(cmd, l, lab.Page{Files: files, Folder: j.server.dir})
	}
	o := lab.Options{Name: filepath.Base(j.Data), Keys: lab.NewKeys(), Page: lab.Page{Files: files, Folder: j.server.dir}}
	if !j.resume { // whose run is the checkpoint's
		if err := j.RefuseUnread(j.teacher != ""); err != nil {
			return err
		}
	}
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
	if j.studies != "" {
		d, err := desk.New(desk.Options{Folder: j.studies, Graph: o.Pack.Graph, Data: j.Data, Split: o.Split, Memory: may, Cores: o.Cores})
		if err != nil {
			return fmt.Errorf("--studies %w", err)
		}
		defer d.Close()
		o.Studies = d
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
	fmt.Fprintf(cmd.ErrOrStderr(), "abkd: who is to watch, and not to steer: http://%s/#token=%s\n", l.Addr(), o.Keys.Watch)
	return j.server.serve(cmd.Context(), l, served, "/#token="+o.Keys.Steer)
}

// showAttached serves the page of a run that is trained elsewhere.
func (j *labJob) showAttached(cmd *cobra.Command, l net.Listener, page lab.Page) error {
	j.Notes.Print(cmd.ErrOrStderr())
	a, key, err := lab.Attach(cmd.Context(), j.attach, page)
	if err != nil {
		return fmt.Errorf("--attach: %w", err)
	}
	return j.server.serve(cmd.Context(), l, a, "/#token="+key)
}

// newCheckpoint returns the file that --checkpoint names.
func (j *labJob) newCheckpoint(stderr io.Writer) (*fit.Checkpoint, error) {
	if j.resume && j.checkpoint == "" {
		return nil, fmt.Errorf("--resume: want --checkpoint, to know the file to go on from")
	}
	return training.CheckpointAt(j.checkpoint, j.resume, stderr)
}
