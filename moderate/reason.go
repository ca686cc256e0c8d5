package moderate

import (
	"strings"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Bounds of words of people, in bytes.
const (
	maxReason = 4000 // that a moderator's mail says to somebody
	maxWords  = 8000 // of somebody about themselves
)

// bounded are words of somebody's as they are kept.
func bounded(words string, most int) string {
	if words = strings.TrimSpace(words); len(words) > most {
		words = strings.ToValidUTF8(words[:most], "")
	}
	return words
}

// reasonTo is what somebody reads whom a moderator answered with reject and these words: a text of the list's or of ours, where
// they stand for one. Those for messages say nothing to who wants to join, or to have a role back.
func reasonTo(tx *store.Tx, l list.List, k hold.Kind, words string) (string, error) {
	name := notice.Reason(words)
	switch {
	case name == "":
		return bounded(words, maxReason), nil
	case k == hold.Role:
		return "We could not make sure that it is you. Please talk to one of us.", nil
	case k == hold.Application:
		return "Your request does not fit what this forum is for.", nil
	}
	own, err := list.WordsOf(tx, l.ID, name)
	if err != nil || own.Text != "" {
		return notice.Filled(own.Text, notice.To{List: l}, 0), err
	}
	usual, _ := notice.FindText(name)
	return usual.Usual, nil
}
