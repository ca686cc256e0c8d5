package courier

import (
	"errors"
	"strings"
	"testing"
)

func TestParseSTSRecord(t *testing.T) {
	for _, tc := range []struct {
		name    string
		records []string
		id      string
		err     error
	}{
		{"the example of RFC 8461", []string{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z", nil},
		{"no semicolon at the end", []string{"v=STSv1;id=1"}, "1", nil},
		{"blanks round the semicolons", []string{"v=STSv1; \tid=1 \t; "}, "1", nil},
		{"unknown fields are passed over", []string{"v=STSv1; a.b-c_d=x:y; id=1; z=1"}, "1", nil},
		{"the longest id", []string{"v=STSv1; id=" + strings.Repeat("a", 32)}, strings.Repeat("a", 32), nil},
		{"no record", nil, "", nil},
		{"records about other things", []string{"v=spf1 -all", "v=STSv1", "v=STSv2; id=1", " v=STSv1; id=1", "V=STSv1; id=1"}, "", nil},
		{"one among others", []string{"v=spf1 -all", "v=STSv1; id=1"}, "1", nil},
		{"two", []string{"v=STSv1; id=1", "v=STSv1; id=1"}, "", errRecords},
		{"two, one of them malformed", []string{"v=STSv1; id=1", "v=STSv1; oops"}, "", errRecords},
		{"no id", []string{"v=STSv1; a=b"}, "", errRecord},
		{"nothing behind the version", []string{"v=STSv1;"}, "", errRecord},
		{"an empty id", []string{"v=STSv1; id="}, "", errRecord},
		{"an id that is too long", []string{"v=STSv1; id=" + strings.Repeat("a", 33)}, "", errRecord},
		{"an id with a hyphen", []string{"v=STSv1; id=2026-11"}, "", errRecord},
		{"an id with a letter that is none", []string{"v=STSv1; id=é"}, "", errRecord},
		{"two ids", []string{"v=STSv1; id=1; id=2"}, "", errRecord},
		{"ID is another field", []string{"v=STSv1; ID=1"}, "", errRecord},
		{"a field without a value", []string{"v=STSv1; id=1; a"}, "", errRecord},
		{"a field without a name", []string{"v=STSv1; id=1; =a"}, "", errRecord},
		{"a blank in a value", []string{"v=STSv1; id=1; a=b c"}, "", errRecord},
		{"two semicolons", []string{"v=STSv1;; id=1"}, "", errRecord},
		{"an equals sign in a value", []string{"v=STSv1; id=1; a=b=c"}, "", errRecord},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id, err := parseSTSRecord(tc.records)
			if id != tc.id || !errors.Is(err, tc.err) {
				t.Errorf("got %q, %v, want %q, %v", id, err, tc.id, tc.err)
			}
		})
	}
}

func FuzzSTSRecord(f *testing.F) {
	f.Add("v=STSv1; id=20160831085700Z;", "v=spf1 -all")
	f.Add("v=STSv1;id=1;x.y=z", "v=STSv1; id=2")
	f.Fuzz(func(t *testing.T, a, b string) {
		id, err := parseSTSRecord([]string{a, b})
		if id != "" && (err != nil || !isRecordID(id)) {
			t.Errorf("id %q, %v", id, err)
		}
		if id == "" {
			return
		}
		if again, err := parseSTSRecord([]string{"v=STSv1; id=" + id}); again != id || err != nil {
			t.Errorf("written again: %q, %v", again, err)
		}
		if strings.HasPrefix(a, recordStart) == strings.HasPrefix(b, recordStart) {
			t.Errorf("%q and %q have one id", a, b)
		}
	})
}
