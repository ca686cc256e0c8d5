package moderate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/store"
)

// A LogQuery says which part of the record of what was done a page shows.
type LogQuery struct {
	Lists []list.ID     // those the reader asks for; none: all that they may read of
	Kind  string        // how the action begins, such as "held"; empty: all
	Actor list.PersonID // who did it; 0: anybody
	From  uint64        // the number of the latest entry; 0: the last of all
	Count int
}

// A LogLine is an entry, with what its numbers mean today. It has names as members see them, and never an address.
type LogLine struct {
	audit.Entry
	List   string // title
	By     string
	Person string // to whom it was done; empty: to nobody
}

// logLook is how many entries one page looks through at most.
const logLook = 20_000

// Log returns what was done to lists that a reader moderates, or whose record they may read, the latest first, and where the rest
// begins; 0: there is none.
func Log(tx *store.Tx, r list.Reader, q LogQuery) (all []LogLine, next uint64, err error) {
	lists := Audited(r)
	if len(q.Lists) > 0 {
		lists = slices.DeleteFunc(lists, func(l list.ID) bool { return !slices.Contains(q.Lists, l) })
	}
	actor, looked := fmt.Sprintf("member %d", q.Actor), 0
	for e, err := range audit.Back(tx, q.From) {
		if err != nil {
			return nil, 0, err
		}
		if looked++; looked > logLook || len(all) == q.Count {
			return all, e.Number, nil
		}
		if !slices.Contains(lists, list.ID(e.List)) || !strings.HasPrefix(e.Action, q.Kind) || q.Actor != 0 && e.Actor != actor {
			continue
		}
		line, err := lineOfEntry(tx, e)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, line)
	}
	return all, 0, nil
}

// Audited are the lists of whose record somebody may read: those that they moderate, and those that they audit.
func Audited(r list.Reader) []list.ID {
	return slices.DeleteFunc(r.Lists(), func(l list.ID) bool { return !r.Moderates(l) && r.Role(l) != list.RoleAuditor })
}

func lineOfEntry(tx *store.Tx, e audit.Entry) (line LogLine, err error) {
	line.Entry, line.By = e, actorInLog(e.Actor)
	if l, err := list.Get(tx, list.ID(e.List)); err == nil {
		line.List = l.Title
	}
	var by list.PersonID
	if _, err := fmt.Sscanf(e.Actor, "member %d", &by); err == nil {
		if line.By, err = nameInLog(tx, by); err != nil {
			return line, err
		}
	}
	if e.Person != 0 {
		line.Person, err = nameInLog(tx, list.PersonID(e.Person))
	}
	return line, err
}

// actorInLog is whoever did something and is no member, in words. The record itself has the number of the user on the server's
// machine; "sencoforum audit" shows that.
func actorInLog(actor string) string {
	switch {
	case strings.HasPrefix(actor, "operator "):
		return "Whoever runs the server"
	case actor == "server", actor == "bounce":
		return "The server, by itself"
	case actor == "applicant":
		return "Somebody who wants to join"
	}
	return actor
}

// nameInLog is a person as members see them, with the number by which the record knows them.
func nameInLog(tx *store.Tx, p list.PersonID) (string, error) {
	who, err := list.GetPerson(tx, p)
	if errors.Is(err, list.ErrNoPerson) {
		return fmt.Sprintf("a former member (%d)", p), nil
	}
	if err != nil {
		return "", err
	}
	if name := list.CleanName(who.Name); name != "" {
		return fmt.Sprintf("%s (member %d)", name, p), nil
	}
	return fmt.Sprintf("member %d", p), nil
}
