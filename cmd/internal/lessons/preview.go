package lessons

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"abkd/assets/packs"
	"abkd/sim/course"
	"abkd/sim/course/play"
)

func newPreview() *cobra.Command {
	var seed int
	cmd := &cobra.Command{
		Use:   "preview FILE",
		Short: "Run a lesson and print what a reader comes to see",
		Long: `Run a lesson and print it step by step, with the numbers that its runs came to
on one seed and the guess that is right.`,
		Example: `  abkd lesson preview luck.md
  abkd lesson preview luck.md --seed 7`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := read(args[0])
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("seed") {
				seed = l.Seed
			} else if seed < 0 || seed > 1<<20 {
				return fmt.Errorf("--seed is %d, want 0 to 1048576", seed)
			}
			kit, err := play.NewKit(packs.DebianMini)
			if err != nil {
				return err
			}
			values, err := kit.Values(&l, seed)
			if err != nil {
				return err
			}
			return print(cmd.OutOrStdout(), &l, seed, values)
		},
	}
	cmd.Flags().IntVar(&seed, "seed", 0, "seed to run it on, in place of its own [0..1048576]")
	return cmd
}

// print writes a lesson with what its runs came to.
func print(w io.Writer, l *course.Lesson, seed int, values map[string]float64) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (seed %d)\n", l.Title, seed)
	right := l.Right(values)
	for _, part := range course.Parts {
		blocks := l.Texts[part]
		if len(blocks) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n[%s]\n", part)
		for _, block := range blocks {
			fmt.Fprintf(&b, "%s%s\n", map[bool]string{true: "- "}[block.IsItem], textOf(block.Text, l, values))
		}
		if part == "guess" {
			for i, o := range l.Guess {
				fmt.Fprintf(&b, "  %s %s\n", map[bool]string{true: "(*)", false: "( )"}[i == right], textOf(o.Text, l, values))
			}
		}
		if part == "reveal" && l.Exam != nil {
			for _, o := range l.Exam.Passes {
				met, _ := o.When.Holds(values)
				fmt.Fprintf(&b, "  [%s] %s\n", map[bool]string{true: "x", false: " "}[met], textOf(o.Text, l, values))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// textOf is plain text, with values where there are some.
func textOf(words []course.Inline, l *course.Lesson, values map[string]float64) string {
	var b strings.Builder
	for _, x := range words {
		if x.Value == "" {
			b.WriteString(x.Text)
			continue
		}
		b.WriteString(figure(l, x.Value, values))
	}
	return b.String()
}

// figure is a value as it is written.
func figure(l *course.Lesson, name string, values map[string]float64) string {
	v, there := values[name]
	if !there || math.IsNaN(v) {
		return "unknown"
	}
	for _, value := range l.Values {
		if value.Name != name {
			continue
		}
		switch value.Form {
		case "share":
			return fmt.Sprintf("%.1f %%", 100*v)
		case "points":
			return fmt.Sprintf("%.1f percentage points", 100*v)
		case "count":
			return fmt.Sprintf("%.0f", v)
		}
	}
	return fmt.Sprintf("%.3f", v)
}
