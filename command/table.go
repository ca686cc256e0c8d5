package command

// Arg is what stands behind a word.
type Arg int

// What a word takes. Everything else that is left over is a reason to ask.
const (
	Nothing       Arg = iota
	Reason            // text up to the end, or none
	Text              // text up to the end
	Words             // the words to take out, in quotes where there are several
	Until             // a date or a length of time, or nothing
	Query             // the words to look for
	Which             // a number in a list of results, a post, or a link
	Address           // one address
	AddressName       // one address, and perhaps a name
	AddressDomain     // one address, or a mail domain such as spam.example, which is told with an @ before it
	OnePost           // the number of a post
	PerhapsPost       // the number of a post, or nothing where the place says which
	PostAndWords      // the number of a post, and the words to take out
	PostAndText       // the number of a post, and some text
	PerhapsMode       // a delivery mode, or nothing
	Person            // the person whom the question names
	About             // whatever its writer says about themselves
	Topic             // another word, or nothing
)

// Who may use a word. Everybody else has not heard of it.
type Who int

// The kinds of people.
const (
	Anyone    Who = iota // whoever the place asks, or a verified member
	Moderator            // a moderator of the list
)

// Proof is what shows that a mail comes from the person in From; From alone never does.
type Proof int

// The proofs, from the weakest to the strongest.
const (
	Verified    Proof = iota // a verified sender, or the token of the mail that is answered where that is enough
	TokenHeld                // verified, and the token that went to this person for this thing
	AlignedDKIM              // a signature of the domain in From, or a fresh sign-in on the web
)

// Word is one command.
type Word struct {
	Name string
	Also []string // read as the same
	Odd  []string // the same, but not in mail to the list, as they are ordinary words
	Lone []string // the same, but not from moderators, for whom they mean something else
	With []string // what may stand behind it and says nothing more

	Takes   Arg
	At      Place
	Who     Who
	Proof   Proof
	Confirm bool // done only after one more reply
	Decides bool // it settles the thing that the mail is about; two of them in one mail are a contradiction

	Taught bool   // in the help mail
	Form   string // how it is written, where that is more than the name
	Help   string // what it does
}

// What may stand behind words about one item, about the list, and about mail.
var (
	ofItem = []string{"it", "this", "this one", "this message", "this post", "that", "that one", "the message", "the post", "this email", "now"}
	ofList = []string{
		"me", "us", "from this list", "from the list", "from your list", "from this forum", "from the forum", "from this group",
		"from the group", "from this mailing list", "from the mailing list", "from your mailing list", "from all your emails",
		"from all emails", "from these emails", "from the emails", "from it", "this list", "the list", "this forum", "the forum",
		"this group", "the group", "this mailing list", "the mailing list", "your list", "your mailing list", "now", "immediately",
	}
	ofMail = []string{"emails", "email", "my emails", "my email", "the emails", "all emails", "mail", "my mail", "me", "now", "delivery", "posts"}
	ofSend = []string{"emails", "digest", "the digest", "only", "for me", "now", "email", "emails only", "posts", "mode"}
)

// allOfBatch is the one word about a batch that names no numbers.
const allOfBatch = "approve all"

// Table holds every word. Where a name stands twice, the places or what it takes differ.
func Table() []Word { return table }

