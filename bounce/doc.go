// Package bounce reads what mail hosts send back, and decides what it means for a member.
//
// Read tells what a message at a return address is, and for each recipient it names, why the mail did not arrive.
// Class says what follows: only Dead ever scores. Score and Breaker are the rules by which an address that is dead on
// several days is asked by a probe and then suspended. Keep is the little of a bounce that is kept.
//
// Everything here is a function of values: no store, no clock, no network. The bytes come from strangers, so every
// result is bounded and a message of any shape gives a Report; who is asked about in it is for the caller to check by
// the signed return address, never by the text.
package bounce
