package moderate

import (
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/store"
)

// Unreached is told that mail to a person did not arrive. What waits and was told to that person, who moderates, is told to the
// other moderators at once, at any hour: nobody may be the only one who knows.
func (p *Panel) Unreached(tx *store.Tx, now time.Time, person list.PersonID) (told int, err error) {
	if person == 0 {
		return 0, nil
	}
	var lists []list.List
	for l, err := range list.All(tx) {
		if err != nil {
			return 0, err
		}
		_, moderates, err := stillModerator(tx, l.ID, person)
		if err != nil {
			return 0, err
		}
		if moderates {
			lists = append(lists, l)
		}
	}
	for _, l := range lists {
		waiting, err := hold.Waiting(tx, l.ID)
		if err != nil {
			return told, err
		}
		for _, it := range waiting {
			if it.All || !it.WasTold(person) {
				continue
			}
			if err := p.tellOthers(tx, l, &it, now); err != nil {
				return told, err
			}
			if err := p.save(tx, it); err != nil {
				return told, err
			}
			told++
		}
	}
	return told, nil
}
