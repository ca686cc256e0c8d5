package notice

import "testing"

func TestReminderOfTheRules(t *testing.T) {
	golden(t, "rules-reminder", func() (Mail, error) { return RulesReminder{}.Compose(toTom()) })
	golden(t, "rules-reminder-own", func() (Mail, error) {
		to := toTom()
		to.List.RulesURL = "https://forum.example.org/rules"
		return RulesReminder{Words: "Be kind. Write no names of children, and none of schools other than your own."}.Compose(to)
	})
}
