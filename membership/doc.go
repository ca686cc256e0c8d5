// Package membership lets people join a list, leave it, and change how they receive it.
//
// What may change about a member stands in one table (Fields), with the words that people use for it; the command line,
// files and email commands all go by it. What a file would do is worked out by pure functions (Read, NewPlan) before
// anything is written; Read takes CSV and what other list servers write.
//
// Members who leave by themselves (Leave) get a mail with a token that brings them back (Return).
//
// Who asks to join, or asks something else that strangers can ask in another's name, is answered alike whoever they are: the
// request is stored (Ask), and when the session is over the Keeper sends what there is to send, within caps for each address,
// each network and all. The mail has a token; whoever answers it reads there (Confirm). Joining may need a moderator as well
// (Admit, Decline). What members order about themselves is done and answered by Obey.
//
//	membership.returns  digest of a return token -> the membership as it was, when it ended, when the token was used
//	membership.left     (list, person)           -> digest of the latest return token
//	membership.expiry   (end of life, digest)    -> nothing
//	membership.requests (turn, number)           -> Request that waits for its mail
//	membership.asked    (list, purpose and hash of an address) -> key of the request that waits
//	membership.networks hash of a network        -> moments of its requests in the last hour
//	membership.mailed   hash of an address       -> moments of such mails in 30 days; "all": of the last hour, to anybody
//	membership.never    (list, hash of an address) -> when its owner refused all further requests
//	membership.confirms digest of a token        -> what it confirms, and when it was used
//	membership.confirms.expiry (end of life, digest) -> nothing
//	membership.moves    number                   -> a change of address that waits for two yeses
//	membership.details  (list, person)           -> Details
//	membership.shown    (list, person)           -> nothing: who agreed to be seen by other members
//	membership.pauses   (moment, (list, person)) -> nothing; when a member hears that their pause is over
//	membership.gusts    (list, mail provider)    -> moments of the latest leavings
//	membership.batches  list                     -> Batch: members from a file who are told of it, so many a day
//
// Counters: membership.requests and membership.moves give out numbers; membership.requests.wait counts those that wait,
// membership.requests.dropped those that led to no mail.
//
// Each function that takes a transaction changes these and the books of package list, and writes what it did into the
// audit log in that transaction, under the name of whoever asked. Add, Save, Import and Remove mail nobody; the letters of
// the others are put in the same transaction. After a crash each change is there whole, with its audit row and its mail, or not at
// all; an import that was cut off is finished by running it again.
package membership
