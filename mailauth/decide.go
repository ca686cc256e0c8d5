package mailauth

import "context"

// discovery is what policy discovery found for the author's domain (RFC 9989 §4.10.1).
type discovery struct {
	found
	published bool // there is one
	unknown   bool // a name server did not answer, so there may be one or not
}

// discover finds the record that applies to the author's domain. Only a domain without one of its own is walked from.
func discover(ctx context.Context, w *walker, author string) discovery {
	own := w.at(ctx, author)
	switch {
	case own.trouble:
		return discovery{unknown: true}
	case own.exists:
		return discovery{found: own, published: true}
	}
	walk := w.walk(ctx, author)
	if walk.trouble {
		return discovery{unknown: true}
	}
	f, ok := walk.policyRecord()
	return discovery{found: f, published: ok}
}

// answer is yes, no, or not known for want of a name server.
type answer int

const (
	no answer = iota
	maybe
	yes
)

// aligned says whether a domain that vouches for the message belongs to the author's domain (RFC 9989 §4.10.2).
func (d discovery) aligned(ctx context.Context, w *walker, author, domain string, strict bool) answer {
	switch {
	case domain == author:
		return yes
	case domain == "", top(domain) != top(author):
		return no
	case d.unknown:
		return maybe
	case !d.published, strict:
		return no
	}
	ours := w.walk(ctx, author)
	if ours.trouble {
		return maybe
	}
	org := ours.organisation()
	if !within(domain, org) { // then its own organisation is another
		return no
	}
	theirs := w.walk(ctx, domain)
	switch {
	case theirs.trouble:
		return maybe
	case theirs.organisation() == org:
		return yes
	}
	return no
}

// decide fills in alignment, DMARC, the result and its reasons from the results of SPF and DKIM.
func (v *Verdict) decide(ctx context.Context, w *walker, d discovery) {
	open := false // an answer that is missing could still make it pass
	count := func(result Check, domain string, strict bool) bool {
		if result != Pass && result != TempError {
			return false
		}
		a := d.aligned(ctx, w, v.Author, domain, strict)
		open = open || a == maybe || a == yes && result == TempError
		return a == yes && result == Pass
	}
	v.SPF.Aligned = count(v.SPF.Result, v.SPF.Domain, d.record.strictSPF)
	passes := v.SPF.Aligned
	for i := range v.DKIM {
		s := &v.DKIM[i]
		s.Aligned = count(s.Result, s.Domain, d.record.strictDKIM)
		passes = passes || s.Aligned
	}
	v.describe(w, d)
	switch {
	case passes:
		v.pass(d)
	case open || d.unknown:
		v.Result, v.DMARC.Result = Temporary, TempError
		v.because(ReasonDNS)
	default:
		v.fail(ctx, w, d)
	}
}

// describe fills in what is known of the author's domain.
func (v *Verdict) describe(w *walker, d discovery) {
	v.DMARC = DMARC{Result: None}
	if d.published {
		v.DMARC.Domain = d.domain
	}
	if walk := w.remembered(v.Author); !walk.trouble {
		v.DMARC.Organisation = walk.organisation()
	}
}

func (v *Verdict) pass(d discovery) {
	v.Result = Verified
	if d.published && d.record.applies() {
		v.DMARC.Result, v.DMARC.Disposition = Pass, PolicyNone
		v.DMARC.Policy = d.record.policy(d.domain != v.Author, true)
		v.because(ReasonDMARCPass)
		return
	}
	if v.SPF.Aligned {
		v.because(ReasonSPFAligned)
	} else {
		v.because(ReasonDKIMAligned)
	}
	v.noDMARC(d)
}

// noDMARC says why DMARC does not apply.
func (v *Verdict) noDMARC(d discovery) {
	switch {
	case d.unknown:
		v.because(ReasonDNS)
	case d.published:
		v.because(ReasonBadRecord)
	default:
		v.because(ReasonNoRecord)
	}
}

// fail applies the policy of the author's domain to a message for which nobody vouches.
func (v *Verdict) fail(ctx context.Context, w *walker, d discovery) {
	v.Result = Unverified
	if !d.published || !d.record.applies() {
		v.because(ReasonNothing)
		v.noDMARC(d)
		return
	}
	v.DMARC.Result = Fail
	below := d.domain != v.Author
	policy := d.record.policy(below, true)
	if other := d.record.policy(below, false); other != policy {
		exists := w.present(ctx, v.Author)
		if exists == maybe && (other == PolicyNone) != (policy == PolicyNone) {
			v.Result, v.DMARC.Result = Temporary, TempError
			v.because(ReasonDNS)
			return
		}
		if exists == no {
			policy = other
			defer v.because(ReasonNoSubdomain)
		}
	}
	v.DMARC.Policy, v.DMARC.Disposition = policy, policy
	if policy == PolicyNone {
		v.because(ReasonDMARCFailNone)
	} else {
		v.Result = Failed
		v.because(ReasonDMARCFail)
	}
	if d.record.testing {
		v.because(ReasonTestMode)
	}
}
