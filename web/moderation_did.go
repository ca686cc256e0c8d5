package web

import (
	"regexp"
	"strings"
	"time"
)

// did says in words what an entry of the record says was done. The record keeps its own, for the command line.
var did = map[string]string{
	"held approved": "Approved", "held rejected": "Sent back to the writer", "held discarded": "Discarded without telling",
	"held undo": "Took a decision back", "held claim": "Looks after it", "held redact": "Took words out of it", "held ask": "Asked the writer", "held return": "Sent back, as nobody decided in time",
	"held withdrawn": "Taken back by its writer", "held unheard": "Sent back, as nobody decided in time",

	"post stop": "Stopped a post", "post release": "Let a stopped post go out again", "post recall": "Asked members to delete a post", "post redact": "Took words out of a post",
	"post erase": "Erased a post", "post hide": "Removed a post from the archive", "post show": "Showed a removed post again", "post report": "Reported a post", "report keep": "Looked at a report, and kept the post",
	"post announce": "Wrote to everybody", "incident export": "Saved a post for safeguarding", "message erase": "Erased a message",

	"thread close": "Closed a discussion", "thread open": "Opened a discussion again", "thread pin": "Pinned a discussion", "thread tag": "Changed the topics of a discussion",
	"thread start": "Put a discussion on the page for new people", "thread hold": "Lets every answer wait in a discussion", "thread release discussion": "Answers wait no longer in a discussion",
	"thread merge": "Joined two discussions", "thread split": "Made two discussions of one",

	"member add": "Added a member", "member set": "Changed a member's settings", "member remove": "Removed a member", "member leave": "A member left", "member return": "A member came back",
	"member address": "A member has a new address", "member backup": "A member changed their second address", "member decline": "Turned somebody away", "member link": "Two members are one person",
	"member look": "Looked at a member", "member export": "Saved the members as a file", "member invite": "Invited somebody", "member forget": "Forgot a member",
	"moderator set": "Changed a role", "moderator practice": "Sent a practice message", "ban add": "Banned somebody", "ban remove": "Ended a ban", "invite imported": "Invited imported members",
	"feed make": "Made a feed", "feed end": "Stopped a feed", "mail answer": "Answered a message to the moderators", "mail share": "Showed members a message to the moderators",

	"guard allow": "Lets names stand that are no child's", "guard disallow": "Lets names stand no longer",
	"list create": "Made the list", "list set": "Changed a setting of the list", "list emergency": "Hold everything new", "list era set": "Set from when rules changed", "list era remove": "Took a change of rules out",
	"archive import": "Brought in an old archive", "archive export": "Saved the archive as a file", "digest send": "Sent a digest", "notice set": "Changed the words of an email", "notice reset": "Put the words of an email back",
	"topic remove": "Removed a topic", "collection remove": "Removed a collection",
}

// acted are acts that were asked for by email or on a page, and confirmed.
var acted = map[string]string{
	"remove": "Removed a member", "add": "Added a member", "ban": "Banned somebody", "unban": "Ended a ban", "moderate": "Lets all messages of a member wait", "unmoderate": "A member's messages wait no longer",
	"trust": "Trusts a member", "suspend": "Stopped email to a member", "resume": "Started email to a member again", "role": "Changed a role",
	"announce": "Wrote to everybody", "hold list": "Lets everything new wait", "release list": "New messages go out again", "approve all": "Approved all that needed no closer look",
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
