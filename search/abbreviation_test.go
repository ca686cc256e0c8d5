package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAbbreviations(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	for _, c := range []struct{ name, text, want string }{
		{"the first use only", "An EHCP for her. The EHCP says", "EHCP=education, health and care plan"},
		{"plurals", "Two EHCPs", "EHCPs=education, health and care plan"},
		{"letters as they are written", "ta for that, my TA", "TA=teaching assistant"},
		{"SENCO in all its forms, once", "SENCo or SENDCO", "SENCo=special educational needs co-ordinator"},
		{"an ampersand", "the S&LT report", "S&LT=speech and language therapist"},
		{"two meanings", "an IDP", "IDP=individual development plan, or inclusion development programme"},
		{"what means it only sometimes is left alone", "EHC and salt", ""},
		{"a name is no abbreviation", "Ofsted came, nasen too", ""},
		{"shouting is left alone", "HELP NEEDED SOON", ""},
		{"within other words", "xEHCPx HTAs", ""},
		{"beside marks", "(EHCP), \"CAMHS\".", "EHCP=education, health and care plan CAMHS=child and adolescent mental health services"},
		{"not UTF-8", "\xffEHCP\xff", "EHCP=education, health and care plan"},
	} {
		var got []string
		for _, a := range v.Abbreviations(c.text) {
			got = append(got, fmt.Sprintf("%s=%s", c.text[a.Start:a.End], a.Title))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q has %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

func TestGlossaryOf(t *testing.T) {
	t.Parallel()
	v := vocabulary(t)
	var names []string
	for _, e := range v.GlossaryOf("Our TA says CAMHS closed. The SENCo, a TA and an EP met about an IDP.", 4) {
		names = append(names, e.Name)
	}
	want := []string{"CAMHS", "educational psychologist", "individual development plan", "teaching assistant"}
	if !slices.Equal(names, want) {
		t.Errorf("the glossary has %q, want %q", names, want)
	}
}
