package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/signin"
	"sencoforum/store"
)

// A Data writes all that is known of a person into a zip file, or returns ErrTooLarge.
type Data func(ctx context.Context, to io.Writer, who list.PersonID) error

// ErrTooLarge says that what is known of a person is too large for one download.
var ErrTooLarge = errors.New("too large for a download")

// accountRoutes are the pages about a member's addresses and data.
var accountRoutes = []route{
	{"GET", accountPath, signedIn, accountPage, false},
	{"POST", accountPath, signedIn, downloadData, false},
	{"POST", "/settings/address", signedIn, changeAddress, false},
}

const accountPath = "/settings/data"

// downloadsDay is how often somebody may download what is known of them in a day: each reads through all of the archive.
const downloadsDay = 3

// accountData is that page.
type accountData struct {
	Done, Error string
	Address     string
	Others      []string // of theirs, from which they may write
	Backup      string
	New         string // that they typed
	Data        bool   // it can be downloaded
}

func accountPage(v *visit) error {
	return v.account(http.StatusOK, accountData{Done: map[string]string{
		"move":   "If this address can be yours, we have written to it and to your present one. Say yes to both emails. Until then nothing changes.",
		"backup": "If this address can be yours, we have written to it. Say yes to that email, and we know it as your second address.",
		"none":   "We know no second address of yours any more.",
		"fresh":  "Thank you. Now press the button once more.",
	}[v.query("done")]})
}

func (v *visit) account(status int, d accountData) error {
	err := v.s.db.View(func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, v.reader.Person())
		if err != nil {
			return err
		}
		d.Address, d.Others, d.Data = p.Address.String(), nil, v.s.cfg.Data != nil
		for _, a := range p.Linked {
			d.Others = append(d.Others, a.String())
		}
		if !p.Backup.IsZero() {
			d.Backup = p.Backup.String()
		}
		return nil
	})
	if err != nil {
		return err
	}
	const title = "My addresses and my data"
	sh := v.shell(title, link{Path: "/settings", Text: "My settings"}, link{Path: accountPath, Text: title})
	sh.Error = d.Error
	return v.show(status, "account.html", sh, d)
}

// downloadData gives somebody all that is known of them, if they typed a code just now; else it asks for one.
func downloadData(v *visit) error {
	if err := drain(v.r); err != nil {
		return err
	}
	if v.s.cfg.Data == nil {
		return errNoPage
	}
	if !v.session.IsFresh(v.now) {
		return v.askAgain(accountPath + "?done=fresh")
	}
	may := false
	err := v.s.db.Update(func(tx *store.Tx) (err error) {
		may, err = moderate.May(tx, "download", v.reader.Person(), v.now, downloadsDay, 24*time.Hour)
		return err
	})
	if err != nil {
		return err
	}
	if !may {
		return v.account(http.StatusTooManyRequests, accountData{Error: "You have downloaded your data several times today. Please try again tomorrow."})
	}
	var b bytes.Buffer
	err = v.s.cfg.Data(v.r.Context(), &b, v.reader.Person())
	if errors.Is(err, ErrTooLarge) {
		return v.account(http.StatusUnprocessableEntity, accountData{Error: "There is more than one download can hold. Please ask the moderators for it."})
	}
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="my-data-`+v.now.In(london).Format("2006-01-02")+`.zip"`)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	_, err = v.w.Write(b.Bytes())
	return tell(err)
}

// askAgain lets a code be mailed to whoever is signed in already, and leads from there to a page of ours.
func (v *visit) askAgain(to string) error {
	var cookie string
	err := v.s.db.Update(func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, v.reader.Person())
		if err != nil {
			return err
		}
		cookie, err = signin.Ask(tx, v.now, signin.Asking{Address: p.Address, From: v.s.counted(v.r), To: to})
		return err
	})
	var often *signin.TooOftenError
	switch {
	case errors.As(err, &often):
		return v.account(http.StatusTooManyRequests, accountData{
			Error: "For this we need a new code, and you have asked for several. Please try again after " + stampOf(often.Until, v.now).Text + "."})
	case errors.Is(err, signin.ErrCrowded):
		return v.account(http.StatusTooManyRequests, accountData{Error: "Very many people are signing in just now. Please try again in half an hour."})
	case err != nil:
		return err
	}
	v.setCookie(codeCookie, cookie, int(signin.CodeLife.Seconds()))
	return v.to(http.StatusSeeOther, "/code")
}

// changeAddress asks for another address, or for a second one. What it answers does not depend on whose that is.
func changeAddress(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	d := accountData{New: strings.TrimSpace(form.Get("address"))}
	o := membership.Order{Word: membership.WordAddress, Value: d.New, Quiet: true}
	done := "move"
	switch form.Get("do") {
	case "backup":
		o.Word, done = membership.WordBackup, "backup"
	case "none":
		o.Word, o.Value, done = membership.WordBackup, "off", "none"
	}
	if _, err := message.ParseAddress(d.New); err != nil && done != "none" {
		d.Error = "Enter the new address, like name@school.example."
		if len(d.New) > 254 {
			d.New = ""
		}
		return v.account(http.StatusUnprocessableEntity, d)
	}
	by := membership.By{Actor: fmt.Sprintf("member %d", v.reader.Person()), Now: v.now, How: membership.ByPage}
	l := v.reader.Memberships()[0].List
	err = v.s.db.Update(func(tx *store.Tx) error { return membership.Obey(tx, by, v.s.cfg.Host, l, v.reader.Person(), o) })
	if errors.Is(err, list.ErrNoMember) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	return v.to(http.StatusSeeOther, accountPath+"?done="+done)
}
