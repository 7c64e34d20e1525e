package settings

import "abkd/assets/messages"

// native is what is said of settings and options that only the command line has,
// by keys as the page's messages have.
var native = map[string]string{
	"control.rounds": "Rounds of propagation", "control.rounds.help": "How often labels, errors or features go on to all neighbours.",
	"control.neighbour-share": "α of label propagation, share of the neighbours", "control.neighbour-share.help": "How much of each round comes from the neighbours; the labels themselves have the rest.",
	"control.through": "Relations to propagate over", "control.through.help": "Their names, separated by commas; empty for all. Each is taken in both directions.",
	"control.model.majority":   "the largest class",
	"control.model.lp":         "label propagation",
	"control.model.sgc":        "SGC: linear on propagated features",
	"control.model.cs":         "Correct & Smooth over an MLP",
	"control.criterion.spread": "spread: a control, without the teacher no hidden unit may die",
	"control.inputs.auto":      "what is best on validation nodes, label reuse too",
}

// word returns the label of a setting, its help or the label of an option, by the
// key of the message.
func word(key string) string {
	if text, ok := native[key]; ok {
		return text
	}
	return messages.Word(key) // as the page says it
}
