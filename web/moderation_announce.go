package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/token"
)

// announcePath is the page on which a moderator announces something, as the word announce does it by mail.
const announcePath = "/mod/announce"

var announceRoutes = []route{
	{"GET", announcePath, moderates, announcePage, false},
	{"POST", announcePath, moderates, announce, false},
}

// Bounds of an announcement: its letters, and the bytes of the form with it, where a letter may be nine.
const (
	maxAnnounced    = 8000
	maxAnnounceBody = 96 << 10
)

type announceData struct {
	List, Title   string
	Lists         []link
	Form          string
	Subject, Text string
	Error, Wrong  string // Wrong: the field
	Fresh         bool
	MaxText, Max  int
	Done          string
}

func announcePage(v *visit) error { return v.announceForm(http.StatusOK, announceData{}) }

func (v *visit) announceForm(status int, d announceData) error {
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	d.List, d.Title, d.Fresh, d.MaxText, d.Max = l.Name, l.Title, v.session.IsFresh(v.now), maxAnnounced, maxSubject
	if v.query("done") != "" {
		d.Done = "Done. It goes out after the usual delay. All moderators get an email about it, which says how to take it back."
	}
	if _, err := token.Hash(d.Form); err != nil {
		d.Form = token.Random()
	}
	if all := v.moderatedLists(); len(all) > 1 {
		for _, o := range all {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + announceTo(o), Text: o.Title, Here: o.ID == l.ID})
		}
	}
	sh := v.shell("Announce something to "+l.Title, link{Path: "/mod", Text: "To moderate"}, link{Path: announceTo(l), Text: "Announce something"})
	sh.Error = d.Error
	return v.show(status, "announce.html", sh, d)
}

func announceTo(l list.List) string { return announcePath + "?list=" + url.QueryEscape(l.Name) }

// fault says what is wrong with what was typed, and in which field.
func (d announceData) fault() (field, why string) {
	switch {
	case d.Subject == "":
		return "subject", "Write a subject."
	case utf8.RuneCountInString(d.Subject) > maxSubject:
		return "subject", "Your subject is too long. Write at most " + plural(maxSubject, "letter", "letters") + "."
	case strings.TrimSpace(d.Text) == "":
		return "text", "Write what you want to announce."
	case utf8.RuneCountInString(d.Text) > maxAnnounced:
		return "text", "Your text is too long. Write at most " + plural(maxAnnounced, "letter", "letters") + "."
	}
	return "", ""
}

// announce shows what would go out, and sends it with the yes. What may name a child does not go, as by mail.
func announce(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	d := announceData{Form: form.Get("form"), Subject: strings.Join(strings.Fields(form.Get("subject")), " "), Text: strings.ReplaceAll(form.Get("text"), "\r\n", "\n")}
	switch {
	case d.Form == "" && d.Subject == "" && d.Text == "":
		return v.to(http.StatusSeeOther, announceTo(l))
	case form.Get("edit") != "":
		return v.announceForm(http.StatusOK, d)
	}
	refuse := func(field, why string) error {
		d.Wrong, d.Error = field, why
		return v.announceForm(http.StatusUnprocessableEntity, d)
	}
	if field, why := d.fault(); why != "" {
		return refuse(field, why)
	}
	if _, err := token.Hash(d.Form); err != nil {
		d.Form = token.Random()
	}
	act := moderate.Act{Kind: moderate.ActAnnounce, List: l.ID, Subject: d.Subject, Text: d.Text, Form: d.Form}
	shown, err := v.announced(l, act)
	if err != nil {
		return err
	}
	if v.s.cfg.Pupil != nil {
		if found := v.s.cfg.Pupil(l, shown); len(found) > 0 {
			return refuse("text", "It may name a child, so it cannot be announced: "+strings.Join(found, "; ")+". Please take that out.")
		}
	}
	why, err := v.ask2(act, asked{Back: announceTo(l), Yes: form.Get("yes") != "", Edit: true,
		Hidden: [][2]string{{"form", d.Form}, {"subject", d.Subject}, {"text", d.Text}}, Shown: proseOf(shown.Text())})
	if err == nil && why != "" {
		return refuse("", why)
	}
	return err
}

// announced is the message that members would get.
func (v *visit) announced(l list.List, act moderate.Act) (m *message.Message, err error) {
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		m, err = v.s.cfg.Acts.Announcement(tx, v.hand(), act)
		return err
	})
	if _, err := unable(err); err != nil {
		return nil, fmt.Errorf("announce to %s: %w", l.Name, err)
	}
	return m, nil
}
