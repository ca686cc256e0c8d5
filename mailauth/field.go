package mailauth

import "strings"

// Field returns the verdict as an Authentication-Results field (RFC 8601 §2.2), folded, with its final CRLF, to stand at
// the top of the message. It consists of our words and of domains and selectors of letters, digits and ".-_", so no
// stranger's byte can end a line or a value. An authservID that is no domain becomes "invalid".
func (v Verdict) Field(authservID string) string {
	id, ok := normal(authservID)
	if !ok {
		id = "invalid"
	}
	results := []string{v.SPF.text()}
	for _, s := range v.DKIM {
		results = append(results, s.text())
	}
	if len(v.DKIM) == 0 {
		results = append(results, "dkim=none")
	}
	results = append(results, v.DMARC.text(v.Author))
	return "Authentication-Results: " + id + ";\r\n " + strings.Join(results, ";\r\n ") + "\r\n"
}

func (s SPF) text() string {
	property := " smtp.mailfrom="
	if s.Helo {
		property = " smtp.helo="
	}
	return "spf=" + word(s.Result) + with(property, s.Domain)
}

func (s Signature) text() string {
	text := "dkim=" + word(s.Result)
	if s.Reason != "" {
		text += ` reason="` + string(s.Reason) + `"`
	}
	return text + with("\r\n  header.d=", s.Domain) + with("\r\n  header.s=", plain(s.Selector)) + with(" header.a=", plain(s.Algorithm))
}

func (d DMARC) text(author string) string {
	return "dmarc=" + word(d.Result) + with(" header.from=", author) + with(" policy.dmarc=", plain(string(d.Policy)))
}

// word returns a result, or None for the zero value.
func word(c Check) string {
	if plain(string(c)) == "" {
		return string(None)
	}
	return string(c)
}

// with returns a property and its value, or nothing without a domain or word fit to stand there.
func with(property, value string) string {
	if value = plain(value); value == "" {
		return ""
	}
	return property + value
}
