package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// joinRoutes are the pages by which people join, and leave who have no link for it.
var joinRoutes = []route{
	{"GET", "/join", anybody, joinPage, true},
	{"POST", "/join", anybody, askToJoin, false},
	{"GET", "/leave", anybody, leavePage, false},
	{"POST", "/leave", anybody, askToLeave, false},
}

// joinAbout is what search engines show of the page for joining.
const joinAbout = "Join the free email forum for SENCOs in UK schools: ask colleagues about EHCPs, annual reviews and access arrangements."

// What somebody may say of themselves, in letters.
const (
	maxName  = 80
	maxWords = 300
)

// joinData is the page on which somebody asks to join or to leave.
type joinData struct {
	Error, Wrong string
	Email        string
	Name, Words  string
	Lists        []option
	List         string
	Title        string // of the list
	Members      string
	Approved     bool
	Rules        string
	Joiner       string // address for joining by email
}

func joinPage(v *visit) error { return v.askWho(http.StatusOK, "join.html", joinData{}) }

func leavePage(v *visit) error { return v.askWho(http.StatusOK, "leave.html", joinData{}) }

// askWho shows the form for joining or for leaving.
func (v *visit) askWho(status int, page string, d joinData) error {
	all, err := v.everyList()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errNoPage
	}
	l := chosen(all, d.List)
	d.List, d.Title, d.Approved, d.Rules, d.Joiner = l.Name, l.Title, l.Joins() == list.JoinApprove, l.RulesURL, l.Service("join").String()
	if d.Rules == "" {
		d.Rules = v.s.cfg.Path + "/rules"
	}
	for _, o := range all {
		if len(all) > 1 {
			d.Lists = append(d.Lists, option{Value: o.Name, Text: o.Title, Chosen: o.ID == l.ID})
		}
	}
	err = v.s.db.View(func(tx *store.Tx) error {
		n, err := list.Count(tx, l.ID)
		d.Members = about(n)
		return err
	})
	if err != nil {
		return err
	}
	title := "Join " + l.Title
	if page == "leave.html" {
		title = "Leave " + l.Title
	}
	sh := v.shell(title, link{Path: v.s.pathOf(v.r), Text: title})
	sh.Error, sh.About = d.Error, joinAbout
	return v.show(status, page, sh, d)
}

// everyList are all lists of the server, whoever asks: that there are these lists is no secret.
func (v *visit) everyList() (all []list.List, err error) {
	err = v.s.db.View(func(tx *store.Tx) error {
		all = nil
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}

// chosen is the list of this name, or else the first.
func chosen(all []list.List, name string) list.List {
	for _, l := range all {
		if l.Name == name {
			return l
		}
	}
	return all[0]
}

// askToJoin lets a mail be sent in which somebody confirms. What it answers is the same for every address.
func askToJoin(v *visit) error { return v.askFor(membership.ToJoin, "join.html") }

// askToLeave does the same for leaving.
func askToLeave(v *visit) error { return v.askFor(membership.ToLeave, "leave.html") }

// askFor takes a request in somebody's name. Whether they are a member is looked at later, so that nothing of the answer, and not
// its time, depends on it.
func (v *visit) askFor(what membership.Purpose, page string) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	d := joinData{Email: strings.TrimSpace(form.Get("email")), Name: form.Get("name"), Words: form.Get("words"), List: form.Get("list")}
	a, err := message.ParseAddress(d.Email)
	switch {
	case err != nil || len(d.Email) > 254:
		d.Wrong, d.Error = "email", "Enter your email address, like name@school.example."
	case list.CleanName(d.Name) == "" && strings.TrimSpace(d.Name) != "" || utf8.RuneCountInString(d.Name) > maxName:
		d.Wrong, d.Error = "name", "Write your name without an @ sign, in at most 80 letters."
	case utf8.RuneCountInString(d.Words) > maxWords:
		d.Wrong, d.Error = "words", "Write at most 300 letters about yourself."
	}
	if d.Error != "" {
		return v.askWho(http.StatusUnprocessableEntity, page, d)
	}
	all, err := v.everyList()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errNoPage
	}
	l := chosen(all, d.List)
	err = v.s.db.Update(func(tx *store.Tx) error {
		return membership.Ask(tx, membership.By{Now: v.now, How: membership.ByPage}, membership.Request{
			List: l.ID, Purpose: what, Address: a, Name: list.CleanName(d.Name), Words: strings.TrimSpace(d.Words),
		}, v.s.counted(v.r))
	})
	if errors.Is(err, membership.ErrCrowded) {
		d.Error = "Many requests came from your network. Please try again in an hour, or ask by email."
		return v.askWho(http.StatusTooManyRequests, page, d)
	}
	if err != nil {
		return err
	}
	v.s.log.Info("request taken", "list", l.Name, "purpose", string(what), "by", membership.ByPage)
	return v.tell(http.StatusOK, askedPage(l, what, a))
}

