package setup

// An Opt is a number that was said, or was not. The zero Opt was not.
type Opt[T comparable] struct {
	value T
	said  bool
}

// Some returns the Opt of a number that was said.
func Some[T comparable](value T) Opt[T] { return Opt[T]{value, true} }

// Get returns the number and whether it was said.
func (o Opt[T]) Get() (value T, said bool) { return o.value, o.said }

// Or returns the number, or another one if it was not said.
func (o Opt[T]) Or(other T) T {
	if o.said {
		return o.value
	}
	return other
}
