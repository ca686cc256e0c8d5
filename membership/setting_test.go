package membership

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// obey lets a member order something and returns the answer.
func (w *town) obey(p list.PersonID, o Order) string {
	w.t.Helper()
	testdb.Update(w.t, w.db, func(tx *store.Tx) error {
		return Obey(tx, By{Now: w.now, How: ByMail}, w.host, w.forum.ID, p, o)
	})
	all := w.letters()
	return all[len(all)-1]
}

// publish puts a post on the forum, which is done or still being sent.
func (w *town) publish(id, subject string, state intake.State) (p archive.Post) {
	w.t.Helper()
	testdb.Update(w.t, w.db, func(tx *store.Tx) error {
		in, err := intake.Put(tx, intake.New{State: intake.Waiting})
		if err != nil {
			return err
		}
		n := archive.NewPost{Post: archive.Post{List: w.forum.ID, Intake: in, MessageID: id, Written: w.now, Subject: subject, Until: w.now}}
		if p, err = archive.Accept(tx, n); err != nil {
			return err
		}
		if p, err = archive.Publish(tx, p.Number, w.now, 1); err != nil {
			return err
		}
		for _, s := range []intake.State{intake.Expanded, intake.Done} {
			if state == intake.Expanding {
				break
			}
			if err := intake.Move(tx, in, intake.Status{State: s, Since: w.now}); err != nil {
				return err
			}
		}
		return nil
	})
	return p
}

func TestOrders(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@school.example", list.RoleMember).Person.ID
	post := w.publish("<1@x>", "Laptops in exams", intake.Done)
	for _, c := range []struct {
		name string
		o    Order
		says []string
		is   func(m list.Membership, d Details) bool
	}{
		{"a mode", Order{Word: WordWeekly, Read: "Weekly please"}, []string{"Subject: Done: one email every Monday", "I read: \"Weekly please\""},
			func(m list.Membership, _ Details) bool { return m.Mode == list.ModeWeekly }},
		{"questions", Order{Word: WordQuestions}, []string{"Subject: Done: you get every new question at once", "only where you take part"},
			func(m list.Membership, _ Details) bool { return m.Mode == list.ModeQuestions }},
		{"a pause with a date", Order{Word: WordPause, Value: "until 2 September"}, []string{"Subject: Done: you are paused until Thursday 2 September 2027", "reply with: resume"},
			func(m list.Membership, d Details) bool { return m.Paused(noon) && d.PausedUntil.Equal(m.PausedUntil) }},
		{"a pause without one", Order{Word: WordPause}, []string{"it is 4 weeks", "Reply with: none", "Sunday 20 December 2026"},
			func(m list.Membership, _ Details) bool { return m.Paused(noon.AddDate(0, 0, 27)) }},
		{"a mode while paused", Order{Word: WordEvery}, []string{"You are paused until Sunday 20 December 2026"},
			func(m list.Membership, _ Details) bool { return m.Mode == list.ModeEvery && m.Paused(noon) }},
		{"a date that nobody can read", Order{Word: WordPause, Value: "until Easter"}, []string{"Subject: Nothing was done", "I could not read the date 'easter'. Write it like 12 April."},
			func(m list.Membership, _ Details) bool { return m.Paused(noon.AddDate(0, 0, 27)) }},
		{"resume", Order{Word: WordResume}, []string{"Subject: Done: your pause is over", "You get every post at once."},
			func(m list.Membership, d Details) bool {
				return m.PausedUntil.IsZero() && d.PausedUntil.IsZero() && m.Mode == list.ModeEvery
			}},
		{"resume again", Order{Word: WordResume}, []string{"Subject: Nothing was done", "You are not paused."}, nil},
		{"own off", Order{Word: WordOwn, Value: "off"}, []string{"Subject: Done: own off"}, func(m list.Membership, _ Details) bool { return m.NotOwn }},
		{"ack off", Order{Word: WordAck, Value: "OFF"}, []string{"Subject: Done: ack off"}, func(m list.Membership, _ Details) bool { return m.NoAck && m.NotOwn }},
		{"own on", Order{Word: WordOwn, Value: "on"}, []string{"come back to you"}, func(m list.Membership, _ Details) bool { return !m.NotOwn && m.NoAck }},
		{"own without more", Order{Word: WordOwn}, []string{"Subject: Nothing was done", "such as: own off"}, nil},
		{"show me", Order{Word: WordShow}, []string{"never your address"}, func(_ list.Membership, d Details) bool { return d.Shown }},
		{"hide me", Order{Word: WordHide}, []string{"Done: you are hidden"}, func(_ list.Membership, d Details) bool { return !d.Shown }},
		{"mute", Order{Word: WordMute, Post: post.Number}, []string{"You get no more of this discussion", "Laptops in exams"}, nil},
		{"mute of nothing", Order{Word: WordMute}, []string{"Subject: Nothing was done", "mute #48213"}, nil},
		{"mute of what is not there", Order{Word: WordMute, Post: 999}, []string{"Subject: Nothing was done"}, nil},
		{"status", Order{Word: WordStatus}, []string{"tom@school.example", "every", "muted discussions", "told of own posts     off"}, nil},
		{"an address that is none", Order{Word: WordAddress, Value: "new at school"}, []string{"Subject: Nothing was done", "address new@school.example"}, nil},
	} {
		text := w.obey(tom, c.o)
		for _, part := range c.says {
			if !strings.Contains(strings.ReplaceAll(text, "\r\n ", " "), part) {
				t.Errorf("%s: without %q:\n%s", c.name, part, text)
			}
		}
		m, _ := w.member(tom)
		var d Details
		testdb.View(t, w.db, func(tx *store.Tx) (err error) { d, err = DetailsOf(tx, w.forum.ID, tom); return err })
		if c.is != nil && !c.is(m, d) {
			t.Errorf("%s: %+v, %+v", c.name, m, d)
		}
	}
	testdb.View(t, w.db, func(tx *store.Tx) error {
		if c, err := list.ChoiceOf(tx, uint32(post.Thread), tom); c != list.Mute || err != nil {
			t.Errorf("not muted: %v", err)
		}
		return nil
	})
}

