package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"strings"

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
	// Digest mails somebody the weekly email of now, and waits a little until it is in their mailbox; false where there is
	// nothing to put into one.
	Digest(ctx context.Context, l list.List, p list.Person) (bool, error)
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
	{"GET", "/demo/mail/{mail}", signedIn, demoMailPage, false},
	{"POST", "/demo/digest", signedIn, demoDigest, false},
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
	Digest  bool   // somebody makes digests
	Note    string // what became of a digest that was asked for
	Mails   []demoMail
}

type demoMail struct {
	From, ReplyTo, Subject string
	Written                stamp
	Text                   template.HTML
	Page                   string // its address as a page; empty where it has only text
}

// demoMailMost bounds the page.
const demoMailMost = 50

// demoMails shows what was mailed to whoever is signed in.
func demoMails(v *visit) error {
	p, all, err := v.mailbox()
	if err != nil {
		return err
	}
	d := demoMailsData{Address: p.Address.String(), Digest: v.s.cfg.Digests != nil, Note: demoNotes[v.query("digest")]}
	for _, raw := range all {
		m := message.Parse(raw)
		out := demoMail{Subject: m.Subject(), From: m.Header.Text("From"), ReplyTo: m.Header.Text("Reply-To")}
		if at, ok := m.Date(); ok {
			out.Written = stampOf(at, v.now)
		}
		if pageOf(m.Root) != nil {
			out.Page = v.s.cfg.Path + "/demo/mail/" + demoName(raw)
		}
		out.Text = asSent(m.Text())
		d.Mails = append(d.Mails, out)
	}
	sh := v.shell("My mail", link{Path: "/demo", Text: "Demonstration"}, link{Path: "/demo/mail", Text: "My mail"})
	return v.show(http.StatusOK, "demomail.html", sh, d)
}

// asSent is the text of a mail with its lines as they are.
func asSent(text string) template.HTML {
	var all []string
	for line := range strings.Lines(visible(strings.TrimSpace(text))) {
		all = append(all, linked(line, template.HTMLEscapeString))
	}
	return template.HTML(strings.Join(all, ""))
}

// mailbox is whoever is signed in, and what was mailed to them.
func (v *visit) mailbox() (p list.Person, all [][]byte, err error) {
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		p, err = list.GetPerson(tx, v.reader.Person())
		return err
	})
	if errors.Is(err, list.ErrNoPerson) {
		return p, nil, errNoPage
	}
	if err != nil {
		return p, nil, err
	}
	all, err = v.s.cfg.Demo.Mails(p.Address)
	return p, all[:min(len(all), demoMailMost)], err
}

// demoName names a mail by its bytes.
func demoName(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// pageOf is the first part of a mail that is HTML, nil where none is.
func pageOf(p *message.Part) *message.Part {
	if p.Type == "text/html" && p.Disposition != "attachment" {
		return p
	}
	for _, child := range p.Parts {
		if found := pageOf(child); found != nil {
			return found
		}
	}
	return nil
}

// mailPolicy is that of a mail which is shown as a mail program would: its own styles, and nothing else.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation"

// demoMailPage shows the HTML of a mail as a mail program would.
func demoMailPage(v *visit) error {
	_, all, err := v.mailbox()
	if err != nil {
		return err
	}
	for _, raw := range all {
		if demoName(raw) != v.args["mail"] {
			continue
		}
		if p := pageOf(message.Parse(raw).Root); p != nil {
			h := v.w.Header()
			h.Set("Content-Security-Policy", mailPolicy)
			h.Set("Content-Type", "text/html; charset=utf-8")
			_, err := v.w.Write(p.Content())
			return tell(err)
		}
	}
	return errNoPage
}

// demoNotes say what became of a digest that was asked for.
var demoNotes = map[string]string{
	"sent": "The weekly email is below, on top. It is what a member gets who chose weekly.",
	"none": "There is nothing to put into a weekly email: nothing was written this week.",
}

// demoDigest mails the weekly email to whoever is signed in.
func demoDigest(v *visit) error {
	if v.s.cfg.Digests == nil || len(v.lists) == 0 {
		return errNoPage
	}
	p, _, err := v.mailbox()
	if err != nil {
		return err
	}
	sent, err := v.s.cfg.Demo.Digest(v.r.Context(), v.lists[0], p)
	if err != nil {
		return err
	}
	if !sent {
		return v.to(http.StatusSeeOther, "/demo/mail?digest=none")
	}
	return v.to(http.StatusSeeOther, "/demo/mail?digest=sent")
}
