package membership

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/list"
)

func TestMembersOfMailman2(t *testing.T) {
	m, err := ReadMailman2(bytes.NewReader(read(t, "testdata/pickle/cpickle-1.pck")))
	if err != nil {
		t.Fatal(err)
	}
	then := time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)
	want := []Mailman2Member{
		{Address: "Ada@School.example", Name: "Zoë Lovelace", Options: MailmanNotOwn | MailmanConceal},
		{Address: "ben@school.example", Options: MailmanModerate | MailmanNoDuplicates, Status: MailmanByUser, Since: then},
		{Address: "cat@school.example", Status: MailmanByBounce, Since: then},
		{Address: "dai@ysgol.example", Name: "Dai ☺", Digest: true, Options: MailmanPlainDigest | MailmanAcknowledge},
		{Address: "eve@school.example", Options: MailmanNoMail},
	}
	if diff := cmp.Diff(want, m.Members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if got := m.Post(); got != "senco@lists.example.org" {
		t.Errorf("posting address %q", got)
	}
	if got := m.Footer(); got != "_______________________________________________\nSenco mailing list\n" {
		t.Errorf("footer %q", got)
	}
	if got := m.SubjectTag(); got != "[SENCO]" {
		t.Errorf("tag %q", got)
	}
	for _, secret := range []string{"password", "passwords"} {
		if v := m.values.get(secret); v != nil {
			t.Errorf("%s is still there: %v", secret, v)
		}
	}
}

// shown is a line of a file in one line, as told shows a step.
func shown(l Line) string {
	words := []string{fmt.Sprint(l.Number)}
	for _, key := range slices.Sorted(maps.Keys(l.Cells)) {
		words = append(words, key+"="+l.Cells[key])
	}
	if l.Was != "" {
		words = append(words, "was "+string(l.Was))
	}
	if len(l.Remarks) > 0 {
		words = append(words, "("+strings.Join(l.Remarks, "; ")+")")
	}
	if l.Fault != "" {
		words = append(words, "fault: "+l.Fault)
	}
	return strings.Join(words, " ")
}

func shownAll(f File) []string {
	var all []string
	for _, l := range f.Lines {
		all = append(all, shown(l))
	}
	return all
}

