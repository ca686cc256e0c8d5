package web

import (
	"net/http"
	"strings"

	"sencoforum/command"
)

// A textPage is a page that says the same to everybody.
type textPage struct {
	path, title, file, about string
	index                    bool
}

// texts are these pages. The first are found by search engines, so they say what a new SENCO would search for.
var texts = []textPage{
	{"/help", "Help", "help.html", "How to ask, reply, pause and leave the forum for SENCOs in UK schools, by email and here.", true},
	{"/rules", "Forum rules", "rules.html", "The rules of the forum for SENCOs: be kind, never name a child, keep what others write here.", true},
	{"/privacy", "Privacy", "privacy.html", "What the forum for SENCOs keeps about its members, for how long, and how to see or remove it.", true},
	{"/accessibility", "Accessibility statement", "accessibility.html", "How these pages work with screen readers, keyboards, large text and other colours.", true},
	{"/contact", "Contact the moderators", "contact.html", "", false},
}

// textData is what the texts fill in.
type textData struct {
	Words    []wordData // of email, for members
	Rules    string     // the list's own page with its rules
	Keeps    string     // how long posts are kept
	Join     string
	Leave    string
	Request  string
	Archives string
	Glossary bool
}

type wordData struct{ Form, Help string }

// UseTexts shows other pages of the operator's own, by TextNames, in place of those that there are.
func (s *Server) UseTexts(own map[string]Text) { s.texts.Store(&own) }

func (t textPage) show(v *visit) error {
	sh := v.shell(t.title, link{Path: t.path, Text: t.title})
	sh.About = t.about
	if own, ok := (*v.s.texts.Load())[strings.TrimPrefix(t.path, "/")]; ok {
		return own.own(v, sh)
	}
	d := textData{Keeps: "for as long as the forum exists", Glossary: v.s.has("/glossary")}
	if l := v.site; l.ID != 0 {
		d.Rules, d.Join, d.Leave, d.Request = l.RulesURL, l.Service("join").String(), l.Service("leave").String(), l.Service("request").String()
		if l.KeepPosts > 0 {
			d.Keeps = "for " + plural(l.KeepPosts, "month", "months")
		}
	}
	for _, w := range command.Table() {
		if !w.Taught || w.Who == command.Moderator || w.At&command.RequestAddress == 0 {
			continue
		}
		form := w.Form
		if form == "" {
			form = w.Name
		}
		d.Words = append(d.Words, wordData{form, w.Help})
	}
	return v.show(http.StatusOK, t.file, sh, d)
}

// technicianPage is for whoever looks after the email of a school.
func technicianPage(v *visit) error {
	type data struct{ Host, Domain, Lists string }
	d := data{Host: v.s.cfg.Hostname, Domain: v.site.Domain}
	sh := v.shell("For school technicians", link{Path: "/help", Text: "Help"}, link{Path: "/help/school-it", Text: "For school technicians"})
	sh.About = "What to allow in a school's email filter so that messages of the SENCO forum arrive."
	return v.show(http.StatusOK, "technician.html", sh, d)
}

// startPage is for people who are new to the role: what moderators chose, of which visitors see the titles.
func startPage(v *visit) error {
	d, err := v.collections()
	if err != nil {
		return err
	}
	sh := v.shell("New to the role?", link{Path: "/start", Text: "New to the role?"})
	sh.About = "New SENCO? What others asked in their first year: annual reviews, EHCPs, provision maps, teaching assistants, exam access."
	return v.show(http.StatusOK, "start.html", sh, d)
}

// refusals are pages about why a message was refused, by the word at the end of the address in its refusal.
func refusalPage(v *visit) error {
	r, ok := refusals[v.args["name"]]
	if !ok {
		return errNoPage
	}
	return v.show(http.StatusOK, "refusal.html", v.shell(r.Title, link{Path: "/help", Text: "Help"}), r)
}
