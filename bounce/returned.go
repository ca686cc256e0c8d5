package bounce

import (
	"strings"

	"sencoforum/message"
)

// Returned returns the addresses at which a message may have arrived, by its header: To, Delivered-To, Envelope-To,
// Apparently-To, X-Original-To. A return address is sought among them where the envelope does not show it. They are in
// this order, each once as String writes it, at most MaxRecipients; a stranger may have written them, so only a
// signed one counts.
func Returned(m *message.Message) []string {
	var all []string
	seen := make(map[string]bool)
	for _, name := range []string{"To", "Delivered-To", "Envelope-To", "X-Envelope-To", "Apparently-To", "X-Original-To"} {
		for _, value := range m.Header.Values(name) {
			for from := 0; from < len(value) && len(all) < MaxRecipients; {
				a, _, end := addressIn(value[from:])
				if end == 0 {
					break
				}
				from += end
				if s := a.String(); !seen[strings.ToLower(s)] {
					seen[strings.ToLower(s)] = true
					all = append(all, s)
				}
			}
		}
	}
	return all
}
