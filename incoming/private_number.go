package incoming

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/relay"
	"sencoforum/store"
)

// warning is what makes us ask the writer of a private message whether a number in it is meant: where it stands, and by what
// the same words are known when they come again that day.
type warning struct {
	places []string
	digest string
}

// numbered looks for numbers of pupils in a private message. It reads the files, too, so it is done outside of any transaction.
func (d *Desk) numbered(in *arrival, n note) (w warning) {
	if n.verdict.Action != list.Accept || n.word != relay.NoWord || d.cfg.Pupil == nil {
		return w
	}
	if w.places = d.cfg.Pupil(in.dest.List, in.msg).Numbers; len(w.places) > 0 {
		w.digest = digestOf(in.msg)
	}
	return w
}

// digestOf is by what the same words and files are known again, without regard to spaces.
func digestOf(m *message.Message) string {
	text := strings.Join(strings.Fields(m.Text()), " ")
	for _, f := range m.Attachments() {
		text += "\n" + f.Name
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// warned tells the writer once a day of a number in a private message, and passes nothing on. It reports false where the message
// may go: there is none, or the same words came again. Of the message only its row is kept.
func (d *Desk) warned(tx *store.Tx, in *arrival, n note, w warning) (bool, error) {
	if len(w.places) == 0 {
		return false, nil
	}
	warned, err := d.cfg.Relay.Warn(tx, relay.Saying{Way: n.way, From: n.writer, Message: in.msg}, w.places, w.digest)
	if err != nil || !warned {
		return false, err
	}
	id, err := intake.Put(tx, intake.New{Record: in.record([]string{"warned of a number"}), State: intake.Handled, Key: in.key})
	if err != nil {
		return false, err
	}
	return true, d.cfg.Relay.Enter(tx, id, in.key, in.dest.List.ID)
}
