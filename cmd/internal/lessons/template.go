package lessons

import _ "embed"

// template is a lesson that runs.
//
//go:embed template.md
var template string