// ceiling: a flat table
var table = []Word{
	// what waits
	{Name: "approve", Also: []string{"ok", "okay", "yes", "y", "accept", "allow", "publish", "distribute", "let it through", "looks good", "looks good to me", "👍"}, With: ofItem,
		At: heldPost | Application, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Form: "approve, approve 1 3", Help: "send it to everyone, or let the person in"},
	{Name: allOfBatch, Also: []string{"approve everything", "approve them all", "approve all of them", "accept all"},
		At: Batch | RequestAddress, Who: Moderator, Proof: TokenHeld, Confirm: true, Decides: true, Help: "send all that waits, but what needs a look of its own"},
	{Name: "trust", Also: []string{"approve and trust", "approve & trust"}, With: append([]string{"him", "her", "them"}, ofItem...),
		At: heldPost | Application, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Help: "the same, and hold that person's posts no more"},
	{Name: "reject", Also: []string{"decline", "refuse"}, With: ofItem, Takes: Reason,
		At: heldPost | Application, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Form: "reject REASON", Help: "send it back with your reason (or: names, advert)"},
	{Name: "discard", Also: []string{"delete", "bin", "spam", "junk", "spam bin"}, With: ofItem,
		At: heldPost | Application, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Help: "throw it away; its writer is not told"},
	{Name: "redact", Also: []string{"take out", "take out the words", "remove the words", "remove the word", "take out the word"}, Takes: Words,
		At: heldPost, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Form: `redact "WORDS"`, Help: "take words out; you see the result first"},
	{Name: "remove attachments", Also: []string{"remove attachment", "remove the attachment", "remove the attachments", "remove the file", "remove the files", "take out the attachment"},
		At: heldPost | OwnGuard, Proof: TokenHeld, Decides: true, Taught: true, Help: "take the files out; you see the result first"},
	{Name: "ban", At: heldPost | Application, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Decides: true, Help: "throw it away and let its writer in no more"},
	{Name: "hold", With: []string{"it", "this", "this one"}, At: heldPost | Application, Who: Moderator, Proof: TokenHeld, Decides: true, Help: "you are looking into it; the others see that"},
	{Name: "ask", Takes: Text, At: Application | Report, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Form: "ask QUESTION", Help: "ask the person; the answer comes to you"},
	{Name: "undo", With: ofItem, At: decisions, Who: Moderator, Proof: TokenHeld, Decides: true, Taught: true, Help: "take the decision back, until it has gone out"},
	{Name: "stop", With: ofItem, At: Report, Who: Moderator, Proof: Verified, Decides: true, Help: "hide the post and send no more copies, at once"},
	{Name: "close", With: append([]string{"this discussion", "the discussion", "this thread", "the thread"}, ofItem...), At: Report, Who: Moderator, Proof: TokenHeld, Decides: true, Help: "no more replies to this discussion"},
	{Name: "keep", With: ofItem, At: Report, Who: Moderator, Proof: TokenHeld, Decides: true, Help: "the post stays, and the report is done"},
	{Name: "recall", At: Stopped, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Decides: true, Help: "ask those who have it to delete it"},
	{Name: "erase", At: Stopped, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Decides: true, Help: "remove it for ever"},
	{Name: "release", At: Stopped, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Decides: true, Help: "show it again and send the rest"},
	{Name: "share as a member", At: Owner, Who: Moderator, Proof: TokenHeld, Decides: true, Help: "the same, without the writer's name"},
	{Name: "share", With: ofItem, At: Owner, Who: Moderator, Proof: TokenHeld, Decides: true, Help: "put the mail before the members; it waits for approve"},

	// what a question offers
	{Name: "yes", Also: []string{"ok", "okay", "confirm", "yes it was me", "yes that was me", "it was me", "that was me", "yes it was", "yes send it", "yes please send it"}, At: WasYou | Confirming, Proof: TokenHeld, Decides: true, Help: "yes to what the mail asks"},
	{Name: "yes", Also: []string{"ok", "okay", "confirm"}, Takes: About, At: Join, Proof: TokenHeld, Decides: true, Form: "yes", Help: "join; tell below it in a line who you are"},
	{Name: "never", At: Join, Proof: TokenHeld, Decides: true, Help: "nobody can ask for this address again"},
	{Name: "join", Also: []string{"yes", "rejoin", "re-join", "join again"}, With: ofList, At: Goodbye, Proof: TokenHeld, Decides: true, Help: "come back"},
	{Name: "resume", Also: []string{"yes", "ok", "confirm"}, With: ofMail, At: Suspended, Proof: TokenHeld, Decides: true, Help: "the address works again"},
	{Name: "redact", Also: []string{"take out", "remove", "take out the words", "remove the words"}, Takes: Words, At: OwnGuard, Proof: TokenHeld, Decides: true, Form: "take out WORDS", Help: "take words out; you see the result first"},
	{Name: "send anyway", Also: []string{"send it anyway", "send", "send it as it is"}, At: OwnGuard, Proof: TokenHeld, Decides: true, Help: "a moderator reads it first"},
	{Name: "everyone", Also: []string{"everybody", "to everyone", "send to everyone", "send it to everyone", "all", "all members"}, At: OwnPrivate | OwnWord, Proof: TokenHeld, Decides: true, Help: "send it to all members"},
	{Name: "only", Also: []string{"just", "only to", "just to", "only for", "just for"}, Takes: Person, At: OwnPrivate, Proof: TokenHeld, Decides: true, Form: "only NAME", Help: "send it to that person alone"},
	{Name: "cancel", With: append([]string{"my post", "my message", "my email", "sending"}, ofItem...), At: OwnGuard | OwnPrivate | OwnWord | Confirming, Proof: TokenHeld, Decides: true, Help: "do nothing more with it"},
	{Name: "mute", Also: []string{"stop"}, At: Relay, Proof: Verified, Decides: true, Help: "no more private messages from this person"},
	{Name: "unmute", At: Relay, Proof: Verified, Decides: true, Help: "private messages from this person again"},
	{Name: "report", At: Relay, Proof: Verified, Decides: true, Help: "show it to the moderators"},

	// what members say about themselves
	{Name: "help", Also: []string{"commands", "?"}, Odd: []string{"info", "faq", "echo", "ver", "end", "quit"}, Takes: Topic, At: anywhere | toList, Taught: true, Help: "this list"},
	{Name: "join", Also: []string{"subscribe", "sign up", "register me"}, Odd: []string{"sub", "register"}, With: ofList, Takes: PerhapsMode, At: RequestAddress | Robot | toList, Help: "become a member"},
	{Name: "leave", Also: []string{"unsubscribe", "unsubscribe me", "unsub", "signoff", "sign off", "take me off", "remove me", "unregister"}, Odd: nil, Lone: []string{"remove", "stop"},
		With: ofList, At: member | toList, Proof: Verified, Taught: true, Help: "no more emails; one word brings you back"},
	{Name: "every", Also: []string{"set mail", "set each", "nodigest", "digest off", "delivery on", "every email", "every post"}, Odd: []string{"everything"}, With: ofSend, At: member | Goodbye | Join | toList, Taught: true, Help: "every email at once"},
	{Name: "questions", Also: []string{"new questions", "topics only", "only questions", "questions only"}, With: ofSend, At: member | Goodbye | Join | toList, Taught: true, Help: "new questions; replies only where you take part"},
	{Name: "daily", Also: []string{"digest daily", "daily digest", "set daily", "set digest daily"}, With: ofSend, At: member | Goodbye | Join | toList, Taught: true, Form: "daily, weekly", Help: "one email with all of it"},
	{Name: "weekly", Also: []string{"digest", "set digest", "set index", "digest weekly", "weekly digest", "set weekly"}, Odd: []string{"summary"}, With: ofSend, At: member | Goodbye | Join | toList, Help: "one email every Monday"},
	{Name: "none", Also: []string{"web only", "no emails", "no email", "set none"}, With: []string{"now"}, At: member | Goodbye | Join | toList, Help: "no emails; read on the web"},
	{Name: "pause", Also: []string{"nomail", "delivery off", "set nomail", "suspend"}, Odd: []string{"vacation", "holiday"}, With: ofMail, Takes: Until, At: member | toList, Taught: true, Form: "pause until 2 September", Help: "no emails until then; no date: 4 weeks"},
	{Name: "resume", Also: []string{"unpause", "start again"}, Odd: []string{"mail"}, With: ofMail, At: RequestAddress | Robot | Own | OwnWord | toList, Taught: true, Help: "emails again, as before the pause"},
	{Name: "status", Also: []string{"settings", "my settings", "my status"}, Odd: []string{"which", "query", "show"}, At: member | toList, Taught: true, Help: "what you get, and what waits"},
	{Name: "search", Odd: []string{"find"}, Takes: Query, At: member | toList, Taught: true, Form: "search WORDS", Help: "discussions about it, seven at a time"},
	{Name: "more", At: Robot, Help: "the next ten"},
	{Name: "get", Odd: []string{"getpost"}, Takes: Which, At: member, Taught: true, Form: "get 1, get #48213", Help: "a whole discussion as one email"},
	{Name: "mute", Takes: PerhapsPost, With: []string{"this", "this thread", "this discussion"}, At: member | toList, Taught: true, Form: "mute, follow", Help: "no more, or all, of one discussion: mute #48213"},
	{Name: "follow", Takes: PerhapsPost, With: []string{"this", "this thread", "this discussion"}, At: member | toList, Help: "all of one discussion"},
	{Name: notSolved, Also: []string{"unsolved", "not solved yet", "it is not solved", "still not solved", "not yet solved"}, Takes: PerhapsPost, With: []string{"this", "this thread", "this discussion"}, At: member | toList, Help: "your question is open again"},
	{Name: "solved", Also: []string{"solved it", "all solved", "problem solved", "it is solved", "it's solved", "this is solved", "mark as solved", "mark it as solved"}, Odd: []string{"sorted", "all sorted", "resolved", "answered"}, Takes: PerhapsPost, With: []string{"this", "this thread", "this discussion"}, At: member | toList, Taught: true, Form: "solved", Help: "your question has its answer (reply to a post)"},
	{Name: "reminders off", Also: []string{"no reminders", "no more reminders", "stop reminders", "reminder off"}, At: member, Help: "no mail about your questions, the summer or the rules"},
	{Name: "reminders on", Also: []string{"reminder on"}, At: member, Help: "such mail again"},
	{Name: "report", Takes: PerhapsPost, With: []string{"this", "this post"}, At: member | toList, Taught: true, Help: "show a post to the moderators (reply to it)"},
	{Name: "address", Also: []string{"changeaddr", "change", "change my address to", "change address to", "change my email to", "change my email address to", "change address", "my new address is", "my new email is", "my new email address is"}, Odd: []string{"alias"}, Takes: Address, At: member, Taught: true, Form: "address NEW@ADDRESS", Help: "write to you there"},
	{Name: "backup", Also: []string{"second address"}, Takes: Address, At: RequestAddress | Robot, Form: "backup OTHER@ADDRESS", Help: "where to write when your address is dead"},
	{Name: "backup off", Also: []string{"no second address"}, At: RequestAddress | Robot, Help: "none"},
	{Name: "own on", Also: []string{"myposts", "repro", "own posts on"}, At: member, Help: "your own posts come back to you"},
	{Name: "own off", Also: []string{"norepro", "not_me", "own posts off"}, At: member, Help: "they do not"},
	{Name: "ack on", Also: []string{"ack", "acknowledgements", "acknowledgements on"}, At: member, Help: "a short answer to each of your posts"},
	{Name: "ack off", Also: []string{"noack", "acknowledgements off"}, At: member, Help: "none"},
	{Name: "show me", Also: []string{"noconceal", "hide off"}, At: RequestAddress | Robot, Help: "members see your name in the list of members"},
	{Name: "hide me", Also: []string{"conceal", "hide on"}, At: RequestAddress | Robot, Help: "they do not; so it is at first"},
	{Name: "my data", Also: []string{"mydata", "send me my data", "export my data"}, At: RequestAddress | Robot, Help: "all that we know of you, and your posts"},
	{Name: "cancel", Also: []string{"undo"}, With: append([]string{"my post", "my message", "my email"}, ofItem...), At: RequestAddress | Robot | Own | toList, Taught: true, Help: "take back your own post that still waits"},
	{Name: "lists", At: RequestAddress | Robot, Help: "the lists that you may see"},
	{Name: "who", Also: []string{"review", "scan"}, Lone: []string{"list"}, At: RequestAddress, Help: "answered: addresses of members are not shown"},
	{Name: "password", Also: []string{"pw"}, At: RequestAddress, Help: "answered: there are no passwords"},

	// what moderators write to the address for commands
	{Name: "waiting", Also: []string{"queue", "modindex", "pending"}, At: RequestAddress, Who: Moderator, Help: "what waits"},
	{Name: "stats", At: RequestAddress, Who: Moderator, Help: "figures"},
	{Name: "stop", Takes: OnePost, At: RequestAddress, Who: Moderator, Form: "stop #N", Help: "hide a post and send no more copies, at once"},
	{Name: "stop", At: Post, Who: Moderator, Form: "stop, in reply to the post", Help: "the same"},
	{Name: "release", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "release #N", Help: "show it again and send the rest"},
	{Name: "recall", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "recall #N", Help: "ask those who have it to delete it"},
	{Name: "erase", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "erase #N", Help: "remove it for ever"},
	{Name: "close", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "close #N", Help: "no more replies to a discussion"},
	{Name: "open", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "open #N", Help: "replies again"},
	{Name: "hold", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "hold #N", Help: "new replies to a discussion wait"},
	{Name: "remove post", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "remove post #N", Help: "take a post out of the archive"},
	{Name: "redact", Takes: PostAndWords, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: `redact #N "WORDS"`, Help: "take words out of a post"},
	{Name: "pin", Takes: OnePost, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "pin #N", Help: "put a discussion on top"},
	{Name: "tag", Takes: PostAndText, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "tag #N TOPIC", Help: "put a discussion under a topic"},
	{Name: "start", Takes: PostAndText, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: `start #N "TITLE"`, Help: "put a discussion on the page for beginners"},
	{Name: "moderate", Also: []string{"set editor", "review"}, Takes: Address, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "moderate ADDRESS", Help: "hold what this member writes"},
	{Name: "unmoderate", Also: []string{"noreview", "set noeditor"}, Takes: Address, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "unmoderate ADDRESS", Help: "no longer"},
	{Name: "add", Also: []string{"invite"}, Takes: AddressName, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "add ADDRESS NAME", Help: "invite somebody"},
	{Name: "remove", Also: []string{"del", "delete"}, Takes: Address, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "remove ADDRESS", Help: "end a membership"},
	{Name: "ban", Takes: AddressDomain, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "ban ADDRESS", Help: "and let them in no more; also a whole domain"},
	{Name: "unban", Takes: AddressDomain, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "unban ADDRESS", Help: "they may ask again"},
	{Name: "who", Takes: Address, At: RequestAddress, Who: Moderator, Form: "who ADDRESS", Help: "what is known of a member"},
	{Name: "announce", Takes: Text, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Form: "announce TEXT", Help: "write to all members at once"},
	{Name: "hold list", Also: []string{"hold the list"}, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Help: "everything new waits"},
	{Name: "release list", Also: []string{"release the list", "free"}, At: RequestAddress, Who: Moderator, Proof: AlignedDKIM, Confirm: true, Help: "no longer"},
}
