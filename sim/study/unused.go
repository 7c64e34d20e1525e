package study

import (
	"fmt"
	"strings"

	"abkd/sim/setup"
)

// Unused returns a clause for each setting of a method itself that has
// no effect on its runs.
func Unused(cells []Cell) (clauses []string) {
	for i := range cells {
		c := &cells[i]
		for _, pair := range strings.Split(c.Method.Settings, "&") {
			key, _, _ := strings.Cut(pair, "=")
			if pair == "" || key == "teacher" {
				continue
			}
			if unmet := setup.ControlOf(key).Unmet(&c.Experiment); len(unmet) > 0 {
				clauses = append(clauses, fmt.Sprintf("%s of method %q has no effect: %s", key, c.Method, unmet[0].Text(true)))
			}
		}
	}
	return clauses
}
