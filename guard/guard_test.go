package guard

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// kindsIn returns the kinds of what a text holds for, as own words unless part says otherwise.
func kindsIn(part Part, text string) []Kind {
	in := Input{Today: corpusDay}
	switch part {
	case Subject:
		in.Subject = text
	case Quoted:
		in.Quoted = text
	case FileName:
		in.Files = []File{{Name: text, Read: true}}
	case FileText:
		in.Files = []File{{Name: "a.txt", Text: text, Read: true}}
	default:
		in.Own = text
	}
	var kinds []Kind
	for _, f := range Look(in, DefaultAllow()) {
		if f.Hold && !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	return kinds
}

type lookCase struct {
	name, text string
	want       Kind // "": nothing holds
}

func runCases(t *testing.T, part Part, cases []lookCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := kindsIn(part, c.text)
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("%q holds for %v, want nothing", c.text, got)
			case c.want != "" && !slices.Contains(got, c.want):
				t.Errorf("%q holds for %v, want %s", c.text, got, c.want)
			}
		})
	}
}

// The valid numbers are those of the specification: sum 93, 93 mod 23 = 1, so B; sum 299, r = 2, check 9.
func TestNumbers(t *testing.T) {
	runCases(t, Own, []lookCase{
		{"a pupil number alone", "B801200005001", UPN},
		{"a pupil number inside words", "look for B801200005001, please", UPN},
		{"a wrong check letter", "A801200005001", ""},
		{"small letters", "upn b801200005001", UPN},
		{"its groups apart", "B 801 2000 05 001", UPN},
		{"dashes", "B-801-2000-05-001", UPN},
		{"full-width digits", "B８０１２００００５００１", UPN},
		{"spaces that nobody sees", "B801\u200b2000\u200b05001", UPN},
		{"a soft hyphen", "B801\u00ad200005001", UPN},
		{"the label glued to it", "UPNB801200005001", UPN},
		{"mistyped behind its label", "Oliver, UPN A801200005001, comes back", UPN},
		{"longer than a pupil number", "B8012000050012", ""},
		{"the beginning of a longer number with gaps", "B 801 2000 05 001 22", ""},
		{"a part of a longer word", "XB801200005001", ""},
		{"in the address of a page", "https://example.org/B801200005001", ""},
		{"a serial number that fits", "serial number B801200005001", ""},
		{"two lines", "B801200\n005001", ""},

		{"an NHS number with its spacing", "943 476 5919", NHS},
		{"an NHS number with a wrong digit", "943 476 5918", ""},
		{"an NHS number with its label", "NHS number: 9434765919", NHS},
		{"the label behind it", "9434765919 (NHS number)", NHS},
		{"no label and no spacing", "it is 9434765919", ""},
		{"beside a patient", "patient 9434765919", NHS},
		{"dashes that do not break", "943\u2011476\u20115919", NHS},
		{"a Zoom number that fits by chance", "Zoom meeting ID: 943 476 5919", ""},
		{"a call about it", "they asked me to ring with 943 476 5919", NHS},
		{"a foreign telephone number", "Cell: 943-476-5919", ""},
		{"dots, as in telephone numbers", "943.476.5919", ""},
		{"a reference", "our reference 943 476 5919", ""},
		{"the end of a longer number", "+44 943 476 5919", ""},
		{"the beginning of a longer number", "943 476 5919 22", ""},
		{"NHS and an order", "NHS Supply Chain order 9434765919", ""},
		{"NHS in words between", "her NHS number, which the nurse asked for, is 9434765919", NHS},

		{"a learner's number with its label", "ULN 1234567899", ULN},
		{"ten digits without a label", "1234567899", ""},

		{"an insurance number", "QQ123456C", ""},
		{"an insurance number that is given out", "AB123456C", NINO},
		{"letters that nobody gets", "GB123456C", ""},
		{"in pairs", "AB 12 34 56 C", NINO},
		{"without its end but with a label", "National Insurance number AB123456", NINO},
		{"without its end", "AB123456", ""},
		{"words and numbers", "we 12 34 56 a", ""},
		{"a wrong last letter", "AB123456E", ""},
	})
}