func TestReadPause(t *testing.T) {
	for words, want := range map[string]string{
		"": "2026-12-20", "until 2 September": "2027-09-02", "2/9/2027": "2027-09-02", "until 2/9": "2027-09-02", "for 2 weeks": "2026-12-06",
		"for a month": "2026-12-22", "for 10 days": "2026-12-02", "FOR TWO WEEKS": "2026-12-06",
	} {
		got, said, err := ReadPause(words, noon)
		if err != nil || got.Format(time.DateOnly) != want || said != (words != "") {
			t.Errorf("%q is %v, %t, %v", words, got, said, err)
		}
	}
	for _, words := range []string{"until Easter", "until 1 January 2020", "until 2 September 2031", "for ever", "for 900 months", "until", "for 0 days"} {
		if got, _, err := ReadPause(words, noon); err == nil {
			t.Errorf("%q is read as %v", words, got)
		}
	}
}

func FuzzReadPause(f *testing.F) {
	for _, s := range []string{"", "until 2 September", "for 2 weeks", "for 999 months", "31/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		until, _, err := ReadPause(s, noon)
		if err == nil && (!until.After(noon) || until.Sub(noon) > maxPause) {
			t.Errorf("%q: %v", s, until)
		}
	})
}

// TestAPauseEndsWithTheListOfWhatWasMissed: on its day at seven in the morning, or when the member comes back sooner.
func TestAPauseEndsWithTheListOfWhatWasMissed(t *testing.T) {
	w, seen := newTown(t), 0
	tom := w.add("tom@school.example", list.RoleMember).Person.ID
	ruth := w.add("ruth@school.example", list.RoleMember).Person.ID
	w.publish("<0@x>", "Before", intake.Done)
	w.obey(tom, Order{Word: WordPause, Value: "until 2 December"})
	w.obey(ruth, Order{Word: WordPause, Value: "until 3 December"})
	w.news(&seen)
	w.now = w.now.Add(time.Hour)
	w.publish("<1@x>", "Laptops in exams", intake.Done)
	w.publish("<2@x>", "Reading ages", intake.Done)

	if text := w.obey(ruth, Order{Word: WordResume}); !strings.Contains(text, "You missed 2 posts:\r\n\r\n  Laptops in exams\r\n  Reading ages\r\n") || strings.Contains(text, "Before") {
		t.Errorf("who resumes:\n%s", text)
	}
	w.news(&seen)
	w.now = time.Date(2026, 12, 2, 6, 0, 0, 0, time.UTC)
	w.publish("<3@x>", "After midnight", intake.Done) // which came to him
	w.now = time.Date(2026, 12, 2, 6, 59, 58, 0, time.UTC)
	if next := w.keep(); next.Sub(w.now) != time.Second {
		t.Errorf("looks again at %v", next)
	}
	expect(t, "before seven", w.news(&seen))
	w.keep()
	expect(t, "at seven", w.news(&seen), "tom@school.example: Your pause is over")
	all := w.letters()
	if text := all[len(all)-1]; !strings.Contains(text, "You missed 2 posts") {
		t.Errorf("%s", text)
	}
	w.now = w.now.Add(72 * time.Hour)
	w.keep()
	expect(t, "later", w.news(&seen))
	if m, _ := w.member(tom); !m.PausedUntil.IsZero() {
		t.Errorf("%+v", m)
	}
}

