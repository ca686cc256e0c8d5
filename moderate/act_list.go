package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// describeList is describe for acts on a list as a whole.
func (a *Acts) describeList(tx *store.Tx, act Act) (about, error) {
	l, err := list.Get(tx, act.List)
	if err != nil {
		return about{}, err
	}
	if a.cfg.Panel == nil {
		return about{}, ErrNoAct
	}
	switch act.Kind {
	case ActHoldList:
		if l.Emergency {
			err = ErrIsSo
		}
		return about{"hold list " + l.Name, "Every new message waits for a moderator, and so does what has not gone out yet.\nTo end that: release list"}, err
	case ActReleaseList:
		if !l.Emergency {
			err = ErrIsSo
		}
		return about{"release list " + l.Name, "New messages go out again. What waits now still waits for you to decide."}, err
	case ActAnnounce:
		return describeAnnouncement(tx, l, act)
	case ActApproveAll:
		return a.describeAll(tx, l, act)
	}
	return about{}, fmt.Errorf("%q: %w", act.Kind, ErrNoAct)
}

// mostAnnounced bounds an announcement, in bytes.
const mostAnnounced = 32 << 10

func describeAnnouncement(tx *store.Tx, l list.List, act Act) (about, error) {
	n, err := list.Count(tx, l.ID)
	d := about{what: fmt.Sprintf("announce %q", act.Subject)}
	d.then = fmt.Sprintf("It goes to all who get email, at once and also to those who have a digest: the\nlist has %s. Answers go to everyone.\n\n%s", counted(n, "member", "members"), notice.Quoted(act.Text))
	if err == nil && (strings.TrimSpace(act.Text) == "" || len(act.Text) > mostAnnounced) {
		err = ErrNoAct
	}
	return d, err
}

// mostTogether is how many items one word approves.
const mostTogether = 25

// apart are the causes of what is never approved unseen.
var apart = []list.Cause{list.CausePupil, list.CauseSpam, list.CauseFile, list.CauseAutomatic, list.CauseToken, list.CauseEncrypted}

// Together are the items that wait and may be approved with one word, the oldest first, at most so many that a mail can name
// them. Never among them is a person, and what may name a child, looks like spam or bears a file that runs. With items given it
// looks at those alone.
func (p *Panel) Together(tx *store.Tx, l list.ID, of []hold.Number) (all []hold.Item, err error) {
	waiting, err := hold.Waiting(tx, l)
	if err != nil {
		return nil, err
	}
	given := map[hold.Number]bool{}
	for _, n := range of {
		given[n] = true
	}
	for _, it := range waiting {
		if len(of) > 0 && !given[it.Number] {
			continue
		}
		fit := it.Kind == hold.Post && it.Reason == hold.Moderation && len(all) < mostTogether
		for _, c := range apart {
			fit = fit && !list.Found(it.Findings, c)
		}
		if fit {
			all = append(all, it)
		}
	}
	return all, nil
}

// describeAll names what would be approved.
func (a *Acts) describeAll(tx *store.Tx, l list.List, act Act) (about, error) {
	all, err := a.cfg.Panel.Together(tx, l.ID, act.Items)
	if err == nil && len(all) == 0 {
		err = ErrNothing
	}
	if err != nil {
		return about{}, err
	}
	waiting, err := hold.Waiting(tx, l.ID)
	if err != nil {
		return about{}, err
	}
	var lines []string
	for _, it := range all {
		m, err := a.cfg.Panel.matter(tx, l, it)
		if err != nil {
			return about{}, err
		}
		lines = append(lines, m.Listed())
	}
	d := about{what: "approve " + counted(len(all), "message", "messages")}
	d.then = "They go to everyone:\n\n" + strings.Join(lines, "\n")
	if left := len(waiting) - len(all); left > 0 {
		d.then += fmt.Sprintf("\n\n%s and %s not among them. People, what may name a child, what looks\nlike spam and files that can run need a look each.",
			counted(left, "other waits", "others wait"), map[bool]string{true: "is", false: "are"}[left == 1])
	}
	return d, nil
}

