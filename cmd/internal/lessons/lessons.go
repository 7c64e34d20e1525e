// Package lessons has the commands for whoever writes a lesson.
package lessons

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"abkd/assets/packs"
	"abkd/gnn/file"
	"abkd/internal/show"
	"abkd/sim/course"
	"abkd/sim/course/markdown"
	"abkd/sim/course/play"
)

// New returns the command lesson.
func New() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lesson",
		Short: "Write a lesson, check it, and see what it says",
		Long: `A lesson is a file in Markdown that makes a claim, asks for a guess, runs
experiments, and shows what they came to beside the guess. Its front matter says
what runs and which guess is right; all else is text. No code is written.

“abkd lesson new” writes one with every field explained. “abkd lesson check”
names each mistake with file, line and field. With --seeds it runs the lesson on
so many seeds and counts on how many of them each of its claims holds.`,
		Example: `  abkd lesson new luck.md
  abkd lesson check luck.md --seeds 10
  abkd lesson preview luck.md`,
	}
	cmd.AddCommand(newNew(), newCheck(), newPreview())
	return cmd
}

func newNew() *cobra.Command {
	return &cobra.Command{
		Use:     "new FILE",
		Short:   "Write a lesson to begin with",
		Long:    `Write a whole lesson that runs, with every field explained, to be made another one.`,
		Example: `  abkd lesson new luck.md`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := args[0]
			if _, err := os.Lstat(name); err == nil {
				return fmt.Errorf("%s is there already: choose another name", name)
			}
			id := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
			text := strings.Replace(template, "lesson: my-lesson", "lesson: "+wordOf(id), 1)
			if err := file.Write(name, file.Bytes([]byte(text))); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s is a lesson that runs. Change it, then: abkd lesson check %s\n", name, name)
			return err
		},
	}
}

// wordOf makes of the name of a file a word that names a lesson.
func wordOf(name string) string {
	word := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name)), "-0123456789")
	if word == "" {
		return "my-lesson"
	}
	return word[:min(len(word), 40)]
}

func newCheck() *cobra.Command {
	var seeds int
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Name the mistakes in lessons, and run their claims",
		Long: `Name each mistake in lessons with file, line and field. With --seeds each lesson
is run too, on its own seed and on those after it: on how many does each of its
claims hold, and how often is each guess right? Say nothing that does not hold
on eight of ten.`,
		Example: `  abkd lesson check luck.md luck.zh-Hans.md
  abkd lesson check luck.md --seeds 10`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if seeds < 0 || seeds > 1000 {
				return fmt.Errorf("--seeds is %d, want 0 to 1000", seeds)
			}
			return check(cmd.OutOrStdout(), args, seeds)
		},
	}
	cmd.Flags().IntVar(&seeds, "seeds", 0, "how many seeds to run each lesson on, from its own; 0 runs nothing [0..1000]")
	return cmd
}

func check(w io.Writer, names []string, seeds int) error {
	var all []course.Lesson
	wrong := 0
	for _, name := range names {
		l, err := read(name)
		if mistakes, are := err.(markdown.Mistakes); are {
			for _, m := range mistakes {
				fmt.Fprintln(w, m)
			}
			wrong += len(mistakes)
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, l)
	}
	if wrong > 0 {
		return fmt.Errorf("there %s %d %s: each is named above with its line", show.Plural(wrong, "is", "are"), wrong, show.Plural(wrong, "mistake", "mistakes"))
	}
	for i, l := range all {
		fmt.Fprintf(w, "%s: “%s”, %d runs, %d options, %d claims: no mistake\n", names[i], l.Title, len(l.RunsOf()), len(l.Guess), len(l.Holds))
	}
	if seeds == 0 {
		return nil
	}
	kit, err := play.NewKit(packs.DebianMini)
	if err != nil {
		return err
	}
	for _, l := range all {
		if err := runClaims(w, kit, &l, seeds); err != nil {
			return fmt.Errorf("lesson %s: %w", l.ID, err)
		}
	}
	return nil
}

// runClaims runs a lesson on seeds and prints how often what it says holds.
func runClaims(w io.Writer, kit *play.Kit, l *course.Lesson, seeds int) error {
	holds, right := make([]int, len(l.Holds)), make([]int, len(l.Guess)+1)
	for seed := l.Seed; seed < l.Seed+seeds; seed++ {
		values, err := kit.Values(l, seed)
		if err != nil {
			return err
		}
		right[l.Right(values)+1]++
		for i, c := range l.Holds {
			if held, _ := c.That.Holds(values); held {
				holds[i]++
			}
		}
	}
	fmt.Fprintf(w, "\n%s, seeds %d to %d\n", l.Title, l.Seed, l.Seed+seeds-1)
	weak := 0
	for i, c := range l.Holds {
		fmt.Fprintf(w, "  claim %-48s holds on %d of %d\n", c.Text, holds[i], seeds)
		if 10*holds[i] < 8*seeds {
			weak++
		}
	}
	for i, o := range l.Guess {
		fmt.Fprintf(w, "  guess %-48s is right on %d\n", textOf(o.Text, l, nil), right[i+1])
	}
	if weak > 0 {
		return fmt.Errorf("%d of its claims %s on fewer than eight of ten seeds: say what holds", weak, show.Plural(weak, "holds", "hold"))
	}
	return nil
}

// read reads a lesson and, of a translation, the one beside it.
func read(name string) (course.Lesson, error) {
	text, err := file.Read(name)
	if err != nil {
		return course.Lesson{}, err
	}
	return markdown.Read(name, text, func(other string) ([]byte, error) {
		return file.Read(filepath.Join(filepath.Dir(name), other))
	})
}
