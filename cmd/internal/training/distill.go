package training

import (
	"strings"

	"github.com/spf13/cobra"

	"abkd/cmd/internal/cli"
	"abkd/cmd/internal/settings"
	"abkd/cmd/internal/source"
	"abkd/sim/setup"
)

// NewDistill returns the command distill.
func NewDistill(by By) *cobra.Command {
	j := &job{by: by.complete(), experiment: setup.Experiment{Seed: setup.Some[uint64](1)}, recipe: setup.Recipes()[0].Name}
	cmd := &cobra.Command{
		Use:   "distill",
		Short: "Train a small model with the help of a trained large one",
		Long: `Train a small model, the student, on the labels of a graph and on what a
trained large model, the teacher, computes on the same nodes:

  loss = (1-alpha) CE + alpha KD + beta L

CE is the cross-entropy on the labels, KD compares the softened predictions,
and L is the criterion: for abkd the sum of A*D over all pairs of a teacher
layer and a student layer, where D says how different the two layers are and
the attention A how much that counts. --criterion none trains the student
alone and needs no teacher.

What you do not choose yourself is as --recipe has it:

` + settings.RecipesHelp() + `
Flags change single settings of a recipe. With --criterion and no --recipe the
criterion has its published settings, those that "abkd compare" gives it there.
Other defaults that depend on others: alpha is 0.9 for the criterion kd, and the
comparison is per node for the head batchnorm.

Beside the student the same one is trained alone, from the same weights, and the
result says which is better on the test nodes. On a graph of a million edges or
more that is done with --alone only; --alone=false leaves it out.

` + settings.DefaultsHelp + `

Ctrl-C saves the best weights so far and the state for --resume, as "abkd train"
does; exit status 130.`,
		Example: `  abkd distill --data mag-mini --teacher teacher.safetensors --out student.safetensors
  abkd distill --teacher teacher.safetensors --recipe published
  abkd distill --teacher teacher.safetensors --criterion kd --temperature 4 --json
  abkd distill --teacher teacher.safetensors --layers 2 --hidden 8 --criterion abkd \
      --beta 0.3 --alpha 0.9 --head batchnorm --frozen --nodes all
  abkd distill --teacher teacher.safetensors --pin "1,0;0.5,0.5;0,1"`,
		Args: cli.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if j.recipe, err = settings.TakeRecipe(&j.experiment, j.recipe, settings.DistillKeys, cmd.Flags().Changed); err != nil {
				return err
			}
			return j.run(cmd, "distill")
		},
	}
	cmd.Flags().StringVar(&j.teacher, "teacher", "", "`file` with the teacher's weights, as \"abkd train --out\" writes it, or "+source.OfPack+" for those in --data (default: those, if it holds some)")
	cmd.Flags().StringVar(&j.recipe, "recipe", j.recipe, "`name` of a set of settings; with --criterion alone there is none")
	cli.OneOf(cmd.Flags(), "recipe", settings.RecipeNames()...)
	cmd.Flags().BoolVar(&j.alone, "alone", false, "train the student alone too, and compare (default: true for a graph of less than a million edges)")
	j.addFlags(cmd, source.TeacherSplit)
	settings.Add(cmd, &j.experiment, append(settings.TrainKeys[:len(settings.TrainKeys):len(settings.TrainKeys)], settings.DistillKeys...), map[string]string{
		"model":       "Kind of the student.",
		"input":       "Width of the student's input and of embedding tables; 0 for the feature width.",
		"epochs":      "Passes over the training nodes.",
		"criterion":   "What the student learns from the teacher by; none: from the labels alone.",
		"beta":        "Weight of the criterion.",
		"alpha":       "Share of KD, the loss on the teacher's predictions; the cross-entropy has the rest.",
		"softmax":     "Over what the attention A sums to one; the paper: each row, a teacher layer. uniform: not learned.",
		"head":        "What maps layer outputs into the shared space; the paper: linear.",
		"granularity": "What is compared: the mean over the nodes, as in the paper, or node by node.",
		"no-subspace": "Leave out the trainable subspace P: compare the projections as they are.",
		"frozen":      "Random orthogonal projections of the teacher that are not trained, so that the loss cannot collapse.",
		"pin":         `Pinned attention A, such as "1,0;0.5,0.5;0,1": rows are teacher layers. A is learned if not given.`,
	})
	settings.LeaveToSize(cmd.Flags())
	for _, key := range []string{"criterion", "beta", "alpha", "temperature", "nodes", "head", "granularity", "no-subspace", "frozen"} {
		f := cmd.Flags().Lookup(key)
		f.DefValue = ""
		f.Usage = strings.TrimSuffix(f.Usage, " (default 0)") + " (default: the recipe's)"
	}
	return cmd
}