// askedPage is the answer to everybody who asks to join or to leave.
func askedPage(l list.List, what membership.Purpose, a message.Address) page {
	p := page{Brand: l.Title, Title: "Look in your mailbox", Done: "If " + a.String() + " can join, we have sent an email there."}
	if what == membership.ToLeave {
		p.Done = "If " + a.String() + " is a member, we have sent an email there."
	}
	p.Texts = []string{
		"It comes in a minute or two. Press the button on the page to which it leads, or reply to it with the word yes. Until then nothing happens.",
		"No email after 5 minutes? Look in your junk folder. We send one such email a day to an address. You can also write to " + l.Service("owner").String() + ".",
	}
	return p
}

// confirm is the page behind the link of a mail that asks to say yes. It shows a button, and the button does it. Pressing it twice
// has the same answer twice, and what it says does not depend on who is a member.
func (v *visit) confirm(text string) error {
	var l list.List
	var asked membership.Request
	err := v.s.db.View(func(tx *store.Tx) (err error) {
		if asked, err = membership.AskedBy(tx, v.now, text); err != nil && !errors.Is(err, membership.ErrConfirmed) {
			return err
		}
		missing := error(nil)
		if l, missing = list.Get(tx, asked.List); missing != nil {
			return missing
		}
		return err
	})
	used := errors.Is(err, membership.ErrConfirmed)
	switch {
	case errors.Is(err, membership.ErrNoConfirm):
		return v.resume(text)
	case err != nil && !used:
		return err
	case used && shows(v.r):
		return errReturn
	case shows(v.r):
		return v.askForYes(l, asked)
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	if !used {
		a := membership.Answer{Name: bounded(form.Get("name"), maxName), Words: bounded(form.Get("words"), maxWords)}
		err = v.s.db.Update(func(tx *store.Tx) error {
			_, err := membership.Confirm(tx, membership.By{Now: v.now, How: membership.ByPage}, v.s.cfg.Host, text, a)
			return err
		})
		if err != nil && !errors.Is(err, membership.ErrConfirmed) {
			return err
		}
		v.s.log.Info("confirmed", "list", l.Name, "purpose", string(asked.Purpose), "by", membership.ByPage)
	}
	return v.tell(http.StatusOK, saidYes(l, asked))
}

// bounded is at most so many letters of a text.
func bounded(s string, most int) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// yesData is the page on which somebody says yes to joining.
type yesData struct {
	Title, Email, Name, Words string
	Approved                  bool
}

func (v *visit) askForYes(l list.List, r membership.Request) error {
	p := page{Brand: l.Title}
	switch r.Purpose {
	case membership.ToLeave:
		p.Title, p.Button = "Leave "+l.Title, "Leave"
		p.Texts = []string{"Press the button, and you get no more email from " + l.Title + ".", "We then send you one last email, with which you can come back if this was a mistake."}
	case membership.ToMove:
		p.Title, p.Button = "Change your address", "Yes, this is right"
		p.Texts = []string{"The emails of " + l.Title + " are to go to " + r.New.String() + ".", "Press the button if you asked for that. Your other address needs a yes as well, if it still works."}
	case membership.ToBackup:
		p.Title, p.Button = "Your second address", "Yes, this is right"
		p.Texts = []string{"If your usual address stops working, " + l.Title + " writes to " + r.New.String() + ". Press the button if you asked for that."}
	default:
		plain := &visit{s: v.s, w: v.w, r: v.r, now: v.now, rt: v.rt, site: l}
		d := yesData{Title: l.Title, Email: r.Address.String(), Name: list.CleanName(r.Name), Words: r.Words}
		d.Approved = l.Joins() == list.JoinApprove && r.Purpose == membership.ToJoin
		return plain.show(http.StatusOK, "yes.html", plain.shell("Join "+l.Title), d)
	}
	return v.tell(http.StatusOK, p)
}

// saidYes is the answer to everybody who said yes.
func saidYes(l list.List, r membership.Request) page {
	p := page{Brand: l.Title}
	switch r.Purpose {
	case membership.ToLeave:
		p.Title, p.Done = "You have left "+l.Title, "You get no more email from "+l.Title+"."
		p.Texts = []string{"We have sent you one last email. To come back, reply to it with the word join."}
	case membership.ToMove:
		p.Title, p.Done = "Thank you", "We have your yes from this address."
		p.Texts = []string{"When both addresses have said yes, all goes to the new one, and we tell both by email. Until then nothing changes."}
	case membership.ToBackup:
		p.Title, p.Done = "Thank you", "We know your second address now."
	default:
		p.Title, p.Done = "Thank you", "We have sent you an email with all that you need."
		if l.Joins() == list.JoinApprove && r.Purpose == membership.ToJoin {
			p.Done = "We have your request."
			p.Texts = []string{"A moderator reads it and lets you in, mostly the same day. We have sent you an email about it. You need not do anything."}
		}
	}
	return p
}
