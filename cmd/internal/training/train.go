package training

import (
	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/sim/setup"
)

// NewTrain returns the command train.
func NewTrain(by By) *cobra.Command {
	j := &job{by: by.complete(), experiment: setup.Experiment{Seed: setup.Some[uint64](1), Criterion: "none"}}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a model and save its weights",
		Long: `Train a model on the training nodes of a graph and save the weights of the
epoch with the best accuracy on the validation nodes.

` + settings.DefaultsHelp + `

Ctrl-C, SIGTERM or SIGHUP ends the training cleanly: the best weights so far are
saved, and the state of the run for --resume; the result is printed with
"interrupted": true, and the exit status is 130. A second one ends the program
at once. A file that --out or --checkpoint names is replaced only when the new
one is complete, so that whatever ends the program the last one is there.

With --resume and otherwise the same command a run goes on from its checkpoint,
and comes to the same weights, bit for bit, as one that was never ended.

A loss that is not a finite number ends the training with the step and the first
layer to blame; the best weights before are saved.`,
		Example: `  abkd train --data mag-mini --out teacher.safetensors
  abkd train --data mag-mini --split random --layers 3 --hidden 64 --epochs 100 --seed 2 --json
  abkd train --data mag --sampler neighbor --batch-size 1024 --fanout 10 --out mag.safetensors
  abkd train --data mag --sampler saint --roots 20000 --steps 30 --epochs 30 --lr 0.005 \
      --layers 3 --hidden 512 --inputs embedding --input 128 --eval-every 5 \
      --out mag.safetensors --checkpoint mag.state --metrics mag.jsonl --max-memory 20GiB
  abkd train ... --checkpoint mag.state --resume     (the same command, after a power cut)`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return j.run(cmd, "train") },
	}
	j.addFlags(cmd, source.FirstSplit)
	settings.Add(cmd, &j.experiment, settings.TrainKeys, map[string]string{
		"model":  "Kind of the model.",
		"layers": "Number of message-passing layers.",
		"hidden": "Width of the hidden layers.",
		"input":  "Width of the model's input and of embedding tables; 0 for the feature width.",
		"epochs": "Passes over the training nodes.",
	})
	settings.LeaveToSize(cmd.Flags())
	return cmd
}
