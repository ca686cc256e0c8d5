package worked

import (
	"testing"
	"time"
)

func TestWorkTakesTimeAndWaitingTakesNone(t *testing.T) {
	begun, start := time.Now(), Time(t)
	for n := 0; Time(t)-start < 20*time.Millisecond; n++ {
		if time.Since(begun) > time.Minute {
			t.Fatalf("a minute of work took %v", Time(t)-start)
		}
	}
	start = Time(t)
	<-time.After(200 * time.Millisecond)
	if took := Time(t) - start; took > 150*time.Millisecond {
		t.Errorf("to wait for a fifth of a second took %v of the processor", took)
	}
}
