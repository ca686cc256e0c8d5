package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// moderationRoutes are the pages for moderators. All that they do is done by package moderate, as a reply by mail does it.
var moderationRoutes = []route{
	{"GET", "/mod", moderates, queuePage, false},
	{"GET", "/mod/{item}", moderates, itemPage, false},
	{"POST", "/mod/{item}", moderates, decide, false},
}

// How much of what waits one page shows, and of one message, in bytes; the rest is on its own page.
const (
	queuePerPage = 20
	queueText    = 4 << 10
	queueFirst   = 160 // letters of the beginning
	queueShort   = 500 // letters of a message that stands there whole: one tap less for a thumb
	queueLines   = 12  // and its lines
	mostDone     = 50  // decisions of today; the record has all
)

// queueData is what waits for a moderator.
type queueData struct {
	Lists  []link // to narrow the page to one
	Oldest string // how long the oldest has waited
	Asked  int    // messages whose writers are asked first
	Recent []recentData
	Undone string
	Items  []caseData

	Reports  []reportCaseData
	Reported int    // how many there are
	Kept     string // a report that was just ended

	Today []doneData
	Pages pager
}

// recentData is a decision that can still be taken back.
type recentData struct {
	Path, Line, Subject string
	Just                bool // it was made a moment ago in this browser
}

// doneData is a decision of today.
type doneData struct{ At, Line, Subject, Path string }

func queuePage(v *visit) error {
	page, err := v.page()
	if err != nil {
		return err
	}
	lists, err := v.narrowed()
	if err != nil {
		return err
	}
	var ids []list.ID
	for _, l := range lists {
		ids = append(ids, l.ID)
	}
	var d queueData
	waiting := 0
	err = v.s.db.View(func(tx *store.Tx) error {
		d = queueData{}
		all, err := v.s.cfg.Panel.Waits(tx, v.reader, ids...)
		if err != nil {
			return err
		}
		waiting = len(all)
		first := (page - 1) * queuePerPage
		if first > 0 && first >= len(all) {
			return errNoPage
		}
		if len(all) > 0 {
			d.Oldest = lasting(v.now.Sub(all[0].Asked))
		}
		for _, it := range all[first:min(first+queuePerPage, len(all))] {
			c, err := v.caseOf(tx, it.Number, queueText)
			if err != nil {
				return err
			}
			d.Items = append(d.Items, c)
		}
		if err := v.addReports(tx, &d, page, ids); err != nil {
			return err
		}
		return v.decidedToday(tx, &d, ids)
	})
	if err != nil {
		return err
	}
	d.Pages = pagerOf(page, queuePerPage, waiting, func(p int) string {
		return "/mod?" + url.Values{"page": {fmt.Sprint(p)}, "list": {v.query("list")}}.Encode()
	})
	if moderated := v.moderatedLists(); len(moderated) > 1 {
		for _, l := range moderated {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/mod?list=" + l.Name, Text: l.Title, Here: len(lists) == 1 && lists[0].ID == l.ID})
		}
	}
	return v.show(http.StatusOK, "queue.html", v.shell(queueTitle(d.Reported, waiting), link{Path: "/mod", Text: "To moderate"}), d)
}

// moderatedLists are those that whoever reads moderates.
func (v *visit) moderatedLists() []list.List {
	return slices.DeleteFunc(slices.Clone(v.lists), func(l list.List) bool { return !v.reader.Moderates(l.ID) })
}

// decidedToday fills in what was decided today, and above it what can still be taken back.
func (v *visit) decidedToday(tx *store.Tx, d *queueData, lists []list.ID) error {
	n := v.now.In(london)
	all, err := v.s.cfg.Panel.Decided(tx, v.reader, time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, london).Add(-time.Hour), lists...)
	if err != nil {
		return err
	}
	for _, it := range all {
		open := !it.Decision.Done && v.now.Before(it.Decision.Due)
		if !open && len(d.Today) >= mostDone {
			continue
		}
		c, err := v.s.cfg.Panel.Case(tx, v.reader, it.Number, v.now)
		if err != nil {
			return err
		}
		what, next := c.Already(v.now)
		path := "/mod/" + it.Number.Code()
		if open {
			d.Recent = append(d.Recent, recentData{Path: path, Subject: titleOf(c), Just: v.query("done") == it.Number.Code(),
				Line: fmt.Sprintf("%s: %s. %s", c.Held.Headline(it.Decision.Verdict), quotedTitle(c), next)})
		}
		if at := it.Decision.At.In(london); sameDay(at, v.now) && len(d.Today) < mostDone {
			d.Today = append(d.Today, doneData{At: at.Format("15:04"), Line: strings.TrimSuffix(what, " this at "+at.Format("15:04")+"."), Subject: titleOf(c), Path: path})
		}
	}
	slices.SortStableFunc(d.Recent, func(a, b recentData) int {
		switch {
		case a.Just == b.Just:
			return 0
		case a.Just:
			return -1
		}
		return 1
	})
	if undone, err := hold.ParseCode(v.query("undone")); err == nil {
		switch c, err := v.s.cfg.Panel.Case(tx, v.reader, undone, v.now); {
		case err == nil && c.Item.Decision == nil:
			d.Undone = "Undone: " + quotedTitle(c) + ". It waits again, as if nobody had decided."
		case err != nil && !errors.Is(err, moderate.ErrGone):
			return err
		}
	}
	d.Asked, err = unanswered(tx, v.reader, lists)
	return err
}

