package web

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/store"
)

// actRoutes are the pages for what moderators do to posts that are out.
var actRoutes = []route{
	{"GET", "/mod/post/{number}", moderates, postCasePage, false},
	{"POST", "/mod/post/{number}", moderates, actOnPost, false},
}

// postCaseData is a post as the page for what may be done to it shows it.
type postCaseData struct {
	Number                archive.Number
	Subject, By           string
	Written               stamp
	State, Have           string
	Out, Stopped, Sealed  bool
	Closed, Held, HasCopy bool
	Fresh                 bool
	Again                 string // where to sign in once more
	Text                  template.HTML
	Done, Error, Words    string
	Thread                string
}

func postCasePage(v *visit) error { return v.postCase(http.StatusOK, "", "") }

// doneWords say what was just done to a post. What is a job is done a moment later.
var doneWords = map[string]string{
	"stop": "Stopped. Nobody can see it, and no more copies go out. All moderators get an email about it.", "release": "Done: it can be seen again in a moment, and those who have no copy get one.",
	"recall": "Done: those who have a copy are asked to delete it.", "erase": "Done: it goes for ever from our server in a moment.",
	"redact": "Done: the words are taken out in a moment. All moderators get an email when it is done.",
	"close":  "The discussion is closed.", "open": "The discussion is open again.", "hold": "Every answer to the discussion waits for you.",
	"release discussion": "Answers to the discussion do not wait any more.", "pin": "The discussion stands at the top of the archive.",
}

func (v *visit) postCase(status int, wrong, words string) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	var c moderate.PostCase
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		c, err = v.s.cfg.Acts.PostCase(tx, v.reader, v.hand(), n)
		return err
	})
	if err != nil {
		return err
	}
	p := c.Post
	d := postCaseData{
		Number: n, Subject: subjectOf(p), By: nameOf(p), Written: full(p.Written), Closed: c.Closed, Held: c.Held, HasCopy: c.Have > 0, Fresh: v.session.IsFresh(v.now),
		Out: p.State == archive.Published || p.State == archive.Waiting, Stopped: p.State == archive.Hidden, Sealed: p.IsSealed(v.now),
		Text: proseOf(c.Text), Error: wrong, Words: words, Thread: fmt.Sprintf("/t/%d", n), Done: doneWords[v.query("done")],
		Again: "/in?again=1&to=" + fmt.Sprintf("/mod/post/%d", n),
	}
	d.Have = plural(c.Have, "member has", "members have") + " a copy."
	switch {
	case p.State == archive.Waiting:
		d.State = "It has not gone out yet."
	case d.Stopped:
		d.State = "It was stopped on " + day(p.Removed) + ". Nobody but moderators can see it."
	default:
		d.State = "It is out."
	}
	sh := v.shell(d.Subject, link{Path: "/mod", Text: "To moderate"}, link{Path: v.s.pathOf(v.r), Text: fmt.Sprintf("Post %d", n)})
	sh.Error = wrong
	return v.show(status, "postcase.html", sh, d)
}

// actOnPost stops a post at once, or asks once more about anything else, and does it with the yes.
func actOnPost(v *visit) error {
	n, err := v.number()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	back := fmt.Sprintf("/mod/post/%d", n)
	switch do := form.Get("do"); do {
	case "":
		return v.to(http.StatusSeeOther, back)
	case "stop":
		return v.stopPost(n)
	case "release", "recall", "erase", "redact", "close", "open", "hold", "release discussion", "pin":
		act := moderate.Act{Kind: moderate.ActKind(do), Post: n}
		if do == "redact" {
			if act.Phrases = phrasesOf(form.Get("words")); len(act.Phrases) == 0 {
				return v.postCase(http.StatusUnprocessableEntity, "Write the words that are to be taken out.", "")
			}
		}
		err := v.s.db.View(func(tx *store.Tx) error {
			c, err := v.s.cfg.Acts.PostCase(tx, v.reader, v.hand(), n)
			act.List = c.Post.List
			return err
		})
		if err != nil {
			return err
		}
		why, err := v.ask2(act, asked{Back: back, Yes: form.Get("yes") != "", Hidden: [][2]string{{"do", do}, {"words", form.Get("words")}}})
		if err == nil && why != "" {
			return v.postCase(http.StatusUnprocessableEntity, why, form.Get("words"))
		}
		return err
	}
	return errNoPage
}

// stopPost hides a post everywhere at once. It needs neither a second step nor a fresh sign-in, as it does not by mail.
func (v *visit) stopPost(n archive.Number) error {
	var p archive.Post
	err := v.s.db.Update(func(tx *store.Tx) error {
		_, err := v.s.cfg.Acts.PostCase(tx, v.reader, v.hand(), n)
		if err == nil {
			p, err = v.s.cfg.Acts.Stop(tx, v.hand(), n)
		}
		return err
	})
	switch {
	case errors.Is(err, moderate.ErrNotModerator):
		return errNoPage
	case errors.Is(err, moderate.ErrNotOut):
		return v.postCase(http.StatusConflict, "There is nothing to stop any more.", "")
	case err != nil:
		return err
	}
	if err := v.s.cfg.Acts.Hid(p, v.now); err != nil {
		v.s.log.Error("a post was stopped, but the ledger beside the store could not be written: an older store would show it again", "post", p.Number, "cause", err)
	}
	v.s.log.Info("a moderator stopped a post on a page", "person", v.reader.Person(), "post", n)
	return v.to(http.StatusSeeOther, fmt.Sprintf("/mod/post/%d?done=stop", n))
}

