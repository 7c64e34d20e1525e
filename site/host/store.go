package host

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"abkd/site/room"
)

// A store is the file: a bucket of records for each room, rooms that could not be
// read with the time until which they are kept, and links with the time until which
// they last.
//
//	rooms/ABC234/room, rooms/ABC234/student/0001, ...
//	aside/ABC234 = seconds since 1970 (8 bytes)
//	links/abcdefghijkl = seconds since 1970 (8 bytes), link
type store struct {
	db      *bbolt.DB
	file    *os.File // that db has open
	path    string
	reading sync.RWMutex // no page that a reader needs is overwritten
	deleted atomic.Bool  // since the last erase
}

var roomsBucket, asideBucket, linksBucket = []byte("rooms"), []byte("aside"), []byte("links")

// openStore opens the file in a folder; both are made if they are not there. A file
// that is damaged is left as it is. What was deleted before is erased.
func openStore(folder string) (*store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	s := &store{path: filepath.Join(folder, "rooms.db")}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		_, errRooms := tx.CreateBucketIfNotExists(roomsBucket)
		_, errAside := tx.CreateBucketIfNotExists(asideBucket)
		_, errLinks := tx.CreateBucketIfNotExists(linksBucket)
		return errors.Join(errRooms, errAside, errLinks)
	})
	s.deleted.Store(true) // by a process that was killed, perhaps
	if err == nil {
		err = s.erase()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.path, err), s.close())
	}
	return s, nil
}

// open opens the file, unless it is damaged.
func (s *store) open() error {
	info, err := os.Stat(s.path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return errors.Unwrap(err) // without the name
	case err == nil && !info.Mode().IsRegular():
		return errors.New("it is no file, and rooms are kept in one of that name: move it away, or choose another folder")
	case err == nil && info.Size() == 0:
		return damaged(errors.New("it has no bytes"))
	}
	err = sound(func() (err error) {
		s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: time.Second, OpenFile: s.openFile})
		return err
	})
	other, isOther := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return errors.New("another process has it open: end that one, or choose another folder")
	case isOther:
		return other.Err // without the name
	case err == nil:
		s.db.MaxBatchDelay = 2 * time.Millisecond // what arrives together is written together
		if err = s.sound(); err == nil {
			return nil
		}
	}
	if s.file != nil {
		s.file.Close() // which unlocks it: the database may be in no state to be closed
	}
	return damaged(err)
}

func (s *store) openFile(path string, flag int, mode os.FileMode) (file *os.File, err error) {
	s.file, err = os.OpenFile(path, flag, mode)
	return s.file, err
}

func damaged(why error) error {
	return fmt.Errorf("it is damaged, or no file of rooms (%w): put a copy in its place, or move it away to begin without rooms; it was left as it is", why)
}

// sound does what reads the file, and tells as an error that a page of it is not
// there or is none.
func sound(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // of the memory that the file is mapped to
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return f()
}

// sound reads all of the file.
func (s *store) sound() error {
	return sound(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			if info, err := s.file.Stat(); err != nil || info.Size() < tx.Size() {
				return errors.New("its end is missing")
			}
			err := tx.ForEach(func(_ []byte, b *bbolt.Bucket) error { return readAll(b) })
			if err != nil {
				return err
			}
			for found := range tx.Check() { // which reads pages as if each were one
				err = cmp.Or(err, found)
			}
			return err
		})
	})
}

func readAll(b *bbolt.Bucket) error {
	return b.ForEach(func(key, value []byte) error {
		if value == nil {
			return readAll(b.Bucket(key))
		}
		bytes.Clone(value) // reads it
		return nil
	})
}

// erase writes zeros over all that the file does not need any more, where what was
// deleted still lies: bbolt writes a page anew in another place.
func (s *store) erase() (err error) {
	if !s.deleted.Swap(false) {
		return nil
	}
	defer func() {
		if err != nil {
			s.deleted.Store(true)
		}
	}()
	s.reading.Lock()
	defer s.reading.Unlock()
	tx, err := s.db.Begin(true) // nobody writes meanwhile
	if err != nil {
		return err
	}
	defer tx.Rollback() // of nothing
	size := s.db.Info().PageSize
	for id := 0; ; id++ {
		page, err := tx.Page(id)
		if err != nil {
			return err
		}
		if page == nil {
			break
		}
		if page.Type == "free" {
			if err := s.clear(int64(id*size), size); err != nil {
				return err
			}
		}
	}
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	for at := tx.Size(); at < info.Size(); at += int64(size) { // of writers that were killed
		if err := s.clear(at, int(min(int64(size), info.Size()-at))); err != nil {
			return err
		}
	}
	return s.file.Sync()
}

// clear writes zeros over so many bytes, if they are others.
func (s *store) clear(at int64, n int) error {
	old, zeros := make([]byte, n), make([]byte, n)
	if _, err := s.file.ReadAt(old, at); err != nil {
		return err
	}
	if bytes.Equal(old, zeros) {
		return nil
	}
	_, err := s.file.WriteAt(zeros, at)
	return err
}

// view reads.
func (s *store) view(f func(*bbolt.Tx) error) error {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return s.db.View(f)
}

func (s *store) close() error { return s.db.Close() }

// check reads something.
func (s *store) check() error {
	return s.view(func(tx *bbolt.Tx) error {
		if tx.Bucket(roomsBucket) == nil {
			return fmt.Errorf("host: %s: the bucket of rooms is gone", s.path)
		}
		return nil
	})
}