// tokens are those of all mails, by recipient.
func (w *town) tokens() map[string]string {
	all := map[string]string{}
	for _, l := range w.letters() {
		to, _, _ := strings.Cut(l, "\n")
		if _, after, ok := strings.Cut(l, "-confirm+"); ok {
			all[to] = after[:37]
		}
	}
	return all
}

func TestAnAddressChangesWhenBothSayYes(t *testing.T) {
	for _, first := range []string{"tom@old.example", "tom@new.example"} {
		t.Run(first, func(t *testing.T) {
			w := newTown(t)
			w.add("asha@school.example", list.RoleOwner)
			tom := w.add("tom@old.example", list.RoleModerator)
			tom.Membership.Mode = list.ModeDaily
			testdb.Update(t, w.db, func(tx *store.Tx) error { return list.SaveMember(tx, tom.Membership) })
			w.obey(tom.Person.ID, Order{Word: WordAddress, Value: "tom@new.example"})
			seen := 0
			w.news(&seen)
			w.keep()
			expect(t, "questions", w.news(&seen), "tom@new.example: Is this your address? Please reply yes", "tom@old.example: Change your address? Please reply yes")
			tokens := w.tokens()
			second := map[string]string{"tom@old.example": "tom@new.example", "tom@new.example": "tom@old.example"}[first]
			if done := w.yes(tokens[first], Answer{}); done.Person != 0 {
				t.Errorf("after one yes: %+v", done)
			}
			if _, ok := w.find("tom@new.example"); ok {
				t.Fatal("one yes is enough")
			}
			done := w.yes(tokens[second], Answer{})
			expect(t, "mails", w.news(&seen), "tom@new.example: Done: your emails go to your new address", "tom@old.example: Done: your emails go to your new address")
			m, ok := w.find("tom@new.example")
			if !ok || m.Person.ID != tom.Person.ID || m.Membership.Mode != list.ModeDaily || m.Membership.Role != list.RoleMember {
				t.Errorf("%+v", m)
			}
			if _, ok := w.find("tom@old.example"); ok {
				t.Error("the old address is still theirs")
			}
			if len(done.Roles) != 1 || done.Roles[0].Role != list.RoleModerator {
				t.Fatalf("roles %+v", done.Roles)
			}
			expect(t, "brought to moderators", w.brought, "tom@new.example was moderator")
			w.rolesComeBack(&seen, done.Roles[0])
		})
	}
}

