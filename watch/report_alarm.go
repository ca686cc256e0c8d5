package watch

import (
	"strings"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// alarm puts a mail to the operator when a report shows trouble, at most one a day of each kind.
func (b *ReportBook) alarm(tx *store.Tx, sender string, r Report) (told bool, err error) {
	t := r.Trouble()
	if t.Kind == "" || b.operator.IsZero() {
		return false, nil
	}
	today := dateOf(b.now())
	last, known, err := reportAlarms.Get(tx, t.Kind)
	if err != nil || known && last >= today {
		return false, err
	}
	l, err := listOf(tx, r.Domain)
	if err != nil {
		return false, err
	}
	n := notice.ReportAlarm{
		List: l, To: b.operator, Domain: r.Domain, Reporter: sender, Day: dateOf(r.Day()).time(),
		Failed: t.Failed, Of: t.Of, Do: t.Advice(r.Domain), Now: b.now(),
	}
	if t.Kind == ReportDMARC && t.Source.IsValid() {
		n.Source = t.Source.String()
	}
	n.Result, n.Host = t.Result, t.Host
	compose := n.Mail
	if t.Kind == ReportTLS {
		compose = n.TLS
	}
	mail, err := compose()
	if err != nil {
		return false, err
	}
	from := l.ReturnAddress(b.keys, 0, 0, b.now())
	letter := queue.Letter{From: from, To: b.operator, Header: mail.Header, Body: mail.Body, Priority: queue.Normal, Queued: b.now()}
	if err := queue.PutLetter(tx, letter); err != nil {
		return false, err
	}
	return true, reportAlarms.Put(tx, t.Kind, today)
}

// listOf is the first list of a domain.
func listOf(tx *store.Tx, domain string) (list.List, error) {
	for l, err := range list.All(tx) {
		if err != nil || strings.EqualFold(l.Domain, domain) {
			return l, err
		}
	}
	return list.List{}, list.ErrUnknownAddress
}

// Advice is the next step about trouble with a domain, in a sentence or two.
func (t ReportTrouble) Advice(domain string) string {
	if t.Kind == ReportTLS {
		return FailureAdvice(t.Result)
	}
	return OwnMailAdvice(domain)
}

// OwnMailAdvice is what to do when mail of our own fails DMARC.
func OwnMailAdvice(domain string) string {
	return "Run: sencoforum doctor. It checks the records by which others recognise our mail (DKIM and SPF of " + domain +
		"). Until this is put right, leave the DMARC policy at p=none."
}

// OtherMailAdvice is what to do when mail of other sources fails DMARC.
func OtherMailAdvice() string {
	return "These addresses are not known to be ours: most are forwarders, or somebody who forges our name. If you know one of them, " +
		"such as a mail service or a web site that writes in our name, add it to the SPF record. Otherwise you need do nothing."
}

// FailureAdvice is what to do about a failure of the encryption of mail to us, by its name in RFC 8460 §4.3. Those who
// name something else get the general advice.
func FailureAdvice(result string) string {
	if s, ok := failureAdvice[result]; ok {
		return s
	}
	return "Run: sencoforum doctor. It checks the certificate and the MTA-STS policy."
}

var failureAdvice = map[string]string{
	"starttls-not-supported":    "Our mail host offered no encryption. Name the certificate and its key in smtp.tls_cert and smtp.tls_key, or look what stands between it and the Internet.",
	"certificate-host-mismatch": "The certificate does not hold the name of our mail host. Get one for the name in the MX record.",
	"certificate-expired":       "Our certificate has ended. Renew it, then: systemctl reload sencoforum",
	"certificate-not-trusted":   "Others do not trust our certificate. It has to come from a public authority, and the file has to hold the whole chain.",
	"validation-failure":        "Others could not encrypt mail to us as our policy says. Run: sencoforum doctor",
	"tlsa-invalid":              "A TLSA record does not match our certificate. Publish one that does, or remove it.",
	"dnssec-invalid":            "The signatures of our DNS zone (DNSSEC) do not hold. Ask whoever looks after the DNS.",
	"dane-required":             "The sender wants DANE, which our domain does not have. You need do nothing.",
	"sts-policy-fetch-error":    "Our MTA-STS policy could not be fetched. Look whether the web server of mta-sts answers; sencoforum doctor does.",
	"sts-policy-invalid":        "Our MTA-STS policy is faulty. Compare it with what sencoforum dns prints.",
	"sts-webpki-invalid":        "The certificate of the web server with our MTA-STS policy does not hold. Renew it.",
}
