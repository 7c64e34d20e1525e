package studies

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/slurm"
	"abkd/sim/study"
	"abkd/sim/study/store"
)

// By says which of several processes that one command has started this one is.
type By struct {
	// Ranks is set for processes that mpirun has started: they share the runs, one
	// at a time each, and the first reports.
	Ranks bool
	Rank  int
}

// sharing is what a command that shares its runs was asked for.
type sharing struct {
	share   string // a name of parts, "" for a process that is alone
	slurm   string // options of sbatch, "" for no Slurm; one blank for none of them
	workers int    // most tasks of the array, 0 for one for each run
	silent  bool   // another process reports
	claims  *store.Claims
}

const sharingHelp = `Several processes of the same command share its runs if each has --share: on one
machine or on many, with the same --out on a disk that all see, NFS too. Each run
is done by one of them; those of a process that dies are done by others, within
a minute. "all" goes on until all runs are done, by whomever, then reports;
"runs" ends when none is left to begin, "teachers" when no teacher is.

--slurm hands the same to Slurm: an array that trains teachers, one that has
a task for each run and begins when the teachers have ended, and the report, which
also does what was left. Scripts and outputs are in FOLDER/slurm. When tasks have
failed, the same command submits what is left. Its value are options of sbatch for
all three, such as --slurm="--partition=long --cpus-per-task=4".`

// parts are the values of --share.
var parts = map[string]study.Part{"all": study.All, "runs": study.Runs, "teachers": study.Teachers}

// addFlags adds the flags that say how many runs are done where.
func (s *sharing) addFlags(f *pflag.FlagSet, by By, jobs *int) {
	if by.Ranks {
		f.IntVar(jobs, "jobs", 1, "number of runs side by side in each process [1..1024]")
		f.StringVar(&s.share, "share", "all", "")
		f.Lookup("share").Hidden = true // all that ranks do
		s.silent = by.Rank > 0
		return
	}
	f.IntVar(jobs, "jobs", runtime.NumCPU(), "number of runs side by side [1..1024]")
	f.StringVar(&s.share, "share", "", "share the runs with other processes of this command, and do of them [all|runs|teachers]")
	cli.OneOf(f, "share", "all", "runs", "teachers")
	f.StringVar(&s.slurm, "slurm", "", "have Slurm do the runs, with these `options` of sbatch if any")
	f.Lookup("slurm").NoOptDefVal = " "
	f.IntVar(&s.workers, "workers", 0, "most tasks of Slurm's array [1..1000] (default: one for each run)")
}

// check refuses what cannot be shared.
func (s *sharing) check(out string, asJSON bool) error {
	_, known := parts[s.share]
	switch {
	case s.share != "" && !known:
		return fmt.Errorf("--share is %q, want one of all, runs, teachers", s.share)
	case s.share != "" && s.slurm != "":
		return fmt.Errorf("--share and --slurm are both given, want one: what Slurm starts is given --share")
	case s.shared() && out == "":
		return fmt.Errorf("--out is not given: want the folder that the processes share")
	case asJSON && s.slurm != "":
		return fmt.Errorf("--json and --slurm are both given, want one: the result will be in result.json or tuned.json")
	case s.workers < 0 || s.workers > slurm.MostTasks:
		return fmt.Errorf("--workers is %d, want 1..%d", s.workers, slurm.MostTasks)
	}
	return nil
}

// shared reports whether other processes may write the folder too.
func (s *sharing) shared() bool { return s.share != "" || s.slurm != "" }

// runs does the runs of w, or has Slurm do them, and says whether this process is
// to report.
func (j *comparison) runs(cmd *cobra.Command, f *store.Folder, w *study.Work) (reports bool, err error) {
	if j.slurm != "" {
		return false, j.submit(cmd, f, w)
	}
	stderr := cmd.ErrOrStderr()
	if err := j.do(cmd.Context(), stderr, w); err != nil || j.silent {
		return false, err
	}
	if parts[j.share] != study.All {
		p := w.Progress()
		fmt.Fprintf(stderr, "of %d runs that were left %d are done; the results are in %s\n", p.OfRuns, p.Runs, j.out)
		return false, nil
	}
	return true, nil
}

// submit hands to Slurm what is to do of w, and the report.
func (j *comparison) submit(cmd *cobra.Command, f *store.Folder, w *study.Work) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	line := append([]string{self}, without(os.Args[1:], "slurm", "workers")...)
	shares := func(part string) []string { return append(slices.Clone(line), "--share", part) }
	most := slurm.MostTasks
	if j.workers > 0 {
		most = j.workers
	}
	var jobs []slurm.Job
	if n := w.TeachersToDo(); n > 0 {
		jobs = append(jobs, slurm.Job{Name: "teachers", Tasks: min(n, most), Line: shares("teachers")})
	}
	if n := w.ToDo() - w.TeachersToDo(); n > 0 {
		jobs = append(jobs, slurm.Job{Name: "runs", Tasks: min(n, most), Line: shares("runs")})
	}
	jobs = append(jobs, slurm.Job{Name: "report", Line: shares("all")})
	dir := f.Path("slurm")
	ids, err := slurm.Submit(cmd.Context(), dir, strings.Fields(j.slurm), jobs)
	if err != nil {
		return fmt.Errorf("--slurm: %w", err)
	}
	var text strings.Builder
	for i, job := range jobs {
		fmt.Fprintf(&text, "%s: job %s", job.Name, ids[i])
		if job.Tasks > 0 {
			fmt.Fprintf(&text, ", tasks: %d", job.Tasks)
		}
		text.WriteString("; ")
	}
	fmt.Fprintf(&text, "scripts and what they print are in %s\n", filepath.Join(j.out, "slurm"))
	_, err = io.WriteString(cmd.OutOrStdout(), text.String())
	return err
}

// without returns the words of a command line but for these flags.
func without(words []string, flags ...string) (rest []string) {
	for i := 0; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		name, _, hasValue := strings.Cut(name, "=")
		switch {
		case !isFlag || !slices.Contains(flags, name):
			rest = append(rest, words[i])
		case !hasValue && name != "slurm":
			i++ // its value
		}
	}
	return rest
}
