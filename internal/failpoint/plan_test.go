package failpoint

import (
	"strings"
	"testing"
)

func TestAPlaceActsAtItsHitAndOnlyThen(t *testing.T) {
	p, err := parse("queue.settle:kill:3,queue.settle:delay:1,smtpd.reply:error:2")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []action{delay, "", kill, "", ""} {
		if n, got := p.reach(QueueSettle); n != uint64(i+1) || got != want {
			t.Errorf("hit %d of queue.settle: number %d, %q; want %q", i+1, n, got, want)
		}
	}
	for i, want := range []action{"", fail, ""} {
		if _, got := p.reach(SMTPReply); got != want {
			t.Errorf("hit %d of smtpd.reply: %q, want %q", i+1, got, want)
		}
	}
	if _, got := p.reach(StoreCommit); got != "" {
		t.Errorf("a place that nobody asked for: %q", got)
	}
}

func TestAnEmptyValueAsksForNothing(t *testing.T) {
	if p, err := parse(""); err != nil || len(p) != 0 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestAValueThatCannotBeReadNamesWhatIsAllowed(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"a part is missing", "queue.settle:kill", "write NAME:ACTION:N"},
		{"a part too many", "queue.settle:kill:3:4", "write NAME:ACTION:N"},
		{"no such place", "queue.setle:kill:3", "the names are start.opened, "},
		{"no such action", "queue.settle:panic:3", "the actions are kill, error, delay"},
		{"the zeroth hit", "queue.settle:kill:0", "from 1 on"},
		{"no number", "queue.settle:kill:third", "from 1 on"},
		{"an empty part of the list", "queue.settle:kill:3,", "write NAME:ACTION:N"},
		{"two actions at one hit", "queue.settle:kill:3,queue.settle:error:3", "says twice"},
	} {
		_, err := parse(c.value)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), Variable) {
			t.Errorf("%s: %v, want one with %q", c.name, err, c.want)
		}
	}
}

func BenchmarkHit(b *testing.B) {
	for b.Loop() {
		if err := Hit(QueueSettle); err != nil {
			b.Fatal(err)
		}
	}
}
