// Package certificate keeps the certificates by which browsers and mail servers know this machine, fetched and renewed from a
// certificate authority such as Let's Encrypt (ACME, RFC 8555).
//
// A Keeper knows a fixed list of names and asks for no others, whatever a stranger says. Only its Run orders; a handshake never
// does, so nobody can use up what the authority allows. The authority proves that a name is ours by connecting to it: on port
// 443 (TLS-ALPN-01, RFC 8737) or on port 80 (HTTP-01, RFC 8555 §8.3), and Certificate and Challenge answer.
//
// Stored are files below Config.Dir, in one directory for each authority: the account's key, and for each name its key with
// its chain. A file is replaced whole, so a crash leaves the old one or the new one. What has ended is served until there is
// something better. Everything may be used by several goroutines.
package certificate
