package membership

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/corpora"
	"sencoforum/list"
)

// otherFile is a file of another system and what is read of it.
type otherFile struct {
	format    Format
	in        string
	want      []string
	officials []Official
	notes     []string
}

// ceiling: flat table
var otherFiles = map[string]otherFile{
	"addresses with and without names": {FormatAddresses, "# of list_members -f\nada@school.example\n\n" +
		"  Zoë Jones <zoe@ysgol.example>\n\"O'Hara, B. \\\"Bo\\\"\" <bo@school.example>\n<cat@school.example>\ndai@school.example (Dai)\n" +
		"eve@school.example Eve Ng\n=?utf-8?q?Si=C3=A2n?= <sian@ysgol.example>\nfay@school.example <fay@school.example>\nnobody\n\"a@b\"@x.example,\n",
		[]string{"2 address=ada@school.example", "4 address=zoe@ysgol.example name=Zoë Jones", "5 address=bo@school.example name=O'Hara, B. Bo",
			"6 address=cat@school.example", "7 address=dai@school.example name=Dai", "8 address=eve@school.example name=Eve Ng",
			"9 address=sian@ysgol.example name=Siân", "10 address=fay@school.example",
			"11 address=nobody fault: no address: write one a line, such as Ada Lovelace <ada@school.example>", `12 address="a@b"@x.example`}, nil, nil},
	"LISTSERV REVIEW": {FormatListserv, "> review heads\n*\n*  Heads\n*  Owner= Olwen@SCHOOL.EXAMPLE (Olwen), Quiet:, pat@school.example\n*  Editor= ed@school.example\n" +
		"*\nada@SCHOOL.EXAMPLE    Ada Lovelace\nbo@school.example\n(concealed)@X.EXAMPLE   *** Concealed ***\n*\n" +
		"* Total number of users subscribed to the list:     5\n* Total number of \"concealed\" subscribers:     2\n\nSummary of resource utilization\n CPU time: 0.008 sec\n",
		[]string{"7 address=ada@SCHOOL.EXAMPLE name=Ada Lovelace", "8 address=bo@school.example",
			"9 address=(concealed)@X.EXAMPLE *** Concealed *** fault: concealed: LISTSERV hides the address; ask it as an owner: QUERY listname FOR *@*"},
		[]Official{{"Olwen@SCHOOL.EXAMPLE", list.RoleOwner}, {"pat@school.example", list.RoleOwner}, {"ed@school.example", list.RoleModerator}},
		[]string{"LISTSERV kept 2 concealed; ask it as an owner: QUERY listname FOR *@*"}},
	"LISTSERV GET": {FormatListserv, "* Heads\n* Owner= o@x.example\nada@school.example Ada Lovelace" + strings.Repeat(" ", 49) + "AAEAAAUA\n",
		[]string{"3 address=ada@school.example name=Ada Lovelace"}, []Official{{"o@x.example", list.RoleOwner}}, nil},
	"LISTSERV QUERY": {FormatListserv, "> q heads for *@*\n\nSubscription options for Ada Lovelace <ada@SCHOOL.EXAMPLE>, list HEADS:\n\n" +
		"MAIL            You are sent individual postings as they are received\nNOREPRO         You do not receive a copy of your own postings\n\n" +
		"Subscription date: 22 Jan 1997\n\nThe topics you subscribe to are: All\n\nSubscription options for bo@school.example, list HEADS:\nDIGESTS  You are sent digests\nREVIEW   Posts are reviewed\n" +
		"\nSubscription options for Cy <cy@x.example>, list HEADS:\nNOMAIL\nDIGEST\nNOPOST\n",
		[]string{"3 address=ada@SCHOOL.EXAMPLE joined=22 Jan 1997 mode=every name=Ada Lovelace own=off",
			"12 address=bo@school.example mode=weekly (" + wasModerated + ")", "16 address=cy@x.example mode=none name=Cy posting=off"}, nil, nil},
	"Sympa": {FormatSympa, "date 1262304000\nemail ada@school.example\ngecos Ada Lovelace\nreception mail\nvisibility conceal\n\n\n" +
		"bounce 1577836800 1578441600 7 5.1.1\nemail bo@school.example\nreception digestplain\n\nemail cy@school.example\nreception not_me\nsuspend 1\nenddate 1830297600\n\n" +
		"email dai@school.example\nsuspend 1\n\nemail eve@school.example\nreception notice\nattributes x\n\nemail fay@school.example\nprofile privileged\nreception nomail\n\ngecos Nobody\nreception mail\n",
		[]string{"1 address=ada@school.example joined=2010-01-01T00:00:00Z mode=every name=Ada Lovelace",
			"8 address=bo@school.example mode=weekly (mail came back there, since 1 Jan 2020)",
			"12 address=cy@school.example mode=every own=off pause=2028-01-01T00:00:00Z", "17 address=dai@school.example mode=none (mail was off there)",
			"20 address=eve@school.example mode=weekly (got only subjects there, which cannot be kept)", "24 address=fay@school.example mode=none was owner",
			"28 fault: no address"}, []Official{{"fay@school.example", list.RoleOwner}}, nil},
	"groups.io": {FormatGroupsIO, "[\n {\"email\": \"ada@school.example\", \"full_name\": \"Ada\", \"email_delivery\": \"digest\", \"mod_status\": \"owner\"},\n" +
		" {\"email\": \"bo@school.example\", \"email_delivery\": \"email_delivery_single\", \"message_selection\": \"message_selection_first\", \"post_status\": \"moderated\"}, {\"full_name\": \"Cy\"},\n 7]\n",
		[]string{"2 address=ada@school.example mode=daily name=Ada was owner", "3 address=bo@school.example mode=questions (" + wasModerated + ")",
			`4 address={"full_name": "Cy"} fault: no address: its key is email`, "5 address=7 fault: this is no object with a member in it"},
		[]Official{{"ada@school.example", list.RoleOwner}}, nil},
	"JSON lines": {FormatGroupsIO, "{\"email\": \"ada@school.example\", \"email_delivery\": \"none\"}\n\n{\"email\": broken\n{\"email\": \"bo@school.example\", \"email_delivery\": \"pigeon Bo@x\"}\n",
		[]string{"1 address=ada@school.example mode=none", `3 address={"email": broken fault: this line is no JSON`,
			"4 address=bo@school.example (delivery so written is not known)"}, nil, nil},
	"Mailman 3 REST": {FormatGroupsIO, "{\"start\": 0, \"entries\": [\n{\"email\": \"ada@school.example\", \"display_name\": \"Ada\", \"delivery_mode\": \"plaintext_digests\", \"role\": \"member\"},\n" +
		"{\"email\": \"bo@school.example\", \"delivery_mode\": \"regular\", \"delivery_status\": \"by_bounces\", \"moderation_action\": \"hold\"}], \"total_size\": 2}",
		[]string{"2 address=ada@school.example mode=weekly name=Ada",
			"3 address=bo@school.example mode=every suspended=on (mail is suspended because the address refused it there; " + wasModerated + ")"}, nil, nil},
	"Google Groups": {FormatGoogle, "Members for group heads,,,\nEmail address,Nickname,Group status,Email status,Email preference,Posting permissions,Join year,Join month,Join day,Join hour,Join minute,Join second,Time zone\n" +
		"ada@school.example,\"Lovelace, Ada\",owner,,email,allowed,2012,9,3,8,15,0,GMT\nbo@school.example,,member,bouncing,abridged,not allowed,2013,2,30,1,1,1,GMT\n" +
		"cy@school.example,,banned,,no email,allowed,,,,,,,\ndai@school.example,,manager,,no email,moderated,,,,,,,\n,,member\n",
		[]string{"3 address=ada@school.example joined=2012-09-03T09:15:00+01:00 mode=every name=Lovelace, Ada was owner",
			"4 address=bo@school.example mode=daily posting=off suspended=on (mail is suspended because the address refused it there)",
			"5 address=cy@school.example mode=none fault: banned there, so no member", "6 address=dai@school.example mode=none was moderator (" + wasModerated + ")",
			"7 fault: no address"}, []Official{{"ada@school.example", list.RoleOwner}, {"dai@school.example", list.RoleModerator}}, nil},
	"a spreadsheet": {FormatCSV, "Email,Name,Role\nada@school.example,Ada,owner\n", []string{"2 address=ada@school.example name=Ada role=owner"}, nil, nil},
}

