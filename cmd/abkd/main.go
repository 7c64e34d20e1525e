// Command abkd trains graph neural networks on typed graphs and distils large
// ones into small ones.
//
//	abkd train   train a model and save its weights
//	abkd distill train a small model with the help of a trained large one
//	abkd eval    accuracy, size and speed of saved weights
//	abkd compare compare criteria over seeds and student sizes
//	abkd report  tables and figures of studies, for a paper
//	abkd synth   make a graph shaped like OGBN-Mag, of any size
//	abkd info    what a data set holds
//	abkd fetch   download ogbn-mag or ogbn-arxiv, check it and unpack it
//	abkd pack    cut a part out of a graph, and a teacher for it, for the browser
//	abkd export  predictions and embeddings for other programs, or a model for PyTorch
//	abkd curves  learning curves of runs as SVG
//	abkd serve   serve the built page on this machine
//	abkd licences the licences of abkd and of all that is in it
//
// The exit status is 0 when all went well, 1 for bad input or a failure, with
// one line on standard error that says which, 130 when Ctrl-C or SIGTERM ended
// the work, and 2 for a mistake in the program itself.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
