package main

import (
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"abkd/site/classtest"
)

// Two hundred students in one room: nothing is lost, and the board is not behind.
func TestRoomsCrowd(t *testing.T) {
	s := startRooms(t, t.TempDir(), "--room-size", "201")
	took := classtest.Class(t, classtest.Server{URL: s.url}, 200, 3, 200*time.Millisecond)
	tell(t, "1 room of 200", took)
}

// Many rooms at the same time, each of a class with an address of its own: nothing is
// lost. With ABKD_ROOMS=50 it is the measurement of RESULTS.md, in which students say
// where they are as often as pages do.
func TestRoomsMany(t *testing.T) {
	rooms, beats, every := 4, 2, 300*time.Millisecond
	if text := os.Getenv("ABKD_ROOMS"); text != "" {
		if _, err := fmt.Sscan(text, &rooms); err != nil {
			t.Fatal(err)
		}
		beats, every = 30, 2*time.Second
	}
	s := startRooms(t, t.TempDir())
	begun := time.Now()
	var took []time.Duration
	var mu sync.Mutex
	var done sync.WaitGroup
	for i := range rooms {
		done.Go(func() {
			some := classtest.Class(t, classtest.Server{URL: s.url}.From(net.IPv4(127, 0, 1, byte(1+i))), 30, beats, every)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, some...)
		})
	}
	done.Wait()
	lasted := time.Since(begun)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	p := s.cmd.ProcessState
	tell(t, fmt.Sprintf("%d rooms of 30", rooms), took)
	t.Logf("in %v the server took %v of a processor, and at most %d kB of memory", lasted, p.UserTime()+p.SystemTime(), p.SysUsage().(*syscall.Rusage).Maxrss)
}

// tell logs how long heartbeats took to the board, of which 95 % have 3 s.
func tell(t *testing.T, what string, took []time.Duration) {
	slices.Sort(took)
	t.Logf("%s, %d heartbeats: median %v, 95 %% within %v, all within %v", what, len(took), took[len(took)/2], took[len(took)*95/100], took[len(took)-1])
}
