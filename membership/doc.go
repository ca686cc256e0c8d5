// Package membership lets people join a list, leave it, and change how they receive it.
//
// What may change about a member stands in one table (Fields), with the words that people use for it; the command line,
// files and email commands all go by it. What a file would do is worked out by pure functions (Read, NewPlan) before
// anything is written; Read takes CSV and what other list servers write.
//
// Members who leave by themselves (Leave) get a mail with a token that brings them back (Return).
//
//	membership.returns  digest of a return token -> the membership as it was, when it ended, when the token was used
//	membership.left     (list, person)           -> digest of the latest return token
//	membership.expiry   (end of life, digest)    -> nothing
//
// Each function that takes a transaction changes these and the books of package list, and writes what it did into the
// audit log in that transaction, under the name of whoever asked. Only leaving and coming back mail anybody; the letters
// are put in the same transaction. After a crash each change is there whole, with its audit row and its mail, or not at
// all; an import that was cut off is finished by running it again.
package membership
