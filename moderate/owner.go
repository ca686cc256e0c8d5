package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// Errors of answers in the name of the moderators.
var (
	ErrEmpty    = errors.New("the answer has no words of its own")
	ErrGoneMail = errors.New("the mail that is answered is not kept any more")
)

// An Answering is a moderator's words to whoever wrote a mail to all of them, or reported a post.
type Answering struct {
	To      intake.ID // the mail that is answered
	Message intake.ID // the moderator's own mail, which is kept
	Words   string    // the moderator's own words
	Asked   bool      // it is a question about a report
}

// mostAnswers is how many answers one mail may get in the name of the moderators.
const mostAnswers = 50

// Answer sends a moderator's words to the writer of a mail, from all moderators with the first name of the one who wrote, and shows
// them to the others in the same mail thread. No address of the moderator's is shown. The errors are ErrNotModerator, ErrEmpty
// where there are no words, and ErrGoneMail.
func (a *Acts) Answer(tx *store.Tx, h Hand, l list.List, n Answering) error {
	who, err := mustModerate(tx, l.ID, h)
	if err != nil {
		return err
	}
	writer, m, err := writerOf(tx, n.To)
	if errors.Is(err, intake.ErrNoMessage) {
		return ErrGoneMail
	}
	if err != nil {
		return err
	}
	words := withoutAddresses(strings.TrimSpace(n.Words), who)
	if words == "" {
		return ErrEmpty
	}
	err = tidyTallies(tx, "answers ", func(_ string, t tally) bool { return !h.Now.Before(t.Since.Add(letterLife)) })
	if err != nil {
		return err
	}
	may, err := May(tx, fmt.Sprintf("answers %012d", n.To), 0, h.Now, mostAnswers, letterLife)
	if err != nil || !may {
		return cmp.Or(err, error(ErrSpentStep))
	}
	to := list.Person{Name: writer.Name, Address: writer.Address}
	if p, err := list.FindPerson(tx, writer.Address); err == nil {
		to.ID = p.ID
	} else if !errors.Is(err, list.ErrNoPerson) {
		return err
	}
	r := notice.Round{List: l, To: to, By: called(who), ID: fmt.Sprintf("owner.%d.%d", n.To, n.Message), Answers: m.MessageID(), Now: h.Now}
	err = a.mail(tx, r, notice.FromModerators{Subject: m.Subject(), Words: words, Quote: m.Text(), Asked: n.Asked})
	if err != nil {
		return err
	}
	if err := errors.Join(h.note(tx, "mail answer", l.ID, to.ID, uint64(n.To)), reportDone(tx, n.To)); err != nil {
		return err
	}
	if n.Asked {
		asked := Marked{Person: h.Person, At: h.Now}
		if err := changeReport(tx, n.To, func(r Reported) Reported { r.Asked = asked; return r }); err != nil {
			return err
		}
	}
	root, err := threadOf(tx, l, n.To, m)
	if err != nil {
		return err
	}
	return a.showOthers(tx, h, l, talk{n, root}, notice.Answered{
		Writer: cmp.Or(list.CleanName(writer.Name), writer.Address.String()), Subject: m.Subject(), Words: words, Asked: n.Asked,
	}, called(who))
}

// A talk is an answer with the mail with which the talk began.
type talk struct {
	Answering
	root intake.ID
}

// showOthers shows an answer to the other moderators, who may answer as well.
func (a *Acts) showOthers(tx *store.Tx, h Hand, l list.List, n talk, shown notice.Answered, by string) error {
	all, err := list.Moderators(tx, l.ID)
	if err != nil {
		return err
	}
	for _, who := range all {
		if who.ID == h.Person {
			continue
		}
		tok, err := a.allowLetter(tx, l.ID, who.ID, n.To, h)
		if err != nil {
			return err
		}
		r := notice.Round{List: l, To: who, By: by, ID: fmt.Sprintf("answer.%d.%d.%d", n.To, n.Message, who.ID), Root: rootOf(n.root, who.ID), Now: h.Now}
		if err := a.mail(tx, r.Tokened("owner", tok), shown); err != nil {
			return err
		}
	}
	return nil
}

// allowLetter makes the token with which a moderator answers a mail in the name of all.
func (a *Acts) allowLetter(tx *store.Tx, l list.ID, who list.PersonID, id intake.ID, h Hand) (string, error) {
	return allow(tx, Pending{Use: UseLetter, List: l, Person: who, Message: id, Until: h.Now.Add(letterLife)}, h.Now)
}

// withoutAddresses takes a moderator's own addresses out of their words, such as those of a signature.
func withoutAddresses(text string, who list.Person) string {
	for _, a := range append(who.Addresses(), who.Backup) {
		if !a.IsZero() {
			text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(a.String())).ReplaceAllString(text, "[address removed]")
		}
	}
	return text
}

// threadOf finds the mail with which the talk began that a mail to the owners goes on with: it answers one of our own answers,
// whose Message-ID names it. It is the mail itself where that is not so.
func threadOf(tx *store.Tx, l list.List, id intake.ID, m *message.Message) (intake.ID, error) {
	for _, ref := range append(slices.Clone(m.InReplyTo()), m.References()...) {
		var root, answer intake.ID
		left, ok := strings.CutSuffix(ref, "@"+l.Domain+">")
		if !ok {
			continue
		}
		if n, err := fmt.Sscanf(left, "<owner.%d.%d", &root, &answer); n != 2 || err != nil || root >= id {
			continue
		}
		r, err := intake.Get(tx, root)
		if errors.Is(err, intake.ErrNoMessage) {
			continue
		}
		if err != nil {
			return id, err
		}
		if list.ID(r.List) == l.ID {
			return root, nil
		}
	}
	return id, nil
}

// Practise sends a new moderator a first message to answer, which changes nothing.
func (a *Acts) Practise(tx *store.Tx, h Hand, l list.List, who list.Person) error {
	tok, err := allow(tx, Pending{Use: UsePractice, List: l.ID, Person: who.ID, Until: h.Now.Add(offerLife)}, h.Now)
	if err != nil {
		return err
	}
	r := notice.Round{List: l, To: who, ID: fmt.Sprintf("practice.%d.%d", who.ID, h.Now.UnixNano()), Now: h.Now}
	return a.mail(tx, r.Tokened("mod", tok), notice.Practice{WebURL: a.cfg.PagesURL})
}

// Practised tells both sides what the answer to a practice message proved: the moderator, and the others. other is the address
// that it came from where that is not the moderator's.
func (a *Acts) Practised(tx *store.Tx, h Hand, l list.List, who list.Person, word, other string) error {
	all, err := list.Moderators(tx, l.ID)
	if err != nil {
		return err
	}
	for _, to := range all {
		n := notice.PracticeSeen{
			Who: called(who), Self: to.ID == who.ID, Word: word, Other: other, At: london(h.Now),
			Verified: h.Proof != ProofNone, Signed: h.Proof.Strong(),
		}
		r := notice.Round{List: l, To: to, ID: fmt.Sprintf("practised.%d.%d.%d", who.ID, to.ID, h.Now.UnixNano()), Now: h.Now}
		if err := a.mail(tx, r, n); err != nil {
			return err
		}
	}
	return h.note(tx, "moderator practice", l.ID, who.ID)
}
