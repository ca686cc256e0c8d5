package acmeca

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// newOrder takes an order for one name (RFC 8555 §7.4).
func (c *CA) newOrder(w http.ResponseWriter, a asked) *problem {
	var in struct {
		Identifiers []struct{ Type, Value string }
	}
	if err := json.Unmarshal(a.payload, &in); err != nil || len(in.Identifiers) != 1 || in.Identifiers[0].Type != "dns" {
		return wrong(http.StatusBadRequest, "malformed", "one name, please")
	}
	c.orders = append(c.orders, &order{name: in.Identifiers[0].Value, token: fmt.Sprintf("token-%d", len(c.orders)), account: a.account, status: "pending"})
	c.tellOrder(w, http.StatusCreated, len(c.orders)-1)
	return nil
}

func (c *CA) tellOrder(w http.ResponseWriter, status, n int) {
	o := c.orders[n]
	w.Header().Set("Location", fmt.Sprintf("%s/order/%d", c.server.URL, n))
	v := map[string]any{"status": o.status, "identifiers": []any{map[string]string{"type": "dns", "value": o.name}},
		"authorizations": []string{fmt.Sprintf("%s/authz/%d", c.server.URL, n)}, "finalize": fmt.Sprintf("%s/finalize/%d", c.server.URL, n)}
	if o.status == "valid" {
		v["certificate"] = fmt.Sprintf("%s/cert/%d", c.server.URL, n)
	}
	c.say(w, status, v)
}

func (c *CA) tellAuthorization(w http.ResponseWriter, n int) {
	o := c.orders[n]
	status := map[string]string{"pending": "pending", "invalid": "invalid"}[o.status]
	if status == "" {
		status = "valid"
	}
	var all []any
	for _, way := range c.ways {
		all = append(all, c.challenge(n, way))
	}
	c.say(w, http.StatusOK, map[string]any{"status": status, "identifier": map[string]string{"type": "dns", "value": o.name}, "challenges": all})
}

func (c *CA) challenge(n int, way string) map[string]any {
	o := c.orders[n]
	v := map[string]any{"type": way, "status": "pending", "token": o.token, "url": fmt.Sprintf("%s/chall-%s/%d", c.server.URL, way, n)}
	if o.way == way {
		v["status"] = "valid"
		if o.failed != nil {
			v["status"], v["error"] = "invalid", o.failed
		}
	}
	return v
}

// prove connects to where the name leads. The lock is let go for as long as that takes.
func (c *CA) prove(o *order, way string) {
	if o.status != "pending" || !slices.Contains(c.ways, way) {
		return
	}
	authorization := o.token + "." + c.accounts[o.account].thumb
	ports := c.ports
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var bad *problem
	if way == "http-01" {
		bad = overHTTP(ctx, ports["80"], o, authorization)
	} else {
		bad = overTLS(ctx, ports["443"], o, authorization)
	}
	c.mu.Lock()
	o.way, o.failed, o.status = way, bad, "ready"
	if bad != nil {
		o.status = "invalid"
	}
}

// overHTTP asks for a file (RFC 8555 §8.3).
func overHTTP(ctx context.Context, to string, o *order, want string) *problem {
	if to == "" {
		return wrong(http.StatusBadRequest, "dns", "no A record for %s", o.name)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, to)
	}}}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+o.name+"/.well-known/acme-challenge/"+o.token, nil)
	if err != nil {
		return wrong(http.StatusBadRequest, "malformed", "%v", err)
	}
	r, err := client.Do(q)
	if err != nil {
		return wrong(http.StatusBadRequest, "connection", "%v", err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<10))
	if err != nil || r.StatusCode != http.StatusOK || strings.TrimSpace(string(text)) != want {
		return wrong(http.StatusForbidden, "unauthorized", "port 80 answers %d %q", r.StatusCode, text)
	}
	return nil
}

// proof is the extension by which a certificate proves a name (RFC 8737 §3).
var proof = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}

// overTLS looks at the certificate of a handshake (RFC 8737).
func overTLS(ctx context.Context, to string, o *order, want string) *problem {
	if to == "" {
		return wrong(http.StatusBadRequest, "dns", "no A record for %s", o.name)
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: o.name, InsecureSkipVerify: true, NextProtos: []string{"acme-tls/1"}}}
	conn, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return wrong(http.StatusBadRequest, "connection", "%v", err)
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState()
	sum := sha256.Sum256([]byte(want))
	text, err := asn1.Marshal(sum[:])
	leaf := state.PeerCertificates[0]
	for _, e := range leaf.Extensions {
		if err == nil && state.NegotiatedProtocol == "acme-tls/1" && e.Id.Equal(proof) && e.Critical && bytes.Equal(e.Value, text) && slices.Equal(leaf.DNSNames, []string{o.name}) {
			return nil
		}
	}
	return wrong(http.StatusForbidden, "unauthorized", "port 443 shows a certificate of something else")
}
