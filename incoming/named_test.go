package incoming

import (
	"strings"
	"testing"
)

func TestOwnAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"jane@school.example":                                               "jane@school.example",
		"Jane@School.Example":                                               "Jane@school.example",
		"I am jane@school.example.\nThanks, Jane":                           "jane@school.example",
		"Hello,\n\nmy address is <jane@school.example>!\n":                  "jane@school.example",
		"Hi there,\njane@school.example":                                    "jane@school.example",
		"jane@school.example<mailto:jane@school.example>":                   "jane@school.example",
		"mailto:jane@school.example":                                        "jane@school.example",
		"\"jane@school.example\"":                                           "jane@school.example",
		"‘jane@school.example’":                                             "jane@school.example",
		"*jane@school.example*":                                             "jane@school.example",
		"On the forum I am jane@school.example":                             "jane@school.example",
		"_jane_@school.example":                                             "_jane_@school.example",
		"a@x.example, b@x.example and c@x.example or d@x.example":           "a@x.example b@x.example c@x.example",
		"a@x.example\nA@X.example\nb@x.example":                             "a@x.example b@x.example",
		"Sorry,\n\nI am under\n\njane@school.example\n\nJane\nme@x.example": "jane@school.example",
		"jane@school.example\n--\nJane\noffice@school.example":              "jane@school.example",
		"jane@school.example\n\nJane, office@school.example":                "jane@school.example",
		"jane@school.example\nOn Sun, 22 Nov 2026 at 12:00, SENCO Forum <\nx@lists.example.org> wrote:\n> y@z.example": "jane@school.example",
		"On Sun, 22 Nov 2026 at 12:00, a@b.example wrote:\n> jane@school.example":                                      "",
		"> jane@school.example": "",
		"From: SENCO Forum <a@b.example>\nSent: Monday\njane@school.example": "",
		"Sent from my iPhone, jane@school.example":                           "",
		"1\n2\n3\n4\n5\njane@school.example":                                 "",
		"":                                                                   "",
		"yes":                                                                "",
		"jane at school":                                                     "",
		"jane@":                                                              "",
		"@school.example":                                                    "",
		"jane@school":                                                        "jane@school",
		"jane\u202e@school.example":                                          "",
		"jane@school.example\x00":                                            "jane@school.example",
	} {
		var got []string
		for _, a := range ownAddresses(text) {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

// Replies are strangers' bytes: whatever they are, few addresses come out, each of which can be written and read again.
func FuzzOwnAddresses(f *testing.F) {
	f.Add("Hello,\n\njane@school.example.\n\nOn Sun, 22 Nov 2026, x@y.example wrote:\n> z")
	f.Add("<a@b.example>,mailto:c@d.example;\"e f\"@g.example\n--\n")
	f.Add("\x00@\xff.example @@ a@@b \u202ex@y.example")
	f.Fuzz(func(t *testing.T, text string) {
		all := ownAddresses(text)
		if len(all) > maxNamed {
			t.Fatalf("%d addresses", len(all))
		}
		for i, a := range all {
			back := addressesIn(a.String())
			if a.IsZero() || !strings.ContainsAny(a.Local, " \"(),:;<>[]{}*|\\'`“”‘’«»") && (len(back) != 1 || back[0] != a) {
				t.Errorf("%q is read again as %q", a, back)
			}
			for _, b := range all[:i] {
				if a.Key() == b.Key() {
					t.Errorf("%q is there twice", a)
				}
			}
		}
	})
}
