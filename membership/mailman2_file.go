package membership

import (
	"fmt"
	"strings"

	"sencoforum/list"
)

// file is a list of Mailman 2 as a file of members: a line for each, in order of their addresses.
func (m Mailman2) file() File {
	f := File{}
	digest := m.digestMode()
	all, acknowledged, concealed := m.Number("default_member_moderation"), 0, 0
	for i, one := range m.Members {
		f.Lines = append(f.Lines, one.line(i+1, digest))
		if one.Options&MailmanAcknowledge != 0 {
			acknowledged++
		}
		if one.Options&MailmanConceal != 0 {
			concealed++
		}
	}
	for _, o := range m.Owners {
		f.Officials = append(f.Officials, Official{Address: o, Role: list.RoleOwner})
	}
	for _, o := range m.Moderators {
		f.Officials = append(f.Officials, Official{Address: o, Role: list.RoleModerator})
	}
	f.Settings = m.counterparts()
	f.Notes = m.lost()
	f.note(all != 0, "default_member_moderation: posts of new members were held there; here a member posts at once")
	f.note(acknowledged > 0, "%s asked for an acknowledgement of each post (ack), which cannot be kept", counted(acknowledged, "member"))
	f.note(concealed > 0, "%s hid their address from the roster (hide): no roster is shown to anybody here", counted(concealed, "member"))
	for _, n := range m.unread {
		f.note(true, "line %d is no NAME = VALUE and was passed over", n)
	}
	return f
}

