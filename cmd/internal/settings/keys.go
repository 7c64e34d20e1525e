package settings

// TrainKeys are the settings of sim that become flags of both commands that train,
// DistillKeys those that distil adds. The page's other settings are about a teacher that
// is trained beside its students; here that is a command of its own.
var (
	TrainKeys   = []string{"seed", "model", "layers", "hidden", "input", "inputs", "label-reuse", "epochs", "lr", "dropout", "input-dropout", "decay", "dense-decay", "row-normalise", "heads", "initial-share", "lambda", "rounds", "neighbour-share", "through", "sampler", "batch", "fanout", "roots", "steps", "eval-every"}
	DistillKeys = []string{"criterion", "beta", "alpha", "temperature", "dim", "dissimilarity", "softmax", "attend", "head", "granularity",
		"no-subspace", "renormalise", "detach", "frozen", "kernel", "tau", "head-dim", "max-nodes", "nodes", "hidden-only", "pin",
		"warmup", "fade", "gate", "own-lr", "own-decay"}
)
