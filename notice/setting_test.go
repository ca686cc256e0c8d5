package notice

import (
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

func TestMailsAboutSettings(t *testing.T) {
	to, fresh, answer := toTom(), toTom(), toTom()
	fresh.Person.Address = message.Address{Local: "tom", Domain: "new.example"}
	answer.Answers = "<1@school.example>"
	until := time.Date(2026, 12, 6, 12, 0, 0, 0, time.UTC)
	fresher := fresh.Person.Address
	missed := Missed{Posts: 9, Discussions: []Discussion{{"Part-time timetables", 2}, {"Laptops in exams", 6}, {"", 1}}}
	missed.Cut(2)
	status := Status{
		Person:     list.Person{Name: "Tom", Address: to.Person.Address, Linked: []message.Address{fresher}, Backup: message.Address{Local: "t", Domain: "home.example"}},
		Membership: list.Membership{Mode: list.ModeWeekly, Joined: time.Date(2019, 9, 1, 9, 0, 0, 0, time.UTC), PausedUntil: until}, Muted: 2, Waiting: 1, Read: "status",
	}
	for name, compose := range map[string]func() (Mail, error){
		"done": func() (Mail, error) {
			return Obeyed{Subject: DoneWords(list.ModeWeekly), Text: []string{NowWords(list.ModeWeekly), "Other words: every, questions, daily, weekly, none, pause"}, Read: "Weekly please!"}.Compose(answer)
		},
		"done-resumed": func() (Mail, error) {
			return Obeyed{Subject: "Done: your pause is over", Text: []string{NowWords(list.ModeEvery)}, Missed: missed, Read: "resume"}.Compose(answer)
		},
		"pause-over": func() (Mail, error) { return PauseOver{list.Membership{Mode: list.ModeEvery}, missed}.Compose(to) },
		"pause-over-nothing": func() (Mail, error) {
			return PauseOver{list.Membership{Mode: list.ModeQuestions}, Missed{}}.Compose(to)
		},
		"status": func() (Mail, error) { return status.Compose(answer) },
		"move-old-web": func() (Mail, error) {
			return ConfirmMove{Token: backToken, New: fresher, Until: until, PageURL: "https://forum.example.org"}.Compose(to)
		},
		"move-old": func() (Mail, error) { return ConfirmMove{Token: backToken, New: fresher, Until: until}.Compose(to) },
		"move-new": func() (Mail, error) {
			return ConfirmMove{Token: backToken, New: fresher, Fresh: true, Until: until}.Compose(fresh)
		},
		"move-backup": func() (Mail, error) {
			return ConfirmMove{Token: backToken, New: fresher, Backup: true, Until: until}.Compose(fresh)
		},
		"moved":        func() (Mail, error) { return Moved{New: fresher, Role: true}.Compose(fresh) },
		"moved-away":   func() (Mail, error) { return Moved{New: fresher, Left: true}.Compose(to) },
		"moved-own":    func() (Mail, error) { return Moved{New: fresher, Own: true}.Compose(fresh) },
		"moved-backup": func() (Mail, error) { return Moved{New: fresher, Backup: true}.Compose(to) },
		"role-back":    func() (Mail, error) { return RoleDecided{Role: list.RoleOwner, Back: true}.Compose(fresh) },
		"role-refused": func() (Mail, error) {
			return RoleDecided{Role: list.RoleModerator, Words: "Please ring Asha."}.Compose(fresh)
		},
		"role-unheard": func() (Mail, error) { return RoleDecided{Role: list.RoleModerator}.Compose(fresh) },
		"many-left": func() (Mail, error) {
			return ManyLeft{Provider: "outlook.com", Count: 6, Since: time.Date(2026, 11, 22, 11, 58, 0, 0, time.UTC)}.Compose(to)
		},
		"many-left-spaces": func() (Mail, error) {
			return ManyLeft{Provider: "Microsoft 365", Count: 6, Since: time.Date(2026, 11, 22, 11, 58, 0, 0, time.UTC)}.Compose(to)
		},
		"restored":            func() (Mail, error) { return Restored(to) },
		"we-have-moved":       func() (Mail, error) { return WeHaveMoved(to, list.Membership{Mode: list.ModeWeekly}) },
		"we-have-moved-every": func() (Mail, error) { return WeHaveMoved(to, list.Membership{Mode: list.ModeEvery}) },
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := golden(t, name, compose)
			fits(t, m)
		})
	}
}

func TestMailsAboutARoleThatEnded(t *testing.T) {
	fresh := toTom()
	fresh.Person.Address = message.Address{Local: "tom", Domain: "new.example"}
	for name, compose := range map[string]func() (Mail, error){
		"role-ended":         func() (Mail, error) { return RoleEnded{Was: list.RoleModerator, Now: list.RoleMember}.Compose(fresh) },
		"role-ended-owner":   func() (Mail, error) { return RoleEnded{Was: list.RoleOwner, Now: list.RoleModerator}.Compose(fresh) },
		"role-ended-auditor": func() (Mail, error) { return RoleEnded{Was: list.RoleAuditor, Now: list.RoleMember}.Compose(fresh) },
		"role-ended-reads":   func() (Mail, error) { return RoleEnded{Was: list.RoleOwner, Now: list.RoleAuditor}.Compose(fresh) },
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := golden(t, name, compose)
			fits(t, m)
		})
	}
}
