package membership

import (
	"bytes"
	"iter"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"sencoforum/list"
	"sencoforum/message"
)

// cells are what a line says, as "key=value" in the order of the fields.
func cells(l Line) string {
	if l.Fault != "" {
		return "fault: " + l.Fault
	}
	var all []string
	for _, f := range Fields() {
		if v := l.Cells[f.Key]; v != "" {
			all = append(all, f.Key+"="+v)
		}
	}
	return strings.Join(all, " ")
}

func TestFilesOfMembersAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string // the number of a line and what it says
	}{
		"our own columns":                 {"address,name,mode\na@x.example,Ada,every\n", []string{"2 address=a@x.example name=Ada mode=every"}},
		"columns in another order":        {"mode,address\ndaily,a@x.example\n", []string{"2 address=a@x.example mode=daily"}},
		"a byte order mark":               {"\ufeffaddress,name\na@x.example,Ada\n", []string{"2 address=a@x.example name=Ada"}},
		"semicolons":                      {"Email;Name\na@x.example;Ada\n", []string{"2 address=a@x.example name=Ada"}},
		"tabs":                            {"E-mail\tFull name\na@x.example\tAda B\n", []string{"2 address=a@x.example name=Ada B"}},
		"a comma inside quotes":           {"Email,Name\na@x.example,\"B, Ada\"\n", []string{"2 address=a@x.example name=B, Ada"}},
		"a semicolon inside a comma file": {"Email,Name\na@x.example,Ada; B\n", []string{"2 address=a@x.example name=Ada; B"}},
		"Windows line ends":               {"address,name\r\na@x.example,Ada\r\n", []string{"2 address=a@x.example name=Ada"}},
		"old Macintosh line ends":         {"address,name\ra@x.example,Ada\r", []string{"2 address=a@x.example name=Ada"}},
		"empty lines are passed over":     {"address\n\na@x.example\n,,,\nb@x.example", []string{"3 address=a@x.example", "5 address=b@x.example"}},
		"Windows letters":                 {"address,name\na@x.example,Zo\xeb O\x92Neill\n", []string{"2 address=a@x.example name=Zoë O’Neill"}},
		"two columns for a name":          {"Surname,First name,Email\nByron,Ada,a@x.example\n", []string{"2 address=a@x.example name=Ada Byron"}},
		"an address with its name":        {"Email\nAda Byron <a@x.example>\n", []string{"2 address=a@x.example name=Ada Byron"}},
		"a name of its own comes first":   {"Email,Name\nAda Byron <a@x.example>,Lady A\n", []string{"2 address=a@x.example name=Lady A"}},
		"no heading, bare addresses":      {"a@x.example\nb@x.example\n", []string{"1 address=a@x.example", "2 address=b@x.example"}},
		"no heading, with names":          {"Ada <a@x.example>\n", []string{"1 address=a@x.example name=Ada"}},
		"another server's words": {"email,display_name,delivery_mode,delivery_status,role\na@x.example,Ada,regular,by_user,member\nb@x.example,Bob,mime_digests,enabled,owner\n",
			[]string{"2 address=a@x.example name=Ada mode=none role=member", "3 address=b@x.example name=Bob mode=mime_digests role=owner"}},
		"a column that says yes or no to the digest": {"Email,Digest\na@x.example,Yes\nb@x.example,no\nc@x.example,daily\n",
			[]string{"2 address=a@x.example mode=weekly", "3 address=b@x.example mode=every", "4 address=c@x.example mode=daily"}},
		"unknown columns say nothing":     {"address,phone\na@x.example,01234\n", []string{"2 address=a@x.example"}},
		"the first of two columns counts": {"Email,Mail\na@x.example,b@x.example\n", []string{"2 address=a@x.example"}},
		"a line without an address":       {"address,name\n,Ada\n", []string{"2 fault: no address"}},
		"too many cells":                  {"address\na@x.example,Ada\n", []string{"2 fault: more cells than the first line has names"}},
		"a very long cell":                {"address,name\na@x.example," + strings.Repeat("x", maxCell+1), []string{"2 fault: a cell of more than 2000 letters"}},
		"a cell with a line end":          {"address,name\na@x.example,\"Ada\nByron\"\nb@x.example,\n", []string{"2 address=a@x.example name=Ada\nByron", "4 address=b@x.example"}},
		"an open quote spoils one line":   {"address,name\na@x.example,\"Ada\nb@x.example,Bob\n", []string{"2 fault: the quotation marks do not match", "3 address=b@x.example name=Bob"}},
		"a stray quote spoils one line":   {"address,name\na@x.example,A\"da\nb@x.example,Bob\n", []string{"2 fault: the quotation marks do not match", "3 address=b@x.example name=Bob"}},
		"a name that is no formula":       {"address,name\na@x.example,'=1+1\n", []string{"2 address=a@x.example name==1+1"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ReadCSV([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range f.Lines {
				got = append(got, strings.TrimSpace(strings.Join([]string{number(l.Number), cells(l)}, " ")))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func number(n int) string { return string(rune('0' + n)) }

func TestFilesThatAreNone(t *testing.T) {
	for name, in := range map[string]string{
		"empty":                        "",
		"only empty lines":             "\n\n \n",
		"no column of addresses":       "name,phone\nAda,1\n",
		"several cells and no heading": "Ada,a@x.example\n",
		"too large":                    strings.Repeat("x", MaxFile+1),
		"too many lines":               strings.Repeat("x\n", maxLines+1),
	} {
		if f, err := ReadCSV([]byte(in)); err == nil {
			t.Errorf("%s: %d lines and no error", name, len(f.Lines))
		}
	}
	f, err := ReadCSV([]byte("address,Phone,Notes\n"))
	if err != nil || len(f.Lines) != 0 || !cmp.Equal(f.Unused, []string{"Phone", "Notes"}) {
		t.Errorf("a heading alone: %+v, %v", f, err)
	}
}

func TestUTF16IsRead(t *testing.T) {
	text := utf16.Encode([]rune("address\tname\r\na@x.example\tZoë 😀\r\n"))
	for name, order := range map[string]func(uint16) []byte{
		"little end first": func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} },
		"big end first":    func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} },
	} {
		raw := order(0xfeff)
		for _, u := range text {
			raw = append(raw, order(u)...)
		}
		f, err := ReadCSV(raw)
		if err != nil || len(f.Lines) != 1 || cells(f.Lines[0]) != "address=a@x.example name=Zoë 😀" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}

func TestNamesCannotBeFormulas(t *testing.T) {
	for _, name := range []string{"=1+1", "'=1", "''=1", "'Tis", "''", "+44", "-1", "O'Neill", "'"} {
		got := guard(name)
		if strings.HasPrefix(got, "=") || strings.HasPrefix(got, "+") || strings.HasPrefix(got, "-") {
			t.Errorf("%q goes out as %q", name, got)
		}
		if back := unguard(got); back != name {
			t.Errorf("%q comes back as %q", name, back)
		}
	}
}

// FuzzReadCSV demands that no file breaks the reader, that each line is read once and in order, and that what was read
// and written is read again the same.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"address,name\na@x.example,Ada\n", "\ufeffEmail;Name\r\na@x.example;\"A;b\"\r\n", "a@x.example\n", "\"", "address\n\"\n\n\"\n",
		"email\tname\na@x\t\"x\ny\"\n", "\xff\xfea\x00", "\xfe\xff\x00a", "address,name\na@x.example,'=x\n", "address\r\r,\r\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := ReadCSV(raw)
		if err != nil {
			return
		}
		last := 0
		var members []Member
		for _, l := range file.Lines {
			if l.Number <= last {
				t.Fatalf("line %d after line %d", l.Number, last)
			}
			last = l.Number
			if l.Fault == "" && l.Cells[keyAddress] == "" {
				t.Fatalf("line %d has neither fault nor address", l.Number)
			}
			step, m := decide(l, nobody, noon)
			if step.Action == Added {
				members = append(members, m)
			}
		}
		again(t, members)
	})
}

