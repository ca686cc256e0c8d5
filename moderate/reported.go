package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// Reported is what became of a member's report of a post. Its words stay in the message that brought it, and go with it.
type Reported struct {
	List  list.ID         `json:"list"`
	Post  archive.Number  `json:"post"`
	By    list.PersonID   `json:"by"`
	At    time.Time       `json:"at"`
	Told  []list.PersonID `json:"told,omitempty"` // moderators who got it by mail
	Asked Marked          `json:"asked,omitzero"` // the latest question to whoever reported it
	Ended Marked          `json:"ended,omitzero"`
	How   EndedHow        `json:"how,omitempty"` // it ended
}

// Marked says who did something, and when.
type Marked struct {
	Person list.PersonID `json:"person,omitempty"` // 0: whoever runs the server
	At     time.Time     `json:"at"`
}

// ReportID is the number of a report: that of the message that brought it.
type ReportID = intake.ID

// EndedHow is how a report ended.
type EndedHow string

// The ends of a report.
const (
	EndedKept    EndedHow = "kept"
	EndedStopped EndedHow = "stopped"
	EndedClosed  EndedHow = "closed"
)

// Open reports that no moderator has ended it.
func (r Reported) Open() bool { return r.Ended.At.IsZero() }

// reportLife is how long a report is kept, ended or not.
const reportLife = letterLife

var reported = store.NewTable("moderate.reported", store.Uint64Key[intake.ID](), store.JSON[Reported]())

// Errors of reports.
var (
	ErrNoReport    = errors.New("there is no such report")
	ErrReportEnded = errors.New("a moderator has ended that report")
)

// noteReport keeps a report for the pages, and forgets some whose time is over.
func noteReport(tx *store.Tx, rep Report, l list.ID, told []list.Person, now time.Time) error {
	var old []intake.ID
	for row, err := range reported.All(tx) {
		if err != nil {
			return err
		}
		if len(old) == tidyMost || now.Sub(row.Value.At) < reportLife { // they are in the order of time
			break
		}
		old = append(old, row.Key)
	}
	for _, id := range old {
		if err := reported.Delete(tx, id); err != nil {
			return err
		}
	}
	r := Reported{List: l, Post: rep.Post, By: rep.By, At: now}
	return reported.Put(tx, rep.Message, r.with(told))
}

// with adds moderators who were told.
func (r Reported) with(told []list.Person) Reported {
	r.Told = slices.Clone(r.Told)
	for _, p := range told {
		if p.ID != 0 && !slices.Contains(r.Told, p.ID) {
			r.Told = append(r.Told, p.ID)
		}
	}
	return r
}

// changeReport changes what is kept of a report; of one that is not kept any more it changes nothing.
func changeReport(tx *store.Tx, id intake.ID, change func(Reported) Reported) error {
	r, ok, err := reported.Get(tx, id)
	if err != nil || !ok {
		return err
	}
	return reported.Put(tx, id, change(r))
}

// endReports ends the reports that some posts have, with what was done about them.
func endReports(tx *store.Tx, h Hand, how EndedHow, about func(Reported) bool) error {
	var ended []intake.ID
	for row, err := range reported.All(tx) {
		if err != nil {
			return err
		}
		if r := row.Value; r.Open() && about(r) {
			ended = append(ended, row.Key)
		}
	}
	for _, id := range ended {
		if err := endReport(tx, h, id, how); err != nil {
			return err
		}
	}
	return nil
}

func endReport(tx *store.Tx, h Hand, id intake.ID, how EndedHow) error {
	err := changeReport(tx, id, func(r Reported) Reported {
		r.Ended, r.How = Marked{Person: h.Person, At: h.Now}, how
		return r
	})
	return cmp.Or(err, reportDone(tx, id))
}

// endOfPost ends the reports of a post that was stopped.
func endOfPost(tx *store.Tx, h Hand, n archive.Number) error {
	return endReports(tx, h, EndedStopped, func(r Reported) bool { return r.Post == n })
}

