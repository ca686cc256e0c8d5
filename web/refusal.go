package web

// A refusalText is the page to which a refusal in somebody's mail leads. It is also for the technician of a school.
type refusalText struct {
	Title, Why string
	Do         []string
}

// refusals are these pages by the end of their address, which stands in mail for ever (list/refusal.go has the sentences).
var refusals = map[string]refusalText{
	"size": {"Your message was too large", "Mail of this forum goes to very many mailboxes, so a message must not be large.", []string{
		"Send a smaller file, or put it online and send a link.", "A photo from a phone is often the cause. Most phones can send it in a smaller size."}},
	"form": {"We could not read your message safely", "Your mail program wrote the message in a way that other programs may read differently. We do not guess.", []string{
		"Write it again as a new message, and do not forward or redirect the old one.", "If it happens again, try the website or the app of your email provider, and tell the moderators."}},
	"address": {"There is no such address here", "The message went to an address that this forum does not have, or came from an address that we do not know.", []string{
		"Check how the address is spelled.", "Write from the address where you get messages of the forum."}},
	"sender": {"We could not check that the message came from you", "Anybody can write any name into an email. So your school's mail system has to prove where a message comes from. This time it did not.", []string{
		"Show this page to your technician: SPF, DKIM and DMARC of your school's domain should be checked.",
		"If you use a mail service other than your school's, it may not be allowed to send for your school's address.",
		"Until then, you can write from another address that the moderators know."}},
	"from": {"The message said that it came from us", "The address in From was one of this forum, and only the forum itself writes with it.", []string{
		"Send the message from your own address.", "If you used \"redirect\" or \"resend\", use \"forward\"."}},
	"stopped": {"We do not take messages from this address, or this list is closed", "A moderator has decided so.", []string{"If you think that this is a mistake, write to the moderators."}},
	"spam":    {"The message looked like advertising", "It came from an address that we do not know, and a filter took it for spam.", []string{"If it was not, write to the moderators."}},
	"many":    {"The message went to over 100 addresses", "Mail to so many people at once is seldom meant for a discussion.", []string{"Send it to the forum alone."}},
	"reply":   {"This reply address does not work any more", "It was cut, or it is too old.", []string{"Write to the address of the forum instead."}},
	"join":    {"We could not check who asked to join", "Somebody asked to join with your address, and we could not check that it was you.", []string{"Send an empty email from your school account to the address for joining.", "If that does not work either, write to the moderators."}},
	"private": {"The private message was not passed on", "The sentence in the email says why: you or the other person have switched private messages off, it looked automatic, or you have sent very many today.", []string{
		"Write to everyone if it is of use to others.", "Ask the moderators if you think that this is a mistake."}},
	"loop":  {"The message came back to us", "Another mail system sent our own message to us again, so we stopped it before it went round for ever.", []string{"If you forward your email by a rule, check that the rule leaves out mail of this forum."}},
	"later": {"We could not take the message just now", "Your mail system tries again by itself for some days. You need not do anything.", []string{"If it has not arrived after a day, write to the moderators."}},
}
