package table

import (
	"bytes"
	"errors"
	"testing"
	"testing/iotest"
)

// What is read is taken of the memory, whatever r says that it holds, and no
// more than twice of it is allocated.
func TestReadAll(t *testing.T) {
	const enough = 1 << 20
	where := func() string { return "a.gz" }
	data := bytes.Repeat([]byte("abcde"), 20_000)
	for _, claimed := range []int64{-1, 0, 7, int64(len(data)), 1 << 40} {
		m := NewMemory(enough)
		got, err := m.ReadAll(iotest.OneByteReader(bytes.NewReader(data)), claimed, where)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("of %d claimed bytes %d are read, %v; want %d", claimed, len(got), err, len(data))
		}
		if taken := enough - m.Left(); taken != int64(cap(got)) || taken > 2*int64(len(data)) {
			t.Errorf("of %d claimed bytes %d are taken, and %d allocated for %d", claimed, taken, cap(got), len(data))
		}
		if claimed == int64(len(data)) && cap(got) != len(data)+1 {
			t.Errorf("a true claim of %d bytes allocates %d", claimed, cap(got))
		}
	}
	var large *TooLarge
	if _, err := NewMemory(10_000).ReadAll(bytes.NewReader(data), -1, where); !errors.As(err, &large) {
		t.Errorf("beyond the memory the error is %v", err)
	}
	damaged := errors.New("damaged")
	if _, err := NewMemory(enough).ReadAll(iotest.ErrReader(damaged), -1, where); err != damaged {
		t.Errorf("the error is %v, want that of the reader", err)
	}
}