// endOfThread ends the reports of all posts of a discussion that was closed.
func endOfThread(tx *store.Tx, h Hand, n archive.Number) error {
	of, err := archive.Curated(tx, n)
	if err != nil {
		return err
	}
	return endReports(tx, h, EndedClosed, func(r Reported) bool {
		p, err := archive.Get(tx, r.Post)
		return err == nil && p.Thread == of.Thread
	})
}

// ReportOf returns what is kept of a report. The error is ErrNoReport.
func ReportOf(tx *store.Tx, id intake.ID) (Reported, error) {
	r, ok, err := reported.Get(tx, id)
	if err == nil && !ok {
		err = fmt.Errorf("report %d: %w", id, ErrNoReport)
	}
	return r, err
}

// KeepReport ends a report of a moderator's list: the post stays as it is. All who were told of it by mail are told by whom. The first
// answer counts: of one that has ended already nothing is changed, and the error is ErrReportEnded.
func (a *Acts) KeepReport(tx *store.Tx, h Hand, id intake.ID) (Reported, error) {
	r, err := ReportOf(tx, id)
	if err != nil {
		return r, err
	}
	if _, err := mustModerate(tx, r.List, h); err != nil {
		return r, err
	}
	if !r.Open() {
		return r, ErrReportEnded
	}
	if err := endReport(tx, h, id, EndedKept); err != nil {
		return r, err
	}
	if err := h.note(tx, "report keep", r.List, 0, uint64(r.Post)); err != nil {
		return r, err
	}
	return r, a.tellKept(tx, h, id, r)
}

// tellKept tells moderators who know of a report that the post stays, in the same mail thread. It can be stopped with one word still.
func (a *Acts) tellKept(tx *store.Tx, h Hand, id intake.ID, r Reported) error {
	l, err := list.Get(tx, r.List)
	if err != nil {
		return err
	}
	p, err := archive.Get(tx, r.Post)
	if err != nil {
		return err
	}
	by, err := calledBy(tx, h.Person)
	if err != nil {
		return err
	}
	for _, t := range r.Told {
		who, ok, err := stillModerator(tx, l.ID, t)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		tok, err := allow(tx, Pending{Use: UseOffer, List: l.ID, Person: who.ID, Post: p.Number, Message: id, Until: h.Now.Add(offerLife)}, h.Now)
		if err != nil {
			return err
		}
		root := rootOf(id, who.ID)
		m := notice.Round{List: l, To: who, ID: fmt.Sprintf("%s.kept.%d", root, h.Now.UnixNano()), Root: root, Now: h.Now}
		if who.ID == h.Person {
			m.Answers = h.Answers
		}
		if err := a.mail(tx, m.Tokened("mod", tok), notice.ReportKept{Post: lineOf(p), By: by, At: london(h.Now)}); err != nil {
			return err
		}
	}
	return nil
}

// HowEnded says in a sentence by whom a report was ended, how and when.
func HowEnded(tx *store.Tx, r Reported) (string, error) {
	by, err := calledBy(tx, r.Ended.Person)
	if err != nil || r.Open() {
		return "", err
	}
	did := map[EndedHow]string{EndedKept: "looked at this report, and the post stays", EndedStopped: "stopped the post", EndedClosed: "closed the discussion"}[r.How]
	at := london(r.Ended.At)
	return fmt.Sprintf("%s %s (%s at %s).", by, did, at.Format("2 January"), at.Format("15:04")), nil
}

// reportPage is the address of the page of a report, or empty where there are no pages.
func (a *Acts) reportPage(id intake.ID) string {
	if a.cfg.PagesURL == "" {
		return ""
	}
	return fmt.Sprintf("%s/mod/report/%d", strings.TrimRight(a.cfg.PagesURL, "/"), id)
}

