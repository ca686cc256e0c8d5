package mailauth

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// The limits for the signatures of one message, whatever it holds.
const (
	maxSignatures = 5 // are verified and reported
	maxRead       = 50
	maxSigned     = 100 // names in h=; each is searched for in the header
	maxFieldBytes = 8 << 10
)

// signer verifies the signatures of one message.
type signer struct {
	lookups *lookups
	now     time.Time

	keys map[string]key // by keyName
}

// verify returns the results for at most maxSignatures signatures: the acceptable ones before the others, and those of
// the author's organisation before strangers', in the order of the header. Alignment is not decided here.
//
// A message with no From field or several has no valid signature, because a signature covers only the last of them and
// readers may show another.
func (s *signer) verify(ctx context.Context, raw []byte, author string) []Signature {
	all, _ := fields(raw)
	sigs, froms := read(raw, all, s.now)
	for i := range sigs {
		if froms != 1 {
			sigs[i].refuse(Refused, ReasonSeveralFrom)
		}
	}
	slices.SortStableFunc(sigs, func(a, b signature) int { return a.rank(author) - b.rank(author) })
	sigs = sigs[:min(len(sigs), maxSignatures)]
	s.check(ctx, sigs, raw, all)
	var results []Signature
	for _, sig := range sigs {
		results = append(results, sig.Signature)
	}
	return results
}

// read parses the signatures of a message, and counts its From fields.
func read(raw []byte, all []field, now time.Time) (sigs []signature, froms int) {
	for _, f := range all {
		switch {
		case f.name == "from":
			froms++
		case f.name == "dkim-signature" && len(sigs) < maxRead:
			sigs = append(sigs, parseSignature(f, f.value(raw), now))
		}
	}
	return sigs, froms
}

// rank puts the signatures that could decide first.
func (s signature) rank(author string) int {
	rank := 0
	if s.Result != "" {
		rank += 2
	}
	if s.Domain == "" || !within(author, s.Domain) && !within(s.Domain, author) {
		rank++
	}
	return rank
}

// check fetches the keys and lets the library verify the signatures that are not refused yet.
func (s *signer) check(ctx context.Context, sigs []signature, raw []byte, all []field) {
	s.fetch(ctx, undecided(sigs))
	for _, sig := range undecided(sigs) {
		if why := s.keys[sig.keyName()].refused; why != "" {
			sig.refuse(Refused, why)
		}
	}
	open := undecided(sigs)
	if len(open) == 0 {
		return
	}
	options := &dkim.VerifyOptions{MaxVerifications: len(open), LookupTXT: func(name string) ([]string, error) {
		k := s.keys[name]
		return k.txts, k.err
	}}
	// Where the header has no end, the library gives an error and no results; more signatures than these are no fault.
	checked, _ := dkim.VerifyWithOptions(foremost(raw, all, open), options)
	for i, sig := range open {
		if i >= len(checked) {
			sig.refuse(PermError, ReasonMalformed)
			continue
		}
		s.judge(sig, checked[i])
	}
}

func undecided(sigs []signature) []*signature {
	var open []*signature
	for i := range sigs {
		if sigs[i].Result == "" {
			open = append(open, &sigs[i])
		}
	}
	return open
}

// foremost reads as the message with some of its signatures moved to its top, where the library looks. The order of
// fields with different names does not matter to a signature (RFC 6376 §5.4.2).
func foremost(raw []byte, all []field, first []*signature) io.Reader {
	var parts []io.Reader
	moved := map[int]bool{}
	for _, sig := range first {
		parts = append(parts, bytes.NewReader(raw[sig.field.start:sig.field.end]))
		moved[sig.field.start] = true
	}
	at := 0
	for _, f := range all {
		if moved[f.start] {
			parts = append(parts, bytes.NewReader(raw[at:f.start]))
			at = f.end
		}
	}
	return io.MultiReader(append(parts, bytes.NewReader(raw[at:]))...)
}

// judge turns the library's answer and what is known of the key into a result.
func (s *signer) judge(sig *signature, v *dkim.Verification) {
	switch {
	case v.Domain != sig.rawDomain: // never, unless the library read another signature than we did
		sig.refuse(PermError, ReasonMalformed)
	case dkim.IsTempFail(v.Err):
		sig.refuse(TempError, ReasonDNS)
	case dkim.IsPermFail(v.Err):
		sig.refuse(PermError, ReasonMalformed)
	case v.Err != nil:
		sig.refuse(Fail, ReasonAltered)
	case s.keys[sig.keyName()].exact && sig.signer != sig.Domain:
		sig.refuse(Refused, ReasonExactKey)
	default:
		sig.Result = Pass
	}
}
