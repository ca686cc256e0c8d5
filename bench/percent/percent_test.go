package percent

import (
	"testing"
	"time"
)

func TestPercentilesAreThoseOfTheSortedTimes(t *testing.T) {
	var d []time.Duration
	for i := 100; i > 0; i-- {
		d = append(d, time.Duration(i)*time.Millisecond)
	}
	if got, want := Sum(d), (Of{100, 51, 91, 96, 100, 100}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := Sum(nil); got != (Of{}) {
		t.Errorf("of nothing %+v", got)
	}
}
