package bounce

// The numbers of the circuit breaker.
const (
	BreakPercent = 20 // more than so many of 100 recipients
	BreakRefused = 10 // and at least so many
)

// Tally counts the recipients of one post, or those of one post at one provider.
type Tally struct {
	Recipients int // to whom a copy was sent
	Refused    int // of them, those for whom Counts is true, each once
}

// add counts one refusal.
func (t *Tally) add(c Class) {
	if c.Counts() {
		t.Refused++
	}
}

// Counts reports the classes that say that the host did not want the mail, which the circuit breaker counts: all but
// Full and Delay, which every large list has all the time.
func (c Class) Counts() bool { return c != Full && c != Delay }

// Broken reports that so many were refused that the fault is the post's, ours or the provider's, but not the members':
// more than BreakPercent of the recipients, and at least BreakRefused. None of these refusals is scored, and an
// operator must hear of it.
func (t Tally) Broken() bool {
	return t.Refused >= BreakRefused && t.Refused*100 > t.Recipients*BreakPercent
}
