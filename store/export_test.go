package store

import (
	"runtime"
)

// AwaitWaiting waits until n Updates wait for the committer.
func AwaitWaiting(db *DB, n int) {
	for {
		db.queue.mu.Lock()
		waiting := len(db.queue.waiting)
		db.queue.mu.Unlock()
		if waiting >= n {
			return
		}
		runtime.Gosched()
	}
}
