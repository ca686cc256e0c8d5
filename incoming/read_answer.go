package incoming

import (
	"time"

	"sencoforum/command"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/relay"
)

// saysYes reports whether an answer to a question of ours says yes and nothing else.
func saysYes(m *message.Message, now time.Time) bool { return does(m, command.WasYou, now, "yes") }

// wantsBack reports whether an answer to a goodbye is the word that brings its writer back, or a delivery mode, which does so
// as well and says how posts are to come.
func wantsBack(m *message.Message, now time.Time) (list.DeliveryMode, bool) {
	got := command.Read(command.Of(m, command.Request{At: command.Goodbye, Today: now}))
	if got.Outcome != command.Done {
		return "", false
	}
	switch mode := list.DeliveryMode(got.Word.Name); mode {
	case list.ModeEvery, list.ModeQuestions, list.ModeDaily, list.ModeWeekly, list.ModeNone:
		return mode, true
	}
	return "", got.Word.Name == "join"
}

// wantsMail reports whether an answer to a mail about a suspension is the word that ends it.
func wantsMail(m *message.Message, now time.Time) bool {
	return does(m, command.Suspended, now, "resume")
}

func does(m *message.Message, at command.Place, now time.Time, word string) bool {
	got := command.Read(command.Of(m, command.Request{At: at, Today: now}))
	return got.Outcome == command.Done && got.Word.Name == word
}

// relayWords are the words that somebody who writes to a relay address says to the robot.
var relayWords = map[string]relay.Word{"mute": relay.Mute, "unmute": relay.Unmute, "report": relay.Report}

// relayWord reads whether a mail to a relay address is one word for the robot, and returns the line in which it stands. A mail
// that begins with such a word and goes on below it is unclear: it is neither done nor passed on, as nobody should read what was
// not for them. One in which more stands in the same line is a letter.
func relayWord(m *message.Message, now time.Time, names ...string) (relay.Word, string) {
	got := command.Read(command.Of(m, command.Request{At: command.Relay, Today: now, Names: names}))
	switch {
	case got.Outcome == command.Done:
		return relayWords[got.Word.Name], got.Read
	case got.Word.Name != "" && (got.Why == command.WhySecond || got.Why == command.WhyTwo):
		return relay.Unclear, got.Read
	}
	return relay.NoWord, ""
}
