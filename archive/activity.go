package archive

import (
	"maps"
	"slices"
	"time"

	"sencoforum/list"
)

// answerWaits are the ends of the spans by which Activity tells how long a question waited for its first answer.
var answerWaits = [...]time.Duration{time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour}

// Waits counts questions by how long they waited for an answer: at most an hour, a day, three days, a week; longer.
type Waits [len(answerWaits) + 1]int

// An ActiveMonth is what members wrote in a month, of what is to be seen now.
type ActiveMonth struct {
	Year      int
	Month     time.Month
	Posts     int   // written in it
	Begun     int   // discussions
	Questions int   // of these, those that ask
	Answered  Waits // of the questions, those with an answer, whenever it came
}

// counter is what Activity counts.
type counter struct {
	list list.ID
	in   string // time zone
}

type activity struct {
	seq    Seq
	months []ActiveMonth
}

// Activity returns what was written in a list in each month, by the clock of a place, the earliest first; a month in which
// nothing was is left out. It is counted once after each change, from what is in memory, and must not be changed.
func (o *Overview) Activity(r list.Reader, l list.ID, in *time.Location) ([]ActiveMonth, error) {
	if !r.Reads(l) {
		return nil, nil
	}
	return o.activity(l, in)
}

func (o *Overview) activity(l list.ID, in *time.Location) ([]ActiveMonth, error) {
	if err := o.CatchUp(); err != nil {
		return nil, err
	}
	o.counting.Lock()
	defer o.counting.Unlock()
	o.mu.RLock()
	defer o.mu.RUnlock()
	key := counter{l, in.String()}
	if known, ok := o.counted[key]; ok && known.seq == o.seq {
		return known.months, nil
	}
	if o.counted == nil {
		o.counted = map[counter]activity{}
	}
	o.counted[key] = activity{o.seq, o.countMonths(l, in)}
	return o.counted[key].months, nil
}

// countMonths does it. The caller holds mu.
func (o *Overview) countMonths(l list.ID, in *time.Location) []ActiveMonth {
	m := months{in: in, all: map[int64]*ActiveMonth{}}
	mine := make([]bool, len(o.when))                  // by thread: 250,000 look-ups in a map take ten times as long
	if missing := len(o.at) - len(mine); missing > 0 { // threads whose founders are not to be seen
		mine = append(mine, make([]bool, missing)...)
	}
	for root, at := range o.at {
		mine[root] = at != 0 && o.rows[at-1].list == l
	}
	for n, when := range o.when {
		if when != 0 && int(o.thread[n]) < len(mine) && mine[o.thread[n]] {
			m.of(when).Posts++
		}
	}
	if orders := o.orders[l]; orders != nil {
		for _, i := range orders[ByBegun] {
			m.of(o.rows[i].begun).begin(&o.rows[i])
		}
	}
	sorted := make([]ActiveMonth, 0, len(m.all))
	for _, start := range slices.Sorted(maps.Keys(m.all)) {
		sorted = append(sorted, *m.all[start])
	}
	return sorted
}

// begin counts a discussion that was begun in the month. An answer that bears an older date than its question was quick.
func (m *ActiveMonth) begin(r *row) {
	m.Begun++
	if r.flags&rowQuestion == 0 {
		return
	}
	m.Questions++
	if r.answer == 0 {
		return
	}
	i := 0
	for waited := time.Duration(int64(r.answer)-int64(r.begun)) * time.Second; i < len(answerWaits) && waited > answerWaits[i]; {
		i++
	}
	m.Answered[i]++
}

// months finds the month of a second. Posts come nearly in order, so the one before is the right one as a rule.
type months struct {
	in         *time.Location
	all        map[int64]*ActiveMonth // by its first second
	last       *ActiveMonth
	start, end int64 // of last
}

func (m *months) of(second uint32) *ActiveMonth {
	at := int64(second)
	if m.last != nil && at >= m.start && at < m.end {
		return m.last
	}
	t := time.Unix(at, 0).In(m.in)
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, m.in)
	m.start, m.end = first.Unix(), first.AddDate(0, 1, 0).Unix()
	if m.last = m.all[m.start]; m.last == nil {
		m.last = &ActiveMonth{Year: t.Year(), Month: t.Month()}
		m.all[m.start] = m.last
	}
	return m.last
}