// rooms returns the records of all rooms, by code and key.
func (s *store) rooms() (map[string]map[string][]byte, error) {
	all := map[string]map[string][]byte{}
	return all, s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(roomsBucket).ForEachBucket(func(code []byte) error {
			all[string(code)] = recordsOf(tx.Bucket(roomsBucket).Bucket(code))
			return nil
		})
	})
}

// records returns those of a room.
func (s *store) records(code string) (records map[string][]byte, err error) {
	return records, s.view(func(tx *bbolt.Tx) error {
		records = recordsOf(tx.Bucket(roomsBucket).Bucket([]byte(code)))
		return nil
	})
}

func recordsOf(b *bbolt.Bucket) map[string][]byte {
	records := map[string][]byte{}
	if b == nil {
		return records
	}
	for c, k, v := cursor(b); k != nil; k, v = c.Next() {
		records[string(k)] = append([]byte{}, v...) // which outlive the transaction
	}
	return records
}

func cursor(b *bbolt.Bucket) (c *bbolt.Cursor, key, value []byte) {
	c = b.Cursor()
	key, value = c.First()
	return c, key, value
}

// keep writes records of a room, which are on the disk when it returns; those of a
// room that is opened take the place of all that its code had.
func (s *store) keep(code string, records map[string][]byte, opened bool) error {
	if len(records) == 0 {
		return nil
	}
	return s.db.Batch(func(tx *bbolt.Tx) error {
		rooms := tx.Bucket(roomsBucket)
		if opened && rooms.Bucket([]byte(code)) != nil {
			if err := s.delete(tx, []byte(code)); err != nil {
				return err
			}
		}
		b, err := rooms.CreateBucketIfNotExists([]byte(code))
		if err != nil {
			return err
		}
		for key, record := range maps.All(records) {
			if err := b.Put([]byte(key), record); err != nil {
				return err
			}
		}
		return nil
	})
}

// drop deletes all that is kept of a room.
func (s *store) drop(code string) error {
	return s.db.Batch(func(tx *bbolt.Tx) error { return s.delete(tx, []byte(code)) })
}

// delete deletes a room, and that it was set aside.
func (s *store) delete(tx *bbolt.Tx, code []byte) error {
	tx.OnCommit(func() { s.deleted.Store(true) })
	err := tx.Bucket(roomsBucket).DeleteBucket(code)
	if errors.Is(err, bolterrors.ErrBucketNotFound) {
		err = nil
	}
	return errors.Join(err, tx.Bucket(asideBucket).Delete(code))
}

// setAside says of which rooms nothing could be made: they are kept until then, or
// until what was said of them before. No other is aside any more.
func (s *store) setAside(codes []string, until time.Time) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		aside, before := tx.Bucket(asideBucket), map[string][]byte{}
		for c, code, kept := cursor(aside); code != nil; code, kept = c.Next() {
			before[string(code)] = bytes.Clone(kept)
		}
		for code := range before {
			if err := aside.Delete([]byte(code)); err != nil {
				return err
			}
		}
		for _, code := range codes {
			kept, was := before[code]
			if _, _, ok := readLink(kept); !was || !ok {
				kept = linkRecord("", until)
			}
			if err := aside.Put([]byte(code), kept); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropAside deletes rooms that were set aside and are kept no longer.
func (s *store) dropAside(now time.Time) error {
	return s.db.Batch(func(tx *bbolt.Tx) error {
		return forOld(tx.Bucket(asideBucket), now, func(code []byte) error { return s.delete(tx, code) })
	})
}

func (s *store) putLink(id, text string, until time.Time) error {
	return s.db.Batch(func(tx *bbolt.Tx) error {
		return tx.Bucket(linksBucket).Put([]byte(id), linkRecord(text, until))
	})
}

func linkRecord(text string, until time.Time) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(until.Unix())), text...)
}

// readLink returns what linkRecord was made of; not ok is a record of none.
func readLink(record []byte) (text string, until time.Time, ok bool) {
	if len(record) < 8 {
		return "", time.Time{}, false
	}
	return string(record[8:]), time.Unix(int64(binary.BigEndian.Uint64(record)), 0), true
}

// link returns a link that still lasts.
func (s *store) link(id string, now time.Time) (text string, found bool, err error) {
	return text, found, s.view(func(tx *bbolt.Tx) error {
		kept, until, ok := readLink(tx.Bucket(linksBucket).Get([]byte(id)))
		if found = ok && now.Before(until); found {
			text = kept
		}
		return nil
	})
}

// dropLinks deletes those that last no more.
func (s *store) dropLinks(now time.Time) error {
	return s.db.Batch(func(tx *bbolt.Tx) error {
		links := tx.Bucket(linksBucket)
		return forOld(links, now, func(id []byte) error {
			tx.OnCommit(func() { s.deleted.Store(true) })
			return links.Delete(id)
		})
	})
}

// forOld calls f with the keys of records that last no more.
func forOld(b *bbolt.Bucket, now time.Time, f func(key []byte) error) error {
	var old [][]byte
	for c, key, record := cursor(b); key != nil; key, record = c.Next() {
		if _, until, ok := readLink(record); !ok || !now.Before(until) {
			old = append(old, bytes.Clone(key))
		}
	}
	for _, key := range old {
		if err := f(key); err != nil {
			return err
		}
	}
	return nil
}

// textsOf returns the records of an outcome as they are kept.
func textsOf(o room.Outcome) map[string][]byte {
	records := map[string][]byte{}
	for key, record := range o.Put {
		records[key] = record
	}
	return records
}