// unanswered counts what waits for its writers on lists that a reader moderates.
func unanswered(tx *store.Tx, r list.Reader, lists []list.ID) (n int, err error) {
	for _, l := range lists {
		if !r.Moderates(l) {
			continue
		}
		some, err := hold.Unanswered(tx, l)
		if err != nil {
			return 0, err
		}
		n += some
	}
	return n, nil
}

func sameDay(a, b time.Time) bool {
	return a.In(london).Format(time.DateOnly) == b.In(london).Format(time.DateOnly)
}

// itemPage is one thing that waits, with all of its text: mails lead to it.
func itemPage(v *visit) error { return v.item(http.StatusOK, typed{}) }

// typed is what was sent with a form that could not be done, and why.
type typed struct {
	Error, Hint                         string
	HintLink                            link
	Words, Canned, Reason, Question, On string // On: the action
}

func (v *visit) itemNumber() (hold.Number, error) {
	n, err := hold.ParseCode(v.args["item"])
	if err != nil || n.Code() != v.args["item"] {
		return 0, errNoPage
	}
	return n, nil
}

func (v *visit) item(status int, t typed) error {
	n, err := v.itemNumber()
	if err != nil {
		return err
	}
	type data struct {
		Case          caseData
		Decided, Next string
		Undo          bool
		Done          string
	}
	var d data
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d = data{}
		if d.Case, err = v.caseOf(tx, n, 0); err != nil || d.Case.verdict == nil {
			return err
		}
		c, err := v.s.cfg.Panel.Case(tx, v.reader, n, v.now)
		if err == nil {
			d.Decided, d.Next = c.Already(v.now)
			d.Undo = !d.Case.verdict.Done && v.now.Before(d.Case.verdict.Due)
		}
		return err
	})
	if err != nil {
		return err
	}
	d.Case.Typed, d.Case.Whole = t, true
	d.Done = map[string]string{
		"redact": "The words were taken out. Below is what is left. Nobody has it yet: please decide.",
		"files":  "The files were taken out. Below is what is left. Nobody has it yet: please decide.",
		"hold":   "You look after this for 24 hours. The others see that.",
		"ask":    "Your question is on its way. The answer comes here and by email.",
	}[v.query("done")]
	sh := v.shell(d.Case.Title, link{Path: "/mod", Text: "To moderate"}, link{Path: v.s.pathOf(v.r), Text: "#" + d.Case.Code})
	sh.Error = t.Error
	return v.show(status, "item.html", sh, d)
}

// decide does what a moderator says about an item: the same as a reply by mail. The first decision counts.
func decide(v *visit) error {
	n, err := v.itemNumber()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	t := typed{On: form.Get("do"), Words: form.Get("words"), Canned: form.Get("canned"), Reason: strings.TrimSpace(form.Get("reason")), Question: strings.TrimSpace(form.Get("question"))}
	switch t.On {
	case "":
		return v.to(http.StatusSeeOther, "/mod/"+n.Code())
	case "ban":
		return v.banWriter(n, form.Get("yes") != "")
	}
	var out moderate.Outcome
	word := moderate.Word{Name: t.On, Text: t.Question, Phrases: phrasesOf(t.Words)}
	if word.Left, err = v.searchLeft(n, word); err != nil {
		return err
	}
	err = v.s.db.Update(func(tx *store.Tx) error {
		w := word
		var err error
		if w.Name == "reject" {
			if w.Text, err = v.reasonOf(tx, n, t); err != nil {
				return err
			}
		}
		out, err = v.s.cfg.Panel.OnPage(tx, v.decider(), n, w)
		return err
	})
	if err != nil {
		return v.refused(t, n, err)
	}
	v.s.log.Info("a moderator decided on a page", "list", out.List.Name, "person", v.reader.Person(), "item", n.Code(), "did", t.On)
	switch t.On {
	case "redact", "hold", "ask":
		return v.to(http.StatusSeeOther, "/mod/"+n.Code()+"?done="+t.On)
	case "remove attachments":
		return v.to(http.StatusSeeOther, "/mod/"+n.Code()+"?done=files")
	case "undo":
		return v.to(http.StatusSeeOther, "/mod?undone="+n.Code())
	}
	return v.to(http.StatusSeeOther, "/mod?done="+n.Code())
}

// searchLeft looks whether what a word leaves of a message may name a child, outside of any transaction that writes.
func (v *visit) searchLeft(n hold.Number, w moderate.Word) (left moderate.Searched, err error) {
	if v.s.cfg.Pupil == nil {
		return left, nil
	}
	var on list.List
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		left, on, err = v.s.cfg.Panel.PlanWord(tx, v.reader, n, w)
		return err
	})
	if err == nil && left.Left != nil {
		left.Places = v.s.cfg.Pupil(on, left.Left)
	}
	return left, err
}