func TestLearnerNumberThatDoesNotFitIsAHint(t *testing.T) {
	found := Look(Input{Own: "ULN 1234567890"}, Allow{})
	if len(found) != 1 || found[0].Kind != ULN || found[0].Hold {
		t.Errorf("found %v, want a hint", found)
	}
}

func TestBirthDates(t *testing.T) {
	runCases(t, Own, []lookCase{
		{"DOB", "DOB 12/03/2014", Birth},
		{"d.o.b.", "d.o.b.: 12.3.14", Birth},
		{"D/O/B", "D/O/B 12-3-14", Birth},
		{"date of birth in words", "her date of birth is the 12th of March 2014", Birth},
		{"born", "Born 12 Mar 2014", Birth},
		{"born on a weekday's date", "He was born on 1st September 2015.", Birth},
		{"ISO", "dob=2014-03-12", Birth},
		{"American words", "born March 12, 2014", Birth},
		{"digits alone", "DOB 120314", Birth},
		{"the American order", "DOB 3/25/2014", Birth},
		{"dots and spaces", "DOB 12. 3. 2014", Birth},
		{"an apostrophe", "DOB 12 Mar '14", Birth},
		{"the label behind", "12/03/2014 (DOB)", Birth},
		{"Welsh", "Dyddiad geni 12 Mawrth 2014", Birth},
		{"a line end between", "Date of birth:\n12/03/2014", Birth},
		{"a whole name in brackets", "Oliver Marsh (12/03/2014)", Birth},
		{"surname first", "Marsh, Oliver, 12/03/2014", Birth},
		{"the date before the name", "12/03/2014 Oliver Marsh", Birth},
		{"a name with an apostrophe", "Aoife O'Connor 12.03.2014", Birth},
		{"b. in brackets", "Is Ioana Munteanu (b. 5th April 2012) too young?", Birth},
		{"a double name", "Ellie-Mae Smith-Jones 12.03.2014", Birth},

		{"called by a first name behind it", "We have a child, 3 May 2014, called Oliver.", Birth},
		{"born and called", "born on 3 May 2014 called Oliver", Birth},
		{"one of a group by name", "We have two pupils born on 3 May 2014 called Oliver and Maya.", Birth},
		{"named, the date in brackets", "a girl named Maya (3 May 2014)", Birth},
		{"called by a whole name", "A pupil (03/05/2014) called Oliver Marsh", Birth},

		{"a thing that is called something", "the guidance of 3 May 2014 called Working Together", ""},
		{"a grown-up who is called", "a teacher called Mr Marsh, 12/03/2014", ""},
		{"a name that is let stand", "the training of 3 May 2014 named Oliver McGowan", ""},
		{"a meeting with somebody called so", "a parent called Maya (3 May 2026)", ""},
		{"a meeting", "Oliver Marsh, 12/03/2026", ""},
		{"a meeting to come", "DOB check on 12/03/2027", ""},
		{"a grown-up", "DOB 12/03/1974", ""},
		{"a title", "Mr Oliver Marsh (12/03/2014)", ""},
		{"a quoted mail", "On 12 March 2019 at 10:14, Jane Holt wrote:", ""},
		{"an old head of Gmail", "2009/7/3 Jane Holt <jane@school.example>:", ""},
		{"a head of Outlook", "From: Jane Holt\nSent: 12 March 2019 10:15", ""},
		{"a year group", "born between 1 September 2022 and 31 August 2023", ""},
		{"a group of children", "children born 1 September 2022", ""},
		{"born before", "born before 1 September 2021", ""},
		{"how to write it", "the date of birth in the format DD/MM/YYYY", ""},
		{"a thing", "the policy of 12/03/2014", ""},
	})
}

