package queue

import (
	"fmt"
	"runtime/debug"
)

// guard calls fn and makes a panic an error, so that one row or one connection does not end the others. The log gets
// the stack but not the panic's value, which may hold words of a mail.
func (q *Queue) guard(doing string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("panic", "doing", doing, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}
