package incoming

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// A moderator's reply at L-mod+TOKEN@ decides when all of this holds: the token is one of that moderator's for that item, or
// for a batch; From is an address of that moderator's; the sender is verified, or signed with DKIM where the list wants that;
// nothing says that a machine wrote it; and its first line that is not quoted is a word of ours. Where one of them is missing
// nothing is done, the log has a warning, and the moderator hears of it at the address that is stored.

// decidable refuses an address whose token is no moderator's of that list.
func (d *Desk) decidable(tx *store.Tx, dest list.Destination) error {
	g, err := hold.LookModerator(tx, dest.Token)
	if errors.Is(err, hold.ErrSpent) {
		return d.texts(dest.List).Refuse(list.CaseToken)
	}
	if err != nil {
		return err
	}
	of, err := listOf(tx, g)
	if errors.Is(err, hold.ErrNoItem) || err == nil && of != dest.List.ID {
		return d.texts(dest.List).Refuse(list.CaseToken)
	}
	return err
}

// listOf is the list of the items of a moderator's token.
func listOf(tx *store.Tx, g hold.Grant) (list.ID, error) {
	for _, n := range itemsOf(g) {
		it, err := hold.Get(tx, n)
		if errors.Is(err, hold.ErrNoItem) {
			continue
		}
		return it.List, err
	}
	return 0, hold.ErrNoItem
}

func itemsOf(g hold.Grant) []hold.Number {
	if g.Item != 0 {
		return []hold.Number{g.Item}
	}
	return g.Batch
}

// decision is a moderator's reply on the desk.
type decision struct {
	in      *arrival
	grant   hold.Grant
	who     list.Person
	reading command.Reading
	at      command.Place // of what was answered
	left    map[hold.Number]moderate.Searched
	proof   string
}

// doubt is why a reply is not taken for a moderator's.
type doubt string

// The doubts.
const (
	doubtNone    doubt = ""
	doubtMachine doubt = "a machine may have written it"
	doubtFrom    doubt = "From is not the moderator's address"
	doubtSender  doubt = "its sender is not verified"
	doubtDKIM    doubt = "it has no aligned DKIM signature"
	doubtOld     doubt = "its token is too old"
	doubtRole    doubt = "its token is of nobody who moderates"
)

// decide takes a reply to a mail about what waits.
func (d *Desk) decide(in *arrival) error {
	switch {
	case in.form != nil:
		return in.texts.Refuse(list.FormCase(in.form))
	case in.auth == list.Unknown:
		return in.texts.Refuse(list.CaseLater)
	}
	r := decision{in: in}
	why, err := d.proved(&r)
	if err != nil {
		return err
	}
	if in.auth == list.Failed {
		d.doubted(in, r.grant, why)
		return in.texts.Refuse(list.CaseSender)
	}
	if err := d.hideTokens(in); err != nil {
		return err
	}
	if err := d.mayCome(in); err != nil {
		return err
	}
	if signs := d.automatic(in); len(signs) > 0 {
		d.doubted(in, r.grant, doubtMachine)
		return d.keep(in, intake.Discarded, list.Verdict{Reasons: append([]string{"automatic"}, signs...)})
	}
	if why != doubtNone {
		return d.unproved(r, why)
	}
	return d.carryOut(r)
}

// proved looks for every proof, and says which one is missing.
func (d *Desk) proved(r *decision) (doubt, error) {
	in := r.in
	moderates := false
	proof := list.ProofVerified
	err := d.db.View(func(tx *store.Tx) (err error) {
		if r.grant, err = hold.LookModerator(tx, in.dest.Token); err != nil {
			return err
		}
		l, err := list.Get(tx, in.dest.List.ID)
		if err != nil {
			return err
		}
		proof = l.ProofOf()
		m, err := list.Member(tx, in.dest.List.ID, r.grant.Person)
		if errors.Is(err, list.ErrNoMember) {
			return nil
		}
		if err != nil {
			return err
		}
		moderates = m.Role.Moderates()
		r.who, err = list.GetPerson(tx, r.grant.Person)
		return err
	})
	if errors.Is(err, hold.ErrSpent) {
		return doubtNone, in.texts.Refuse(list.CaseToken)
	}
	if err != nil {
		return doubtNone, err
	}
	mine := slices.ContainsFunc(r.who.Addresses(), func(a message.Address) bool { return a.Key() == in.from.Address.Key() })
	trusted := d.trusts(in.env.Client) // whose own check we cannot see
	signed := trusted || slices.ContainsFunc(in.check.DKIM, signedByAuthor)
	switch {
	case trusted:
		r.proof = "email through a trusted network"
	case signed:
		r.proof = "signed email"
	default:
		r.proof = "verified email"
	}
	switch {
	case !moderates:
		return doubtRole, nil
	case !mine:
		return doubtFrom, nil
	case in.auth != list.Verified:
		return doubtSender, nil
	case proof == list.ProofDKIM && !signed:
		return doubtDKIM, nil
	case len(in.msg.MaybeAutomatic()) > 0 || in.env.From.IsZero():
		return doubtMachine, nil
	case !d.cfg.Now().Before(r.grant.Until):
		return doubtOld, nil
	}
	return doubtNone, nil
}

