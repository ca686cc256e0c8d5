package intake

import (
	"errors"
	"fmt"

	"sencoforum/store"
)

// A Report says what became of every message that was answered with 250.
type Report struct {
	Accepted uint64           `json:"accepted"`
	Live     map[State]uint64 `json:"live"`
	Purged   map[State]uint64 `json:"purged"`
	Faults   []string         `json:"faults,omitempty"` // empty when every message is accounted for
}

// Audit counts the messages by state and compares the count with the counters
// that each 250 and each purge moved. It reads one small row a message.
func Audit(tx *store.Tx) (Report, error) {
	r := Report{Live: map[State]uint64{}, Purged: map[State]uint64{}}
	for row, err := range states.All(tx) {
		if errors.Is(err, store.ErrDamaged) {
			r.Faults = append(r.Faults, fmt.Sprintf("state of message %d: %v", row.Key, err))
			continue
		}
		if err != nil {
			return r, fmt.Errorf("audit states: %w", err)
		}
		r.Live[row.Value.State]++
	}
	var err error
	if r.Accepted, err = accepted.Value(tx); err != nil {
		return r, err
	}
	sum := uint64(0)
	for _, s := range States {
		n, err := purged(s).Value(tx)
		if err != nil {
			return r, err
		}
		if n > 0 {
			r.Purged[s] = n
		}
		counted, err := live(s).Value(tx)
		if err != nil {
			return r, err
		}
		if counted != r.Live[s] {
			r.Faults = append(r.Faults, fmt.Sprintf("messages that are %s: %d, but the counter says %d", s, r.Live[s], counted))
		}
		sum += r.Live[s] + n
	}
	if sum != r.Accepted {
		r.Faults = append(r.Faults, fmt.Sprintf("messages that were accepted: %d, but accounted for: %d", r.Accepted, sum))
	}
	return r, nil
}
