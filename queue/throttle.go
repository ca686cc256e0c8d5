package queue

import (
	"errors"
	"regexp"
	"strings"
)

// ErrThrottled is matched by an error of [Courier.Deliver] when the other side said that we send too fast. The operator of
// the hop is then given less for a while.
var ErrThrottled = errors.New("the mail host says that we send too fast")

// tooFast are words by which mail hosts say so.
var tooFast = regexp.MustCompile(`(?i)\btoo (?:many|much|fast|frequent)|\brates?\b|\brate[ -]?limit|throttl|slow down|\blimit exceeded\b|` +
	`\bexceeded\b.*\blimit|unusual|unexpected volume|server (?:is )?busy|reduce (?:the|your)`)

// mailbox are words for one mailbox that is full, where no code says so.
var mailbox = regexp.MustCompile(`(?i)quota|mailbox|storage`)

// Throttles reports a reply that is about how fast or how much we send, and not about one mail or one mailbox: 421 with a
// policy's code (4.7.z), or a passing refusal in such words. What RFC 3463 knows as an address's (4.1.z) or a mailbox's
// trouble (4.2.z), and too many recipients of one mail (4.5.3), say nothing about the rest.
func Throttles(code int, enhanced, text string) bool {
	if code/100 != 4 || strings.HasPrefix(enhanced, "4.1.") || strings.HasPrefix(enhanced, "4.2.") || enhanced == "4.5.3" {
		return false
	}
	return code == 421 && strings.HasPrefix(enhanced, "4.7.") || tooFast.MatchString(text) && !mailbox.MatchString(text)
}
