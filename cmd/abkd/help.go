package main

import (
	"strings"

	"github.com/spf13/cobra"

	"abkd/assets/help"
)

// topics returns what "abkd help" prints besides the help of commands: cobra
// takes a command that cannot be run for a topic.
func topics() (all []*cobra.Command) {
	for _, t := range help.Topics() {
		title, _, _ := strings.Cut(strings.TrimPrefix(t.Text, "# "), "\n")
		all = append(all, &cobra.Command{Use: t.Name, Short: title, Long: t.Text})
	}
	return all
}
