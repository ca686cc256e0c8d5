package web

import (
	"errors"
	"net/http"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/signin"
	"sencoforum/store"
)

// A Demo is what the pages of a demonstration need: people to be, and the mail that went out to each. A real forum has none,
// and then the addresses do not exist.
type Demo interface {
	// People are those whom a visitor may be.
	People() []DemoPerson
	// Mails are the captured mails to an address, the latest first, as they were sent.
	Mails(a message.Address) ([][]byte, error)
}

// A DemoPerson is somebody whom a visitor of a demonstration may be.
type DemoPerson struct {
	Person list.PersonID
	Name   string
	Role   string // in a few words
}

// demoRoutes exist only in a demonstration.
var demoRoutes = []route{
	{"GET", "/demo", anybody, demoPage, false},
	{"POST", "/demo", anybody, demoSignIn, false},
	{"GET", "/demo/mail", signedIn, demoMails, false},
}

type demoData struct {
	People []DemoPerson
	Signed string
	Post   string
}

func demoPage(v *visit) error {
	d := demoData{People: v.s.cfg.Demo.People()}
	for _, p := range d.People {
		if p.Person == v.reader.Person() {
			d.Signed = p.Name
		}
	}
	return v.show(http.StatusOK, "demo.html", v.shell("This is a demonstration", link{Path: "/demo", Text: "Demonstration"}), d)
}

// demoSignIn signs in as one of the people, without a code.
func demoSignIn(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	for _, p := range v.s.cfg.Demo.People() {
		if form.Get("person") != p.Name {
			continue
		}
		var cookie string
		err := v.s.db.Update(func(tx *store.Tx) (err error) {
			cookie, err = v.s.cfg.Signin.SignIn(tx, p.Person, false, device(v.r), v.cookie(sessionCookie))
			return err
		})
		if err != nil {
			return err
		}
		return v.signedIn(signin.Entered{Person: p.Person}, cookie, false)
	}
	return errNoPage
}

type demoMailsData struct {
	Address string
	Mails   []demoMail
}

type demoMail struct {
	From, ReplyTo, Subject string
	Written                stamp
	Pieces                 []piece
}

// demoMailMost bounds the page.
const demoMailMost = 50

// demoMails shows what was mailed to whoever is signed in.
func demoMails(v *visit) error {
	var p list.Person
	err := v.s.db.View(func(tx *store.Tx) (err error) {
		p, err = list.GetPerson(tx, v.reader.Person())
		return err
	})
	if errors.Is(err, list.ErrNoPerson) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	all, err := v.s.cfg.Demo.Mails(p.Address)
	if err != nil {
		return err
	}
	d := demoMailsData{Address: p.Address.String()}
	for _, raw := range all[:min(len(all), demoMailMost)] {
		m := message.Parse(raw)
		out := demoMail{Subject: m.Subject(), From: m.Header.Text("From"), ReplyTo: m.Header.Text("Reply-To")}
		if at, ok := m.Date(); ok {
			out.Written = stampOf(at, v.now)
		}
		out.Pieces = []piece{{HTML: proseOf(m.Text())}}
		d.Mails = append(d.Mails, out)
	}
	sh := v.shell("My mail", link{Path: "/demo", Text: "Demonstration"}, link{Path: "/demo/mail", Text: "My mail"})
	return v.show(http.StatusOK, "demomail.html", sh, d)
}
