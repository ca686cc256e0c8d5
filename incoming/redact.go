package incoming

import (
	"bytes"
	"errors"

	"sencoforum/list"
	"sencoforum/message"
)

// redact takes our own tokens out of what is stored of a message, and with it out of all that is made of that: copies, archive,
// mail to moderators. The bytes as they came, and the key that is made of them, stay for the intake's record. A token in a signed
// part makes it a refusal: the signature may not be broken, and its writer has the text and learns what to take out. With signed
// such a part is changed too, for mail that people get as text alone and for a member's post that waits for moderators.
func (d *Desk) redact(in *arrival, signed bool) error {
	raw, err := in.tokenFree, error(nil)
	if raw == nil || signed {
		raw, err = in.dest.List.Redact(d.keys, in.msg, signed)
	}
	if errors.Is(err, message.ErrSealed) {
		return in.texts.Refuse(list.CaseSealed)
	}
	if err != nil || bytes.Equal(raw, in.msg.Raw()) {
		return err
	}
	in.clean, in.msg = raw, message.Parse(raw)
	return nil
}

// stored is the message without what must not be stored.
func (in *arrival) stored() []byte {
	if in.clean != nil {
		return in.clean
	}
	return in.raw
}
