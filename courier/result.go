package courier

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// result is what came of guarding a connection, or of asking for a policy, in the words of RFC 8460 §4.3.
type result string

const (
	guardedWell       result = "success"
	noSTARTTLS        result = "starttls-not-supported"
	hostMismatch      result = "certificate-host-mismatch"
	certificateOld    result = "certificate-expired"
	notTrusted        result = "certificate-not-trusted"
	validationFailure result = "validation-failure" // none of the others
	policyFetchError  result = "sts-policy-fetch-error"
	policyInvalid     result = "sts-policy-invalid"
	webPKIInvalid     result = "sts-webpki-invalid"
)

// results are all of them.
var results = []result{guardedWell, noSTARTTLS, hostMismatch, certificateOld, notTrusted, validationFailure,
	policyFetchError, policyInvalid, webPKIInvalid}

// resultOf says what came of guarding a session that was begun, and nothing of one that did not come to it.
func resultOf(s *session, err error) (r result, came bool) {
	var t *trouble
	switch {
	case err == nil && s.conn == s.raw:
		return noSTARTTLS, true
	case err == nil && s.flaw != nil:
		return certificateResult(s.flaw), true
	case err == nil:
		return guardedWell, true
	case !errors.As(err, &t):
	case t.doing == "STARTTLS" && (t.err == nil || errors.Is(t.err, errNoTLS)):
		return noSTARTTLS, true
	case t.doing == "STARTTLS":
		return validationFailure, true
	case t.doing == "TLS":
		return certificateResult(t.err), true
	}
	return "", false
}

// certificateResult says what is wrong with a certificate, or with the handshake.
func certificateResult(err error) result {
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, new(x509.HostnameError)):
		return hostMismatch
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return certificateOld
	case errors.As(err, &invalid), errors.As(err, new(x509.UnknownAuthorityError)), errors.As(err, new(*tls.CertificateVerificationError)):
		return notTrusted
	}
	return validationFailure
}
