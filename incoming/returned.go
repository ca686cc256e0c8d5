package incoming

import (
	"sencoforum/intake"
	"sencoforum/list"
)

// returned takes a message at a return address of ours. It is kept as it came
// and is never answered, whatever its form; the address itself says which copy
// it is about.
func (d *Desk) returned(in *arrival) error {
	return d.keep(in, intake.Handled, list.Verdict{Reasons: []string{"returned copy"}})
}
