package membership

import (
	"slices"
	"strings"
	"unicode"
)

// Columns that are read but are no fields of their own.
const (
	keyGiven  = "given name"
	keyFamily = "family name"
	keyStatus = "status"
	keyDigest = "digest"
)

// headings are the names of columns in the files of spreadsheets and other list servers, without case, spaces and
// signs.
var headings = map[string]string{
	"address": keyAddress, "email": keyAddress, "mail": keyAddress, "emailaddress": keyAddress, "mailaddress": keyAddress,
	"subscriber": keyAddress, "memberaddress": keyAddress, "memberemail": keyAddress, "useremail": keyAddress,
	"name": keyName, "displayname": keyName, "realname": keyName, "fullname": keyName, "membername": keyName,
	"firstname": keyGiven, "givenname": keyGiven, "forename": keyGiven,
	"lastname": keyFamily, "surname": keyFamily, "familyname": keyFamily,
	"mode": keyMode, "delivery": keyMode, "deliverymode": keyMode, "reception": keyMode, "digest": keyDigest, "subscriptionmode": keyMode,
	"deliverystatus": keyStatus,
	"role":           keyRole, "memberrole": keyRole,
	"joined": "joined", "joindate": "joined", "datejoined": "joined", "since": "joined", "membersince": "joined",
	"subscribed": "joined", "subscribedon": "joined", "joinedon": "joined",
	"pause": "pause", "pauseduntil": "pause", "pauseuntil": "pause",
	"own": "own", "ownposts": "own", "myposts": "own",
	"posting": "posting", "maypost": "posting",
	"relay": "relay", "privatemessages": "relay",
	"moderated": "moderated", "duty": "duty", "ack": "ack", "acknowledgements": "ack", "holds": "holds",
	"linked": keyLinked, "otheraddresses": keyLinked,
	"waiting": keyWaiting,
	"backup":  keyBackup, "secondaddress": keyBackup,
}

// columnsOf returns the key of each column, "" for one that says nothing to us, and the headings of those. Of two
// columns with one meaning the first counts.
func columnsOf(cells []string) (columns, unused []string) {
	columns = make([]string, len(cells))
	for i, cell := range cells {
		key := headings[plain(cell)]
		switch {
		case key != "" && !slices.Contains(columns, key):
			columns[i] = key
		case cell != "":
			unused = append(unused, cell)
		}
	}
	return columns, unused
}

// plain is a heading without case, spaces and signs.
func plain(heading string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