// A ReportCase is a report as the page of moderators shows it.
type ReportCase struct {
	Reported
	ID    intake.ID
	On    list.List
	About archive.Post
	Name  string // of who reported it, as moderators read it
	Said  string // their own words beside the word itself; may be empty
	Text  string // of the post; empty where nobody may read it
	Asker string // first name of who asked last
	End   string // how it ended, a sentence
}

// ReportCases are the open reports of posts that can be seen, on lists that a reader moderates, the oldest first; of some lists, or of
// all of theirs.
func ReportCases(tx *store.Tx, r list.Reader, now time.Time, lists ...list.ID) (all []intake.ID, err error) {
	of := moderated(r, lists)
	if len(of) == 0 {
		return nil, nil
	}
	for row, err := range reported.All(tx) {
		if err != nil {
			return nil, err
		}
		rep := row.Value
		if !rep.Open() || !slices.Contains(of, rep.List) || now.Sub(rep.At) >= reportLife {
			continue
		}
		p, err := archive.Get(tx, rep.Post)
		if err != nil && !errors.Is(err, archive.ErrNoPost) {
			return nil, err
		}
		if err == nil && (p.State == archive.Published || p.State == archive.Waiting) {
			all = append(all, row.Key)
		}
	}
	return all, nil
}

// ReportCaseOf returns what a page shows of a report. For who does not moderate its list it is as if it were not there: ErrNoReport.
func (a *Acts) ReportCaseOf(tx *store.Tx, r list.Reader, h Hand, id intake.ID) (c ReportCase, err error) {
	c.ID = id
	if c.Reported, err = ReportOf(tx, id); err != nil {
		return c, err
	}
	if !r.Moderates(c.List) || h.Now.Sub(c.At) >= reportLife {
		return ReportCase{}, fmt.Errorf("report %d: %w", id, ErrNoReport)
	}
	if c.On, err = list.Get(tx, c.List); err != nil {
		return c, err
	}
	if c.About, err = archive.Get(tx, c.Post); err != nil {
		return c, err
	}
	if p, err := a.PostCase(tx, r, h, c.Post); err == nil {
		c.Text = p.Text
	} else if !errors.Is(err, archive.ErrNoPost) {
		return c, err
	}
	by, err := list.GetPerson(tx, c.By)
	switch {
	case errors.Is(err, list.ErrNoPerson):
		c.Name = "A former member"
	case err != nil:
		return c, err
	default:
		c.Name = cmp.Or(list.CleanName(by.Name), by.Address.String())
	}
	if c.Said, err = saidIn(tx, id); err != nil {
		return c, err
	}
	if !c.Asked.At.IsZero() {
		if c.Asker, err = calledBy(tx, c.Asked.Person); err != nil {
			return c, err
		}
	}
	c.End, err = HowEnded(tx, c.Reported)
	return c, err
}

// saidIn are the words of a report beside the word itself, while its message is kept.
func saidIn(tx *store.Tx, id intake.ID) (string, error) {
	raw, err := intake.Raw(tx, id)
	if errors.Is(err, intake.ErrNoMessage) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var own []string
	for _, s := range message.Parse(raw).Words().Segments {
		if s.Kind == message.Own {
			own = append(own, strings.TrimSpace(s.Text))
		}
	}
	words := strings.TrimSpace(strings.Join(own, "\n"))
	if strings.EqualFold(strings.TrimRight(words, ".! "), "report") {
		return "", nil
	}
	return words, nil
}

// AskReporter sends a moderator's question to whoever reported a post, as the word ask does by mail; the answer comes to all moderators.
// The errors are ErrNoReport, and those of Answer.
func (a *Acts) AskReporter(tx *store.Tx, h Hand, id intake.ID, question string) error {
	r, err := ReportOf(tx, id)
	if err != nil {
		return err
	}
	l, err := list.Get(tx, r.List)
	if err != nil {
		return err
	}
	// No mail of the moderator's brings it: the moment is its number in the Message-ID.
	return a.Answer(tx, h, l, Answering{To: id, Message: intake.ID(h.Now.UnixNano()), Words: bounded(question, maxReason), Asked: true})
}
