package bounce

import (
	"strings"

	"sencoforum/message"
)

// origin is how sure it is that a mail host wrote a message.
type origin int

const (
	person  origin = iota // nothing says so
	maybe                 // a program wrote it; its text must speak of a failed delivery
	mailbox               // a mail host wrote it
)

// originOf looks at the header of a message only. A text can say anything.
func originOf(m *message.Message) origin {
	if m.Root.Type == "multipart/report" || strings.EqualFold(m.Root.Params["report-type"], "delivery-status") ||
		m.Header.Has("X-Failed-Recipients") {
		return mailbox
	}
	switch from := fromProgram(m); {
	case from == mailbox:
		return mailbox
	case from == maybe, hasNullPath(m), isAuto(m), isListRobot(m), isAdmin(m) && titledAsReport(m):
		return maybe
	}
	return person
}

// fromProgram looks at the author.
func fromProgram(m *message.Message) origin {
	from, _ := m.From()
	local := strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(from.Address.Local))
	field := strings.ToLower(m.Header.Text("From"))
	for _, name := range []string{"mailerdaemon", "maildaemon", "maildeliverys", "microsoftexchange", "mailsubsystem"} {
		if strings.HasPrefix(local, name) {
			return mailbox
		}
	}
	for _, name := range []string{"mailer-daemon", "mail delivery sys", "mail delivery sub", "mail delivery service"} {
		if strings.Contains(field, name) {
			return mailbox
		}
	}
	for _, name := range []string{"postmaster", "poostmaster", "mdaemon", "mmdf", "administrator",
		"systemadministrator", "sysadmin",
		"noreply", "donotreply", "nobody", "mailadmin", "mailmaster", "mailserver", "mailsystem", "mailgateway",
		"mailsweeper",
		"bounce", "notify", "daemon", "root", "smtp", "virus", "spam", "delivery", "notification", "uucp", "mailmarshal",
		"mailscanner"} {
		if strings.Contains(local, name) {
			return maybe
		}
	}
	for _, name := range []string{"postmaster", "delivery", "system administrator", "mail system", "mail server",
		"mail service", "mailer", "daemon",
		"gateway", "interscan", "internet mail", "content filter", "content-filter"} {
		if strings.Contains(field, name) {
			return maybe
		}
	}
	return person
}

// isAdmin reports an address that servers and people write from alike, and no answer.
func isAdmin(m *message.Message) bool {
	from, _ := m.From()
	local := strings.ToLower(from.Address.Local)
	return (local == "admin" || local == "mail") && !m.Header.Has("In-Reply-To") && !m.Header.Has("References")
}

// isListRobot reports what a mailing list server writes itself: a header field of such a server, and an address that it
// has for its robot and its owners. The posts of a list bear the field too, but not that author.
func isListRobot(m *message.Message) bool {
	from, _ := m.From()
	local := strings.ToLower(from.Address.Local)
	for _, name := range []string{"X-MLServer", "X-Mailman-Version", "X-Listserver", "X-Sympa-To"} {
		if !m.Header.Has(name) {
			continue
		}
		for _, end := range []string{"-admin", "-bounces", "-request", "-owner"} {
			if strings.HasSuffix(local, end) {
				return true
			}
		}
		return local == "majordomo" || local == "listserv" || local == "sympa"
	}
	return false
}

// hasNullPath reports a message with the empty return path that every report has (RFC 5321 §4.5.5), as the server that
// took it wrote it down.
func hasNullPath(m *message.Message) bool {
	for _, v := range m.Header.Values("Return-Path") {
		v = strings.ToLower(strings.TrimSpace(v))
		if v == "<>" || strings.HasPrefix(v, "<mailer-daemon") {
			return true
		}
	}
	return false
}

// isAuto reports Auto-Submitted with any value but "no" (RFC 3834 §5).
func isAuto(m *message.Message) bool {
	v := strings.ToLower(strings.TrimSpace(m.Header.Get("Auto-Submitted")))
	return v != "" && !strings.HasPrefix(v, "no")
}

// speaksOfFailure reports a message whose subject or text says that a mail did not arrive, or whose text has a reply
// code and its reason.
func speaksOfFailure(m *message.Message, lines []string) bool {
	subject := plain(m.Subject())
	if _, reply := message.Stem(subject, ""); !reply && hasPhrase(subject, failurePhrases) {
		return true
	}
	text := strings.Join(lines, "\n")
	words := plain(text)
	return hasPhrase(words, failurePhrases) || findReply(text) != 0 && phraseClass(words) != Unknown
}

// isAutoReply reports an answer that a person's mailbox gave by itself: a vacation or a challenge. What a mail host
// wrote about a delivery is none, whatever it quotes.
func isAutoReply(m *message.Message, from origin, lines []string) bool {
	h := m.Header
	if from == mailbox {
		vacation := m.Root.Type != "multipart/report" && message.IsAutoReplySubject(m.Subject()) && !speaksOfFailure(m, lines)
		return vacation || marksChallenge(h)
	}
	if message.IsAutoReplySubject(m.Subject()) || h.Has("X-Autoreply") || h.Has("X-Autorespond") || marksChallenge(h) ||
		hasPhrase(plain(m.Subject()+" "+strings.Join(lines, "\n")), challengePhrases) {
		return true
	}
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	replied := strings.HasPrefix(auto, "auto-replied") || strings.HasPrefix(auto, "auto-responded") ||
		strings.HasPrefix(strings.ToLower(h.Get("Precedence")), "auto_reply")
	return replied && fromProgram(m) == person
}

// marksChallenge reports the header of a mail that asks the sender to prove that he is a person.
func marksChallenge(h message.Header) bool {
	for _, f := range h.Fields() {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "x-challenge") || strings.HasPrefix(name, "x-spamarrest") || strings.HasPrefix(name,
			"x-boxtrapper") ||
			name == "x-tmda-confirm" || name == "x-delivery-agent" && strings.HasPrefix(strings.ToLower(f.Value),
			"tmda") {
			return true
		}
	}
	return false
}

// challengePhrases say the same in the subject or the text.
var challengePhrases = []string{
	"confirm your message", "confirm your email to", "confirm that you are", "confirm you are",
	"please confirm * deliver", "verify that you are", "verify you are", "prove that you are", "prove you are",
	"are a real person", "are a human",
	"awaiting your confirmation", "awaiting confirmation", "pending your confirmation",
	"waiting for your confirmation", "challenge-response", "challenge/response", "challenge response",
	"sender verification request", "message is being held until", "held until you", "your message * held until",
	"your message * until you confirm",
	"one-time confirmation", "one time confirmation", "approved senders list", "to my list of approved",
	"add you to * allowed", "spam arrest", "boxtrapper",
}

// isReceipt reports a receipt of reading (RFC 8098), which says nothing about a delivery that failed.
func isReceipt(m *message.Message) bool {
	if strings.EqualFold(m.Root.Params["report-type"], "disposition-notification") {
		return true
	}
	for _, p := range m.Walk() {
		if p.Type == "message/disposition-notification" {
			return true
		}
	}
	return false
}
