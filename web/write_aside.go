package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"sencoforum/archive"
	"sencoforum/fanout"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/token"
)

// searchesDay is how often a member may have a discussion mailed or search by mail in a day, as the desk has it.
const searchesDay = 100

// sendThread mails a discussion to whoever asks.
func sendThread(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	if err := drain(v.r); err != nil {
		return err
	}
	may := false
	err = v.s.db.Update(func(tx *store.Tx) error {
		d, posts, err := archive.ReadThread(tx, v.reader, n)
		if err != nil {
			return err
		}
		n = d.Number
		if may, err = moderate.May(tx, "searches", v.reader.Person(), v.now, searchesDay, 24*time.Hour); err != nil || !may {
			return err
		}
		return fanout.Want(tx, v.now, fanout.Wanted{List: firstShown(posts).List, Person: v.reader.Person(), Thread: n})
	})
	if err != nil {
		return err
	}
	done := "mailed"
	if !may {
		done = "enough"
	}
	return v.to(http.StatusSeeOther, fmt.Sprintf("/t/%d?done=%s", n, done))
}

// threadDone says on a discussion's page what was just done.
var threadDone = map[string]string{
	"mailed": "This discussion comes to you as one email, in a few minutes.",
	"enough": "You have asked for very many discussions today. Please ask again tomorrow.",
}

// reportData is the page on which a member reports a post.
type reportData struct {
	Number archive.Number
	Author string
	Form   string
	Error  string
	Text   string
}

// maxReport is the most letters of a report. A request of the usual size holds them.
const maxReport = 400

func reportPage(v *visit) error { return v.askForReport(http.StatusOK, reportData{}) }

func (v *visit) askForReport(status int, d reportData) error {
	p, err := v.reported()
	if err != nil {
		return err
	}
	d.Number, d.Author = p.Number, nameOf(p)
	if d.Form == "" {
		d.Form = token.Random()
	}
	sh := v.shell("Report a message to the moderators", link{Path: "/m/" + number(p.Number), Text: subjectOf(p)}, link{Path: v.s.pathOf(v.r), Text: "Report"})
	sh.Error = d.Error
	return v.show(status, "report.html", sh, d)
}

// reported is the post of the address, if the reader may see it.
func (v *visit) reported() (p archive.Post, err error) {
	n, err := v.number()
	if err != nil {
		return p, err
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		p, err = archive.ReadPost(tx, v.reader, n)
		return err
	})
	return p, err
}

// reportPost hands a report to the moderators.
func reportPost(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	p, err := v.reported()
	if err != nil {
		return err
	}
	if v.s.cfg.Desk.Complain == nil {
		return errNoPage
	}
	d := reportData{Form: form.Get("form"), Text: form.Get("text")}
	if _, err := token.Hash(d.Form); err != nil {
		d.Form = token.Random()
	}
	if len([]rune(d.Text)) > maxReport+maxReport/10 {
		d.Error = "Write at most " + plural(maxReport, "letter", "letters") + "."
		return v.askForReport(http.StatusUnprocessableEntity, d)
	}
	taken, err := v.s.cfg.Desk.Complain(v.r.Context(), Complaint{
		Post: p.Number, Person: v.reader.Person(), Fresh: v.session.IsFresh(v.now), Words: d.Text, Form: d.Form,
	})
	if err != nil {
		return err
	}
	s := sentData{Title: "The moderators have it", Back: "/m/" + number(p.Number), Texts: []string{"Thank you. They see the message, your name and what you wrote. Its writer is not told."}}
	if !taken {
		s.Title, s.Texts = "You have reported very much today", []string{"Nothing was sent to the moderators. If it is urgent, write to " + v.list(p.List).Service("owner").String() + "."}
	}
	return v.show(http.StatusOK, "sent.html", v.shell(s.Title), s)
}

// nameAs is the name of the reader as they chose it.
func (v *visit) nameAs() (name string, err error) {
	err = v.s.db.View(func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, v.reader.Person())
		name = list.CleanName(p.Name)
		if errors.Is(err, list.ErrNoPerson) {
			return errNoPage
		}
		return err
	})
	return name, err
}
