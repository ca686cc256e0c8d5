package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
	"sencoforum/token"
)

// settingsData is the page on which members set what they may set about themselves.
type settingsData struct {
	Done, Error  string
	Wrong        string // the list whose form has the error
	BadName      bool
	Name         string
	Address      string
	Lists        []membershipData
	Sessions     []sessionData
	OtherDevices bool
	Feeds        feedsData
	Followed     []followedData
}

type membershipData struct {
	Name, Title, Since string
	Modes              []option
	Paused             string // until when
	Resume             string // as it is typed
	BadPause           bool   // which cannot be read
	Suspended          bool
	Own, Ack           bool
	Shown              bool      // to other members
	Leave              string    // address to write to
	Duty               *dutyData // of a moderator
}

type sessionData struct {
	Name, Device string
	Used         stamp
	This         bool
}

// modes are the ways of getting email, as the page offers them.
var modes = []option{
	{Value: string(list.ModeEvery), Text: "Every message, at once"},
	{Value: string(list.ModeQuestions), Text: "Every new question at once, replies only where I take part"},
	{Value: string(list.ModeDaily), Text: "One email a day"},
	{Value: string(list.ModeWeekly), Text: "One email a week"},
	{Value: string(list.ModeNone), Text: "No email: I read here"},
}

func settingsPage(v *visit) error {
	d := settingsData{Done: map[string]string{
		"saved": "Saved.", "out": "Signed out there.", "feed": "That feed is stopped. Programs that have its address get nothing more.",
		"follows":  "You follow that search. I write when there are new discussions about it.",
		"followed": "You get no more emails about that search.", "left": "You have left. We have sent you one last email, with which you can come back.",
	}[v.query("done")]}
	return v.settings(http.StatusOK, d, nil)
}

// settings shows the page, with what was typed where something is wrong with it.
func (v *visit) settings(status int, d settingsData, typed url.Values) error {
	err := v.s.db.View(func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, v.reader.Person())
		if err != nil {
			return err
		}
		if d.Name = list.CleanName(p.Name); typed.Has("name") {
			d.Name = typed.Get("name")
		}
		d.Address, d.Lists, d.Sessions = p.Address.String(), nil, nil
		for _, m := range v.reader.Memberships() {
			of := v.membership(m)
			details, err := membership.DetailsOf(tx, m.List, m.Person)
			if err != nil {
				return err
			}
			if of.Duty, err = v.duty(tx, m); err != nil {
				return err
			}
			if of.Shown = details.Shown; d.Wrong != "" && d.Wrong == of.Name {
				of.retype(typed.Get, m, v.now)
			}
			d.Lists = append(d.Lists, of)
		}
		if err := v.feeds(tx, &d.Feeds); err != nil {
			return err
		}
		if d.Followed, err = v.followed(tx); err != nil {
			return err
		}
		sessions, err := v.s.cfg.Signin.Sessions(tx, p.ID)
		for _, s := range sessions {
			d.Sessions = append(d.Sessions, sessionData{Name: string(s.Name), Device: s.Device, Used: stampOf(s.Used, v.now), This: s.Name == v.session.Name})
		}
		return err
	})
	if err != nil {
		return err
	}
	sh := v.shell("My settings", link{Path: "/settings", Text: "My settings"})
	sh.Error = d.Error
	return v.show(status, "settings.html", sh, d)
}

func (v *visit) membership(m list.Membership) membershipData {
	l := v.list(m.List)
	d := membershipData{Name: l.Name, Title: l.Title, Suspended: m.Suspended, Own: !m.NotOwn, Ack: !m.NoAck}
	if !m.Joined.IsZero() {
		d.Since = date(m.Joined)
	}
	if m.Paused(v.now) {
		d.Paused, d.Resume = day(m.PausedUntil), pauseDay(m)
	}
	d.Modes = chosenMode(string(m.Mode))
	return d
}

func chosenMode(mode string) (all []option) {
	for _, o := range modes {
		o.Chosen = o.Value == mode
		all = append(all, o)
	}
	return all
}

// retype puts what was typed back into the form of a list.
func (d *membershipData) retype(get func(string) string, m list.Membership, now time.Time) {
	d.Modes, d.Resume = chosenMode(get("mode")), get("pause")
	d.Own, d.Ack, d.Shown = get("own") != "", get("ack") != "", get("shown") != ""
	_, wrong := pausedUntil(m, d.Resume, now)
	d.BadPause = wrong != ""
}