// rolesComeBack refuses a role and gives it back; one that somebody got meanwhile is not touched, and a third address gets none.
func (w *town) rolesComeBack(seen *int, r RoleRequest) {
	t, b := w.t, By{Actor: "member 9", Now: w.now}
	do := func(what func(tx *store.Tx) error) error { return w.db.Update(what) }
	restore := func() error {
		return do(func(tx *store.Tx) error { return RestoreRole(tx, b, w.host, r) })
	}
	if err := do(func(tx *store.Tx) error { return KeepMember(tx, b, w.host, r, "Please ring me.") }); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.find("tom@new.example"); m.Membership.Role != list.RoleMember {
		t.Errorf("refused, and is %s", m.Membership.Role)
	}
	other := r
	other.Address = testdb.Address(t, "tom@third.example")
	if err := do(func(tx *store.Tx) error { return RestoreRole(tx, b, w.host, other) }); !errors.Is(err, ErrMoved) {
		t.Errorf("at an address that nobody decided about: %v", err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if m, _ := w.find("tom@new.example"); m.Membership.Role != list.RoleModerator {
		t.Errorf("given back, and is %s", m.Membership.Role)
	}
	expect(t, "mails", w.news(seen), "tom@new.example: You are a member, and not a moderator", "tom@new.example: You are still a moderator")
	if err := restore(); err != nil || len(w.news(seen)) != 0 {
		t.Errorf("twice: %v", err)
	}
}

func TestAddressesThatCannotBe(t *testing.T) {
	w, seen := newTown(t), 0
	tom := w.add("tom@old.example", list.RoleMember)
	w.add("ruth@school.example", list.RoleMember)
	testdb.Update(t, w.db, func(tx *store.Tx) error { return list.AddBan(tx, w.forum.ID, list.Ban{Pattern: "@spam.example"}) })
	var answers []string
	for _, a := range []string{"ruth@school.example", "tom@spam.example", "tom@free.example"} {
		answers = append(answers, strings.ReplaceAll(w.obey(tom.Person.ID, Order{Word: WordAddress, Value: a}), a, "X"))
		w.news(&seen)
		w.keep()
		if got := w.news(&seen); (len(got) > 0) != (a == "tom@free.example") {
			t.Errorf("%s: %q", a, got)
		}
	}
	border := regexp.MustCompile(`--=_\w+`) // between the text and the page; made from the mail's own number
	body := func(s string) string { _, b, _ := strings.Cut(s, "\r\n\r\n"); return border.ReplaceAllString(b, "--") }
	if body(answers[0]) != body(answers[2]) || body(answers[1]) != body(answers[2]) {
		t.Errorf("the answer tells whose the address is:\n%s\n%s\n%s", answers[0], answers[1], answers[2])
	}
	// An address of their own takes over at once, and the old one stays theirs.
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		p := tom.Person
		p.Linked = append(p.Linked, testdb.Address(t, "tom@home.example"))
		return list.SavePerson(tx, p)
	})
	w.obey(tom.Person.ID, Order{Word: WordAddress, Value: "tom@home.example"})
	w.keep()
	m, _ := w.find("tom@old.example")
	if m.Person.Address.String() != "tom@home.example" {
		t.Errorf("%+v", m.Person)
	}
}

func TestADeadAddressIsChangedThroughTheSecondOne(t *testing.T) {
	w, seen := newTown(t), 0
	tom := w.add("tom@old.example", list.RoleMember)
	w.obey(tom.Person.ID, Order{Word: WordBackup, Value: "tom@home.example"})
	w.keep()
	w.yes(w.lastToken(), Answer{})
	m, _ := w.find("tom@old.example")
	if m.Person.Backup.String() != "tom@home.example" {
		t.Fatalf("%+v", m.Person)
	}
	m.Membership.Suspended = true
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		return errors.Join(list.SaveMember(tx, m.Membership), MoveDead(tx, By{Now: w.now}, w.forum.ID, m.Person.ID, testdb.Address(t, "tom@new.example")))
	})
	w.news(&seen)
	w.keep()
	expect(t, "questions", w.news(&seen), "tom@new.example: Is this your address? Please reply yes")
	w.yes(w.lastToken(), Answer{})
	if m, ok := w.find("tom@new.example"); !ok || m.Membership.Suspended {
		t.Errorf("%t, %+v", ok, m)
	}
}

// TestManyWhoLeaveAtOnce: five are nothing special, the sixth is, and only soon after a sending.
func TestManyWhoLeaveAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		state intake.State
		pause time.Duration // between the sending and the leavings
		each  time.Duration // between two of them
		want  int           // alarms
	}{
		{"soon after a sending", intake.Done, time.Minute, time.Second, 1},
		{"while copies still go", intake.Expanding, 3 * time.Hour, time.Second, 1},
		{"long after a sending", intake.Done, time.Hour, time.Second, 0},
		{"one by one", intake.Done, time.Minute, 3 * time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			w.host.Provider = func(domain string) string {
				return map[string]string{"a.example": "bigmail", "b.example": "bigmail"}[domain]
			}
			w.add("asha@school.example", list.RoleOwner)
			var all []Member
			for i := range 8 {
				all = append(all, w.add(fmt.Sprintf("p%d@%s.example", i, []string{"a", "b"}[i%2]), list.RoleMember))
			}
			other := w.add("ruth@c.example", list.RoleMember)
			w.publish("<1@x>", "Hello", c.state)
			w.now = w.now.Add(c.pause)
			since := w.now
			w.leave(other)
			for i, m := range all {
				w.leave(m)
				alarms := 0
				for _, s := range w.told() {
					if strings.Contains(s, "Many left at once") {
						alarms++
					}
				}
				if want := c.want; i < 5 && alarms > 0 || i >= 5 && alarms != want {
					t.Fatalf("after %d leavings: %d alarms", i+1, alarms)
				}
				w.now = w.now.Add(c.each)
			}
			if c.want == 0 {
				return
			}
			w.restored(all, other, since)
		})
	}
}

