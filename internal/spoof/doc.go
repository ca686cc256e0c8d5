// Package spoof holds no code, only tests: mails that pretend, and ordinary
// mails from schools, through the whole inbound desk with a name server of
// invented domains. No mail that pretends may become a post, and no ordinary
// one may be refused.
package spoof