// changeSettings saves what was changed about one list, or about the member.
func changeSettings(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	by := membership.By{Actor: fmt.Sprintf("member %d", v.reader.Person()), Now: v.now, How: membership.ByPage}
	done := "saved"
	var wrong string
	err = v.s.db.Update(func(tx *store.Tx) error {
		wrong = ""
		if name := form.Get("list"); name != "" {
			m, ok := v.memberOf(name)
			if !ok {
				return errNoPage
			}
			if form.Get("do") == "leave" {
				done = "left"
				_, err := membership.Leave(tx, by, v.s.cfg.Host, m.List, m.Person)
				return err
			}
			p, err := list.GetPerson(tx, m.Person)
			if err != nil {
				return err
			}
			all := membership.Member{Person: p, Membership: m}
			if form.Get("do") == "duty" {
				return takeTurns(tx, by, all, form.Get("duty") != "")
			}
			wrong = changeDelivery(&all.Membership, form.Get, v.now)
			if wrong != "" {
				return nil
			}
			if err := membership.Show(tx, by, all, form.Get("shown") != ""); err != nil {
				return err
			}
			return membership.Save(tx, by, all)
		}
		if form.Has("name") {
			wrong, err = v.rename(tx, by, form.Get("name"))
		}
		return err
	})
	switch {
	case errors.Is(err, list.ErrNoMember):
		return errNoPage
	case err != nil:
		return err
	case wrong != "":
		return v.settings(http.StatusUnprocessableEntity, settingsData{Error: wrong, Wrong: form.Get("list"), BadName: !form.Has("list")}, form)
	case done == "left" && len(v.reader.Lists()) == 1:
		v.setCookie(sessionCookie, "", -1)
		return v.tell(http.StatusOK, page{Brand: v.site.Title, Title: "You have left " + v.site.Title, Done: "You get no more email from " + v.site.Title + ".",
			Texts: []string{"We have sent you one last email. To come back, reply to it with the word join."}})
	}
	return v.to(http.StatusSeeOther, "/settings?done="+done)
}

// memberOf is the reader's membership of a list by its name.
func (v *visit) memberOf(name string) (list.Membership, bool) {
	for _, m := range v.reader.Memberships() {
		if v.list(m.List).Name == name {
			return m, true
		}
	}
	return list.Membership{}, false
}

// changeDelivery reads a form into a membership, and says what is wrong with it. It is pure.
func changeDelivery(m *list.Membership, get func(string) string, now time.Time) (wrong string) {
	mode := list.DeliveryMode(get("mode"))
	known := false
	for _, o := range modes {
		known = known || o.Value == string(mode)
	}
	if !known {
		return "Choose how you want to get email."
	}
	m.PausedUntil, wrong = pausedUntil(*m, get("pause"), now)
	if wrong == "" {
		m.Mode, m.NotOwn, m.NoAck, m.Suspended = mode, get("own") == "", get("ack") == "", false
	}
	return wrong
}

// pausedUntil reads when a pause is to end, as the robot does, and says what is wrong with that. Nothing ends the pause. It is pure.
func pausedUntil(m list.Membership, typed string, now time.Time) (until time.Time, wrong string) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return time.Time{}, ""
	case m.Paused(now) && typed == pauseDay(m):
		return m.PausedUntil, ""
	}
	until, _, err := membership.ReadPause(typed, now)
	var bad *membership.DateError
	switch {
	case err == nil:
		return until, ""
	case errors.As(err, &bad):
		return m.PausedUntil, "We could not read the date “" + typed + "”. Write it like 12 April."
	case !until.After(now):
		return m.PausedUntil, "Your pause must end on a day that is still to come. Write it like 12 April."
	}
	return m.PausedUntil, "A pause lasts a year at most. For no email at all, choose “No email: I read here”."
}

// pauseDay is when a pause ends, as it stands in the form.
func pauseDay(m list.Membership) string { return m.PausedUntil.In(london).Format("2 January 2006") }

// rename changes the name that other members see.
func (v *visit) rename(tx *store.Tx, by membership.By, typed string) (wrong string, err error) {
	name := list.CleanName(typed)
	if name == "" && strings.TrimSpace(typed) != "" {
		return "Write a name without an @ sign.", nil
	}
	for _, l := range v.lists {
		alike, err := list.AlikeMember(tx, l, name, v.reader.Person())
		if err != nil {
			return "", err
		}
		if alike && name != "" {
			return "Another member has that name, or one that looks like it. Please add something, such as your town.", nil
		}
	}
	p, err := list.GetPerson(tx, v.reader.Person())
	if err != nil {
		return "", err
	}
	for _, m := range v.reader.Memberships() {
		all := membership.Member{Person: p, Membership: m}
		all.Person.Name = name
		if err := membership.Save(tx, by, all); err != nil {
			return "", err
		}
		p.Name = name
	}
	return "", nil
}

// endSessions signs out other devices: one, or all but this.
func endSessions(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	name := form.Get("session")
	err = v.s.db.Update(func(tx *store.Tx) error {
		if name != "all" {
			return v.s.cfg.Signin.End(tx, v.reader.Person(), token.Digest(name))
		}
		return v.s.cfg.Signin.EndAll(tx, v.reader.Person())
	})
	if err != nil {
		return err
	}
	if name == "all" || name == string(v.session.Name) {
		v.setCookie(sessionCookie, "", -1)
		return v.to(http.StatusSeeOther, "/")
	}
	return v.to(http.StatusSeeOther, "/settings?done=out")
}
