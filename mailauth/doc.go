// Package mailauth says whether a message really comes from the domain that its From field names.
//
// Verify checks SPF (RFC 7208), DKIM (RFC 6376, 8301, 8463) and DMARC (RFC 9989), and returns one Verdict. The message
// is Verified when DMARC passes or, where no DMARC record applies, when an SPF or DKIM pass has the very domain of the
// author; Failed when DMARC fails under a policy of quarantine or reject; Temporary when a name server did not answer
// and its answer could have changed the outcome; and Unverified otherwise.
//
// Without a DMARC record only an identical domain is aligned: the tree walk then finds no organisational domain above
// the author's own (RFC 9989 §4.10.2), and there is no list of public suffixes here that could say more.
//
// Strip takes out the results that claim to be ours before the message is believed, Verdict.Field writes ours, and ReadSpam
// reads the verdict of a filter in front of the server.
//
// A Verifier has no state. It may be used by many goroutines at once, and it asks the network only through the Resolver
// that it was given. What a stranger publishes or sends bounds neither the time of a check nor the number of its
// look-ups: the constants in resolver.go and dkim.go do.
package mailauth
