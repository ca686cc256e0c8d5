package calendar

import (
	"sync"
	"time"
)

// London returns the time zone in which people here write and read dates; UTC on a machine that has no time zones. It is
// looked up once.
var London = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return loc
})
