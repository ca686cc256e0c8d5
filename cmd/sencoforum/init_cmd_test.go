package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestInitAsksAgainWhereAnAnswerCannotBeRight(t *testing.T) {
	var said bytes.Buffer
	o := &rootOptions{terminal: true, errOut: &said, in: strings.NewReader(strings.Join([]string{
		"senco-forum@lists.example.org", "smtp.school.example", // the list's address is no mail service
		"none",
		"senco forum", "Staff-Owner@lists.example.org", "senco-forum@lists.example.org",
		"", "SENCO Forum",
		"jane", "jane@school.example",
		"/srv/forum", "forum.example.org", "https://forum.example.org", "lets encrypt", "letsencrypt", "",
	}, "\n"))}
	var a answers
	if err := o.askAll(&a); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	if a.send != "smtp.school.example" || a.user != "none" || a.address != "senco-forum@lists.example.org" ||
		a.title != "SENCO Forum" || a.operator != "jane@school.example" || a.data != "/srv/forum" || a.webURL != "https://forum.example.org" || a.cert != certLetsEncrypt {
		t.Errorf("answers %+v", a)
	}
	for _, want := range []string{"nor the name of a mail service", "service address of another list", "a name that people know it by", "nor an address such as", "is none of letsencrypt, files, proxy and later"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("without %q:\n%s", want, said.String())
		}
	}
}