func TestPlans(t *testing.T) {
	runCases(t, Own, []lookCase{
		{"the example of the specification", "We had the same when we wrote the EHCP for Oliver Marsh, and", Plan},
		{"across a line end", "the EHCP for Oliver\nMarsh", Plan},
		{"a name of another origin", "EHCP for Chukwuemeka Obi", Plan},
		{"a name that is on no list", "EHCP for Zorblat Quimby", Plan},
		{"a first name alone", "the IEP for Oliver is", Plan},
		{"a verb behind the name", "The EHCP for Rhys Llewellyn runs out in May", Plan},
		{"no capitals", "ehcp for oliver marsh", Plan},
		{"capitals", "EHCP FOR OLIVER MARSH", Plan},
		{"whose plan", "Oliver Marsh's annual review", Plan},
		{"whose plan, the other apostrophe", "Oliver Marsh’s EHC plan", Plan},
		{"whose plan, a first name", "Oliver's EHCP", Plan},
		{"a dash", "One page profile - Oliver Marsh", Plan},
		{"words between", "the referral to CAMHS that I made in June for Oliver Marsh", Plan},
		{"our pupil", "a support plan for our Year 4 pupil Oliver Marsh", Plan},
		{"has a plan", "Oliver Marsh has an EHCP", Plan},
		{"the long name", "the Education, Health and Care Plan for Oliver Marsh", Plan},
		{"surname first", "annual review: MARSH, Oliver", Plan},
		{"what became of it", "Oliver Marsh was refused an EHCP", Plan},
		{"in brackets", "Oliver Marsh (EHCP, Y4) is moving", Plan},
		{"in a row", "Oliver Marsh, Y4, EHCP", Plan},
		{"belongs to", "This EHCP belongs to Ngozi Achebe", Plan},
		{"young", "EHCP for young Oliver (Year 4)", Plan},
		{"about", "a chronology about Oliver Marsh", Plan},

		{"an initial", "EHCP for O. Marsh", Plan},
		{"a form", "the EHCP form for Oliver Marsh", Plan},
	})
}

func TestWhatIsNoPlanOfAChild(t *testing.T) {
	runCases(t, Own, []lookCase{
		{"a leaving do", "What is the plan for Jane's leaving do?", ""},
		{"somebody's group", "the IEPs for Jane's group", ""},
		{"a child", "an EHCP for a child in Year 5", ""},
		{"looked-after children", "EHCPs for looked-after children", ""},
		{"a place", "EHCP for Milton Keynes", ""},
		{"a council", "EHCP for Tower Hamlets", ""},
		{"a stage", "EHCP for Post 16", ""},
		{"a need", "referral for Speech and Language", ""},
		{"a month", "annual reviews for September to July", ""},
		{"a grown-up", "the annual review for Mrs Holt", ""},
		{"an author", "Gareth Smith's EHCP checklist", ""},
		{"a colleague's template", "Jane's annual review template", ""},
		{"a school", "an EHCP for Oliver Goldsmith Primary School", ""},
		{"a test", "a profile for Boxall", ""},
		{"the allow-list", "the training plan for Oliver McGowan", ""},
		{"written by", "the EHCP was written by Jane Holt", ""},
		{"a trip to a zoo", "annual review for Chester Zoo", ""},
		{"a colleague's work", "Kate Smith has got an EHCP meeting with parents", ""},
		{"a colleague's intention", "Rob Smith has a plan to retire", ""},
		{"whose work", "Sam's annual review workload", ""},
		{"a trip", "the risk assessment for Alton Towers", ""},
		{"a plan for a day", "the plan for Rogation Sunday", ""},
		{"a colleague by her role", "the EHCP for Jane Holt, our new SENCO, to sign", ""},
		{"a colleague who takes over", "the plan for Priya to take over from Sam", ""},
		{"an author of a book", "the annual review of Jean Smith's book", ""},
		{"a sentence between", "I like the EHCP. For Oliver Marsh it rained.", ""},
	})
}

