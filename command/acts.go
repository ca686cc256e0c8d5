package command

import "time"

// Acts returns the word that a text would do if a member or a moderator sent it in answer to a mail of the robot's to a member, or
// nothing where it does none at any of these places. So nobody's own words in such a mail are read as an order when it comes back.
func Acts(text string, today time.Time) string {
	for _, p := range placeNames {
		if p.at&(decisions|Batch|Owner|toList) != 0 {
			continue
		}
		for _, moderator := range []bool{false, true} {
			r := Read(Request{At: p.at, Moderator: moderator, Subject: "Re: Nothing was done", Text: text, Today: today})
			if r.Outcome == Done && r.Word.Name != "help" {
				return r.Word.Name
			}
		}
	}
	return ""
}
