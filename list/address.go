package list

import (
	"errors"
	"strings"

	"sencoforum/message"
	"sencoforum/store"
)

// A Kind says what an address of ours is for.
type Kind string

// The kinds of addresses, as in the table of docs/flow.md.
const (
	KindPost     Kind = "post"
	KindRequest  Kind = "request"
	KindJoin     Kind = "join"
	KindLeave    Kind = "leave"
	KindOwner    Kind = "owner"
	KindBounces  Kind = "bounces"
	KindConfirm  Kind = "confirm"
	KindMod      Kind = "mod"
	KindReply    Kind = "reply"
	KindAuthor   Kind = "author"
	KindOperator Kind = "operator" // postmaster@ and abuse@
	KindReports  Kind = "reports"  // mail-reports@: what other mail hosts report of our mail
)

// words are what may stand between the list's name and a token.
var words = map[string]Kind{
	"request": KindRequest, "help": KindRequest,
	"join": KindJoin, "subscribe": KindJoin,
	"leave": KindLeave, "unsubscribe": KindLeave,
	"owner": KindOwner, "bounces": KindBounces, "confirm": KindConfirm,
	"mod": KindMod, "reply": KindReply, "author": KindAuthor,
}

// needsToken holds the kinds that mean nothing without a token.
var needsToken = map[Kind]bool{
	KindBounces: true, KindConfirm: true, KindMod: true, KindReply: true, KindAuthor: true,
}

// A Destination is what an address of ours means.
type Destination struct {
	Kind  Kind
	List  List   // for addresses of the whole domain its first list
	Token string // as written, empty where there is none
	Word  string // the service word as written, for example "subscribe"
}

// ErrUnknownAddress is returned for an address that is none of ours.
var ErrUnknownAddress = errors.New("no such address here")

// Resolve says what an address means, or returns ErrUnknownAddress. Local
// parts are compared without case, and a list of the whole name wins over a
// service address.
func Resolve(tx *store.Tx, a message.Address) (Destination, error) {
	local := strings.ToLower(a.Local)
	if local == "postmaster" || local == "abuse" {
		return resolveDomain(tx, KindOperator, a.Domain)
	}
	if l, ok, err := byPost(tx, local, a.Domain); ok || err != nil {
		return Destination{Kind: KindPost, List: l}, err
	}
	if local == reports {
		return resolveDomain(tx, KindReports, a.Domain)
	}
	name, word, token := split(local)
	kind, known := words[word]
	if !known || needsToken[kind] && token == "" || token != "" && !takesToken(kind) {
		return Destination{}, ErrUnknownAddress
	}
	l, ok, err := byPost(tx, name, a.Domain)
	if err == nil && !ok {
		err = ErrUnknownAddress
	}
	return Destination{Kind: kind, List: l, Token: token, Word: word}, err
}

// takesToken reports whether a token may follow the word.
func takesToken(k Kind) bool { return needsToken[k] || k == KindOwner }

// split takes a service address apart: "l-owner+t" and "l-owner" by the last
// hyphen of its first part, and "l+owner" as a spelling of "l-owner".
func split(local string) (name, word, token string) {
	head, tail, plus := strings.Cut(local, "+")
	if i := strings.LastIndexByte(head, '-'); i > 0 {
		if _, ok := words[head[i+1:]]; ok {
			return head[:i], head[i+1:], tail
		}
	}
	if plus {
		return head, tail, ""
	}
	return local, "", ""
}

func byPost(tx *store.Tx, name, domain string) (List, bool, error) {
	id, ok, err := addresses.Get(tx, message.Address{Local: name, Domain: domain}.Key())
	if err != nil || !ok {
		return List{}, false, err
	}
	l, err := Get(tx, id)
	return l, err == nil, err
}

// reports is the local part of the address that our DNS records name for the reports of other mail hosts. It is no word
// by which a member would report a post.
const reports = "mail-reports"

// ReportsAddress is where other mail hosts send what they report of a domain's mail (RFC 9990, RFC 8460).
func ReportsAddress(domain string) message.Address {
	return message.Address{Local: reports, Domain: domain}
}

// resolveDomain accepts an address that each domain with a list has: postmaster@ and abuse@ (RFC 5321 §4.5.1, RFC 2142),
// and the one for reports.
func resolveDomain(tx *store.Tx, k Kind, domain string) (Destination, error) {
	for l, err := range All(tx) {
		if err != nil {
			return Destination{}, err
		}
		if strings.EqualFold(l.Domain, domain) {
			return Destination{Kind: k, List: l}, nil
		}
	}
	return Destination{}, ErrUnknownAddress
}
