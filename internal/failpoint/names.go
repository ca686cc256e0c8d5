package failpoint

// The places, in the order in which a post passes them. table says what each is.
const (
	StartOpened  Name = "start.opened"
	StartAudited Name = "start.audited"
	StartReady   Name = "start.ready"

	MembershipImport Name = "membership.import"

	SMTPReceive Name = "smtpd.receive"
	SMTPReply   Name = "smtpd.reply"

	IncomingDecided  Name = "incoming.decided"
	IncomingStored   Name = "incoming.stored"
	IncomingAccepted Name = "incoming.accepted"

	StoreCommit    Name = "store.commit"
	StoreCommitted Name = "store.committed"
	StoreReserve   Name = "store.reserve"

	StoreCopied   Name = "store.copied"
	StoreSynced   Name = "store.synced"
	StoreReplaced Name = "store.replaced"

	ArchivePublish   Name = "archive.publish"
	ArchivePublished Name = "archive.published"

	FanoutRows     Name = "fanout.rows"
	FanoutSealed   Name = "fanout.sealed"
	FanoutExpanded Name = "fanout.expanded"
	FanoutFinished Name = "fanout.finished"

	DigestStored   Name = "digest.stored"
	DigestMade     Name = "digest.made"
	DigestRows     Name = "digest.rows"
	DigestExpanded Name = "digest.expanded"

	SearchApplied Name = "search.applied"
	SearchBuilt   Name = "search.built"

	QueueLoad     Name = "queue.load"
	QueueRender   Name = "queue.render"
	QueueRendered Name = "queue.rendered"
	QueueResult   Name = "queue.result"
	QueueSettle   Name = "queue.settle"
	QueueFinish   Name = "queue.finish"
	QueueSettled  Name = "queue.settled"

	CourierDialled  Name = "courier.dialled"
	CourierBody     Name = "courier.body"
	CourierAnswered Name = "courier.answered"
)

// table has a sentence for each place.
var table = []struct {
	name Name
	text string
}{
	{StartOpened, "The store is open and nobody has looked into it."},
	{StartAudited, "The start-up audit is done and its mending is durable."},
	{StartReady, "The doors are made and none is open."},

	{MembershipImport, "One line of an import is written, in a transaction that holds more."},

	{SMTPReceive, "A whole message is read and the desk has not seen it."},
	{SMTPReply, "The desk has taken the message and no reply has left."},

	{IncomingDecided, "A post is to be accepted and nothing is written."},
	{IncomingStored, "The message is in the intake and no post yet, inside the accepting transaction."},
	{IncomingAccepted, "The accepting transaction is durable and the desk has not answered."},

	{StoreCommit, "The engine has all writes of a group and has not begun to commit."},
	{StoreCommitted, "The engine's commit is durable and no caller knows."},
	{StoreReserve, "The disk is full, the reserve is given up, and the commit is not tried again yet."},

	{StoreCopied, "A compaction has copied every row, and the new file is not flushed."},
	{StoreSynced, "The new file of a compaction is durable and checked, and the old one has its name."},
	{StoreReplaced, "The new file of a compaction has the old one's name, which is not durable yet."},

	{ArchivePublish, "A post has its sequence number, inside the publishing transaction."},
	{ArchivePublished, "The publishing transaction is durable and its caller does not know."},

	{FanoutRows, "Rows of a chunk of members are put and the cursor has not moved, inside the transaction."},
	{FanoutSealed, "The batch of the last chunk is sealed and its message has not moved, inside the transaction."},
	{FanoutExpanded, "A chunk is durable and the expander does not know."},
	{FanoutFinished, "The last row of a post is settled and its message is not done yet, inside the transaction."},

	{DigestStored, "A digest is stored under its day and the next one does not begin behind it yet, inside the transaction."},
	{DigestMade, "A digest is durable and its editor does not know."},
	{DigestRows, "Rows of a chunk of a digest's members are put and it is not noted with whom to go on, inside the transaction."},
	{DigestExpanded, "A chunk of a digest is durable and its editor does not know."},

	{SearchApplied, "A batch is in the index, perhaps not on disk, and nobody knows."},
	{SearchBuilt, "A new index is complete and on disk, and the old one still serves."},

	{QueueLoad, "The queue is about to read new rows."},
	{QueueRender, "A row is out and its copy is not composed."},
	{QueueRendered, "The copy is composed and the courier does not have it."},
	{QueueResult, "The courier has a result and the queue has not noted it."},
	{QueueSettle, "Rows of a group are gone and the shared records are not written, inside the transaction."},
	{QueueFinish, "A batch has its last outcome and nobody was told, inside the transaction."},
	{QueueSettled, "A group of outcomes is durable and the memory of the queue does not know."},

	{CourierDialled, "A connection stands and nothing is read from it."},
	{CourierBody, "The other side waits for the body and none of it has left."},
	{CourierAnswered, "The other side has answered to the body and the courier has not noted it."},
}

// Names returns every name, in the order in which a post passes the places.
func Names() []Name {
	all := make([]Name, len(table))
	for i, row := range table {
		all[i] = row.name
	}
	return all
}

// Text returns the sentence that says what a place is, "" where there is none of that name.
func Text(name Name) string {
	for _, row := range table {
		if row.name == name {
			return row.text
		}
	}
	return ""
}
