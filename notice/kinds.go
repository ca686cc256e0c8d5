package notice

import (
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A kind names the mails to members, writers and applicants that a list may have words of its own around.
type kind string

// The kinds. What goes to moderators on duty is ours: they work from it.
const (
	ours kind = ""

	kindConfirmJoin   kind = "confirm-join"
	kindInvitation    kind = "invitation"
	kindAlreadyMember kind = "already-member"
	kindRequest       kind = "request"
	kindQuestion      kind = "question"
	kindWelcome       kind = "welcome"
	kindDeclined      kind = "declined"
	kindUndecided     kind = "undecided"
	kindConfirmLeave  kind = "confirm-leave"
	kindGoodbye       kind = "goodbye"
	kindBack          kind = "back"
	kindRestored      kind = "restored"
	kindNewServer     kind = "new-server"
	kindRules         kind = "rules"

	kindConfirmAddress kind = "confirm-address"
	kindAddress        kind = "address"
	kindOtherAddress   kind = "other-address"
	kindRole           kind = "role"
	kindAddressTest    kind = "address-test"
	kindAddressStopped kind = "address-stopped"
	kindAddressWorks   kind = "address-works"
	kindMailboxFull    kind = "mailbox-full"
	kindMarkedSpam     kind = "marked-spam"

	kindWasThisYou     kind = "was-this-you"
	kindNotKnown       kind = "not-known"
	kindAddressNamed   kind = "address-named"
	kindIsThisYou      kind = "is-this-you"
	kindWaiting        kind = "waiting"
	kindStillWaiting   kind = "still-waiting"
	kindReturned       kind = "returned"
	kindUnheard        kind = "unheard"
	kindAskChild       kind = "ask-child"
	kindAskPrivate     kind = "ask-private"
	kindAskWord        kind = "ask-word"
	kindAskDigest      kind = "ask-digest"
	kindNotSent        kind = "not-sent"
	kindTakenBack      kind = "taken-back"
	kindSentToOne      kind = "sent-to-one"
	kindAck            kind = "ack"
	kindDigestAnswered kind = "digest-answered"
	kindReported       kind = "reported"
	kindRecall         kind = "recall"
	kindPassedOn       kind = "passed-on"

	kindDone               kind = "done"
	kindStatus             kind = "status"
	kindNotUnderstood      kind = "not-understood"
	kindPauseOver          kind = "pause-over"
	kindSummer             kind = "summer"
	kindSolved             kind = "solved"
	kindFound              kind = "found"
	kindFollowed           kind = "followed"
	kindDiscussion         kind = "discussion"
	kindNoDiscussion       kind = "no-discussion"
	kindMyData             kind = "my-data"
	kindCode               kind = "code"
	kindPrivate            kind = "private"
	kindPrivateNumber      kind = "private-number"
	kindPrivateUndelivered kind = "private-undelivered"
)

// around is a kind as those who look after a list know it.
type around struct {
	kind   kind
	mail   string // which one it is, for people
	sample func(t To) (Mail, error)
}

// kinds are all of them, in the order in which they are listed.
func kinds() []around {
	return append(append(append(joinKinds(), addressKinds()...), writerKinds()...), memberKinds()...)
}

// Samples have these in them.
const (
	sampleSubject = "Part-time timetables"
	sampleCode    = "123456"
)

func sampleMatter() Matter { return Matter{Subject: sampleSubject, Text: "Has anyone ..."} }

func sampleAddress() message.Address {
	return message.Address{Local: "jane", Domain: "home.example"}
}

func joinKinds() []around {
	member := list.Membership{Mode: list.ModeWeekly}
	return []around{
		{kindConfirmJoin, "the question whether somebody wants to join", func(t To) (Mail, error) {
			return ConfirmJoin{Token: sampleToken, Until: t.Now.Add(72 * time.Hour), Start: list.ModeQuestions}.Compose(t)
		}},
		{kindInvitation, "an invitation", func(t To) (Mail, error) {
			return ConfirmJoin{Token: sampleToken, Until: t.Now.Add(72 * time.Hour), Start: list.ModeQuestions, Invited: true}.Compose(t)
		}},
		{kindAlreadyMember, "to a member who asks to join", func(t To) (Mail, error) { return AlreadyMember(t, member) }},
		{kindRequest, "to somebody about whom moderators decide", func(t To) (Mail, error) { return Applied(t, "") }},
		{kindQuestion, "a moderator's question to such a person", func(t To) (Mail, error) {
			return Question{Words: "Where do you work?", Token: sampleToken}.Compose(t)
		}},
		{kindWelcome, "to a new member", func(t To) (Mail, error) {
			return Welcome{Members: 1200, Mode: list.ModeQuestions, Days: 11, Held: true}.Compose(t)
		}},
		{kindDeclined, "to somebody who is not let in", func(t To) (Mail, error) { return Declined(t, "") }},
		{kindUndecided, "to somebody about whom nobody decided", Undecided},
		{kindConfirmLeave, "the question whether a member wants to leave", func(t To) (Mail, error) {
			return ConfirmLeave(t, sampleToken, "", t.Now.Add(72*time.Hour))
		}},
		{kindGoodbye, "to somebody who has left", func(t To) (Mail, error) { return Goodbye{Token: sampleToken, Days: 30}.Compose(t) }},
		{kindBack, "to somebody who has come back", func(t To) (Mail, error) { return Back(t, member) }},
		{kindRestored, "to members whom a program took off", Restored},
		{kindNewServer, "to members when the forum has come to this server", func(t To) (Mail, error) { return WeHaveMoved(t, member) }},
		{kindRules, "the rules of each month", RulesReminder{}.Compose},
	}
}

func addressKinds() []around {
	bounce := func(t To) Bounce {
		p := t.Person
		p.Backup = sampleAddress()
		return Bounce{List: t.List, Member: p, To: p, Token: sampleToken, Now: t.Now}
	}
	return []around{
		{kindConfirmAddress, "the question whether a new or second address is right", func(t To) (Mail, error) {
			return ConfirmMove{Token: sampleToken, New: sampleAddress(), Until: t.Now.Add(72 * time.Hour)}.Compose(t)
		}},
		{kindAddress, "when a new or second address is in use", Moved{New: sampleAddress()}.Compose},
		{kindOtherAddress, "when a member can write from another address", func(t To) (Mail, error) { return Linked(t, sampleAddress()) }},
		{kindRole, "about a role: owner, moderator or auditor", RoleDecided{Role: list.RoleModerator, Back: true}.Compose},
		{kindAddressTest, "a test of an address that refused mail", func(t To) (Mail, error) { return bounce(t).Probe() }},
		{kindAddressStopped, "to the second address when the usual one refuses", func(t To) (Mail, error) { return bounce(t).Suspended() }},
		{kindAddressWorks, "when the usual one works again", func(t To) (Mail, error) { return bounce(t).Resumed() }},
		{kindMailboxFull, "to the second address when a mailbox is full", func(t To) (Mail, error) { return bounce(t).Full() }},
		{kindMarkedSpam, "to the second address after a mark as spam", func(t To) (Mail, error) { return bounce(t).Complained() }},
	}
}

func writerKinds() []around {
	doubt := func(c list.Cause, notes ...string) func(To) (Mail, error) {
		return Doubt{Subject: sampleSubject, Findings: []list.Finding{{Cause: c, Notes: notes}}, Token: sampleToken, Members: 1200, Days: 7}.Compose
	}
	return []around{
		{kindWasThisYou, "the question whether a message is a member's", func(t To) (Mail, error) {
			return WasThisYou{List: t.List, To: t.Person, Subject: sampleSubject, Token: sampleToken, Days: 7, Now: t.Now}.Compose()
		}},
		{kindNotKnown, "to a writer whose address is not known", NotKnown{Subject: sampleSubject, Token: sampleToken, Days: 7}.Compose},
		{kindAddressNamed, "when they have named another address", AddressNamed{Read: []message.Address{sampleAddress()}, Left: 1}.Compose},
		{kindIsThisYou, "to the address that they named", IsThisYou{From: sampleAddress(), Subject: sampleSubject, Token: sampleToken, Days: 7}.Compose},
		{kindWaiting, "to a writer whose message waits for moderators", HeldBack{Subject: sampleSubject, Token: sampleToken}.Compose},
		{kindStillWaiting, "when it still waits", func(t To) (Mail, error) {
			return StillWaiting{Subject: sampleSubject, Token: sampleToken, Days: 2, Back: t.Now.AddDate(0, 0, 8)}.Compose(t)
		}},
		{kindReturned, "when a moderator sends it back", Returned{Matter: sampleMatter(), Reason: "Please leave the name out."}.Compose},
		{kindUnheard, "when it goes back because nobody decided", Returned{Matter: sampleMatter(), Days: 10}.Compose},
		{kindAskChild, "the question about a message that may name a child", doubt(list.CausePupil, "a full name")},
		{kindAskPrivate, "the question whether a message is for everyone", doubt(list.CausePrivate, "between us")},
		{kindAskWord, "the question whether a message is for the robot", doubt(list.CauseCommand, "unsubscribe?", "I was not sure, so I did nothing.", "leave")},
		{kindAskDigest, "the question about a message that quotes a digest", doubt(list.CauseDigest)},
		{kindNotSent, "when a writer did not answer such a question", NotSent{Matter: sampleMatter()}.Compose},
		{kindTakenBack, "when a writer takes a message back, or is too late", TakenBack{Subject: sampleSubject, Read: "cancel"}.Compose},
		{kindSentToOne, "when a message goes to one member alone", SentToOne{Subject: sampleSubject, Name: "Sam Lee", Read: "only Sam"}.Compose},
		{kindAck, "to a writer whose message is taken", func(t To) (Mail, error) {
			return Ack{Subject: sampleSubject, Token: sampleToken, Members: 1200, Due: t.Now.Add(5 * time.Minute)}.Compose(t)
		}},
		{kindDigestAnswered, "to a member who answered a whole digest", DigestAnswered{}.Compose},
		{kindReported, "to a member who reported a post", func(t To) (Mail, error) {
			return PostReported(t, PostLine{Number: 48213, Subject: sampleSubject})
		}},
		{kindRecall, "to members who are asked to delete a post", func(t To) (Mail, error) { return Recall{Written: t.Now}.Compose(t) }},
		{kindPassedOn, "when the robot passes a mail on to people", HandedOver{}.Compose},
	}
}

func memberKinds() []around {
	member := list.Membership{Mode: list.ModeWeekly}
	private := Private{Other: "Sam Lee", Back: message.Address{Local: "senco-forum-relay", Domain: "lists.example.org"}, Word: "mute"}
	hit := func(t To) []Hit {
		return []Hit{{Subject: sampleSubject, Author: "Sam Lee", Written: t.Now.AddDate(-1, 0, 0), Posts: 3}}
	}
	return []around{
		{kindDone, "when a member has changed something", Obeyed{Subject: DoneWords(list.ModeWeekly), Text: []string{NowWords(list.ModeWeekly)}, Read: "weekly"}.Compose},
		{kindStatus, "what a member gets, in answer to status", func(t To) (Mail, error) {
			return Status{Membership: list.Membership{Mode: list.ModeWeekly, Joined: t.Now}, Person: t.Person, Read: "status"}.Compose(t)
		}},
		{kindNotUnderstood, "when the robot did not understand", Unknown{Read: "weeekley", Why: "I do not know this word.", Words: [][2]string{{"weekly", "one email every Monday"}}}.Compose},
		{kindPauseOver, "when a pause is over", PauseOver{Membership: member}.Compose},
		{kindSummer, "the question before the summer holidays", func(t To) (Mail, error) {
			return SummerPause{Begins: t.Now, Term: t.Now.AddDate(0, 0, 42)}.Compose(t)
		}},
		{kindSolved, "the question what came of a question", func(t To) (Mail, error) {
			return WasItSolved{Post: 48213, Subject: sampleSubject, Asked: t.Now.AddDate(0, 0, -14), Answers: 2, Everyone: t.List.Post()}.Compose(t)
		}},
		{kindFound, "what a search found", func(t To) (Mail, error) {
			return Found{Words: "timetables", Total: 1, From: 1, Hits: hit(t), Token: sampleToken}.Compose(t)
		}},
		{kindFollowed, "what is new about a search that a member follows", func(t To) (Mail, error) {
			return FoundNew{Searches: []FollowedSearch{{Words: "timetables", Hits: hit(t)}}, Token: sampleToken}.Compose(t)
		}},
		{kindDiscussion, "a whole discussion", func(t To) (Mail, error) {
			return WholeThread{Subject: sampleSubject, Number: 48213, Posts: []ThreadPost{{Number: 48213, Author: "Sam Lee", Written: t.Now, Text: "Has anyone ..."}}}.Compose(t)
		}},
		{kindNoDiscussion, "when a discussion is not there", NoThread{Asked: "#1"}.Compose},
		{kindMyData, "what the server knows of a member, as a file", YourData{}.Compose},
		{kindCode, "the code to sign in on the web", SignInCode{Code: sampleCode, Minutes: 15}.Compose},
		{kindPrivate, "the answer to a word about private messages", private.Muted},
		{kindPrivateNumber, "the question about a number in a private message", func(t To) (Mail, error) {
			return private.Numbered(t, sampleSubject, []string{"line 2"})
		}},
		{kindPrivateUndelivered, "when a private message reached nobody", func(t To) (Mail, error) { return private.Undelivered(t, sampleSubject) }},
	}
}
