package incoming

import (
	"strings"

	"sencoforum/digest"
	"sencoforum/intake"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/store"
)

// answersDigest is the issue that a mail to the robot answers, by what it refers to or else by its subject; 0 for none.
func (d *Desk) answersDigest(in *arrival) (n digest.Number, err error) {
	if d.cfg.Digests == nil {
		return 0, nil
	}
	if n := digest.Answered(in.dest.List, append(in.msg.InReplyTo(), in.msg.References()...)); n != 0 {
		return n, nil
	}
	err = d.db.View(func(tx *store.Tx) (err error) {
		n, err = d.cfg.Digests.Meant(tx, in.dest.List, in.msg.Subject())
		return err
	})
	return n, err
}

// fewestQuoted is how many discussions of a digest have to stand in a quote of it, unless it has fewer.
const fewestQuoted = 2

// quotesDigest reports whether a message to the list answers a digest and brings it along: more than half of its discussions stand
// in what is quoted. Nobody could tell which of them is answered.
func (d *Desk) quotesDigest(in *arrival) (bool, error) {
	n, err := d.answersDigest(in)
	if err != nil || n == 0 {
		return false, err
	}
	var quoted strings.Builder
	for _, s := range in.msg.Words().Segments {
		if s.Kind == message.Quoted || s.Kind == message.Forwarded {
			quoted.WriteString(s.Text + "\n")
		}
	}
	text := onlyWords(quoted.String())
	var all []digest.Answer
	err = d.db.View(func(tx *store.Tx) (err error) {
		all, err = d.cfg.Digests.Answers(tx, in.dest.List, n)
		return err
	})
	stand := 0
	for _, a := range all {
		if subject := onlyWords(a.Subject); subject != "" && strings.Contains(text, subject) {
			stand++
		}
	}
	return stand >= min(fewestQuoted, len(all)) && 2*stand > len(all), err
}

// onlyWords are the words of a text on one line, in small letters and without the marks of quotes.
func onlyWords(text string) string {
	return " " + strings.Join(message.WordsOf(text), " ") + " "
}

// toDigest takes an answer to a whole digest in which there is no word for the robot. It reaches nobody: its writer, a member, is
// told where each discussion of the digest is answered. The mail is kept without its text.
func (d *Desk) toDigest(in *arrival, n digest.Number) error {
	m := intake.New{Record: in.record([]string{"answers a digest"}), State: intake.Handled, Key: in.key}
	err := d.update(func(tx *store.Tx) error {
		_, again, err := intake.Known(tx, in.key)
		if err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if _, err := intake.Put(tx, m); err != nil {
			return err
		}
		return d.explainDigest(tx, in, n)
	})
	if err == nil {
		d.log.Info("answer to a digest", "list", in.dest.List.Name, "issue", uint32(n))
	}
	return err
}

// explainDigest mails the writer the discussions of an issue with their addresses, unless they had enough answers today.
func (d *Desk) explainDigest(tx *store.Tx, in *arrival, n digest.Number) error {
	turn, err := moderate.Asker{List: in.dest.List.ID, Address: in.from.Address}.Answer(tx, d.cfg.Now())
	if err != nil || !turn.May {
		return err
	}
	who, _, err := writerOf(tx, in)
	if err != nil {
		return err
	}
	all, err := d.cfg.Digests.Answers(tx, in.dest.List, n)
	if err != nil {
		return err
	}
	mail := notice.DigestAnswered{Wrote: in.dest.List.Hide(d.keys)(in.msg.Words().Own)}
	for _, a := range all {
		mail.Items = append(mail.Items, notice.DigestItem{Subject: a.Subject, Address: a.Address})
	}
	return d.tell(tx, in, who, turn, "digested", mail)
}
