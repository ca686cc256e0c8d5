package browser

import "testing"

func keepReported(t *testing.T, w *walk) {
	w.become("moderator")
	w.open("/mod")
	w.press("main//button", "Keep it, the report is done")
	w.says("looked at this report, and the post stays")
}

func announceSomething(t *testing.T, w *walk) {
	w.become("moderator")
	w.open("/mod")
	w.press("main//a", "Announce something")
	w.enter("sj", "The summer meeting")
	w.press("main//button", "Check it")
	w.titled("Error: ")
	w.says("Write what you want to announce.")
	w.enter("tx", "It is in July.")
	w.press("main//button", "Check it")
	w.titled("Please confirm")
	w.says("for the moderators of")
	w.press("main//button", "Change it")
	w.enter("tx", "It is in June.")
	w.press("main//button", "Check it")
	w.says("It is in June.")
	w.press("main//button", "Yes, do it")
	w.says("It goes out after the usual delay.")
}

func letANameStand(t *testing.T, w *walk) {
	w.become("moderator")
	w.open("/mod/settings")
	w.press("main//a", "See or change them")
	w.enter("nw", "Oliver")
	w.press("main//button", "Add")
	w.titled("Error: ")
	w.says("Write two words or more.")
	w.enter("nw", "Harriet Wells")
	w.press("main//button", "Add")
	w.says("it counts from the next message on")
	w.press("main//button", "Remove Harriet Wells")
	w.says("The list has no names of its own.")
	w.open("/settings")
	w.tick("input[name=duty]")
	w.press("main//button", "Save my turns on duty")
	w.says("Saved.")
}
