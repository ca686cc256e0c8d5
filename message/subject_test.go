package message

import (
	"strings"
	"testing"
)

func TestStem(t *testing.T) {
	for _, c := range []struct {
		name, in, stem string
		reply          bool
		tagged         string
	}{
		{"a new subject", "Part-time timetables", "Part-time timetables", false, "[SENCO] Part-time timetables"},
		{"a reply", "Re: Timetables", "Timetables", true, "Re: [SENCO] Timetables"},
		{"our tag goes", "[SENCO] Timetables", "Timetables", false, "[SENCO] Timetables"},
		{"our tag goes whatever its case", "[senco] Timetables", "Timetables", false, "[SENCO] Timetables"},
		{"a reply before our tag", "Re: [SENCO] Timetables", "Timetables", true, "Re: [SENCO] Timetables"},
		{"a reply behind our tag", "[SENCO] Re: Timetables", "Timetables", true, "Re: [SENCO] Timetables"},
		{"our tag twice", "[SENCO] Re: [SENCO] RE: Timetables", "Timetables", true, "Re: [SENCO] Timetables"},
		{"our tag at the end", "Timetables [SENCO]", "Timetables", false, "[SENCO] Timetables"},
		{"our tag in the middle", "New [SENCO] timetables", "New timetables", false, "[SENCO] New timetables"},
		{"our tag in our tag", "[SEN[SENCO]CO] Timetables", "Timetables", false, "[SENCO] Timetables"},
		{"another tag stays", "[EXTERNAL] Re: Timetables", "[EXTERNAL] Re: Timetables", false, "[SENCO] [EXTERNAL] Re: Timetables"},
		{"replies of several languages", "AW: SV: VS: Antw: RE: x", "x", true, "Re: [SENCO] x"},
		{"a counted reply", "Re[2]: Re(3): Re^4: x", "x", true, "Re: [SENCO] x"},
		{"spaces before the colon", "Re : x", "x", true, "Re: [SENCO] x"},
		{"a full-width colon", "Re：x", "x", true, "Re: [SENCO] x"},
		{"a forwarded mail is none", "Fwd: x", "Fwd: x", false, "[SENCO] Fwd: x"},
		{"a word that begins like a mark stays", "Reading: x", "Reading: x", false, "[SENCO] Reading: x"},
		{"a mark without colon stays", "Re x", "Re x", false, "[SENCO] Re x"},
		{"a mark in the middle stays", "x Re: y", "x Re: y", false, "[SENCO] x Re: y"},
		{"nothing", "", "", false, "[SENCO] (no subject)"},
		{"nothing but a mark", "Re:", "", true, "Re: [SENCO] (no subject)"},
		{"nothing but our tag", " [SENCO] ", "", false, "[SENCO] (no subject)"},
		{"spaces become one", "a  b\tc", "a b c", false, "[SENCO] a b c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stem, reply := Stem(c.in, "[SENCO]")
			if stem != c.stem || reply != c.reply {
				t.Errorf("Stem(%q) = %q, %v, want %q, %v", c.in, stem, reply, c.stem, c.reply)
			}
			if got := Tagged(stem, reply, "[SENCO]"); got != c.tagged {
				t.Errorf("Tagged = %q, want %q", got, c.tagged)
			}
		})
	}
	if stem, _ := Stem("[SENCO] x", ""); stem != "[SENCO] x" || Tagged("x", true, "") != "Re: x" {
		t.Error("without a tag of ours something was taken for one")
	}
}

func FuzzSubject(f *testing.F) {
	for _, s := range []string{"Re: [SENCO] x", "[SENCO] AW[2]: [senco] Antw：y", "[SEN[SENCO]CO]", "RE:RE:RE:", " (no subject)", "Re(2", "ſ[ſENCO]"} {
		f.Add(s, "[SENCO]")
	}
	f.Add("a aa a", "a")
	f.Fuzz(func(t *testing.T, subject, tag string) {
		stem, _ := Stem(subject, tag)
		if tag != "" && strings.Contains(stem, tag) && strings.Join(strings.Fields(tag), " ") == tag {
			t.Fatalf("Stem(%q, %q) = %q still has the tag", subject, tag, stem)
		}
		if again, more := Stem(stem, ""); again != stem || more {
			t.Fatalf("the stem %q has the stem %q", stem, again)
		}
		const ours = "[SENCO]"
		stem, reply := Stem(subject, ours)
		out := Tagged(stem, reply, ours)
		if n := strings.Count(strings.ToLower(out), strings.ToLower(ours)); n != 1 {
			t.Fatalf("%q has the tag %d times", out, n)
		}
		stem2, reply2 := Stem(out, ours)
		if Tagged(stem2, reply2, ours) != out || reply2 != reply {
			t.Fatalf("%q tagged again is %q", out, Tagged(stem2, reply2, ours))
		}
	})
}
