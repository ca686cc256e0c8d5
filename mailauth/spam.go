package mailauth

import (
	"slices"
	"strconv"
	"strings"
)

// SpamKind is what a filter in front of the server said.
type SpamKind string

// The verdicts of a filter.
const (
	SpamNone SpamKind = "none" // nothing, or nothing that can be read
	Ham      SpamKind = "ham"
	Spam     SpamKind = "spam"
)

// SpamPolicy says which fields of a filter are believed. The zero value believes none, so nothing is ever spam. The
// filter must take out such fields of strangers, or a sender can write "not spam" himself.
type SpamPolicy struct {
	Fields []string // names, in either case, such as "X-Spam-Flag"
	Level  int      // stars of X-Spam-Level that make spam; 5 where 0
	SCL    int      // spam confidence level of Exchange that makes spam; 5 where 0
}

// SpamVerdict is a filter's verdict with the field that decided it, in the policy's spelling, or "".
type SpamVerdict struct {
	Kind  SpamKind
	Field string
}

// ReadSpam reads the verdict of a filter out of the header of a message. Where fields differ, spam wins. The fields of
// SpamAssassin, rspamd and Exchange are known; of any other field the first word is read as yes or no.
func ReadSpam(raw []byte, policy SpamPolicy) SpamVerdict {
	verdict := SpamVerdict{Kind: SpamNone}
	if len(policy.Fields) == 0 {
		return verdict
	}
	all, _ := fields(raw)
	for _, f := range all {
		i := slices.IndexFunc(policy.Fields, func(name string) bool { return strings.EqualFold(name, f.name) })
		if i < 0 {
			continue
		}
		switch policy.kind(f.name, strings.ToLower(trim(f.value(raw)))) {
		case Spam:
			return SpamVerdict{Spam, policy.Fields[i]}
		case Ham:
			if verdict.Kind == SpamNone {
				verdict = SpamVerdict{Ham, policy.Fields[i]}
			}
		}
	}
	return verdict
}

// kind reads the value of one field; both are in lower case.
func (p SpamPolicy) kind(name, value string) SpamKind {
	switch name {
	case "x-spam-level", "x-spamd-bar":
		return stars(value, orDefault(p.Level))
	case "x-rspamd-action":
		return action(value)
	case "x-ms-exchange-organization-scl":
		return level(value, orDefault(p.SCL))
	case "x-forefront-antispam-report":
		for part := range strings.SplitSeq(value, ";") {
			if scl, ok := strings.CutPrefix(trim(part), "scl:"); ok {
				return level(scl, orDefault(p.SCL))
			}
		}
		return SpamNone
	case "x-spamd-result": // "default: False [0.10 / 15.00]; …"
		_, value, _ = strings.Cut(value, ":")
	}
	return yesOrNo(value)
}

func orDefault(n int) int {
	if n == 0 {
		return 5
	}
	return n
}

// stars counts the marks of a value such as "*****" or "+++"; "-" and "/" stand for a good message.
func stars(value string, most int) SpamKind {
	if n := len(value) - len(strings.TrimLeft(value, "*+")); n >= most {
		return Spam
	}
	return Ham
}

// action reads what rspamd would do.
func action(value string) SpamKind {
	switch value {
	case "reject", "add header", "rewrite subject", "quarantine", "discard":
		return Spam
	case "no action", "greylist":
		return Ham
	}
	return SpamNone
}

func level(value string, most int) SpamKind {
	n, err := strconv.Atoi(trim(value))
	switch {
	case err != nil:
		return SpamNone
	case n >= most:
		return Spam
	}
	return Ham
}

func yesOrNo(value string) SpamKind {
	first := strings.FieldsFunc(value, func(c rune) bool { return c < 'a' || c > 'z' })
	if len(first) == 0 {
		return SpamNone
	}
	switch first[0] {
	case "yes", "true", "spam":
		return Spam
	case "no", "false", "ham":
		return Ham
	}
	return SpamNone
}
