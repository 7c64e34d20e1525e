package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"abkd/gnn/file"
)

// Claims divide the runs of a folder among the processes that share it, on any
// number of machines. Who makes the file claims/KEY has the run KEY:
//
//	MACHINE PROCESS NUMBER COUNT
//
// COUNT goes up while its process lives. A claim that has been the same for a
// minute is a dead process's, by the clock of who looks, and so is one of a
// process that this machine no longer has. No file has to be locked: all rests on
// a file being made once, which NFS holds to. Should two processes have one run
// all the same, because the first was stopped for a minute, both write the same.
type Claims struct {
	dir   string
	owner string // this process: MACHINE PROCESS NUMBER
	beat  time.Duration
	lapse time.Duration // a claim that is the same for so long is given up

	mu   sync.Mutex
	seen map[string]sighting // claims of others
}

// A sighting is what a claim said, and since when it has.
type sighting struct {
	text  string
	since time.Time
}

// Claims returns the claims of the folder for this process.
func (f *Folder) Claims() *Claims {
	return &Claims{
		dir: f.Path(claimsDir), owner: fmt.Sprintf("%s %d %s", thisMachine(), os.Getpid(), rand.Text()),
		beat: 5 * time.Second, lapse: time.Minute, seen: map[string]sighting{},
	}
}

const claimsDir = "claims"

// Clean removes what killed processes have left. It is for who writes the folder
// alone.
func (f *Folder) Clean() {
	for _, sub := range []string{"teachers", "cells"} {
		file.CleanFolder(f.Path(sub))
	}
	_ = os.RemoveAll(f.Path(claimsDir)) // what stays is given up a minute later
}

// Claim implements study.Claims.
func (c *Claims) Claim(key string) (release func(), ok bool, err error) {
	name := filepath.Join(c.dir, key)
	f, err := create(name)
	if errors.Is(err, fs.ErrExist) && c.takeAway(name) {
		f, err = create(name)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("%s: a run cannot be claimed: %w%s", c.dir, file.Cause(err), file.Advice(err))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		c.live(f, stop)
	}()
	return func() {
		close(stop)
		<-stopped
		f.Close()
		if text, err := file.Read(name); err == nil && strings.HasPrefix(string(text), c.owner) {
			_ = os.Remove(name)
		}
		_ = os.Remove(c.dir) // if it was the last
	}, true, nil
}

// Await is Claim, and waits until the key is free.
func (c *Claims) Await(ctx context.Context, key string) (release func(), err error) {
	for {
		release, ok, err := c.Claim(key)
		if ok || err != nil {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(c.beat / 10):
		}
	}
}

// create makes the file called name, which must not be there, and its folder.
func create(name string) (f *os.File, err error) {
	for range 100 { // others may remove the folder meanwhile
		f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		if err := os.Mkdir(filepath.Dir(name), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return nil, err
}

// live says in the claim f that this process lives, until it is told to stop. It
// writes into the file itself: a claim that was taken away stays so.
func (c *Claims) live(f *os.File, stop chan struct{}) {
	tick := time.NewTicker(c.beat)
	defer tick.Stop()
	for count := 0; ; count++ {
		if _, err := f.WriteAt(fmt.Appendf(nil, "%s %010d\n", c.owner, count), 0); err == nil {
			_ = f.Sync() // other machines see it then; without, the run may be done twice
		}
		select {
		case <-stop:
			return
		case <-tick.C:
		}
	}
}

// takeAway takes the claim called name from a process that is dead, and reports
// whether it has.
func (c *Claims) takeAway(name string) bool {
	text, err := file.Read(name)
	if err != nil || !c.dead(name, string(text)) {
		return false
	}
	// One alone can rename it. Has another been faster, and claimed the run again,
	// then that claim is put back.
	away := name + "." + rand.Text()
	if os.Rename(name, away) != nil {
		return false
	}
	defer os.Remove(away)
	if now, err := file.Read(away); err != nil || !bytes.Equal(now, text) {
		_ = os.Link(away, name)
		return false
	}
	return true
}

// dead reports whether the claim called name, which says text, is that of a
// process that is no more.
func (c *Claims) dead(name, text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, known := c.seen[name]
	if !known || last.text != text {
		c.seen[name] = sighting{text, time.Now()}
		last = c.seen[name]
	}
	var at, number string
	var process, count int
	if n, _ := fmt.Sscan(text, &at, &process, &number, &count); n == 4 && at == thisMachine() && gone(process) {
		return true
	}
	return time.Since(last.since) > c.lapse
}

// thisMachine names this machine, and which of its processes see each other; "?"
// where that is not known.
var thisMachine = sync.OnceValue(func() string {
	boot, err := file.Read("/proc/sys/kernel/random/boot_id")
	space, e := os.Readlink("/proc/self/ns/pid")
	if err != nil || e != nil {
		return "?"
	}
	return strings.TrimSpace(string(boot)) + "/" + space
})

// gone reports whether this machine, if its name is known, has no such process.
func gone(process int) bool {
	if thisMachine() == "?" {
		return false
	}
	_, err := os.Stat(fmt.Sprintf("/proc/%d", process))
	return errors.Is(err, fs.ErrNotExist)
}
