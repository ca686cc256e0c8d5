// Package signin lets people read in a browser: it mails a code of six digits to whoever asks for one with a member's
// address, and keeps who is signed in where.
//
// A code works in the browser that asked for it, for half an hour and five tries. Whether an address is a member's cannot
// be told from outside: asking stores the same row for everybody, and only later a Keeper looks whose address it is. No
// right is stored in clear: cookies and links as hashes, a code as a hash together with its cookie, so that a million
// guesses at the store tell nothing. Until its mail is written a code and its link stand in the row in clear.
//
//	signin.codes     hash of a browser's cookie -> code that was asked for
//	signin.mails     (moment, hash of a cookie) -> nothing; codes that are to be mailed
//	signin.asked     hash of an address or a network -> moments at which a code was asked for, of one day
//	signin.sessions  hash of a cookie -> Session
//	signin.people    (person, hash of a cookie) -> nothing
//	signin.feeds     hash of a token -> Feed
//	signin.feedsof   (person, hash of a token) -> nothing
//	signin.expiry    (end of life, key with its kind) -> nothing; codes and counts that are forgotten
//
// Counter: signin.codes, how many codes there are.
//
// Functions take a transaction of the caller's. A Book may be used by many goroutines at once; when sessions were last
// used it keeps in memory, and writes down once a minute, so that showing a page writes nothing. A crash loses that
// minute, and nothing else.
package signin
