package watch

import (
	"encoding/binary"
	"time"

	"sencoforum/store"
)

// The classes of refusals, as package bounce names them. What is in none of them counts as unknown.
var classes = [...]string{"dead", "no-domain", "full", "policy", "delay", "unknown"}

const (
	classDead = iota
	classNoDomain
	classFull
	classPolicy
	classDelay
	classUnknown
)

// classIndex is the place of a class in a [Tally].
func classIndex(name string) int {
	for i, c := range classes {
		if c == name {
			return i
		}
	}
	return classUnknown
}

// A Tally counts what came of copies. A copy that was tried again is counted each time that it was put off, but once only as
// refused.
type Tally struct {
	Accepted uint64
	Deferred uint64 // put off by the other side, or no connection
	Full     uint64 // of these, because a mailbox was full
	Expired  uint64 // given up: not taken within the lifetime

	Refused  [len(classes)]uint64 // in our own sessions, by class
	Returned [len(classes)]uint64 // in reports that came back later, by class
}

// Refusals is how many copies were refused at once, of all classes.
func (t Tally) Refusals() (n uint64) {
	for _, c := range t.Refused {
		n += c
	}
	return n
}

// Returns is how many copies came back later, of all classes.
func (t Tally) Returns() (n uint64) {
	for _, c := range t.Returned {
		n += c
	}
	return n
}

// plus is the sum of two tallies.
func (t Tally) plus(o Tally) Tally {
	t.Accepted += o.Accepted
	t.Deferred += o.Deferred
	t.Full += o.Full
	t.Expired += o.Expired
	for i := range classes {
		t.Refused[i] += o.Refused[i]
		t.Returned[i] += o.Returned[i]
	}
	return t
}

// An Answer is what a provider said last when it did not take a copy.
type Answer struct {
	At       time.Time
	Code     int    // 0 when there was no reply
	Enhanced string // "5.7.1", empty when there was none
	Text     string // a stranger's words, at most queue.MaxText bytes, one line
	Host     string
	Class    int // place in classes
}

// run is what came without a break: since the last acceptance, or since the last refusal.
type run struct {
	Since    time.Time
	Accepted uint64
	Refused  uint64    // by policy, for reasons we do not know, or for want of a domain
	Dead     uint64    // "no such user"
	Deferred uint64    // but for full mailboxes
	Posts    [2]uint64 // two different posts or mails that were refused
}

// record is how one provider stands.
type record struct {
	Hour     uint32 // that Now counts
	Now      Tally
	Accepted time.Time // last acceptance
	Answer   Answer
	Bad      run // since the last acceptance
	Good     run // since the last refusal; dead addresses and full mailboxes are none
}

type (
	hourKey   = store.Pair[string, uint32]
	failedKey = store.Pair[uint32, string]
)

// The tables; the package comment says what they hold.
var (
	providers = store.NewTable("watch.providers", store.StringKey[string](), store.ValueCodec[record]{Append: appendRecord, Parse: parseRecord})
	hours     = store.NewTable("watch.hours", store.PairKey(store.StringKey[string](), store.Uint32Key[uint32]()), tallies)
	days      = store.NewTable("watch.days", store.PairKey(store.StringKey[string](), store.Uint32Key[uint32]()), tallies)
	domains   = store.NewTable("watch.domains", store.StringKey[string](), store.Text())
	alarms    = store.NewTable("watch.alarms", store.StringKey[string](), store.JSON[Alarm]())
	failed    = store.NewTable("watch.failed", store.PairKey(store.Uint32Key[uint32](), store.StringKey[string]()), store.JSON[uint64]())
)

var tallies = store.ValueCodec[Tally]{
	Append: func(b []byte, t Tally) ([]byte, error) { return appendTally(append(b, version), t), nil },
	Parse: func(b []byte) (Tally, error) {
		f := store.ReadFields(b, version)
		return readTally(f), f.Err()
	},
}

// version is the first byte of records and tallies.
const version = 1

func hourOf(t time.Time) uint32 { return uint32(t.Unix() / 3600) }

func appendTally(b []byte, t Tally) []byte {
	for _, n := range []uint64{t.Accepted, t.Deferred, t.Full, t.Expired} {
		b = binary.AppendUvarint(b, n)
	}
	for i := range classes {
		b = binary.AppendUvarint(b, t.Refused[i])
		b = binary.AppendUvarint(b, t.Returned[i])
	}
	return b
}

func readTally(f *store.Fields) (t Tally) {
	for _, n := range []*uint64{&t.Accepted, &t.Deferred, &t.Full, &t.Expired} {
		*n = f.Number()
	}
	for i := range classes {
		t.Refused[i], t.Returned[i] = f.Number(), f.Number()
	}
	return t
}

func appendRun(b []byte, r run) []byte {
	b = store.AppendTime(b, r.Since)
	for _, n := range []uint64{r.Accepted, r.Refused, r.Dead, r.Deferred, r.Posts[0], r.Posts[1]} {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

func readRun(f *store.Fields) (r run) {
	r.Since = f.Time()
	for _, n := range []*uint64{&r.Accepted, &r.Refused, &r.Dead, &r.Deferred, &r.Posts[0], &r.Posts[1]} {
		*n = f.Number()
	}
	return r
}

func appendRecord(b []byte, r record) ([]byte, error) {
	b = binary.AppendUvarint(append(b, version), uint64(r.Hour))
	b = store.AppendTime(appendTally(b, r.Now), r.Accepted)
	a := r.Answer
	b = binary.AppendUvarint(store.AppendTime(b, a.At), uint64(max(a.Code, 0)))
	b = store.AppendText(store.AppendText(store.AppendText(b, a.Enhanced), a.Text), a.Host)
	b = binary.AppendUvarint(b, uint64(a.Class))
	return appendRun(appendRun(b, r.Bad), r.Good), nil
}

func parseRecord(b []byte) (r record, err error) {
	f := store.ReadFields(b, version)
	r.Hour = uint32(f.Number())
	r.Now, r.Accepted = readTally(f), f.Time()
	r.Answer = Answer{At: f.Time(), Code: int(f.Number()), Enhanced: f.Text(), Text: f.Text(), Host: f.Text(),
		Class: min(int(f.Number()), classUnknown)}
	r.Bad, r.Good = readRun(f), readRun(f)
	return r, f.Err()
}