// decider is whoever reads, as one who decides.
func (v *visit) decider() moderate.Decider {
	h := v.hand()
	return moderate.Decider{By: h.By, Person: h.Person, Proof: string(h.Proof)}
}

// hand is whoever reads, with what their sign-in proves at this moment.
func (v *visit) hand() moderate.Hand {
	proof := moderate.ProofPage
	if v.session.IsFresh(v.now) {
		proof = moderate.ProofWeb
	}
	return moderate.HandOf(v.reader.Person(), proof, "", v.now)
}

// phrasesOf are words to be taken out, a phrase on each line.
func phrasesOf(words string) (all []string) {
	for line := range strings.Lines(words) {
		if line = strings.Trim(line, " \t\r\n\"“”"); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// errNoReason says that a moderator chose to write a reason, and wrote none.
var errNoReason = errors.New("no reason was written")

// ownReason is the choice of a reason in own words alone.
const ownReason = "own"

// reasonOf is what the writer will read: a text that stands ready, own words, or both.
func (v *visit) reasonOf(tx *store.Tx, n hold.Number, t typed) (string, error) {
	switch {
	case t.Canned == ownReason && t.Reason == "":
		return "", errNoReason
	case t.Canned == ownReason:
		return t.Reason, nil
	case t.Reason == "":
		return t.Canned, nil
	}
	c, err := v.s.cfg.Panel.Case(tx, v.reader, n, v.now)
	if err != nil {
		return "", err
	}
	if c.Item.OnPerson() {
		return t.Reason, nil
	}
	all, err := v.s.cfg.Panel.CannedReasons(tx, c.List)
	if err != nil {
		return "", err
	}
	for _, r := range all {
		if r.Word == t.Canned {
			return r.Text + "\n\n" + t.Reason, nil
		}
	}
	return t.Reason, nil
}

// refused shows the item once more with what stands against it. Nothing was changed, and what was typed is kept.
func (v *visit) refused(t typed, n hold.Number, why error) error {
	status := http.StatusUnprocessableEntity
	var decided *moderate.DecidedError
	switch {
	case errors.As(why, &decided):
		t.Error, status = "Somebody was quicker. Nothing was changed.", http.StatusConflict
	case errors.Is(why, moderate.ErrTooLate):
		t.Error, status = "It is too late to undo that: it has taken effect. Nothing was changed.", http.StatusConflict
		if post := v.postOf(n); post != 0 {
			t.Hint, t.HintLink = "To hide it now:", link{Path: fmt.Sprintf("%s/mod/post/%d", v.s.cfg.Path, post), Text: "stop the post"}
		}
	case errors.Is(why, moderate.ErrNoUndo):
		t.Error, status = "Nobody has decided about this, so there is nothing to undo.", http.StatusConflict
	case errors.Is(why, moderate.ErrWeakProof):
		return v.signInAgain("/mod/" + n.Code())
	case errors.Is(why, errNoReason):
		t.Error = "Write the reason, or choose one of ours."
	case errors.Is(why, moderate.ErrNoWords) && strings.TrimSpace(t.Words) == "":
		t.Error = "Write the words that are to be taken out."
	case errors.Is(why, moderate.ErrNoWords):
		t.Error = "These words do not stand in the message, so nothing was taken out. Write them as they stand there, one phrase on a line."
	case errors.Is(why, moderate.ErrChanged):
		t.Error, status = "Somebody else took something out in this moment. Nothing more was changed: look again.", http.StatusConflict
	case errors.Is(why, moderate.ErrNoFiles):
		t.Error = "The message has no files any more."
	case errors.Is(why, message.ErrLeft), errors.Is(why, message.ErrSealed):
		t.Error = "The message is signed or cannot be read, so nothing can be taken out of it. It still waits."
	case errors.Is(why, moderate.ErrNotOffered):
		t.Error = "The message may name a child, and then trust is not offered. It still waits."
	case errors.Is(why, moderate.ErrAuthorLeft):
		t.Error = "The writer is not a member any more, so this cannot be sent. It still waits."
	case errors.Is(why, moderate.ErrNoAsk) && t.Question == "":
		t.Error = "Write your question."
	case errors.Is(why, moderate.ErrNoAsk):
		t.Error = "They cannot be asked any more. It still waits."
	case errors.Is(why, moderate.ErrNoAdmit):
		t.Error = "Nobody can be let in on this server. It still waits."
	case errors.Is(why, moderate.ErrGone), errors.Is(why, moderate.ErrNotAsked), errors.Is(why, moderate.ErrNoWord):
		return errNoPage
	default:
		return why
	}
	return v.item(status, t)
}

// postOf is the post that an item became, 0 for none.
func (v *visit) postOf(n hold.Number) (post uint32) {
	err := v.s.db.View(func(tx *store.Tx) error {
		c, err := v.s.cfg.Panel.Case(tx, v.reader, n, v.now)
		if err == nil && c.Item.Decision != nil && c.Item.Decision.Verdict == hold.Approved {
			post = c.Item.Post
		}
		return err
	})
	if err != nil {
		return 0
	}
	return post
}
