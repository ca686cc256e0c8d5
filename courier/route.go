package courier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"sencoforum/queue"
)

const (
	maxHosts = 20 // MX hosts of a domain beyond this number are left aside
	mxPort   = 25
)

// Route returns the hop for mail to a domain, which is in lower case and A-labels, or an address literal. Without a smarthost
// it asks the DNS (RFC 5321 §5.1) and the domain's policy (RFC 8461), and remembers the answer for some minutes. The error is a *queue.RouteError
// or wraps queue.ErrStarved, which is not remembered. The hop beside an error has nothing but the Provider, where the domain
// tells it.
func (c *SMTP) Route(ctx context.Context, domain string) (queue.Hop, error) {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	if h := c.cfg.Smarthost; h != nil {
		return queue.Hop{
			Key: h.key(), Operator: h.key(), Limit: h.Connections, PerMinute: h.PerMinute, Provider: c.behind(ctx, domain),
		}, nil
	}
	if hop, err, ok := c.routes.get(domain); ok {
		return hop, err
	}
	hop, err := c.find(ctx, domain)
	if err != nil {
		hop = queue.Hop{Provider: c.cfg.Providers.byDomain(domain)}
	}
	if ctx.Err() == nil && !errors.Is(err, queue.ErrStarved) {
		c.metrics.routed(err)
		c.routes.put(domain, hop, err)
	}
	return hop, err
}

// find looks the hop up.
func (c *SMTP) find(ctx context.Context, domain string) (queue.Hop, error) {
	policy, err := c.policyOf(ctx, domain)
	if err != nil {
		return queue.Hop{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeouts.DNS)
	defer cancel()
	all, err := c.exchangers(ctx, domain)
	if err != nil {
		return queue.Hop{}, err
	}
	groups, others := c.keepTo(policy, domain, all)
	if len(groups) == 0 {
		return queue.Hop{}, forbidden(policy, others)
	}
	if err := c.usable(ctx, domain, groups); err != nil {
		if len(groups) < len(all) {
			return queue.Hop{}, forbidden(policy, others)
		}
		return queue.Hop{}, err
	}
	return c.hop(domain, policy.mode, groups), nil
}

// hop is the way to a domain's hosts. Its operator is its provider. Where the hosts do not tell who that is and the domain
// does, the name is a part of the key, so that the domain shares no connection with others at the same hosts.
func (c *SMTP) hop(domain string, mode stsMode, groups [][]string) queue.Hop {
	exception := slices.ContainsFunc(c.cfg.ClearDomains, func(d string) bool { return strings.EqualFold(d, domain) })
	key := protect(mode, c.cfg.TLS, exception).key(groups)
	name := c.cfg.Providers.Name(domain, groups[0])
	if c.cfg.Providers.byHosts(groups[0]) == "" && c.cfg.Providers.byDomain(domain) != "" {
		key += keyFor + name
	}
	limits := c.cfg.Providers.Limits(name, c.cfg.Connections)
	return queue.Hop{
		Key: key, Operator: name, Provider: name,
		Limit: limits.Connections, PerMinute: limits.PerMinute, PerConnection: limits.PerConnection,
	}
}

// keyFor stands in a hop's key before the name of a provider. Names of hosts have no blanks.
const keyFor = " for "

// forbidden is the refusal when a domain's policy leaves no host. It is never one for good: the policy may be out of date, and
// is asked for again with the next route (RFC 8461 §5.1).
func forbidden(policy stsPolicy, others []string) error {
	return &queue.RouteError{Result: queue.Result{Outcome: queue.Deferred, Enhanced: "4.7.0",
		Text: cleanText("the domain's policy (MTA-STS) does not name " + strings.Join(others, ", ") +
			"; it names " + strings.Join(policy.mx, ", "))}}
}

// exchangers returns the MX hosts of a domain, best first, equals in one group; the domain itself when it has none.
func (c *SMTP) exchangers(ctx context.Context, domain string) ([][]string, error) {
	if strings.HasPrefix(domain, "[") {
		if _, ok := parseLiteral(domain); !ok {
			return nil, failed("5.1.3", "the address literal "+domain+" is malformed")
		}
		return [][]string{{domain}}, nil
	}
	if !isHostName(domain) {
		return nil, failed("5.1.2", "the domain is not a valid name")
	}
	mxs, err := c.cfg.Resolver.LookupMX(ctx, domain+".")
	switch {
	case len(mxs) > 0: // with an error there were malformed records beside these
		return arrange(mxs, c.cfg.Hostname)
	case err == nil || notFound(err):
		return [][]string{{domain}}, nil
	}
	return nil, passing(err)
}

// arrange puts MX records in order. Our own name and all that is no better than it are left out, because they would
// send the mail round in a loop (RFC 5321 §5.1).
func arrange(mxs []*net.MX, own string) ([][]string, error) {
	mxs = slices.Clone(mxs)
	slices.SortFunc(mxs, func(a, b *net.MX) int {
		if a.Pref != b.Pref {
			return int(a.Pref) - int(b.Pref)
		}
		return strings.Compare(strings.ToLower(a.Host), strings.ToLower(b.Host))
	})
	if len(mxs) == 1 && mxs[0].Host == "." {
		return nil, failed("5.1.10", "the domain takes no mail (null MX)") // RFC 7505
	}
	var groups [][]string
	count, looped := 0, false
	pref := -1
	for _, mx := range mxs {
		host := strings.TrimSuffix(strings.ToLower(mx.Host), ".")
		if host == own && own != "" {
			looped = true
			if pref == int(mx.Pref) {
				groups = groups[:len(groups)-1]
			}
			break
		}
		if !isHostName(host) || count == maxHosts {
			continue
		}
		if pref != int(mx.Pref) {
			groups = append(groups, nil)
			pref = int(mx.Pref)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], host)
		count++
	}
	switch {
	case len(groups) > 0:
		return groups, nil
	case looped:
		return nil, failed("5.4.6", "the best mail host of the domain is this server, but it does not serve the domain")
	}
	return nil, failed("5.4.4", "the mail hosts of the domain have no valid name")
}

