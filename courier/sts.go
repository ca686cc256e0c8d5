package courier

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"sencoforum/store"
)

// KeepPolicies reads the MTA-STS policies that db has, and keeps them there from now on. Until it is called they are in
// memory alone, and a start forgets which domains forbade mail over unverified connections; so it comes before the
// first Route. With a smarthost it does nothing: that service asks for policies.
func (c *SMTP) KeepPolicies(db *store.DB) error {
	if c.cfg.Smarthost != nil {
		return nil
	}
	return c.policies.open(db)
}

// refreshEvery is how often policies are looked through.
const refreshEvery = time.Hour

// Run fetches the policies anew that were fetched a day ago, until ctx ends. Whoever wants to bring a policy to its end has
// to keep us from its host for all of its max_age, and not only when there is mail (RFC 8461 §10.2).
func (c *SMTP) Run(ctx context.Context) error {
	for { // with a smarthost there are none
		for _, domain := range c.policies.stale() {
			c.refresh(ctx, domain)
			if ctx.Err() != nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(refreshEvery):
		}
	}
}

// refresh fetches the policy of a domain anew, whatever its TXT record says.
func (c *SMTP) refresh(ctx context.Context, domain string) {
	c.policies.mu.Lock()
	held := c.policies.known[domain]
	c.policies.mu.Unlock()
	id, err := c.policyID(ctx, domain)
	if err == nil && ctx.Err() == nil {
		c.renewPolicy(ctx, domain, id, held) // for want of descriptors an hour later
	}
}

// policyOf returns how a domain wants its mail sent; the zero policy when it says nothing (RFC 8461 §3). What was once
// said holds until its max_age ends, whatever becomes of the TXT record and the policy host. An error wraps queue.ErrStarved.
func (c *SMTP) policyOf(ctx context.Context, domain string) (stsPolicy, error) {
	if !isHostName(domain) {
		return stsPolicy{}, nil // an address literal, or no domain at all
	}
	id, err := c.policyID(ctx, domain)
	if err != nil {
		return stsPolicy{}, err
	}
	held, have := c.policies.use(domain)
	switch {
	case !have && id == "":
		return stsPolicy{}, nil
	case have && (id == "" || id == held.id) && c.policies.fresh(held), c.policies.rests(domain, id), ctx.Err() != nil:
		return held.stsPolicy, nil
	}
	held.used = c.policies.now()
	return c.renewPolicy(ctx, domain, id, held)
}

// policyID asks the DNS for the id of a domain's policy. It is "" when the domain announces none, or the DNS does not
// say: a first policy cannot be told from none then. An error wraps queue.ErrStarved.
func (c *SMTP) policyID(ctx context.Context, domain string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeouts.Policy)
	defer cancel()
	records, err := c.cfg.Resolver.LookupTXT(ctx, "_mta-sts."+domain+".")
	if starving(err) {
		return "", starved(err)
	}
	if err != nil {
		return "", nil
	}
	id, err := parseSTSRecord(records)
	if err != nil {
		c.policies.note(domain, "a mail domain's MTA-STS record cannot be read", slog.Any("cause", err))
	}
	return id, nil
}

// renewPolicy fetches a policy in the place of held, which stays while the new one is not to be had. It returns the one that
// holds now. An error wraps queue.ErrStarved.
func (c *SMTP) renewPolicy(ctx context.Context, domain, id string, held heldPolicy) (stsPolicy, error) {
	within, cancel := context.WithTimeout(ctx, c.cfg.Timeouts.Policy)
	defer cancel()
	policy, err := c.fetchPolicy(within, domain)
	var fault policyFault
	switch {
	case starving(err):
		return stsPolicy{}, starved(err)
	case err != nil && ctx.Err() != nil:
		return held.stsPolicy, nil // our caller's impatience is no fault of the domain
	case errors.As(err, &fault):
		c.metrics.guarded(held.mode, fault.kind)
		c.policies.fail(domain, id)
		c.policies.note(domain, "a mail domain's MTA-STS policy could not be fetched",
			slog.String("holds", held.mode.String()), slog.String("cause", cleanText(describe(fault.error))))
		return held.stsPolicy, nil
	}
	if id == "" {
		id = held.id
	}
	c.policies.put(domain, id, policy, held.used)
	return policy, nil
}

// keepTo leaves out the hosts that a policy in force does not name (RFC 8461 §5.1), and notes it, as for one that is tested.
func (c *SMTP) keepTo(policy stsPolicy, domain string, groups [][]string) (kept [][]string, others []string) {
	for _, group := range groups {
		var named []string
		for _, host := range group {
			if policy.mode != stsNone && !policy.allows(host) {
				others = append(others, host)
			}
			if policy.mode != stsEnforce || policy.allows(host) {
				named = append(named, host)
			}
		}
		if len(named) > 0 {
			kept = append(kept, named)
		}
	}
	if len(others) > 0 {
		c.metrics.guarded(policy.mode, validationFailure)
		c.policies.note(domain, "a mail domain has hosts that its MTA-STS policy does not name",
			slog.String("mode", policy.mode.String()), slog.String("hosts", strings.Join(others, " ")))
	}
	return kept, others
}

// overlooked notes that mail for a domain whose policy is only tested went where that policy is broken.
func (c *SMTP) overlooked(domain string, s *session) {
	c.policies.note(strings.ToLower(domain), "mail went over a connection that the domain's MTA-STS policy, which it only tests, does not allow",
		slog.String("host", s.peer), slog.String("cause", cleanText(s.flaw.Error())))
}
