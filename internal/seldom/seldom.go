// Package seldom logs a state that lasts and is met many times a second, such as a full disk: one line when it begins,
// and then at most one for each interval, with how often it was met.
package seldom

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Minute is the interval for what an operator has to put right: seldom enough for a disk that has little room left.
const Minute = time.Minute

// A Line is what the log says of one state. Its methods may be called by several goroutines at once.
type Line struct {
	what  string
	level slog.Level
	count atomic.Int64
	often rate.Sometimes
}

// NewLine returns a line that is logged at once and then no more than once in every interval.
func NewLine(what string, level slog.Level, every time.Duration) *Line {
	return &Line{what: what, level: level, often: rate.Sometimes{Interval: every}}
}

// Log counts the state as met, and logs it if it is time. The attribute "count" says how often it was met since the
// last line, this time included.
func (l *Line) Log(log *slog.Logger, attrs ...slog.Attr) {
	l.count.Add(1)
	l.often.Do(func() {
		all := append(attrs[:len(attrs):len(attrs)], slog.Int64("count", l.count.Swap(0)))
		log.LogAttrs(context.Background(), l.level, l.what, all...)
	})
}
