package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func changeListSettings(t *testing.T, w *walk) {
	w.become("owner")
	w.open("/mod")
	w.press("main//a", "Settings of the list")
	w.titled("Settings of ")
	value := func(id string) string {
		v, err := chromedp.Run(w.ctx, chromedp.Value(chromedp.CSS("#"+id)))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := value("send-delay")
	w.enter("send-delay", "99")
	w.press("main//button", "Save Messages that go out")
	w.titled("Error: ")
	w.says("Write the minutes, from 0 to 15.")
	if typed := value("send-delay"); typed != "99" {
		t.Errorf("what was typed is %q now", typed)
	}
	w.enter("send-delay", map[bool]string{true: "7", false: "8"}[w.l != nil])
	w.press("main//button", "Save Messages that go out")
	w.says("Saved. All moderators get an email about it.")
	w.enter("keep-posts", "120")
	w.press("main//button", "Save Messages that go out")
	w.titled("Please confirm")
	w.says("Posts that are older than 120 months are erased for ever")
	w.press("main//a", "No, go back")
	if kept := value("keep-posts"); kept != "" {
		t.Errorf("posts are kept for %q months now", kept)
	}
	w.enter("send-delay", before) // others wait for their mails
	w.press("main//button", "Save Messages that go out")
	w.says("Saved. All moderators get an email about it.")
}

func giveARole(t *testing.T, w *walk) {
	w.become("owner")
	w.open("/mod/members?q=" + strings.ReplaceAll(w.h.role(t, "auditor").Address, "@", "%40"))
	w.press("ul[@class='threads']//h3/a", "")
	w.script(`document.getElementById("rl").value = "moderator"`)
	w.press("main//button", "Change the role")
	w.titled("Please confirm")
	w.says("They decide what waits")
	w.press("main//button", "Yes, do it")
	w.says("Done: they have another role.")
	w.script(`document.getElementById("rl").value = "auditor"`)
	w.press("main//button", "Change the role")
	w.press("main//button", "Yes, do it")
	w.says("Auditor")
}

func banAndUnban(t *testing.T, w *walk) {
	w.become("moderator")
	w.open("/mod/settings")
	w.says("Owners of the list can change this.")
	w.enter("ban", "nobody at all")
	w.press("main//button", "Ban")
	w.titled("Error: ")
	w.enter("ban", "@spam.example")
	w.press("main//button", "Ban")
	w.titled("Please confirm")
	w.press("main//button", "Yes, do it")
	w.says("they can neither write nor join")
	w.press("main//button", "End the ban of @spam.example")
	w.press("main//button", "Yes, do it")
	w.says("Nobody is banned.")
}
