package main

import (
	"errors"
	"fmt"
	"net/http"

	"sencoforum/store"
)

// healthz answers 200 while the process lives and its store can be trusted, else 503 with the kind of trouble.
func (i instruments) healthz(w http.ResponseWriter, _ *http.Request) {
	if err := i.house.db.Err(); err != nil {
		say(w, http.StatusServiceUnavailable, "store failed: "+failureKind(err))
		return
	}
	say(w, http.StatusOK, "ok")
}

// readyz answers 200 while mail is taken, else 503 with the reason.
func (i instruments) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := i.house.db.Err(); err != nil {
		say(w, http.StatusServiceUnavailable, "store failed: "+failureKind(err))
		return
	}
	for _, end := range i.stopping {
		select {
		case <-end:
			say(w, http.StatusServiceUnavailable, "stopping")
			return
		default:
		}
	}
	say(w, http.StatusOK, "ready")
}

// failureKind is why the store is at its end, in a word or two. The whole cause is in the log alone.
func failureKind(err error) string {
	switch {
	case errors.Is(err, store.ErrMaybe):
		return "the disk reported an error at a commit"
	case errors.Is(err, store.ErrDamaged):
		return "the file cannot be read"
	}
	return "the disk reported an error"
}

func say(w http.ResponseWriter, code int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	fmt.Fprintln(w, words)
}
