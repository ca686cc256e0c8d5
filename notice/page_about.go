package notice

import "sencoforum/list"

// aboutHere is about for a page, on which the address and the reason stand beside it.
func (n Held) aboutHere() string {
	from := "The writer told us from that address that this email is theirs."
	if n.Verified {
		from = "This email really came from that address."
	}
	who := "Member"
	switch {
	case !n.Member && list.Found(n.Findings, list.CauseStranger):
		return from
	case !n.Member:
		who = "Not a member"
	case !n.Since.IsZero():
		who += " since " + n.Since.Format("January 2006")
	}
	return who + ". " + from
}
