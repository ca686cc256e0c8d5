package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

const (
	maxPolicyBytes  = 64 << 10 // RFC 8461 §3.2
	maxPolicyHeader = 16 << 10
	maxPolicyTries  = 3 // addresses of a policy host
)

// policyFault is why a policy was not had.
type policyFault struct {
	kind result
	error
}

// Unwrap returns the cause.
func (f policyFault) Unwrap() error { return f.error }

// fetchPolicy gets a domain's policy from its policy host (RFC 8461 §3.3). Its error is a policyFault. It follows no
// redirect, and keeps nothing of what HTTP says about caching.
func (c *SMTP) fetchPolicy(ctx context.Context, domain string) (stsPolicy, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mta-sts."+domain+"/.well-known/mta-sts.txt", nil)
	if err != nil {
		return stsPolicy{}, policyFault{policyFetchError, err}
	}
	req.Header.Set("User-Agent", "sencoforum")
	// Not by a client, which would follow redirects.
	resp, err := c.cfg.HTTPS.RoundTrip(req)
	if err != nil {
		kind := policyFetchError
		if errors.As(err, new(*tls.CertificateVerificationError)) {
			kind = webPKIInvalid
		}
		return stsPolicy{}, policyFault{kind, err}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return stsPolicy{}, policyFault{policyFetchError, fmt.Errorf("the policy host answered %d", resp.StatusCode)}
	}
	// Where strangers may put files on a host, they may at least not choose this type (RFC 8461 §3.2).
	media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.Trim(media, blanks), "text/plain") {
		return stsPolicy{}, policyFault{policyInvalid, fmt.Errorf("the policy is of type %q, not text/plain", media)}
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPolicyBytes+1))
	if err != nil {
		return stsPolicy{}, policyFault{policyFetchError, err}
	}
	if len(text) > maxPolicyBytes {
		return stsPolicy{}, policyFault{policyInvalid, errors.New("the policy is larger than 64 KiB")}
	}
	p, err := parseSTSPolicy(string(text))
	if err != nil {
		return stsPolicy{}, policyFault{policyInvalid, err}
	}
	return p, nil
}

// newHTTPS returns the transport of policies: verified, and to no address where an MX may not be either.
func (c *SMTP) newHTTPS() *http.Transport {
	return &http.Transport{
		DialContext:            c.dialPolicyHost,
		TLSClientConfig:        &tls.Config{RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true,
		DisableCompression:     true, // a little text that unpacks to much
		MaxResponseHeaderBytes: maxPolicyHeader,
	}
}

// dialPolicyHost connects to the first address that answers.
func (c *SMTP) dialPolicyHost(ctx context.Context, _, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	addrs, err := c.resolve(ctx, host, true)
	if err != nil {
		return nil, err
	}
	if addrs = c.reachable(addrs); len(addrs) == 0 {
		return nil, errPrivate
	}
	for _, a := range interleave(addrs)[:min(maxPolicyTries, len(addrs))] {
		var conn net.Conn
		if conn, err = c.dialWithin(ctx, c.cfg.Timeouts.Policy/maxPolicyTries, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}