// asked is an act that a page asks once more about.
type asked struct {
	Back   string      // where to go then
	Yes    bool        // they said yes
	Hidden [][2]string // of the form
	What   string
	Then   template.HTML
	Button string
	Quiet  bool          // nobody is told
	Shown  template.HTML // what goes out, where that is seen better than described
	Edit   bool          // what was typed can be changed
}

// ask2 asks once more about an act, or does it with the yes. It says why that cannot be done, for the page before.
func (v *visit) ask2(act moderate.Act, a asked) (why string, err error) {
	if !v.session.IsFresh(v.now) {
		return "", v.signInAgain(a.Back)
	}
	var then string
	if a.Yes {
		err = v.s.db.Update(func(tx *store.Tx) (err error) {
			act, err = v.s.cfg.Acts.OnPage(tx, v.hand(), act, v.s.cfg.People)
			return err
		})
	} else {
		err = v.s.db.View(func(tx *store.Tx) (err error) {
			act, a.What, then, err = v.s.cfg.Acts.Describe(tx, v.hand(), act)
			return err
		})
	}
	switch why, err := unable(err); {
	case err != nil:
		return "", err
	case why != "":
		return why, nil
	case a.Yes:
		v.s.log.Info("a moderator did something on a page", "person", v.reader.Person(), "did", string(act.Kind), "post", act.Post)
		return "", v.to(http.StatusSeeOther, a.Back+map[bool]string{true: "&", false: "?"}[strings.Contains(a.Back, "?")]+"done="+strings.ReplaceAll(string(act.Kind), " ", "+"))
	}
	a.What = strings.ToUpper(a.What[:1]) + a.What[1:]
	if a.Shown != "" {
		then, _, _ = strings.Cut(then, "\n\n")
	}
	a.Then, a.Button = proseOf(then), "Yes, do it"
	return "", v.show(http.StatusOK, "confirm.html", v.shell("Please confirm", link{Path: "/mod", Text: "To moderate"}, link{Path: v.s.pathOf(v.r), Text: "Please confirm"}), a)
}

// unable says why an act cannot be done. Other errors are returned.
func unable(err error) (why string, other error) {
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, moderate.ErrNotModerator), errors.Is(err, archive.ErrNoPost):
		return "", errNoPage
	}
	for _, r := range []struct {
		err error
		why string
	}{
		{moderate.ErrNotOut, "That cannot be done to the post as it is now: it may be gone already, or nobody has it."},
		{moderate.ErrIsSo, "That is so already. Nothing was changed."},
		{moderate.ErrSelf, "They moderate this list. An owner can end that first."},
		{membership.ErrModerates, "They moderate this list. An owner can end that first."},
		{moderate.ErrNotOwner, "Only an owner of the list can do that. Nothing was changed."},
		{moderate.ErrLastOwner, "They are the last owner of the list. Make somebody else an owner first. Nothing was changed."},
		{moderate.ErrSettings, "Somebody else has just changed their role. Nothing of yours was done: look again."},
		{moderate.ErrMembers, "Members of the list have addresses there. Ban single people instead."},
		{list.ErrNoMember, "They are no member any more."}, {list.ErrNoPerson, "They are no member any more."},
		{list.ErrAlreadyMember, "They are a member already."}, {list.ErrNoBan, "There is no ban of that address."},
		{list.ErrTooMany, "The list has as many bans as it may have. Whoever runs the server can end some."},
		{archive.ErrManyPinned, "As many discussions are pinned as may be. Unpin one first."},
		{moderate.ErrNoAct, "That cannot be done here. Words to be taken out have at most 20 words in a phrase."},
	} {
		if errors.Is(err, r.err) {
			return r.why, nil
		}
	}
	return "", err
}

// banWriter asks once more, then discards what waits and bans whoever wrote it.
func (v *visit) banWriter(n hold.Number, yes bool) error {
	act := moderate.Act{Kind: moderate.ActBan, Items: []hold.Number{n}}
	err := v.s.db.View(func(tx *store.Tx) error {
		c, err := v.s.cfg.Panel.Case(tx, v.reader, n, v.now)
		act.List, act.Address, act.Name = c.Item.List, c.Item.From, c.Item.Name
		if err == nil && c.Item.Decision != nil {
			err = &moderate.DecidedError{Item: c.Item}
		}
		return err
	})
	if err != nil {
		return v.refused(typed{On: "ban"}, n, err)
	}
	why, err := v.ask2(act, asked{Back: "/mod/" + n.Code(), Yes: yes, Hidden: [][2]string{{"do", "ban"}}})
	if err == nil && why != "" {
		return v.item(http.StatusUnprocessableEntity, typed{On: "ban", Error: why})
	}
	return err
}
