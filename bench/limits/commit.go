package main

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// committer is a goroutine that commits for others: it takes all that wait and commits once for them. A lone writer
// waits for nobody.
type committer struct {
	waiting chan chan error
	commits int // to be read after the last wait
}

func newCommitter(writers int, commit func(together int) error) *committer {
	c := &committer{waiting: make(chan chan error, writers)}
	go func() {
		for first := range c.waiting {
			group := c.gather(first)
			err := commit(len(group))
			c.commits++
			for _, done := range group {
				done <- err
			}
		}
	}()
	return c
}

func (c *committer) gather(first chan error) []chan error {
	group := []chan error{first}
	for {
		select {
		case next := <-c.waiting:
			group = append(group, next)
		default:
			return group
		}
	}
}

// wait asks for a commit and returns when it is done.
func (c *committer) wait() error {
	done := make(chan error, 1)
	c.waiting <- done
	return <-done
}

func (c *committer) close() { close(c.waiting) }

// boltGroupCommit is the limit of a server on this storage engine: writers that share commits as groupCommit has them,
// each with one row of a block.
func boltGroupCommit(b bench, workers int) (rate, error) {
	db, err := bbolt.Open(filepath.Join(b.dir, "bolt.db"), 0o600, &bbolt.Options{InitialMmapSize: 1 << 30})
	if err != nil {
		return rate{}, err
	}
	defer discardBolt(db)
	bucket, block, row := []byte("rows"), make([]byte, b.block), uint64(0)
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(bucket)
		return err
	})
	if err != nil {
		return rate{}, err
	}
	c := newCommitter(workers, func(together int) error {
		return db.Update(func(tx *bbolt.Tx) error {
			for range together {
				row++
				if err := tx.Bucket(bucket).Put(binary.BigEndian.AppendUint64(nil, row), block); err != nil {
					return err
				}
			}
			return nil
		})
	})
	defer c.close()
	r, err := b.repeat(workers, func(int) error { return c.wait() })
	r.commits = c.commits
	return r, err
}

func discardBolt(db *bbolt.DB) {
	path := db.Path()
	db.Close()
	os.Remove(path)
}