// restored lets all of that provider come back, and nobody else.
func (w *town) restored(all []Member, other Member, since time.Time) {
	w.t.Helper()
	var gone []list.Person
	testdb.Update(w.t, w.db, func(tx *store.Tx) (err error) {
		if gone, err = Leavers(tx, w.host, w.forum.ID, "BigMail", since, w.now); err != nil {
			return err
		}
		for _, p := range gone {
			if err := Restore(tx, By{Actor: "operator", Now: w.now}, w.host, w.forum.ID, p.ID); err != nil {
				return err
			}
			if err := Restore(tx, By{Actor: "operator", Now: w.now}, w.host, w.forum.ID, p.ID); !errors.Is(err, ErrNoReturn) {
				w.t.Errorf("twice: %v", err)
			}
		}
		return nil
	})
	if len(gone) != len(all) {
		w.t.Errorf("%d come back", len(gone))
	}
	if _, ok := w.member(other.Person.ID); ok {
		w.t.Error("somebody of another provider came back")
	}
	if _, ok := w.member(all[7].Person.ID); !ok {
		w.t.Error("who left is not back")
	}
}

// TestMembersWhoWaitAreToldSoManyADay: nobody is mailed in the night, and nobody twice.
func TestMembersWhoWaitAreToldSoManyADay(t *testing.T) {
	w := newTown(t)
	for i := range 70 {
		m := newMember(t, fmt.Sprintf("p%d@school.example", i), "")
		m.Membership.Unmailed = true
		do(t, w.db, func(tx *store.Tx) (Member, error) { return Add(tx, by, w.forum.ID, m) })
	}
	w.now = time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)
	begin := func(n int) (waiting int, err error) {
		err = w.db.Update(func(tx *store.Tx) (err error) {
			waiting, err = InviteWaiting(tx, By{Actor: "operator", Now: w.now}, w.forum.ID, n)
			return err
		})
		return waiting, err
	}
	if n, err := begin(30); n != 70 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	w.keep()
	expect(t, "in the night", w.told())
	for _, want := range []int{30, 60, 70} {
		next := w.keep()
		if next.Hour() != 7 {
			t.Fatalf("goes on at %v", next)
		}
		w.now = next.Add(-time.Second)
		w.keep()
		if got := w.told(); len(got) != want {
			t.Fatalf("%v: %d were told, want %d", w.now, len(got), want)
		}
		w.now = w.now.Add(5 * time.Hour)
		w.keep()
		if got := w.told(); len(got) != want {
			t.Fatalf("later that day: %d were told, want %d", len(got), want)
		}
	}
	if got := slices.Compact(slices.Sorted(slices.Values(w.told()))); len(got) != 70 {
		t.Errorf("%d of 70 were told", len(got))
	}
	if _, err := begin(30); !errors.Is(err, ErrNobodyWaits) {
		t.Errorf("%v", err)
	}
}

// TestNothingIsLeftOfWhoIsForgotten looks through all tables for an address.
func TestNothingIsLeftOfWhoIsForgotten(t *testing.T) {
	w := newTown(t)
	tom := w.add("tom@findme.example", list.RoleMember)
	w.obey(tom.Person.ID, Order{Word: WordShow})
	w.obey(tom.Person.ID, Order{Word: WordAddress, Value: "tom@free.example"})
	w.keep()
	w.obey(tom.Person.ID, Order{Word: WordAddress, Value: "tom@another.example"})
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		if err := Forget(tx, tom.Person.ID); err != nil {
			return err
		}
		return list.Forget(tx, tom.Person.ID)
	})
	testdb.View(t, w.db, func(tx *store.Tx) error {
		for row, err := range requests.All(tx) {
			t.Errorf("%+v, %v", row, err)
		}
		for row, err := range confirms.All(tx) {
			t.Errorf("%+v, %v", row, err)
		}
		for row, err := range moves.All(tx) {
			t.Errorf("%+v, %v", row, err)
		}
		for row, err := range details.All(tx) {
			t.Errorf("%+v, %v", row, err)
		}
		return nil
	})
}
