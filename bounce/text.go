package bounce

import (
	"strings"

	"sencoforum/message"
)

// reportText returns the lines that a mail host wrote for people: the text before the mail that it returns, at most
// maxText bytes.
func reportText(m *message.Message) []string {
	text := m.Text()
	if len(text) > maxText {
		text = text[:maxText]
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 && beginsReturned(lines, i) {
			return lines[:i]
		}
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return lines
}

// beginsReturned reports that at line i the returned mail begins: a rule that says so, or a header with what only a
// mail that travelled has.
func beginsReturned(lines []string, i int) bool {
	line := strings.ToLower(strings.TrimSpace(lines[i]))
	line = strings.TrimSpace(strings.TrimLeft(line, ">|"))
	if line == "" || len(line) > 200 || strings.HasSuffix(line, "generated response:") { // IMail: what a host answered
		return false
	}
	if strings.HasPrefix(line, "received: ") || strings.HasPrefix(line, "from mailer-daemon ") || strings.HasPrefix(line,
		"return-path:") {
		return true
	}
	ruled := strings.HasPrefix(line, "--") || strings.HasPrefix(line, "==") || strings.HasPrefix(line, "__") ||
		strings.HasPrefix(line, "**") || strings.HasSuffix(line, "--")
	for _, mark := range returnedMarks {
		if i := strings.Index(line, mark); i == 0 || i > 0 && ruled {
			return true
		}
	}
	return false
}

// returnedMarks stand in the line before the returned mail, at its beginning or within a rule.
var returnedMarks = []string{
	"below this line is", "this is a copy of", "this is the header", "original message follows", "original message",
	"original mail follows", "message header follows", "message headers follow", "message headers:",
	"the header of the original",
	"the header and top", "the header and first", "headers of the original", "unsent message", "returned message",
	"undelivered message", "undeliverable message", "body of message", "copy of the original",
	"copy of your message", "the following is the original", "the following is a copy", "start of returned",
	"message text follows",
	"message follows", "attachment is a copy", "enclosed is a copy", "included is a copy", "here is a copy",
	"here are the first", "begin message", "beginning of original", "text of your message", "forwarded message",
	"returned mail follows", "header of message", "your original message", "contents of the original",
	"included below",
	"ursprüngliche nachricht", "originalnachricht", "kopie der", "kopfzeilen der", "message d'origine",
	"message original", "copie du message", "mensaje original", "messaggio originale", "mensagem original",
	"oorspronkelijk bericht", "原始邮件", "原文",
}

// returnedHeader returns the header of the mail that comes back with a report: of an attached message, of attached
// headers, or of what follows the report in its text. found is false where there is none.
func returnedHeader(m *message.Message) (h message.Header, found bool) {
	for _, p := range m.Walk() {
		switch {
		case p == m.Root && p.Type != "message/rfc822":
		case p.Type == "message/rfc822" || p.Type == "message/global":
			return p.Message().Header, true
		case isHeadersType(p.Type):
			h, _ := message.ReadHeader(p.Content())
			return h, true
		}
	}
	rest := returnedText(m)
	if rest == "" {
		return message.Header{}, false
	}
	h, _ = message.ReadHeader([]byte(rest))
	return h, true
}

// returnedText returns the mail that follows a report in its text, from its header on, or "".
func returnedText(m *message.Message) string {
	text := m.Text()
	lines := strings.Split(text[:min(len(text), maxText)], "\n")
	for i := range lines {
		if i == 0 || !beginsReturned(lines, i) {
			continue
		}
		if name, _, found := strings.Cut(strings.TrimSpace(lines[i]), ":"); !found || !isFieldName(name) {
			i++
		}
		return strings.TrimLeft(strings.Join(lines[i:], "\n"), "\n ")
	}
	return ""
}

func isHeadersType(t string) bool {
	return t == "text/rfc822-headers" || t == "text/rfc822-header" || t == "message/rfc822-headers" || t == "message/global-headers"
}
