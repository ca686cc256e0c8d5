package list

import (
	"bytes"
	"testing"

	"sencoforum/internal/corpora"
	"sencoforum/message"
)

// TestRealMailsSeldomLookPrivate counts how many posts of a public mailing list would be asked about: at most one in 200 may
// be.
func TestRealMailsSeldomLookPrivate(t *testing.T) {
	mbox := corpora.RealMbox(t)
	all, asked, risky := 0, 0, 0
	for _, raw := range bytes.Split(mbox, []byte("\nFrom ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
		if message.Scan(raw, message.Importing()) != nil {
			continue
		}
		m := message.Parse(raw)
		if _, ok := m.From(); !ok {
			continue
		}
		all++
		if found := LooksPrivate(m.Words().Own); len(found) > 0 {
			asked++
			t.Logf("%q: %v", m.Subject(), found)
		}
		if names := m.Risky(); len(names) > 0 {
			risky++
			t.Logf("%q: %v", m.Subject(), names)
		}
	}
	t.Logf("%d posts, %d look private, %d with a file that runs", all, asked, risky)
	if all < 1000 || asked*200 > all {
		t.Errorf("%d of %d look private: more than one in 200, or too few were read", asked, all)
	}
}