// onList does an act on a list.
func (a *Acts) onList(tx *store.Tx, h Hand, act Act) (result string, err error) {
	switch act.Kind {
	case ActHoldList, ActReleaseList:
		held, err := a.cfg.Panel.Emergency(tx, h.By, act.List, act.Kind == ActHoldList)
		if held > 0 {
			result = counted(held, "message", "messages") + " that had not gone out yet wait now, too."
		}
		return result, err
	case ActAnnounce:
		return a.announce(tx, h, act)
	}
	return a.approveAll(tx, h, act)
}

// approveAll approves what the moderator was shown and still waits.
func (a *Acts) approveAll(tx *store.Tx, h Hand, act Act) (string, error) {
	all, err := a.cfg.Panel.Together(tx, act.List, act.Items)
	if err != nil {
		return "", err
	}
	done := 0
	for _, it := range all {
		_, err := a.cfg.Panel.Approve(tx, Decider{By: h.By, Person: h.Person, Proof: string(h.Proof)}, it.Number)
		if errors.Is(err, ErrAuthorLeft) { // it still waits
			continue
		}
		if err != nil {
			return "", err
		}
		done++
	}
	result := counted(done, "message goes", "messages go") + " to everyone after the usual delay."
	if n := len(act.Items) - done; n > 0 {
		result += "\n" + counted(n, "other was", "others were") + " decided meanwhile, or cannot be sent."
	}
	return result, nil
}

// announce makes a post of moderators that goes to everybody at once. It waits for the sending delay as any other, and stop ends it.
func (a *Acts) announce(tx *store.Tx, h Hand, act Act) (string, error) {
	l, err := list.Get(tx, act.List)
	if err != nil {
		return "", err
	}
	who, err := list.GetPerson(tx, h.Person)
	if err != nil {
		return "", err
	}
	raw, err := announcement(l, who, act, h)
	if err != nil {
		return "", err
	}
	key := intake.Key("")
	if act.Form != "" {
		key = intake.DuplicateKey(uint32(l.ID), who.Address, "page announce "+act.Form, nil)
		if _, again, err := intake.Known(tx, key); err != nil || again {
			return "", cmp.Or(err, ErrIsSo)
		}
	}
	m := message.Parse(raw)
	n := archive.Submitted(m, l, who, h.Now)
	n.Announced, n.Until = true, h.Now.Add(l.SendDelay)
	rec := intake.Record{
		Kind: string(list.KindPost), List: uint32(l.ID), Reasons: []string{"announced by a moderator"}, MessageID: m.MessageID(), Sender: string(list.Verified),
		Envelope: message.Envelope{From: who.Address, To: l.Post(), Received: h.Now}, Came: key,
	}
	if n.Intake, err = intake.Put(tx, intake.New{Record: rec, Raw: store.NewBlob(raw), State: intake.Waiting, Key: key}); err != nil {
		return "", err
	}
	post, err := archive.Accept(tx, n)
	if err != nil {
		return "", err
	}
	if err := h.note(tx, "post announce", l.ID, 0, uint64(post.Number)); err != nil {
		return "", err
	}
	return fmt.Sprintf("It goes out at %s, as post %d. To take it back, write: stop #%d", london(post.Until).Format("15:04"), post.Number, post.Number), nil
}

// Announcement is what would be announced, for a page that shows it first and for whoever looks whether it may name a child.
func (a *Acts) Announcement(tx *store.Tx, h Hand, act Act) (*message.Message, error) {
	who, err := mustModerate(tx, act.List, h)
	if err != nil {
		return nil, err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return nil, err
	}
	raw, err := announcement(l, who, act, h)
	return message.Parse(raw), err
}

// announcement writes the message that is sent.
func announcement(l list.List, who list.Person, act Act, h Hand) ([]byte, error) {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: list.CleanName(who.Name), Address: who.Address})
	w.Mailbox("To", message.Mailbox{Name: l.Title, Address: l.Post()})
	w.Text("Subject", act.Subject)
	w.Raw("Date", h.Now.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	w.Raw("Message-ID", fmt.Sprintf("<announce.%d.%d.%d@%s>", l.ID, h.Person, h.Now.UnixNano(), l.Domain))
	w.Raw("MIME-Version", "1.0")
	body, fields := message.PlainText(strings.TrimSpace(act.Text) + "\n\n" + called(who) + ", for the moderators of " + l.Title + "\n")
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	if err := w.Err(); err != nil {
		return nil, fmt.Errorf("write announcement: %w", err)
	}
	return append(append(w.Bytes(), "\r\n"...), body...), nil
}
