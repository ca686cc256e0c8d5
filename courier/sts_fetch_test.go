package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sencoforum/queue"
)

const plainPolicy = "version: STSv1\nmode: enforce\nmx: mx.school.example\nmax_age: 604800\n"

// answer makes a handler of one kind of answer.
func answer(status int, header, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// fetch asks a policy host that answers so for its policy. It returns the mode, or the kind of fault and its words, and
// what the host was asked for.
func fetch(t *testing.T, ca *authority, cert *tls.Certificate, do http.HandlerFunc) (got, asked string) {
	host := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.Method + " " + r.Host + r.URL.Path + " "
		do(w, r)
	}))
	host.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	host.TLS = &tls.Config{Certificates: []tls.Certificate{*cert}}
	host.StartTLS()
	defer host.Close()
	c := New(discard(), Config{RootCAs: ca.pool, Dial: to(host.Listener.Addr().String()),
		Resolver: &zone{addrs: map[string][]netip.Addr{"mta-sts.school.example.": addresses("203.0.113.80")}}})
	p, err := c.fetchPolicy(t.Context(), "school.example")
	var fault policyFault
	if errors.As(err, &fault) {
		return fmt.Sprint(fault.kind, " ", err), asked
	}
	return p.mode.String(), asked
}

func TestFetchPolicy(t *testing.T) {
	ca := newAuthority(t)
	good := ca.issue(time.Now().Add(time.Hour), "mta-sts.school.example")
	self, _ := certificate(t, "mta-sts.school.example")
	large := plainPolicy + "x: "
	large += strings.Repeat("y", maxPolicyBytes-len(large))
	const plain = "Content-Type: text/plain"
	for _, tc := range []struct {
		name string
		cert *tls.Certificate
		do   http.HandlerFunc
		want string // the mode, or the kind of fault and a part of its words
	}{
		{"as it should be", good, answer(200, plain, plainPolicy), "enforce"},
		{"with a character set", good, answer(200, "Content-Type: Text/Plain ;charset=utf-8", plainPolicy), "enforce"},
		{"parameters are passed over, however broken", good, answer(200, plain+"; =; charset", plainPolicy), "enforce"},
		{"as large as may be", good, answer(200, plain, large), "enforce"},
		{"too large", good, answer(200, plain, large+"y"), "sts-policy-invalid larger than 64 KiB"},
		{"a redirect", good, answer(301, "Location: https://mta-sts.school.example/policy.txt", plainPolicy), "sts-policy-fetch-error answered 301"},
		{"a redirect that keeps its method", good, answer(308, "Location: /policy.txt", plainPolicy), "sts-policy-fetch-error answered 308"},
		{"not there", good, answer(404, plain, plainPolicy), "sts-policy-fetch-error answered 404"},
		{"another kind of success", good, answer(203, plain, plainPolicy), "sts-policy-fetch-error answered 203"},
		{"a broken host", good, answer(500, plain, ""), "sts-policy-fetch-error answered 500"},
		{"a web page", good, answer(200, "Content-Type: text/html", plainPolicy), `sts-policy-invalid type "text/html"`},
		{"bytes of any kind", good, answer(200, "Content-Type: application/octet-stream", plainPolicy), "sts-policy-invalid octet-stream"},
		{"no policy", good, answer(200, plain, "hello"), "sts-policy-invalid malformed line"},
		{"cut off", good, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Length", "500")
			io.WriteString(w, plainPolicy)
		}, "sts-policy-fetch-error unexpected EOF"},
		{"a header without end", good, answer(200, "X: "+strings.Repeat("x", 2*maxPolicyHeader), plainPolicy), "sts-policy-fetch-error"},
		{"a certificate for the mail host alone", ca.issue(time.Now().Add(time.Hour), "mx.school.example", "school.example"),
			answer(200, plain, plainPolicy), "sts-webpki-invalid mx.school.example"},
		{"an old certificate", ca.issue(time.Now().Add(-time.Hour), "mta-sts.school.example"), answer(200, plain, plainPolicy), "sts-webpki-invalid expired"},
		{"a certificate that nobody knows", &self, answer(200, plain, plainPolicy), "sts-webpki-invalid unknown authority"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, asked := fetch(t, ca, tc.cert, tc.do)
			kind, words, _ := strings.Cut(tc.want, " ")
			if !strings.HasPrefix(got, kind) || !strings.Contains(got, words) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if want := "GET mta-sts.school.example/.well-known/mta-sts.txt "; asked != want && kind != string(webPKIInvalid) {
				t.Errorf("asked for %q, want %q", asked, want)
			}
		})
	}
}

// A domain's DNS must not aim us at machines of this house.
func TestPoliciesAreNotFetchedFromPrivateAddresses(t *testing.T) {
	z := &zone{addrs: map[string][]netip.Addr{"mta-sts.school.example.": addresses("127.0.0.1", "10.0.0.1", "fd00::1")}}
	c := New(discard(), Config{Resolver: z, Dial: func(context.Context, string, string) (net.Conn, error) {
		t.Error("it dialled")
		return nil, io.EOF
	}})
	_, err := c.fetchPolicy(t.Context(), "school.example")
	var fault policyFault
	if !errors.As(err, &fault) || fault.kind != policyFetchError || !errors.Is(err, errPrivate) {
		t.Errorf("error %v", err)
	}
}

func TestAPolicyHostWithSomeDeadAddresses(t *testing.T) {
	var dials atomic.Int32
	c := New(discard(), Config{Dial: func(context.Context, string, string) (net.Conn, error) {
		dials.Add(1)
		return nil, syscall.ECONNREFUSED
	}, Resolver: &zone{addrs: map[string][]netip.Addr{
		"mta-sts.school.example.": addresses("203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2", "2001:db8::3")}}})
	if _, err := c.fetchPolicy(t.Context(), "school.example"); err == nil || dials.Load() != maxPolicyTries {
		t.Errorf("%d dials, want %d: %v", dials.Load(), maxPolicyTries, err)
	}
}

// A server without descriptors must not take that for a domain without a policy.
func TestOurWantOfDescriptorsIsNoLackOfAPolicy(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fails map[string]error
		dial  error
	}{
		{"for the TXT record", map[string]error{"_mta-sts.school.example.": starvedDNS(syscall.EMFILE)}, nil},
		{"for the policy host's address", map[string]error{"mta-sts.school.example.": starvedDNS(syscall.EMFILE)}, nil},
		{"for the connection", nil, starvedDial(syscall.EMFILE)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			z := &zone{fails: tc.fails, txt: map[string][]string{"_mta-sts.school.example.": {"v=STSv1; id=1"}},
				addrs: map[string][]netip.Addr{"school.example.": addresses("203.0.113.1"), "mta-sts.school.example.": addresses("203.0.113.2")}}
			c := New(discard(), Config{Resolver: z, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, tc.dial }})
			if _, err := c.Route(t.Context(), "school.example"); !errors.Is(err, queue.ErrStarved) {
				t.Errorf("got %v, want %v", err, queue.ErrStarved)
			}
			if len(c.policies.failed) > 0 {
				t.Error("it is remembered as a fault of the domain")
			}
		})
	}
}
