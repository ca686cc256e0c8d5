package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestKeepStepsWhenItIsDue(t *testing.T) {
	bad := errors.New("broken")
	for _, c := range []struct {
		name string
		wait time.Duration
		err  error
		next time.Duration // to the second step; 0: there is none
	}{
		{"nothing is known to be due", 0, nil, time.Hour},
		{"something is due soon", 5 * time.Minute, nil, 5 * time.Minute},
		{"something is due in a long time", 5 * time.Hour, nil, time.Hour},
		{"something is due already", -time.Second, nil, keepLeast},
		{"the disk is full", 0, ErrFull, time.Minute},
		{"another error ends it", 0, bad, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var db DB
				ctx, stop := context.WithCancel(t.Context())
				begun, second := time.Now(), time.Duration(0)
				steps := 0
				err := db.Keep(ctx, time.Hour, func(context.Context) (time.Duration, error) {
					if steps++; steps == 2 {
						second = time.Since(begun)
						stop()
						return 0, nil
					}
					return c.wait, c.err
				})
				stop()
				if second != c.next || c.next == 0 && !errors.Is(err, bad) || c.next > 0 && err != nil {
					t.Errorf("the second step came after %v, and the end was %v", second, err)
				}
			})
		})
	}
}

func TestKeepStepsWhenItIsRung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var db DB
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		begun := time.Now()
		steps := 0
		err := db.Keep(ctx, time.Hour, func(context.Context) (time.Duration, error) {
			switch steps++; steps {
			case 1:
				time.AfterFunc(time.Second, func() { db.bells.ring([]string{"other"}) })
				time.AfterFunc(2*time.Second, func() { db.bells.ring([]string{"one"}) })
			case 2:
				if took := time.Since(begun); took != 2*time.Second {
					t.Errorf("it was rung after %v", took)
				}
				stop()
			}
			return 0, nil
		}, "one")
		if err != nil || steps != 2 {
			t.Errorf("%d steps, %v", steps, err)
		}
	})
}