func TestAListOfMailman2AsAFile(t *testing.T) {
	f, err := Read(read(t, "testdata/pickle/cpickle-2.pck"), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 address=Ada@School.example mode=every name=Zoë Lovelace own=off",
		"2 address=ben@school.example mode=none (mail was off there by their own wish, since 1 Jan 2020; " + wasModerated + ")",
		"3 address=cat@school.example mode=every suspended=on (mail is suspended because the address refused it there, since 1 Jan 2020)",
		"4 address=dai@ysgol.example mode=daily name=Dai ☺",
		"5 address=eve@school.example mode=none (mail was off there)",
	}
	if diff := cmp.Diff(want, shownAll(f)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	officials := []Official{{"olwen@school.example", list.RoleOwner}, {"ada@school.example", list.RoleOwner}, {"ben@school.example", list.RoleModerator}}
	if diff := cmp.Diff(officials, f.Officials); diff != "" {
		t.Errorf("officials (-want +got):\n%s", diff)
	}
	settings := []Setting{{"title", "SEN co-ordinators in Wales"}, {"subject_tag", "[SENCO]"}, {"max_message", "500 KiB"}, {"footer", "on"}, {"reply_to", "list"}}
	if diff := cmp.Diff(settings, f.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	notes := []string{
		"ban_list (2): addresses that could not join; here somebody lets each member in",
		"msg_footer: the words of the footer; here they are the same for all lists",
		"max_message_size = 500: larger posts were held for the moderators; max_message here refuses them",
		"1 member asked for an acknowledgement of each post (ack), which cannot be kept",
		"1 member hid their address from the roster (hide): no roster is shown to anybody here",
	}
	if diff := cmp.Diff(notes, f.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// TestWhoModeratedModeratesOnlyWhenAsked also brings in an owner who was no member; nobody's role falls.
func TestWhoModeratedModeratesOnlyWhenAsked(t *testing.T) {
	for name, c := range map[string]struct {
		how  Reading
		want []string
	}{
		"not asked": {Reading{}, []string{"1 added member every", "2 added member none", "3 added member every", "4 added member daily", "5 added member none"}},
		"asked": {Reading{Moderators: true}, []string{"1 added owner every", "2 added moderator none", "3 added member every",
			"4 added member daily", "5 added member none", "0 added owner none"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(read(t, "testdata/pickle/python2-2.pck"), c.how)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range f.Lines {
				s, m := decide(l, nobody, noon)
				got = append(got, fmt.Sprint(s.Line, " ", s.Action, " ", m.Membership.Role, " ", m.Membership.Mode))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	f, err := Read([]byte("* Heads\n* Owner= ada@school.example\nada@school.example Ada\nADA@school.example Ada\n"), Reading{Moderators: true})
	if want := []string{"3 address=ada@school.example name=Ada role=owner", "4 address=ADA@school.example name=Ada"}; err != nil || !slices.Equal(shownAll(f), want) {
		t.Errorf("an owner who stands in two lines: %q, %v", shownAll(f), err)
	}
	l := newLine(1, "priya@school.example", "")
	l.raise(list.RoleModerator)
	if s, m := decide(l, forum(t), noon); s.Action != Unchanged || m.Membership.Role != list.RoleOwner {
		t.Errorf("an owner here who was a moderator there: %s, %s", told(s), m.Membership.Role)
	}
}

func TestConfigList(t *testing.T) {
	const text = `# -*- python -*-
## "heads" mailing list configuration settings
real_name = 'Heads'
# a remark with = in it
owner = ['olwen@school.example',
         "ada@school.example"]  # and a remark
moderator = ("ben@school.example",)
description = u'Caf\xe9 \u263a' ' of heads'
msg_footer = """____
it's "here"
"""
subject_prefix = r'[H\e] %d'
digest_send_periodic = True
max_message_size = 0
password = 'secret'
mlist.info = ''
import os
topics = [('a', 'b.*', "c", False), (1, 2.5, {'x': None, 'y': []},)]
os.system('rm')
ban_list = ['^.*@x\\.example$']
broken = [1, 2
real_name_again = 'H'
`
	m, err := ReadMailman2(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"real_name": "Heads", "owner": []any{"olwen@school.example", "ada@school.example"}, "moderator": []any{"ben@school.example"},
		"description": "Café ☺ of heads", "msg_footer": "____\nit's \"here\"\n", "subject_prefix": `[H\e] %d`,
		"digest_send_periodic": true, "max_message_size": 0.0, "password": nil, "info": "",
		"topics":   []any{[]any{"a", "b.*", "c", false}, []any{1.0, 2.5, map[string]any{"x": nil, "y": []any{}}}},
		"ban_list": []any{`^.*@x\.example$`}, "real_name_again": "H",
	}
	if diff := cmp.Diff(any(want), plainly(m.values, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{17, 19, 21}, m.unread); diff != "" {
		t.Errorf("lines that were not read (-want +got):\n%s", diff)
	}
	settings := []Setting{{"title", "Café ☺ of heads"}, {"subject_tag", "off"}, {"max_message", "off"}, {"footer", "on"}}
	if diff := cmp.Diff(settings, m.file().Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestConfigsThatAreNone(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                "",
		"a letter":               "Dear all,\nI attach the settings.\n",
		"a pickle of a list":     "\x80\x02]q\x00.",
		"a pickle of other dict": "}q\x01(U\x01aK\x01u.",
		"a pickle cut off":       string(read(t, "testdata/pickle/cpickle-2.pck")[:500]),
		"endless nesting":        "a = " + strings.Repeat("[", 1000),
		"many broken lines":      strings.Repeat("a = [,\n", 30) + "b = 1\n",
	} {
		if m, err := ReadMailman2(strings.NewReader(in)); err == nil {
			t.Errorf("%s is read as %+v", name, m.values)
		}
	}
}

// large is the list of Mailman 2 of a forum, as Python 2 would pickle it.
func large(members int) []byte {
	var b bytes.Buffer
	text := func(s string) {
		b.WriteByte('X')
		b.Write([]byte{byte(len(s)), byte(len(s) >> 8), 0, 0})
		b.WriteString(s)
	}
	table := func(name string, value func(i int)) {
		text(name)
		b.WriteString("}(")
		for i := range members {
			text(fmt.Sprintf("member%d@school%d.example", i, i%700))
			value(i)
		}
		b.WriteString("u")
	}
	b.WriteString("}(")
	table("members", func(int) { b.WriteString("K\x00") })
	table("user_options", func(int) { b.WriteString("M\x08\x01") })
	table("usernames", func(i int) { text(fmt.Sprintf("Member %d", i)) })
	table("passwords", func(int) { text("ytterbium") })
	table("language", func(int) { text("en") })
	b.WriteString("u.")
	return b.Bytes()
}

// addressesOf is list_members -f of the same forum.
func addressesOf(members int) []byte {
	var b bytes.Buffer
	for i := range members {
		fmt.Fprintf(&b, "\"Member, %d\" <member%d@school%d.example>\n", i, i, i%700)
	}
	return b.Bytes()
}

func BenchmarkReadOtherSystems(b *testing.B) {
	const members = 25_000
	for name, raw := range map[string][]byte{"config.pck": large(members), "list_members": addressesOf(members)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f, err := Read(raw, Reading{})
				if err != nil || len(f.Lines) != members {
					b.Fatalf("%d lines, %v", len(f.Lines), err)
				}
				if p := NewPlan(f, nobody, noon); p.Added != members {
					b.Fatalf("%d added", p.Added)
				}
			}
			b.ReportMetric(members/b.Elapsed().Seconds()*float64(b.N), "members/s")
		})
	}
}