func TestFilesOfOtherSystems(t *testing.T) {
	for name, c := range otherFiles {
		t.Run(name, func(t *testing.T) {
			if got := Detect([]byte(c.in)); got != c.format {
				t.Errorf("taken for %s, want %s", got, c.format)
			}
			f, err := Read([]byte(strings.ReplaceAll(c.in, "\n", "\r\n")), Reading{Format: FormatAuto})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, shownAll(f)); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.officials, f.Officials); diff != "" {
				t.Errorf("officials (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.notes, f.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSamplesOfOtherSystems reads the collected samples: each is told apart, and each of its members is found.
func TestSamplesOfOtherSystems(t *testing.T) {
	dir := corpora.Dir(t, "migration")
	for name, c := range map[string]struct {
		format  Format
		members string
		faults  int
	}{
		"formats/mailman2-list_members-f.txt": {FormatAddresses, "alice.teacher@school-a.example bob@school-b.example cpj@ysgol.example d.smith@school-c.example", 0},
		"formats/mailman2-config_list.txt":    {FormatMailman2, "", 0},
		"formats/sympa-member.dump":           {FormatSympa, "alice.teacher@school-a.example bob@school-b.example", 0},
		"formats/listserv-review.txt":         {FormatListserv, "alice.teacher@school-a.example bob@school-b.example", 1},
		"formats/groupsio-members.json":       {FormatGroupsIO, "alice.teacher@school-a.example bob@school-b.example", 0},
		"formats/google-groups-members.csv":   {FormatGoogle, "alice.teacher@school-a.example bob@school-b.example", 0},
		"mailman2/config.pck":                 {FormatMailman2, "bperson@example.com cris.person@example.net dperson@example.org", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(read(t, filepath.Join(dir, name)), Reading{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			faults := 0
			for _, l := range f.Lines {
				s, m := decide(l, nobody, noon)
				if s.Action == Faulty {
					faults++
					continue
				}
				got = append(got, m.Person.Address.String())
			}
			if members := strings.Join(got, " "); f.Format != c.format || members != c.members || faults != c.faults {
				t.Errorf("%s, %d faults, members %s", f.Format, faults, members)
			}
		})
	}
}

func TestAModeForThoseOfWhomTheFileSaysNone(t *testing.T) {
	f, err := Read([]byte("ada@school.example\nbo@school.example\n"), Reading{Mode: list.ModeDaily})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 address=ada@school.example mode=daily", "2 address=bo@school.example mode=daily"}
	if diff := cmp.Diff(want, shownAll(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f, err = Read([]byte(`[{"email": "ada@school.example", "email_delivery": "none"}]`), Reading{Mode: list.ModeDaily})
	if err != nil || shownAll(f)[0] != "1 address=ada@school.example mode=none" {
		t.Errorf("a mode in the file: %q, %v", shownAll(f), err)
	}
}

func TestFilesThatAreNoneOfTheirFormat(t *testing.T) {
	for name, c := range map[string]struct {
		format   Format
		in, want string
	}{
		"an array cut off":       {FormatAuto, "[\n{\"email\": \"a@x.example\"},\n{\"ema", "line 3 is no JSON"},
		"an object without any":  {FormatAuto, `{"list": [1]}`, ""},
		"no columns of Google":   {FormatGoogle, "address,name\na@x.example,A\n", "no line names the columns"},
		"a format of no name":    {"ezmlm", "a@x.example", `there is no format "ezmlm"`},
		"too much":               {FormatAuto, strings.Repeat("a@x.example\n", MaxFile/12+1), "more than 16 MB"},
		"a text":                 {FormatAuto, "Dear all,\nthe members are as you know.\n", "line 1 names no column of addresses"},
		"a config.pck cut short": {FormatAuto, "}q\x01(U\x07members", "it ends too soon"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read([]byte(c.in), Reading{Format: c.format})
			if c.want == "" && err == nil && len(f.Lines) == 1 && f.Lines[0].Fault != "" {
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("read as %q with %v", shownAll(f), err)
			}
		})
	}
}

// FuzzRead demands that no file breaks a reader, whatever format it is taken for, and that each member has an address or
// a fault, a place in the file, and remarks that name nobody.
func FuzzRead(f *testing.F) {
	for _, c := range otherFiles {
		f.Add([]byte(c.in), byte(0))
	}
	f.Add([]byte("# -*- python -*-\nreal_name = 'A'\nowner = ['a@x.example']\n"), byte(0))
	for i := range Formats() {
		f.Add([]byte("email a@x.example\n{\"email\":\"b@x.example\"}"), byte(i))
	}
	f.Fuzz(func(t *testing.T, raw []byte, which byte) {
		formats := Formats()
		file, err := Read(raw, Reading{Format: formats[int(which)%len(formats)], Moderators: which >= 128})
		if err != nil {
			return
		}
		last := 0
		for _, l := range file.Lines {
			switch {
			case l.Number != 0 && l.Number <= last:
				t.Fatalf("line %d after line %d", l.Number, last)
			case l.Fault == "" && l.Cells[keyAddress] == "":
				t.Fatalf("line %d has neither fault nor address", l.Number)
			case strings.Contains(strings.Join(l.Remarks, ""), "@"):
				t.Fatalf("line %d: remarks %q", l.Number, l.Remarks)
			}
			last = max(last, l.Number)
			decide(l, nobody, noon)
		}
	})
}