// doubted warns in the log of a reply that was not taken. Whoever runs the server sees an attack there.
func (d *Desk) doubted(in *arrival, g hold.Grant, why doubt) {
	log := d.log.Warn
	if why == doubtOld {
		log = d.log.Info
	}
	log("a moderator's reply was not taken", "list", in.dest.List.Name, "person", g.Person, "item", uint64(g.Item), "why", string(why))
}

// warnEvery is how often a moderator hears at most that a reply in their name was not taken.
const warnEvery = 24 * time.Hour

// unproved keeps a reply that decides nothing, and tells the moderator of it, once a day, at the address that is stored.
func (d *Desk) unproved(r decision, why doubt) error {
	d.doubted(r.in, r.grant, why)
	return d.handled(r, []string{"moderator", string(why)}, func(tx *store.Tx) error {
		if why == doubtRole {
			return nil
		}
		may, err := hold.MaySay(tx, r.grant.Person, "unproved "+string(why), d.cfg.Now(), warnEvery)
		if err != nil || !may {
			return err
		}
		n := notice.Doubted{}
		switch why {
		case doubtFrom:
			n.From = r.in.from.Address.String()
		case doubtOld:
			n.Days = int((14 * 24 * time.Hour) / (24 * time.Hour))
		}
		return d.cfg.Panel.Doubt(tx, d.cfg.Now(), r.in.dest.List, r.who, itemsOf(r.grant), n)
	})
}

// handled stores a reply as handled, once however often it comes, with what belongs to it. Its text is not kept: what it did is
// recorded, and it may hold a password of another list server.
func (d *Desk) handled(r decision, reasons []string, also func(tx *store.Tx) error) error {
	again := false
	err := d.update(func(tx *store.Tx) (err error) {
		if _, again, err = intake.Known(tx, r.in.key); err != nil {
			return err
		}
		if again {
			return r.in.putDuplicate(tx)
		}
		if _, err := intake.Put(tx, intake.New{Record: r.in.record(reasons), State: intake.Handled, Key: r.in.key}); err != nil {
			return err
		}
		return also(tx)
	})
	if err == nil && again {
		d.log.Info("duplicate", "to", string(r.in.dest.Kind))
	}
	return err
}

// askEvery is how often a moderator is asked at most what a reply means.
const askEvery = 10 * time.Minute

// carryOut does what a reply says and answers it, in one transaction.
func (d *Desk) carryOut(r decision) error {
	if err := d.searchLeft(&r); err != nil {
		return err
	}
	var did []string
	err := d.handled(r, []string{"moderator"}, func(tx *store.Tx) error {
		did = nil
		if err := d.readReply(tx, &r); err != nil {
			return err
		}
		if r.reading.Outcome == command.Done && r.reading.Word.Name == wordEvery {
			did = append(did, "asked for: "+wordEvery)
			return d.proposes(tx, r, moderate.Act{Kind: moderate.ActApproveAll, Items: itemsOf(r.grant)})
		}
		if r.reading.Outcome == command.Done && r.reading.Word.Name == "help" {
			did = append(did, "help")
			return d.helpsModerator(tx, r)
		}
		items, why := chosen(r.grant, r.reading)
		if why != "" {
			did = append(did, string(why))
			return d.asksBack(tx, r, itemsOf(r.grant), why)
		}
		for _, n := range items {
			what, err := d.decideOne(tx, r, n)
			if err != nil {
				return err
			}
			did = append(did, what)
		}
		return nil
	})
	if err == nil && len(did) > 0 {
		d.log.Info("a moderator replied", "list", r.in.dest.List.Name, "person", r.who.ID, "did", did)
	}
	return err
}

// helpsModerator tells a moderator the words that may be answered to what waits, as often as asking back. To decide they answer the
// mail about it once more.
func (d *Desk) helpsModerator(tx *store.Tx, r decision) error {
	may, err := hold.MaySay(tx, r.who.ID, "help", d.cfg.Now(), askEvery)
	if err != nil || !may {
		return err
	}
	return d.tell(tx, r.in, r.who, moderate.Turn{}, "help", notice.HeldHelp{Words: command.Help(r.at, true), Read: r.reading.Read})
}