func TestPlansInNamesOfFiles(t *testing.T) {
	runCases(t, FileName, []lookCase{
		{"plain", "EHCP Oliver Marsh.docx", Plan},
		{"underscores", "Oliver_Marsh_EHCP_final.docx", Plan},
		{"dashes", "IEP-Oliver-Marsh.docx", Plan},
		{"capitals inside", "OliverMarshEHCP.docx", Plan},
		{"small letters", "ehcp oliver marsh.docx", Plan},
		{"a template", "EHCP template.docx", ""},
		{"a form", "EHCP annual review form.docx", ""},
		{"a birth date", "Oliver Marsh 12-03-2014.docx", Birth},
	})
}

func TestClassLists(t *testing.T) {
	const rows = "Oliver Marsh\t%\nAmelia Nair\t%\nChidi Okafor\t%\n"
	runCases(t, FileText, []lookCase{
		{"names and years with a heading", "Name\tYear\n" + strings.ReplaceAll(rows, "%", "4"), ClassList},
		{"names and birth dates without one", strings.ReplaceAll(rows, "%", "12/03/2014"), ClassList},
		{"names and status", strings.ReplaceAll(rows, "%", "K"), ClassList},
		{"names that are on no list", "Pupil\tDOB\nZorblat Quimby\t12/03/2014\nXil Yabba\t1/2/2015\nOrm Tee\t3/4/2015\n", ClassList},
		{"CSV", "Surname,Forename,DOB\nMarsh,Oliver,12/03/2014\nNair,Amelia,1/2/2015\nObi,Chidi,3/4/2015\n", ClassList},
		{"CSV with quotes", "\"Name\",\"DOB\",\"SEN\"\n\"Marsh, Oliver\",\"12/03/2014\",\"K\"\n\"Nair, Amelia\",\"1/2/2015\",\"E\"\n\"Obi, Chidi\",\"3/4/2015\",\"K\"\n", ClassList},
		{"on the second sheet", "\fNotes\nnothing\n\fData\nName\tYear\n" + strings.ReplaceAll(rows, "%", "4"), ClassList},
		{"rows of a PDF that lost their tabs", "Name\tDOB\tSEN\nOliver Marsh 12/03/2014 K\nAmelia Nair 1/2/2015 E\nChidi Obi 3/4/2015 K\n", ClassList},
		{"columns of spaces", "First name   Last name   Gender   SEND\nTadhg   Ó Briain   M   K\nMaja   Zielińska   F   E\nBao   Nguyen   M   K\n", ClassList},
		{"typed lines", "Oliver Marsh Year 4\nAmelia Nair Year 5\nChidi Okafor Y6\n", ClassList},

		{"two are no class, but their birth dates count", "Name\tDOB\nOliver Marsh\t12/03/2014\nAmelia Nair\t1/2/2015\n", Birth},
		{"an empty register", "Surname\tForename\tDOB\tUPN\tYear\n\t\t\t\t\n", ""},
		{"a rota of staff", "Name\tMon\tTue\n" + strings.ReplaceAll(rows, "%", "Y3\tY4"), ""},
		{"a rota without a heading", strings.ReplaceAll(rows, "%", "Y3\tY4"), ""},
		{"teachers", "Class\tTeacher\nYear 3\tOliver Marsh\nYear 4\tAmelia Nair\nYear 5\tChidi Okafor\n", ""},
		{"courses", "Name\tCourse\tDate\n" + strings.ReplaceAll(rows, "%", "First Aid\t12/03/2014"), ""},
		{"books", "Author\tTitle\tYear\nOliver Marsh\tOn EHCPs\t2014\nAmelia Nair\tB\t2015\nChidi Okafor\tC\t2016\n", ""},
	})
}

