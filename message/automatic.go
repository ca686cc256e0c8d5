package message

import "strings"

// Automatic returns the signs that a program wrote this message, where they
// make it certain: Auto-Submitted other than "no" (RFC 3834 §5),
// multipart/report, "Precedence: auto_reply", or the subject of an automatic
// answer together with one more sign of MaybeAutomatic. The signs of the
// envelope are known to the caller only. None means that it is not certain.
func (m *Message) Automatic() []string {
	var certain []string
	maybe := m.MaybeAutomatic()
	for _, sign := range maybe {
		switch sign {
		case signAutoSubmitted, signReport:
			certain = append(certain, sign)
		case signSubject:
			if len(maybe) > 1 {
				certain = append(certain, sign)
			}
		case signPrecedence:
			if hasWord(m.Header.Values("Precedence"), "auto_reply") {
				certain = append(certain, sign)
			}
		}
	}
	return certain
}

// The signs that have a name of their own; the others are named for their field.
const (
	signAutoSubmitted = "Auto-Submitted"
	signPrecedence    = "Precedence"
	signReport        = "multipart/report"
	signSubject       = "subject of an automatic answer"
	signSender        = "sender is a program"
	signNullSender    = "null return path"
)

// MaybeAutomatic returns every sign in the header that a program may have
// written this message, or that answering it may begin a loop. Mailing lists
// and many programs that pass on a person's words leave such signs as well.
func (m *Message) MaybeAutomatic() []string {
	var signs []string
	add := func(sign string, found bool) {
		if found {
			signs = append(signs, sign)
		}
	}
	h := m.Header
	add(signNullSender, hasWord(h.Values("Return-Path"), "<>"))
	add(signSender, m.senderIsProgram())
	add(signAutoSubmitted, isAutoSubmitted(h.Values("Auto-Submitted")))
	add(signPrecedence, h.Has("Precedence"))
	for _, f := range h.Fields() {
		if len(f.Name) > 5 && strings.EqualFold(f.Name[:5], "List-") {
			add("List-*", true)
			break
		}
	}
	for _, name := range []string{"X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-No-Ack"} {
		add(name, h.Has(name))
	}
	add("X-Ack", hasWord(h.Values("X-Ack"), "no"))
	add("Content-Identifier", hasWord(h.Values("Content-Identifier"), "auto-replied"))
	add(signReport, m.Root.Type == "multipart/report")
	add(signSubject, IsAutoReplySubject(m.Subject()))
	return signs
}

// hasWord reports whether one of values is this word, without regard to case
// and to what follows a semicolon.
func hasWord(values []string, word string) bool {
	for _, v := range values {
		v, _, _ = strings.Cut(v, ";")
		if strings.EqualFold(strings.TrimSpace(dropComments(v)), word) {
			return true
		}
	}
	return false
}

func isAutoSubmitted(values []string) bool {
	for _, v := range values {
		v, _, _ = strings.Cut(v, ";")
		if v = strings.TrimSpace(dropComments(v)); v != "" && !strings.EqualFold(v, "no") {
			return true
		}
	}
	return false
}

// senderIsProgram looks at the local parts of From, Sender and Return-Path.
func (m *Message) senderIsProgram() bool {
	for _, name := range []string{"From", "Sender", "Return-Path"} {
		for _, mb := range m.mailboxes(name) {
			if IsProgram(mb.Address) {
				return true
			}
		}
	}
	return false
}

// IsProgram reports an address whose local part is that of a program and not
// of a person. It is never to be answered automatically.
func IsProgram(a Address) bool {
	switch strings.ToLower(a.Local) {
	case "mailer-daemon", "postmaster", "noreply", "no-reply",
		"sympa", "listserv", "majordomo", "smartlist", "mailman":
		return true
	}
	return false
}

// IsAutoReplySubject reports a subject that begins as those of automatic
// answers do, in the languages that reach a British list now and then. A reply
// to such a mail, which begins with a reply mark, is a person's.
func IsAutoReplySubject(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, begin := range []string{
		"automatic reply:", "automatic reply from", "automated reply", "auto reply:", "auto-reply:", "autoreply:",
		"auto response:", "auto-response:", "autoresponse:", "automatic response:", "auto:", "autosvar:",
		"out of office", "out-of-office", "out of the office", "ooo:", "[out of office]", "away from office",
		"away from my mail", "on annual leave:", "vacation reply", "i am out of the office",
		"automatische antwort", "abwesenheitsnotiz", "abwesend:", "automatisch antwoord", "afwezigheidsbericht",
		"réponse automatique", "absence du bureau", "respuesta automática", "fuera de la oficina",
		"risposta automatica", "fuori sede", "resposta automática", "autosvar", "automatiskt svar", "automatisk svar",
		"automaattinen vastaus", "odpowiedź automatyczna", "automatická odpověď", "ateb awtomatig",
		"автоматический ответ", "自动回复", "自動返信",
	} {
		if strings.HasPrefix(s, begin) {
			return true
		}
	}
	return false
}
