package mailauth

import "slices"

// Result is the outcome of a whole check, the one thing that the posting rules look at.
type Result string

// The outcomes of a check.
const (
	Verified   Result = "verified"   // the author's domain vouches for the message
	Unverified Result = "unverified" // nobody vouches for it, and the domain asks for nothing
	Failed     Result = "failed"     // the author's domain asks to quarantine or reject such messages
	Temporary  Result = "temporary"  // a name server did not answer; try again later
)

// Check is the result of one mechanism, in the words of RFC 8601 §2.7.
type Check string

// The results of a mechanism.
const (
	None      Check = "none"
	Pass      Check = "pass"
	Fail      Check = "fail"
	SoftFail  Check = "softfail"
	Neutral   Check = "neutral"
	Refused   Check = "policy" // a signature that our own rules do not accept
	TempError Check = "temperror"
	PermError Check = "permerror"
)

// Policy is what the owner of a domain asks for messages that fail DMARC (RFC 9989 §4.7), or "" where nothing applies.
type Policy string

// The policies, from mild to strict.
const (
	PolicyNone       Policy = "none"
	PolicyQuarantine Policy = "quarantine"
	PolicyReject     Policy = "reject"
)

// Reason is a short fixed sentence for a log and for moderators. It never holds text from the message.
type Reason string

// Reasons of a verdict.
const (
	ReasonDMARCPass     Reason = "DMARC passes"
	ReasonDMARCFail     Reason = "DMARC fails and the domain asks to refuse such mail"
	ReasonDMARCFailNone Reason = "DMARC fails and the domain asks for nothing"
	ReasonNoRecord      Reason = "the domain publishes no DMARC record"
	ReasonBadRecord     Reason = "the domain's DMARC record has no usable policy"
	ReasonTestMode      Reason = "the domain's DMARC policy is in test mode"
	ReasonNoSubdomain   Reason = "the author's domain does not exist"
	ReasonSPFAligned    Reason = "SPF passes for the author's domain"
	ReasonDKIMAligned   Reason = "a DKIM signature of the author's domain is valid"
	ReasonNothing       Reason = "neither SPF nor DKIM vouches for the author's domain"
	ReasonDNS           Reason = "a name server did not answer"
	ReasonSPFAll        Reason = "the SPF record lets every host pass"
	ReasonBadAuthor     Reason = "the author's address has no usable domain"
)

// Reasons of a signature that is not valid.
const (
	ReasonSeveralFrom   Reason = "the message has not exactly one From field"
	ReasonMalformed     Reason = "the signature or its key is malformed or missing"
	ReasonPartOfBody    Reason = "the signature covers only a part of the body"
	ReasonFromUnsigned  Reason = "the signature does not cover From"
	ReasonForeignSigner Reason = "the signature names a signer outside its domain"
	ReasonSHA1          Reason = "the signature uses SHA-1"
	ReasonExpired       Reason = "the signature has expired"
	ReasonShortKey      Reason = "the key is too short"
	ReasonLongKey       Reason = "the key is too long"
	ReasonTestKey       Reason = "the key is in test mode"
	ReasonExactKey      Reason = "the key is not for signers in subdomains"
	ReasonAltered       Reason = "the message was altered after it was signed"
)

// Verdict is everything that a check found out. All domains in it are in lower case, as A-labels, without a final dot.
type Verdict struct {
	Result  Result
	Reasons []Reason // the deciding one first; no repeats

	Author string // the domain of From, or "" where it is none
	SPF    SPF
	DKIM   []Signature // at most 5, those first that could decide
	DMARC  DMARC
}

// SPF is the result for the envelope sender, or for HELO where the envelope sender is null (RFC 7208 §2.4).
type SPF struct {
	Result  Check
	Domain  string // that was checked, or "" where it is none
	Helo    bool   // the domain is that of HELO
	Aligned bool   // it passes and belongs to the author's domain
}

// Signature is the result for one DKIM signature.
type Signature struct {
	Result    Check
	Domain    string // d=, or "" where it is none
	Selector  string // s=, only letters, digits and ".-_", or ""
	Algorithm string // rsa-sha256 or ed25519-sha256, or ""
	Aligned   bool   // it is valid and belongs to the author's domain
	Reason    Reason // why it is not valid, or ""
}

// DMARC is the result for the author's domain. Result is None where no record applies.
type DMARC struct {
	Result       Check
	Domain       string // where the record was found, or ""
	Policy       Policy // that applies to the author's domain, after test mode; or ""
	Disposition  Policy // what the policy asks for this message: PolicyNone unless Result is Fail
	Organisation string // the organisational domain of the author, or "" where nothing asked for it
}

// because puts a reason at the end, once.
func (v *Verdict) because(r Reason) {
	if !slices.Contains(v.Reasons, r) {
		v.Reasons = append(v.Reasons, r)
	}
}
