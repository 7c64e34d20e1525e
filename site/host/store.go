package host

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"abkd/site/room"
)

// A store is the file: a bucket of records for each room, and links with the time
// until which they last.
//
//	rooms/ABC234/room, rooms/ABC234/student/0001, ...
//	links/abcdefghijkl = seconds since 1970 (8 bytes), link
type store struct {
	db   *bbolt.DB
	path string
}

var roomsBucket, linksBucket = []byte("rooms"), []byte("links")

func openStore(folder string) (*store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "rooms.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: another process has it open", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.MaxBatchDelay = 2 * time.Millisecond // what arrives together is written together
	s := &store{db, path}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, errRooms := tx.CreateBucketIfNotExists(roomsBucket)
		_, errLinks := tx.CreateBucketIfNotExists(linksBucket)
		return errors.Join(errRooms, errLinks)
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (s *store) close() error { return s.db.Close() }

// check reads something.
func (s *store) check() error {
	return s.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(roomsBucket) == nil {
			return fmt.Errorf("host: %s: the bucket of rooms is gone", s.path)
		}
		return nil
	})
}

// rooms returns the records of all rooms, by code and key.
func (s *store) rooms() (map[string]map[string][]byte, error) {
	all := map[string]map[string][]byte{}
	return all, s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(roomsBucket).ForEachBucket(func(code []byte) error {
			all[string(code)] = recordsOf(tx.Bucket(roomsBucket).Bucket(code))
			return nil
		})
	})
}

// records returns those of a room.
func (s *store) records(code string) (records map[string][]byte, err error) {
	return records, s.db.View(func(tx *bbolt.Tx) error {
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
			if err := rooms.DeleteBucket([]byte(code)); err != nil {
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
	return s.db.Batch(func(tx *bbolt.Tx) error {
		if rooms := tx.Bucket(roomsBucket); rooms.Bucket([]byte(code)) != nil {
			return rooms.DeleteBucket([]byte(code))
		}
		return nil
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
	return text, found, s.db.View(func(tx *bbolt.Tx) error {
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
		var old [][]byte
		for c, id, record := cursor(tx.Bucket(linksBucket)); id != nil; id, record = c.Next() {
			if _, until, ok := readLink(record); !ok || !now.Before(until) {
				old = append(old, id)
			}
		}
		for _, id := range old {
			if err := tx.Bucket(linksBucket).Delete(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// textsOf returns the records of an outcome as they are kept.
func textsOf(o room.Outcome) map[string][]byte {
	records := map[string][]byte{}
	for key, record := range o.Put {
		records[key] = record
	}
	return records
}
