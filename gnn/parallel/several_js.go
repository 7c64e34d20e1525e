package parallel

// Several reports whether n ranks are more than one. In a browser, which has
// one process, they never are: what ranks do is no part of its programs.
func Several(int) bool { return false }

// Alone reports whether g is one rank, which it always is.
func Alone(Group) bool { return true }
