package incoming

import (
	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
)

// The words of moderators and writers that the desk does, as package command names them.
const (
	wordApprove = "approve"
	wordTrust   = "trust"
	wordReject  = "reject"
	wordDiscard = "discard"
	wordRedact  = "redact"
	wordFiles   = "remove attachments"
	wordClaim   = "hold"
	wordAsk     = "ask"
	wordUndo    = "undo"
	wordBan     = "ban"
	wordEvery   = "approve all"
	wordCancel  = "cancel"
	wordAll     = "everyone"
	wordAnyway  = "send anyway"
	wordOnly    = "only"
)

// placeOf is where a moderator's reply comes from: a notice about one thing, by what it waits for, or a batch.
func placeOf(items []hold.Item) command.Place {
	if len(items) != 1 {
		return command.Batch
	}
	it := items[0]
	switch {
	case it.OnPerson():
		return command.Application
	case list.Found(it.Findings, list.CausePupil):
		return command.HeldGuard
	case list.Found(it.Findings, list.CauseSpam), list.Found(it.Findings, list.CauseAutomatic):
		return command.HeldSpam
	}
	return command.Held
}

// readDecision reads a moderator's reply about items. about is the name of who wrote the one thing that waits, and files how many
// files came with it.
func (d *Desk) readDecision(m *message.Message, items []hold.Item, about string, files int) command.Reading {
	q := command.Request{At: placeOf(items), Moderator: true, Today: d.cfg.Now(), Items: len(items), Files: files}
	if len(items) == 1 {
		q.Item = items[0].Number.Code()
		q.About = []string{about}
	}
	return command.Read(command.Of(m, q))
}

// readWriter reads what the writer of a message that waits answers. only is the name of the one member to whom it may go instead.
func (d *Desk) readWriter(m *message.Message, it hold.Item, files int, only string) command.Reading {
	q := command.Request{At: placeOfWriter(it), Today: d.cfg.Now(), Files: files, Item: it.Number.Code()}
	if only != "" {
		q.About = []string{only}
	}
	return command.Read(command.Of(m, q))
}

// placeOfWriter is what the writer of a message that waits answers.
func placeOfWriter(it hold.Item) command.Place {
	switch {
	case it.Reason != hold.Doubt:
		return command.Own
	case list.Found(it.Findings, list.CausePupil):
		return command.OwnGuard
	case list.Found(it.Findings, list.CauseCommand), list.Found(it.Findings, list.CauseDigest):
		return command.OwnWord
	}
	return command.OwnPrivate
}
