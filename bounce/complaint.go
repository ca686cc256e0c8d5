package bounce

import (
	"encoding/json"
	"strings"

	"sencoforum/message"
)

// readFeedback reads a feedback report (RFC 5965), and the forms that some providers have instead.
func readFeedback(m *message.Message) (Report, bool) {
	var part *message.Part
	for _, p := range m.Walk() {
		if p.Type == "message/feedback-report" {
			part = p
			break
		}
	}
	declared := strings.EqualFold(m.Root.Params["report-type"], "feedback-report")
	if part == nil && !declared && !isProviderComplaint(m) {
		return Report{}, false
	}
	r := Report{Kind: Complaint, Reporter: reporterOf(m), FeedbackType: "abuse"}
	var people []string
	if part != nil {
		people = r.readFeedbackFields(part.Content())
	}
	h, found := returnedHeader(m)
	if found {
		r.FeedbackID = oneLine(h.Get("Feedback-ID"), maxFeedbackID)
	}
	for _, value := range people {
		r.addAll(value)
	}
	if len(r.Recipients) == 0 && found {
		for _, name := range []string{"X-HmXmrOriginalRecipient", "Original-Rcpt-To", "Delivered-To", "X-Original-To",
			"To"} {
			if r.addAll(h.Get(name)); len(r.Recipients) > 0 {
				break
			}
		}
	}
	return r, true
}

// readFeedbackFields reads the part of a feedback report and returns the fields that name who complains.
func (r *Report) readFeedbackFields(text []byte) (people []string) {
	for f := range fieldsOf(text, false) {
		switch strings.ToLower(f.Name) {
		case "feedback-type":
			r.FeedbackType = strings.ToLower(oneLine(f.Value, 40))
			if r.FeedbackType == "auth-failure" || r.FeedbackType == "not-spam" || r.FeedbackType == "dmarc" {
				r.Kind = Feedback
			}
		case "original-rcpt-to", "removal-recipient":
			people = append(people, f.Value)
		case "reporting-mta":
			r.Reporter = oneLine(afterType(f.Value), maxReporter)
		}
	}
	return people
}

// addAll adds every address in s.
func (r *Report) addAll(s string) {
	for range 10 * MaxRecipients {
		a, _, end := addressIn(s)
		if end == 0 {
			return
		}
		r.add(Recipient{Address: a})
		s = s[end:]
	}
}

// isProviderComplaint reports the complaints that are no RFC 5965: the subject says what it is and a mail is attached.
func isProviderComplaint(m *message.Message) bool {
	subject := strings.ToLower(m.Subject())
	titled := strings.HasPrefix(subject, "complaint about message from") || strings.HasPrefix(subject,
		"email feedback report for") ||
		strings.HasPrefix(subject, "abuse report") || strings.HasPrefix(subject, "spam complaint")
	if !titled || fromProgram(m) == mailbox {
		return false
	}
	_, found := returnedHeader(m)
	return found
}

// notification is what Amazon SES sends in place of a mail: JSON, by itself or within a notification of SNS.
type notification struct {
	Message string // of SNS: the notification itself
	Kind    string `json:"notificationType"`
	Bounce  struct {
		Type  string     `json:"bounceType"`
		Sub   string     `json:"bounceSubType"`
		To    []notified `json:"bouncedRecipients"`
		Agent string     `json:"reportingMTA"`
	} `json:"bounce"`
	Complaint struct {
		Type string     `json:"complaintFeedbackType"`
		To   []notified `json:"complainedRecipients"`
	} `json:"complaint"`
}

type notified struct {
	Address    string `json:"emailAddress"`
	Status     string `json:"status"`
	Action     string `json:"action"`
	Diagnostic string `json:"diagnosticCode"`
}

// readNotification reads such a message. Whoever can write to a return address can write one, as with every report.
func readNotification(m *message.Message) (Report, bool) {
	if m.Root.Type != "text/plain" || originOf(m) == person {
		return Report{}, false
	}
	n, ok := decodeNotification(m.Text())
	if ok && n.Kind == "" && n.Message != "" {
		n, ok = decodeNotification(n.Message)
	}
	if !ok {
		return Report{}, false
	}
	switch n.Kind {
	case "Delivery":
		return Report{Kind: Delivered}, true
	case "Complaint":
		r := Report{Kind: Complaint, FeedbackType: strings.ToLower(oneLine(n.Complaint.Type, 40))}
		for _, to := range n.Complaint.To {
			r.addAll(to.Address)
		}
		return r, true
	case "Bounce":
		return n.bounced(), true
	}
	return Report{}, false
}

func decodeNotification(text string) (n notification, ok bool) {
	if len(text) > 4*maxText || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return n, false
	}
	err := json.NewDecoder(strings.NewReader(strings.ReplaceAll(text, "\n", " "))).Decode(&n)
	return n, err == nil
}

func (n notification) bounced() Report {
	r := Report{Kind: Failure, Reporter: oneLine(afterType(n.Bounce.Agent), maxReporter)}
	for _, to := range n.Bounce.To {
		d := delivery{final: to.Address, action: to.Action, status: to.Status, diagnostic: to.Diagnostic}
		rcpt := recipientOf(d, d.target(), "")
		if to.Status == "" {
			rcpt.Permanent = n.Bounce.Type != "Transient"
		}
		r.add(rcpt)
	}
	if len(r.Recipients) == 0 {
		r.add(Recipient{Permanent: n.Bounce.Type != "Transient"})
	}
	return r
}
