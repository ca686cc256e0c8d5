// Package message is an email: it checks what comes in, reads it, and writes
// what goes out.
//
// Incoming mail passes three steps. Scan measures it against limits before
// anything else looks at it. Strict refuses what mail programs read in
// different ways. Parse then reads it, however broken it is: the raw bytes are
// the truth and are never changed; a Message is a tree of parts that are slices
// of them. Repair happens on the way, so that nothing a person wrote is lost:
// where a field is unreadable it is left out, where a structure is unreadable
// it is text.
//
// Scan, Strict and Parse share one reader of headers and one way of finding
// boundaries, so they cannot see different messages. Everything takes time in
// proportion to the size.
//
// The package keeps no state. A Message may be read by any number of goroutines
// at once; nobody may change the bytes it was made from.
package message
