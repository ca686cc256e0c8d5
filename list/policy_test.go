package list

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

// good is a submission that every rule lets pass; each case spoils it.
func good() Submission {
	return Submission{
		List:  List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: DefaultSettings()},
		Texts: Texts{Name: "SENCO Forum", Post: "senco-forum@lists.example.org", Owner: "senco-forum-owner@lists.example.org", Limit: "15 MB"},
		Size:  5000, Limit: 15 << 20, Auth: Verified, Author: &Membership{Role: RoleMember, Mode: ModeEvery}, Addresses: 1,
	}
}

func TestDecide(t *testing.T) {
	type answer struct {
		Action Action
		Code   int
		First  string
	}
	for _, c := range []struct {
		name  string
		spoil func(*Submission)
		want  answer
	}{
		{"a verified member's ordinary post is accepted", func(s *Submission) {}, answer{Accept, 0, "member"}},
		{"a post over the server's limit is refused for good", func(s *Submission) { s.Size = 16 << 20 }, answer{Refuse, 552, "size"}},
		{"a post over the list's own limit is refused", func(s *Submission) { s.List.MaxMessage = 4000 }, answer{Refuse, 552, "size"}},
		{"a post exactly at the limit passes", func(s *Submission) { s.Size = s.Limit }, answer{Accept, 0, "member"}},
		{"a broken form is refused", func(s *Submission) { s.Form = &message.FormError{Rule: message.RuleParts} }, answer{Refuse, 550, "form"}},
		{"a missing From has words of its own", func(s *Submission) { s.Form = &message.FormError{Rule: message.RuleNoFrom} }, answer{Refuse, 550, "no-from"}},
		{"over 100 addresses are refused", func(s *Submission) { s.Addresses = 101 }, answer{Refuse, 550, "many"}},
		{"100 addresses are not refused", func(s *Submission) { s.Addresses = 100 }, answer{Moderate, 0, "many addresses"}},
		{"a loop is refused", func(s *Submission) { s.Loop = "bears the mark" }, answer{Refuse, 554, "loop"}},
		{"From as an address of ours is refused", func(s *Submission) { s.FromUs = true }, answer{Refuse, 550, "from"}},
		{"an unverified sender waits", func(s *Submission) { s.Auth = Unverified }, answer{Hold, 0, "unverified"}},
		{"a failed sender is refused", func(s *Submission) { s.Auth = Failed }, answer{Refuse, 550, "sender"}},
		{"trouble with the check is temporary", func(s *Submission) { s.Auth = Unknown }, answer{Refuse, 451, "later"}},
		{"no word about the sender fails closed", func(s *Submission) { s.Auth = "" }, answer{Refuse, 550, "sender"}},
		{"a known message is a duplicate", func(s *Submission) { s.Known = true }, answer{Duplicate, 0, "duplicate"}},
		{"automatic mail is discarded", func(s *Submission) { s.Automatic = []string{"auto-submitted"} }, answer{Discard, 0, "automatic"}},
		{"a closed list takes nothing", func(s *Submission) { s.List.Closed = true }, answer{Refuse, 550, "closed"}},
		{"a member who may not post is refused", func(s *Submission) { s.Author.NoPosting = true }, answer{Refuse, 550, "stopped"}},
		{"a stranger's waits", func(s *Submission) { s.Author = nil }, answer{Stranger, 0, "stranger"}},
		{"a stranger's waits at a list of old", func(s *Submission) { s.Author, s.List.NonMember = nil, "" }, answer{Stranger, 0, "stranger"}},
		{"a stranger's waits for moderators", func(s *Submission) { s.Author, s.List.NonMember = nil, NonMemberHold }, answer{Moderate, 0, "not a member"}},
		{"a stranger is refused where the list says so", func(s *Submission) { s.Author, s.List.NonMember = nil, NonMemberRefuse }, answer{Refuse, 550, "stranger"}},
		{"a stranger's spam is refused", func(s *Submission) { s.Author, s.Spam = nil, "X-Spam" }, answer{Refuse, 550, "spam"}},
		{"a member's spam waits", func(s *Submission) { s.Spam = "X-Spam" }, answer{Moderate, 0, "spam"}},
		{"a member who may not post is refused before spam counts", func(s *Submission) { s.Author.NoPosting, s.Spam = true, "X-Spam" }, answer{Refuse, 550, "stopped"}},
		{"spam in anybody's name waits as if it were none", func(s *Submission) { s.Author, s.Auth, s.Spam = nil, Unverified, "X-Spam" }, answer{Hold, 0, "unverified"}},
		{"an unverified stranger learns nothing of membership", func(s *Submission) { s.Author, s.Auth = nil, Unverified }, answer{Hold, 0, "unverified"}},
		{"form comes before everything", func(s *Submission) {
			s.Form, s.Loop, s.Author = &message.FormError{Rule: message.RuleNUL}, "loop", nil
		}, answer{Refuse, 550, "form"}},
		{"a duplicate of an automatic mail is a duplicate", func(s *Submission) { s.Known, s.Automatic = true, []string{"x"} }, answer{Duplicate, 0, "duplicate"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := good()
			c.spoil(&s)
			v := Decide(s)
			got := answer{Action: v.Action, First: v.Reasons[0]}
			if v.Refusal != nil {
				got.Code = v.Refusal.Code
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
			if (v.Action == Refuse) != (v.Refusal != nil) {
				t.Errorf("action %s with refusal %v", v.Action, v.Refusal)
			}
		})
	}
}
