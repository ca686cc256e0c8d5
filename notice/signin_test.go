package notice

import (
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

func TestSignInCode(t *testing.T) {
	to := To{
		List:   list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		Person: list.Person{Name: "Jane Smith", Address: message.Address{Local: "jane", Domain: "school.example"}},
		ID:     "code.1", Now: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC),
	}
	m, _ := golden(t, "signin-code", func() (Mail, error) {
		return SignInCode{Code: "314159", Minutes: 30, Link: "https://forum.example.org/in/snc1_00000000000000000000000000000000"}.Compose(to)
	})
	fits(t, m)
	m, _ = golden(t, "signin-code-only", func() (Mail, error) { return SignInCode{Code: "004200", Minutes: 30}.Compose(to) })
	fits(t, m)
}
