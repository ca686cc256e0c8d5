// Package bounce reads what mail hosts send back, and decides what it means for a member.
//
// Read tells what a message at a return address is, and for each recipient it names, why the mail did not arrive.
// Class says what follows: only Dead ever scores. Score and Breaker are the rules by which an address that is dead on
// several days is asked by a probe and then suspended. Keep is the little of a bounce that is kept.
//
// These are functions of values: no store, no clock, no network. The bytes come from strangers, so every result is bounded
// and a message of any shape gives a Report; who is asked about in it is for the caller to check by the signed return
// address, never by the text.
//
// A Book keeps the scores, does what follows, and ends a suspension again; a Checker asks the DNS about domains that are
// said to be unknown.
//
//	bounce.states    (list, person)        -> the score of an address that refused mail
//	bounce.checks    (list, person)        -> a refusal that waits for the DNS
//	bounce.reports   (post, person)        -> a report that came back by mail, while it scores
//	bounce.outbreaks (post, provider)      -> when its circuit breaker opened
//	bounce.resumes   digest of a token     -> the suspension that it ends, when that began, when the token was used
//	bounce.expiry    (end of life, digest) -> nothing
//
// What a Book does is done in the transaction of its caller, with its audit row and its mails, or not at all. Both may be
// used by several goroutines.
package bounce
