package ostest

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// nobody is the user that owns no file.
const nobody = 65534

// Rights return what gives the test the rights of nobody on files, and what gives
// it those that it began with. Who is not root has never more. The test keeps its
// thread, which ends with it.
func Rights(t *testing.T) (drop, restore func()) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked
	if os.Geteuid() != 0 {
		return func() {}, func() {}
	}
	set := func(user int) func() {
		return func() {
			if err := syscall.Setfsuid(user); err != nil {
				t.Fatal(err)
			}
		}
	}
	return set(nobody), set(0)
}
