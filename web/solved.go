package web

import (
	"errors"
	"fmt"
	"net/http"

	"sencoforum/archive"
	"sencoforum/store"
)

// Who asked a question says on its page that it is solved, or not after all.
var solvedRoutes = []route{
	{"POST", "/t/{number}/solved", readsIt, solveThread, false},
}

// addSolved says whether a discussion is solved, and whether the reader may say so.
func (v *visit) addSolved(tx *store.Tx, d *threadData) error {
	s, err := archive.Summarize(tx, d.Number)
	if err != nil {
		return err
	}
	d.Solved, d.Asked = s.Solved, s.Question && s.Asker != 0 && s.Asker == v.reader.Person()
	return nil
}

// solveThread marks a question as solved, or as open, for whoever asked it. From anybody else it changes nothing.
func solveThread(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	err = v.s.db.Update(func(tx *store.Tx) error {
		d, _, err := archive.ReadThread(tx, v.reader, n)
		if err != nil {
			return err
		}
		n = d.Number
		_, _, err = archive.Solve(tx, n, v.reader.Person(), v.now, form.Get("solved") == "yes")
		var others *archive.NotAskerError
		if errors.As(err, &others) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.to(http.StatusSeeOther, fmt.Sprintf("/t/%d", n))
}
