package notice

import (
	"fmt"

	"sencoforum/message"
)

// SignInCode is the mail with which somebody signs in to the web archive.
type SignInCode struct {
	Code    string // six digits
	Minutes int    // for which it works
	Link    string // of the page on which the same browser signs in; empty: only by the code
}

// Compose returns the mail. The code is the first thing that a telephone shows of it.
func (n SignInCode) Compose(t To) (Mail, error) {
	code := n.Code
	if len(code) == 6 {
		code = code[:3] + " " + code[3:]
	}
	link := ""
	if n.Link != "" {
		link = "Or, on that same device and in that same browser, open this page and\npress \"Sign in\":\n" + n.Link
	}
	people := message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("owner")}
	return t.compose(kindCode, code+" is your "+t.List.Title+" code", people, paragraphs(
		fmt.Sprintf("Your sign-in code is %s. It works for %d minutes.\nType it in the browser where you asked for it.", code, n.Minutes),
		link,
		"If you did not ask for this, you can ignore it. Do not give the code to\nanyone; we never ask for it.",
	))
}
