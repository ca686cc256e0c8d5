package courier

import (
	"errors"
	"strings"
)

// The faults of what stands at _mta-sts.DOMAIN. Either is as good as no record (RFC 8461 §3.1).
var (
	errRecords = errors.New("there are several MTA-STS records")
	errRecord  = errors.New("the MTA-STS record is malformed")
)

const (
	recordStart  = "v=STSv1;"
	blanks       = " \t"
	maxRecordID  = 32
	maxFieldName = 32
)

// parseSTSRecord returns the id of the policy that the TXT records of _mta-sts.DOMAIN announce, and "" when none of them
// is about MTA-STS (RFC 8461 §3.1). Fields that it does not know are passed over.
func parseSTSRecord(records []string) (id string, err error) {
	found := ""
	for _, r := range records {
		switch {
		case !strings.HasPrefix(r, recordStart):
		case found != "":
			return "", errRecords
		default:
			found = r
		}
	}
	if found == "" {
		return "", nil
	}
	fields := strings.Split(found[len(recordStart):], ";")
	if last := len(fields) - 1; last > 0 && strings.Trim(fields[last], blanks) == "" {
		fields = fields[:last] // a record may end with a semicolon
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(strings.Trim(f, blanks), "=")
		switch {
		case !isFieldName(name) || !isFieldValue(value):
			return "", errRecord
		case name != "id":
		case id != "" || !isRecordID(value):
			return "", errRecord
		default:
			id = value
		}
	}
	if id == "" {
		return "", errRecord
	}
	return id, nil
}

// isRecordID reports 1 to 32 letters and digits.
func isRecordID(s string) bool {
	return s != "" && len(s) <= maxRecordID && !strings.ContainsFunc(s, func(r rune) bool { return !isAlnum(r) })
}

// isFieldName reports a letter or digit and up to 31 of these, hyphens, dots and underscores. Policies have the same names.
func isFieldName(s string) bool {
	if s == "" || len(s) > maxFieldName || !isAlnum(rune(s[0])) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !isAlnum(r) && r != '-' && r != '.' && r != '_' })
}

// isFieldValue reports printable ASCII without blanks, equals signs and semicolons.
func isFieldValue(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '=' || r == ';' })
}

func isAlnum(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
