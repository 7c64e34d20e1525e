// Package slurm hands work to Slurm, a scheduler of clusters.
package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"abkd/cmd/internal/cli"
	"abkd/gnn/file"
)

// A Job is a command line that Slurm runs, once or in the tasks of an array.
type Job struct {
	Name  string
	Tasks int // of the array, 0 for none
	Line  []string
}

// MostTasks is how many tasks an array may have where Slurm is not told otherwise.
const MostTasks = 1000

// Submit writes a script for each job into the folder dir and hands them to sbatch,
// which is given the options too. A job begins when the one before has ended,
// whatever that came to. If one cannot be submitted those before are taken back.
func Submit(ctx context.Context, dir string, options []string, jobs []Job) (ids []string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(dir, "\"\\\n") {
		return nil, fmt.Errorf("the folder is %q, want one without quotes and backslashes: Slurm cannot write its outputs there", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, file.Cause(err))
	}
	for _, job := range jobs {
		script := filepath.Join(dir, job.Name+".sh")
		if err := file.Replace(script, file.Bytes([]byte(job.script(dir)))); err != nil {
			return nil, err
		}
		args := append([]string{"--parsable"}, options...)
		if n := len(ids); n > 0 {
			args = append(args, "--dependency=afterany:"+ids[n-1])
		}
		id, err := sbatch(ctx, append(args, script))
		if err != nil {
			if len(ids) > 0 {
				_ = exec.Command("scancel", ids...).Run() // else they do what they can
			}
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// script returns the job as a script, which can be submitted by hand too.
func (j Job) script(dir string) string {
	var b strings.Builder
	output := j.Name + "-%j.txt"
	fmt.Fprintf(&b, "#!/bin/bash\n#SBATCH --job-name=abkd-%s\n", j.Name)
	if j.Tasks > 0 {
		output = j.Name + "-%A_%a.txt"
		fmt.Fprintf(&b, "#SBATCH --array=0-%d\n", j.Tasks-1)
	}
	fmt.Fprintf(&b, "#SBATCH --output=\"%s\"\nexec", filepath.Join(strings.ReplaceAll(dir, "%", "%%"), output))
	for _, word := range j.Line {
		b.WriteString(" " + cli.Word(word))
	}
	return b.String() + "\n"
}

// sbatch submits a job and returns its number.
func sbatch(ctx context.Context, args []string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "sbatch", args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("there is no sbatch on the PATH: want a machine from which Slurm takes jobs (or --share in processes that you start)")
	case err != nil:
		return "", fmt.Errorf("sbatch: %s", strings.TrimSpace(stderr.String()))
	}
	id, _, _ := strings.Cut(strings.TrimSpace(stdout.String()), ";") // the name of a cluster may follow
	return id, nil
}