func nobody(message.Address) (Member, bool) { return Member{}, false }

// again writes members, reads them, and compares.
func again(t *testing.T, members []Member) {
	var b bytes.Buffer
	if err := WriteCSV(&b, each(members)); err != nil {
		t.Fatal(err)
	}
	file, err := ReadCSV(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Lines) != len(members) {
		t.Fatalf("%d members are read as %d:\n%s", len(members), len(file.Lines), b.Bytes())
	}
	for i, l := range file.Lines {
		step, m := decide(l, nobody, noon)
		if step.Action != Added {
			t.Fatalf("member %d: %+v\n%s", i, step, b.Bytes())
		}
		if diff := differences(members[i], m); len(diff) > 0 {
			t.Fatalf("member %d comes back otherwise: %+v\n%s", i, diff, b.Bytes())
		}
	}
}

func each(members []Member) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		for _, m := range members {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func TestModesOfOtherServers(t *testing.T) {
	for said, want := range map[string]list.DeliveryMode{
		"regular": list.ModeEvery, "Digest": list.ModeWeekly, "nomail": list.ModeNone, "QUESTIONS": list.ModeQuestions, "daily": list.ModeDaily,
	} {
		m, err := Set(Member{}, "mode", said, noon)
		if err != nil || m.Membership.Mode != want {
			t.Errorf("%s is read as %q, %v", said, m.Membership.Mode, err)
		}
	}
}
