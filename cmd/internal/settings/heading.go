package settings

import (
	"github.com/spf13/pflag"
)

// Headings are those under which help lists flags, in this order.
var Headings = []string{"Data", "Model", "Training", "Distillation", "Comparison", "Page", "Files", "Output"}

// headingOf has the heading of each flag that is no setting; the others are in
// the last place.
var headingOf = map[string]string{
	"data": "Data", "split": "Data", "cache": "Data", "no-cache": "Data", "direction": "Data", "max-memory": "Data",
	"jobs":     "Training",
	"share":    "Training",
	"slurm":    "Training",
	"workers":  "Training",
	"criteria": "Comparison", "variant": "Comparison", "students": "Comparison", "seeds": "Comparison", "preset": "Comparison",
	"recipe": "Distillation", "alone": "Distillation",
	"trials": "Comparison", "extend": "Comparison", "tuned": "Comparison", "draws": "Comparison", "tuning-seeds": "Comparison", "health": "Comparison",
	"teacher": "Files", "axes": "Files", "weights": "Files", "out": "Files", "checkpoint": "Files", "resume": "Files", "metrics": "Files",
	"listen": "Page", "wait": "Page", "dir": "Page",
	"json": "Output", "help": "Output",
}

// headingOfGroup has that of a group of settings.
var headingOfGroup = map[string]string{
	"run": "Model", "student": "Model", "teacher": "Model", "training": "Training", "distillation": "Distillation",
}

// Heading returns the one of Headings under which f stands, "" for none.
func Heading(f *pflag.Flag) string {
	if v, ok := Of(f); ok && f.Name != "seed" {
		return headingOfGroup[v.Control.Group]
	}
	if f.Name == "seed" {
		return "Training"
	}
	return headingOf[f.Name]
}
