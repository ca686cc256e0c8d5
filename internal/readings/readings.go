// Package readings gives every text in which a person or a program can find something in a message, for tests that look for
// what must not be there.
package readings

import (
	"net/url"
	"strings"

	"sencoforum/message"
	"sencoforum/token"
)

// Of returns the readings of a message: the bytes; each field as it stands and decoded; each part without its transfer encoding,
// as text and as people read it; the names of files; and all of that of messages that are attached.
func Of(m *message.Message) (all []string) {
	all = append(all, string(m.Raw()), m.Subject(), m.Text())
	if from, ok := m.From(); ok {
		all = append(all, from.Name, from.Address.String())
	}
	for _, a := range m.Attachments() {
		all = append(all, a.Name)
	}
	for _, p := range m.Walk() {
		for _, f := range p.Header.Fields() {
			all = append(all, f.Value, message.NewHeader(f).Text(f.Name))
		}
		for _, v := range p.Params {
			all = append(all, v)
		}
		if len(p.Parts) == 0 {
			all = append(all, string(p.Content()))
			if strings.HasPrefix(p.Type, "text/") {
				all = append(all, p.Text(), p.Reading())
			}
		}
		if p.Type == "message/rfc822" || p.Type == "message/global" {
			all = append(all, Of(p.Message())...)
		}
	}
	return all
}

// Tokens returns the tokens that stand in one piece in any reading, in lower case.
func Tokens(m *message.Message) (all []string) {
	for _, text := range Of(m) {
		for _, s := range token.Find(text) {
			all = append(all, strings.ToLower(text[s.Start:s.End]))
		}
	}
	return all
}

// Squeezed returns a text as somebody takes it who wants the tokens in it badly: in lower case, without spaces, line ends and
// quote marks, and with escapes undone.
func Squeezed(text string) string {
	text = strings.NewReplacer("=\r\n", "", "=5F", "_", "=5f", "_", "-5F", "_", "&#95;", "_", "&#x5f;", "_").Replace(text)
	for range 2 {
		if t, err := url.PathUnescape(text); err == nil {
			text = t
		}
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "%5F", "_"), "%255F", "_")
	return strings.ToLower(strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", ">", "", "|", "", "\u00ad", "", "\u200b", "").Replace(text))
}