// usable makes sure that one of the hosts has an address that we may connect to. It stops at the first.
func (c *SMTP) usable(ctx context.Context, domain string, groups [][]string) error {
	private := false
	var passes error
	for _, group := range groups {
		for _, host := range group {
			addrs, err := c.resolve(ctx, host, true)
			switch {
			case err == nil && len(c.reachable(addrs)) > 0:
				return nil
			case err == nil:
				private = true
			case !notFound(err):
				passes = err
			}
		}
	}
	switch {
	case passes != nil:
		return passing(passes)
	case private:
		return failed("5.4.4", "the domain points to a private address")
	case groups[0][0] == domain:
		return failed("5.1.2", "the domain does not exist, or has no mail host")
	}
	return failed("5.4.4", "no mail host of the domain has an address")
}

// failed is a refusal for good.
func failed(enhanced, text string) error {
	return &queue.RouteError{Result: queue.Result{Outcome: queue.Failed, Enhanced: enhanced, Text: text}}
}

// passing is a trouble of the DNS that may be over soon.
func passing(err error) error {
	if starving(err) {
		return starved(err)
	}
	return &queue.RouteError{Result: queue.Result{Outcome: queue.Deferred, Enhanced: "4.4.3",
		Text: cleanText("the DNS did not answer: " + describe(err))}}
}

// isHostName reports letters, digits, hyphens and underscores in labels. Such a name is safe in a hop's key.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") || strings.Contains(s, "..") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	})
}

// formatHosts writes hosts for a hop's key: "a,b>c" is a and b alike, and c behind them. Domains with the same hosts in
// the same order have the same key, whatever the numbers in their records.
func formatHosts(groups [][]string) string {
	var ranks []string
	for _, group := range groups {
		ranks = append(ranks, strings.Join(group, ","))
	}
	return strings.Join(ranks, ">")
}

func parseHosts(s string) [][]string {
	var groups [][]string
	for rank := range strings.SplitSeq(s, ">") {
		groups = append(groups, strings.Split(rank, ","))
	}
	return groups
}

// way reads a hop's key.
func (c *SMTP) way(key string) (way, error) {
	h := c.cfg.Smarthost
	if h != nil && key == h.key() {
		return way{hosts: [][]string{{h.Host}}, port: h.Port, smart: h, protection: protection{level: h.level()}}, nil
	}
	word, hosts, _ := strings.Cut(key, ":")
	hosts, _, _ = strings.Cut(hosts, keyFor)
	if p, ok := parseKind(word); ok && h == nil {
		return way{hosts: parseHosts(hosts), port: mxPort, protection: p}, nil
	}
	return way{}, fmt.Errorf("read hop %q: %w", key, errHop)
}

var errHop = errors.New("not a way of this courier")

// level is how a smarthost's connections are encrypted.
func (h Smarthost) level() security {
	switch h.TLS {
	case "implicit":
		return implicit
	case "none":
		return clear
	}
	return required
}
