package setup

// A Naming says how a front calls what has that key, a setting or what else a
// user gives: as a flag, say, or by a label.
type Naming func(key string) string
