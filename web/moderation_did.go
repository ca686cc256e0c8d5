package web

import (
	"regexp"
	"strings"
	"time"
)

// did says in words what an entry of the record says was done. The record keeps its own, for the command line.
var did = map[string]string{
	"held approved": "Approved", "held rejected": "Sent back to the writer", "held discarded": "Discarded without telling",
	"held undo": "Took a decision back", "held claim": "Took it to look after", "held redact": "Took words out of it", "held ask": "Asked the writer", "held return": "Sent back, as nobody decided in time",
	"held withdrawn": "Taken back by its writer", "held unheard": "Sent back, as nobody decided in time",

	"post stop": "Stopped a post", "post release": "Let a stopped post go out again", "post recall": "Asked members to delete a post", "post redact": "Took words out of a post",
	"post erase": "Erased a post", "post hide": "Removed a post from the archive", "post show": "Showed a removed post again", "post report": "Reported a post", "report keep": "Looked at a report, and kept the post",
	"post announce": "Wrote to everybody", "incident export": "Saved a post for safeguarding", "message erase": "Erased a message",

	"thread close": "Closed a discussion", "thread open": "Opened a discussion again", "thread pin": "Pinned a discussion", "thread unpin": "Unpinned a discussion",
	"thread tag": "Gave a discussion a topic", "thread untag": "Took a topic off a discussion", "thread start": "Put a discussion on the page for new people",
	"thread hold": "Made all answers in a discussion wait", "thread release": "Let answers in a discussion go out again", "thread release discussion": "Let answers in a discussion go out again",
	"thread merge": "Joined two discussions", "thread split": "Made two discussions of one", "thread attach": "Put a post below another one", "thread rebuild": "Put all discussions together anew",

	"member add": "Added a member", "member set": "Changed a member’s settings", "member remove": "Removed a member", "member leave": "A member left", "member return": "A member came back",
	"member address": "A member has a new address", "member backup": "A member changed their second address", "member decline": "Turned somebody away", "member link": "Found that two members are one person",
	"member look": "Looked at a member", "member export": "Saved the members as a file", "member invite": "Invited somebody", "member forget": "Forgot a member",
	"moderator set": "Changed a role", "moderator practice": "Sent a practice message", "ban add": "Banned somebody", "ban remove": "Ended a ban", "invite imported": "Invited imported members",
	"feed make": "Made a feed", "feed end": "Stopped a feed", "mail answer": "Answered a message to the moderators", "mail share": "Showed members a message to the moderators",

	"guard allow": "Let names through that are no child’s", "guard disallow": "Let names through no longer",
	"list create": "Made the list", "list set": "Changed a setting of the list", "list emergency": "Switched “everything new waits”", "list era set": "Set from when rules changed", "list era remove": "Took a change of rules out",
	"archive import": "Brought in an old archive", "archive export": "Saved the archive as a file", "digest send": "Sent a digest", "notice set": "Changed the words of an email", "notice reset": "Put the words of an email back",
	"topic add": "Made a topic", "topic rename": "Gave a topic another name", "topic remove": "Removed a topic",
	"collection create": "Made a collection", "collection add": "Put a discussion into a collection", "collection set": "Changed a collection", "collection remove": "Removed a collection, or a discussion from it",

	"queue retry": "Had emails tried again at once", "queue drop": "Gave up emails that waited", "retention": "Erased what was kept long enough", "audit trim": "Erased the oldest entries here",
	"backup": "Made a copy of everything, for safety", "restore": "Put everything back from a copy",
	"reindex": "Made the search anew", "store compact": "Made the files of the server smaller",
}

// acted are acts that were asked for by email or on a page, and confirmed.
var acted = map[string]string{
	"remove": "Removed a member", "add": "Added a member", "ban": "Banned somebody", "unban": "Ended a ban", "moderate": "Made all messages of a member wait", "unmoderate": "Let a member’s messages go out again",
	"trust": "Trusted a member", "suspend": "Stopped email to a member", "resume": "Started email to a member again", "role": "Changed a role",
	"announce": "Wrote to everybody", "hold list": "Made everything new wait", "release list": "Let new messages go out again", "approve all": "Approved all that needed no closer look",
}

// didWords says what an action was. One without words of ours stands as the record has it.
func didWords(action string) string {
	if words, ok := did[action]; ok {
		return words
	}
	if act, ok := strings.CutPrefix(action, "act "); ok && acted[act] != "" {
		return acted[act]
	}
	return action
}

// recordTime is a time as the record has it.
var recordTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`)

// detailWords writes the times in a detail as people do.
func detailWords(detail string) string {
	return recordTime.ReplaceAllStringFunc(detail, func(s string) string {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return s
		}
		if at = at.In(london); at.Hour() == 0 && at.Minute() == 0 {
			return at.Format("2 January 2006")
		}
		return at.Format("2 January 2006, 15:04")
	})
}

// settingWords writes what a setting of a list was changed to as its page has it. What is no setting stays.
func settingWords(detail string) string {
	proof, is, found := strings.Cut(detail, "; ")
	if !found {
		proof, is = "", detail
	}
	key, value, _ := strings.Cut(is, " ")
	for _, part := range listParts() {
		for _, f := range part.Fields {
			if f.Key != key {
				continue
			}
			words := f.Label
			if value != "" {
				words += ": " + f.recorded(value)
			}
			if proof != "" {
				words += "; " + proof
			}
			return words
		}
	}
	return detail
}

// recorded is a value of a setting in words, as the record has it.
func (f listField) recorded(value string) string {
	for _, o := range f.Choices {
		if o.Value == value {
			return o.Text
		}
	}
	_, empty, can := strings.Cut(f.Hint, "Empty: ")
	switch {
	case f.Box && value == "on":
		return "yes"
	case f.Box && value == "off":
		return "no"
	case can && value == "off":
		return strings.TrimSuffix(empty, ".")
	}
	return value
}