func (f *File) note(holds bool, format string, args ...any) {
	if holds {
		f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
	}
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// digestMode is how often a digest came there: each day where one was sent for whatever had gathered, else whenever it
// was large enough, of which a digest each week comes nearest.
func (m Mailman2) digestMode() list.DeliveryMode {
	if m.Number("digest_send_periodic") != 0 {
		return list.ModeDaily
	}
	return list.ModeWeekly
}

func (one Mailman2Member) line(number int, digest list.DeliveryMode) Line {
	l := newLine(number, one.Address, one.Name)
	l.Cells[keyMode] = string(list.ModeEvery)
	if one.Digest {
		l.Cells[keyMode] = string(digest)
	}
	status := one.Status
	if status == MailmanEnabled && one.Options&MailmanNoMail != 0 {
		status = MailmanUnknown
	}
	switch since := sinceDay(one.Since); status {
	case MailmanEnabled:
	case MailmanByBounce:
		l.Cells["suspended"] = "on"
		l.remark(wasSuspended+"%s", since)
	case MailmanByUser:
		l.Cells[keyMode] = string(list.ModeNone)
		l.remark(wasStopped+" by their own wish%s", since)
	case MailmanByAdmin:
		l.Cells[keyMode] = string(list.ModeNone)
		l.remark(wasStopped+" by a moderator's decision%s", since)
	default:
		l.Cells[keyMode] = string(list.ModeNone)
		l.remark(wasStopped+"%s", since)
	}
	if one.Options&MailmanNotOwn != 0 {
		l.Cells["own"] = "off"
	}
	if one.Options&MailmanModerate != 0 {
		l.remark(wasModerated)
	}
	return l
}

// Footer is what the list put below each post, with its own name and host filled in; empty where it put nothing. What
// only one copy's reader had in it stays as it was written, such as %(user_address)s.
func (m Mailman2) Footer() string {
	name := strings.ToLower(m.Text("real_name"))
	return strings.NewReplacer(
		"%(real_name)s", m.Text("real_name"), "%(list_name)s", name, "%(_internal_name)s", name,
		"%(host_name)s", m.Text("host_name"), "%(web_page_url)s", m.Text("web_page_url"), "%(cgiext)s", "",
		"%(description)s", m.Text("description"), "%(info)s", m.Text("info"), "%%", "%",
	).Replace(m.Text("msg_footer"))
}

// SubjectTag is what the list put before subjects; empty: nothing. %d in it stood for the number of the post.
func (m Mailman2) SubjectTag() string {
	name := m.Text("real_name")
	return strings.TrimSpace(strings.NewReplacer("%(real_name)s", name, "%(list_name)s", strings.ToLower(name), "%%", "%").Replace(m.Text("subject_prefix")))
}

// counterparts are the settings of the list that are settings here too.
func (m Mailman2) counterparts() []Setting {
	var all []Setting
	has := m.has
	if t := m.title(); t != "" {
		all = append(all, Setting{"title", oneLine(t)})
	}
	if tag := oneLine(m.Text("subject_prefix")); tag != "" && !strings.Contains(tag, "%") {
		all = append(all, Setting{"subject_tag", tag})
	} else if has("subject_prefix") {
		all = append(all, Setting{"subject_tag", "off"})
	}
	if n := m.Number("max_message_size"); n == usualSize {
	} else if n >= 1 && n < 1<<30 {
		all = append(all, Setting{"max_message", fmt.Sprintf("%d KiB", int(n))})
	} else if has("max_message_size") {
		all = append(all, Setting{"max_message", "off"})
	}
	if has("msg_footer") {
		all = append(all, Setting{"footer", word(strings.TrimSpace(m.Text("msg_footer")) != "")})
	}
	switch n := m.Number("reply_goes_to_list"); {
	case n == 0 && has("reply_goes_to_list"):
		all = append(all, Setting{"reply_to", string(list.ReplyToAuthor)})
	case n == 1:
		all = append(all, Setting{"reply_to", string(list.ReplyToList)})
	}
	return all
}

// usualSize is the largest post of a list of Mailman whose owner chose none, in KiB.
const usualSize = 40

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// A want is a setting of Mailman that has no counterpart, with the value that asks for none.
type want struct {
	key   string
	usual float64 // of a number
	says  string  // what it means here
}

// lostNumbers, lostLists and lostTexts are the settings that people would miss.
//
// ceiling: flat table
var (
	lostNumbers = []want{
		{"generic_nonmember_action", 1, "what came from strangers was not held for the moderators; here only members post"},
		{"member_moderation_action", 0, "posts of moderated members were not only held"},
		{"anonymous_list", 0, "authors were hidden; here every post names its author"},
		{"emergency", 0, "all posts were held for the moderators"},
		{"archive_private", 1, "the archive was public; here only members read it"},
		{"filter_content", 0, "parts of posts were taken out by their type; here none is"},
		{"topics_enabled", 0, "members chose topics; here they do not"},
		{"umbrella_list", 0, "the members were lists"},
		{"gateway_to_news", 0, "posts went to a newsgroup"},
		{"gateway_to_mail", 0, "posts came from a newsgroup"},
		{"autorespond_postings", 0, "posts were answered by a machine"},
		{"autorespond_requests", 0, "commands were answered by a machine"},
	}
	lostLists = []want{
		{"ban_list", 0, "addresses that could not join; here somebody lets each member in"},
		{"accept_these_nonmembers", 0, "strangers who could post; add each as a member with mode none"},
		{"hold_these_nonmembers", 0, "strangers whose posts were held; here they are refused"},
		{"reject_these_nonmembers", 0, "strangers who were refused; here all are"},
		{"discard_these_nonmembers", 0, "strangers whose posts vanished; here they are refused and told"},
		{"header_filter_rules", 0, "rules about the header of posts"},
		{"topics", 0, "topics"},
		{"regular_include_lists", 0, "lists whose members got copies too"},
		{"regular_exclude_lists", 0, "lists whose members got no copies"},
	}
	lostTexts = []want{
		{"msg_header", 0, "words above each post"},
		{"msg_footer", 0, "the words of the footer; here they are the same for all lists"},
		{"digest_header", 0, "words above each digest"},
		{"welcome_msg", 0, "words for new members"},
		{"goodbye_msg", 0, "words for those who leave"},
		{"info", 0, "the long description"},
		{"member_moderation_notice", 0, "words of a refusal"},
		{"nonmember_rejection_notice", 0, "words of a refusal"},
	}
)

// lost names what the settings say that has no counterpart here, each in a sentence.
func (m Mailman2) lost() []string {
	f := File{}
	for _, w := range lostNumbers {
		n := m.Number(w.key)
		f.note(m.has(w.key) && n != w.usual, "%s = %g: %s", w.key, n, w.says)
	}
	for _, w := range lostLists {
		n := len(itemsOf(m.values.get(w.key)))
		f.note(n > 0, "%s (%d): %s", w.key, n, w.says)
	}
	for _, w := range lostTexts {
		f.note(strings.TrimSpace(m.Text(w.key)) != "", "%s: %s", w.key, w.says)
	}
	f.note(m.Number("reply_goes_to_list") == 2, "reply_goes_to_list = 2: answers went to an address of their own (reply_to_address)")
	n := m.Number("max_message_size")
	f.note(n == usualSize, "max_message_size = %d: what every list of Mailman begins with, too little for most attachments; not proposed here", usualSize)
	f.note(n > 0 && n != usualSize, "max_message_size = %g: larger posts were held for the moderators; max_message here refuses them", n)
	return f.Notes
}