func TestHints(t *testing.T) {
	for text, want := range map[string]bool{
		"Oliver in Year 4 cannot sit still":  true,
		"My Year 4 boy Oliver":               true,
		"Oliver (Y4) reads":                  true,
		"We have Oliver in Reception":        true,
		"a Year 4 boy with an EHCP":          false,
		"Jane Holt, Year 4 teacher":          false,
		"Hi Oliver,\n\nYear 4 went swimming": false,
		"May half term and Year 4":           false,
		"Mrs Oliver in Year 4":               false,
	} {
		found := Look(Input{Own: text, Today: corpusDay}, DefaultAllow())
		got := slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == FirstName })
		if got != want || Holds(found) {
			t.Errorf("%q: hint %v, want %v; found %v", text, got, want, found)
		}
	}
}

func TestWhere(t *testing.T) {
	in := Input{
		Subject: "UPN B801200005001",
		Own:     "Hello\n\nUPN B801200005001",
		Quoted:  "> one\n> DOB 12/03/2014",
		Files: []File{
			{Name: "photo.jpg", Read: true, Place: true},
			{Name: "B801200005001.xlsx", Read: true, Text: "\fSheet one\nempty\n\fOliver\nA\tB\nx\tUPN B801200005001\n"},
			{Name: "locked.pdf"},
		},
		Today: corpusDay,
	}
	var got []string
	for _, f := range Look(in, Allow{}) {
		got = append(got, string(f.Kind)+" "+f.Where.String())
	}
	want := []string{"upn subject", "upn line 3", "birth quoted text, line 2", "place file 1", "upn name of file 2",
		"upn file 2, page or sheet 2, line 2", "unread file 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestSpans makes sure that offsets are of the text as it came, whatever it was folded to.
func TestSpans(t *testing.T) {
	const text = "Zoë’s ﬁle: “NHS 943\u00a0476\u20115919” and B８０１２００００５００１."
	var got []string
	for _, f := range Look(Input{Own: text}, Allow{}) {
		got = append(got, text[f.Start:f.End])
	}
	if want := []string{"943\u00a0476\u20115919", "B８０１２００００５００１"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMask(t *testing.T) {
	const text = "His UPN is B801200005001, NHS 943 476 5919, NI AB123456C; EHCP for Oliver Marsh."
	found := In(Look(Input{Own: text, Quoted: "UPN B801200005001"}, Allow{}), Own, 0)
	const want = "His UPN is UPN [hidden], NHS NHS number [hidden], NI National Insurance number [hidden]; EHCP for Oliver Marsh."
	if got := Mask(text, found); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestMaskTakesWhatComes: findings may overlap, be out of order or of another text.
func TestMaskTakesWhatComes(t *testing.T) {
	found := []Finding{{Kind: NHS, Start: 4, End: 8}, {Kind: UPN, Start: 0, End: 6}, {Kind: UPN, Start: 8, End: 99}, {Kind: Birth, Start: 8, End: 9}}
	if got, want := Mask("0123456789", found), "UPN [hidden]6789"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAgeFollowsTheDay(t *testing.T) {
	const text = "Oliver Marsh (12/03/2014)"
	for year, want := range map[int]bool{2015: false, 2018: true, 2033: true, 2035: false} {
		found := Look(Input{Own: text, Today: time.Date(year, 3, 12, 0, 0, 0, 0, time.UTC)}, Allow{})
		if Holds(found) != want {
			t.Errorf("in %d: holds %v, want %v", year, !want, want)
		}
	}
}

func TestAllow(t *testing.T) {
	const text = "the support plan for Oliver Marsh"
	more, err := DefaultAllow().With("Oliver  MARSH")
	if err != nil {
		t.Fatal(err)
	}
	if Holds(Look(Input{Own: text}, more)) || !Holds(Look(Input{Own: text}, DefaultAllow())) {
		t.Error("a phrase that is added must count in the new list and not in the old one")
	}
	if _, err := ParseAllow("# names\nBoxall Profile\nOliver\n"); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a single name: error %v, want one that names line 3", err)
	}
}
