package main

// extensions are those of the files that a flag names, by flag, or by command
// and flag. A flag that is not here takes any file.
var extensions = map[string][]string{
	"weights": {"safetensors"}, "teacher": {"safetensors"}, "train out": {"safetensors"}, "distill out": {"safetensors"},
	"checkpoint": {"checkpoint", "state"}, "metrics": {"jsonl"}, "plot": {"svg"}, "tuned": {"json"}, "pack out": {"pack"},
	"export out": {"csv", "safetensors", "py"}, "axes": {"safetensors"}, "curves out": {"svg"},
}