// readReply reads the reply by what waits at this moment.
func (d *Desk) readReply(tx *store.Tx, r *decision) error {
	var items []hold.Item
	for _, n := range itemsOf(r.grant) {
		it, err := hold.Get(tx, n)
		if errors.Is(err, hold.ErrNoItem) {
			it = hold.Item{Number: n}
		} else if err != nil {
			return err
		}
		items = append(items, it)
	}
	about, files := "", 0
	if len(items) == 1 {
		var err error
		if about, files, err = d.cfg.Panel.About(tx, r.in.dest.List, items[0]); err != nil {
			return err
		}
	}
	r.at = placeOf(items)
	r.reading = d.readDecision(r.in.msg, items, about, files)
	return nil
}

// chosen are the items that a reply is about, or why that is not clear.
func chosen(g hold.Grant, r command.Reading) ([]hold.Number, notice.Why) {
	all := itemsOf(g)
	switch {
	case r.Why == command.WhyNo:
		return nil, notice.RejectOrBin
	case r.Why == command.WhyPlace && r.Word.Name == wordTrust:
		return nil, notice.NotOffered
	case r.Why == command.WhyPlace && r.Word.Name == wordFiles:
		return nil, notice.NoFiles
	case r.Why == command.WhyNumber:
		return nil, notice.WhichOne
	case r.Outcome != command.Done || !done[r.Word.Name]:
		return nil, notice.NotRead
	case g.Item != 0:
		return all, ""
	case len(r.Args.Numbers) == 0:
		return nil, notice.WhichOne
	}
	var items []hold.Number
	for _, i := range r.Args.Numbers {
		if i < 1 || i > len(all) {
			return nil, notice.WhichOne
		}
		if !slices.Contains(items, all[i-1]) {
			items = append(items, all[i-1])
		}
	}
	return items, ""
}

// done are the words about what waits that the desk does. What else package command reads there is asked about.
var done = map[string]bool{
	wordApprove: true, wordTrust: true, wordReject: true, wordDiscard: true, wordRedact: true, wordFiles: true, wordClaim: true,
	wordAsk: true, wordUndo: true, wordBan: true,
}

// asksBack tells a moderator that the reply did nothing and what may be answered, at most once in ten minutes.
func (d *Desk) asksBack(tx *store.Tx, r decision, items []hold.Number, why notice.Why) error {
	if may, err := hold.MaySay(tx, r.who.ID, "unclear", d.cfg.Now(), askEvery); err != nil || !may {
		return err
	}
	return d.cfg.Panel.Unclear(tx, d.answer(r), items, why)
}

// answer is who is answered, and to which mail.
func (d *Desk) answer(r decision) moderate.Answer {
	return moderate.Answer{List: r.in.dest.List, Who: r.who, Now: d.cfg.Now(), Replies: r.in.id, Read: r.reading.Read}
}

// decideOne does what a reply says about one item, and answers it. It says in a word what was done.
func (d *Desk) decideOne(tx *store.Tx, r decision, n hold.Number) (string, error) {
	by := moderate.Decider{
		By: moderate.By{Actor: fmt.Sprintf("member %d", r.who.ID), Now: d.cfg.Now()}, Person: r.who.ID, Proof: r.proof,
	}
	if r.reading.Word.Name == wordBan {
		it, err := hold.Get(tx, n)
		if err != nil {
			return "", err
		}
		return "asked for: " + wordBan, d.proposes(tx, r, moderate.Act{Kind: moderate.ActBan, Address: it.From, Name: it.Name, Items: []hold.Number{n}})
	}
	p, reason := d.cfg.Panel, r.reading.Args.Text
	var out moderate.Outcome
	var err error
	switch r.reading.Word.Name {
	case wordApprove:
		out, err = p.Approve(tx, by, n)
	case wordTrust:
		out, err = p.Trust(tx, by, n)
	case wordReject:
		out, err = p.Reject(tx, by, n, reason)
	case wordDiscard:
		out, err = p.Discard(tx, by, n)
	case wordRedact:
		out, err = p.Redact(tx, by, n, moderate.Words{Phrases: r.reading.Args.Words}, r.left[n])
	case wordFiles:
		out, err = p.RemoveAttachments(tx, by, n, r.left[n])
	case wordClaim:
		out, err = p.Claim(tx, by, n)
	case wordAsk:
		out, err = p.Ask(tx, by, n, reason)
	case wordUndo:
		out, err = p.Undo(tx, by, n)
	}
	if err == nil {
		return r.reading.Word.Name, p.Answer(tx, d.answer(r), r.reading.Word.Name, out)
	}
	return p.Refuse(tx, d.answer(r), n, err)
}

// signedByAuthor reports a valid signature of the domain in From.
func signedByAuthor(s mailauth.Signature) bool { return s.Aligned }
