// Package queue is the one door through which every email leaves: it remembers each copy until the other side has
// taken it, tries again when that is not possible now, and never lets one slow school hold up the others.
//
// A row is one copy for one recipient. Rows are opaque: a [Render] function composes the copy at the moment of
// sending, so that whatever was stopped, redacted or left in between takes effect, and a [Courier] carries it. Rows
// belong to batches (a post, a digest issue); a batch remembers one byte of outcome for each of its members, and
// words for failures only. A lone mail has batch 0 and leaves no trace unless it fails. A [Letter] is the one kind of
// row that the queue renders itself: a mail that was composed when it was put.
//
// # Tables
//
//	queue.rows      RowID                  -> what Put was given: version, priority, kind, domain, batch, member,
//	                                          times, payload. Written once, but for a move.
//	queue.tries     RowID                  -> attempts, next time, last reply, shunted, dropped. Only for rows
//	                                          that did not go at the first attempt.
//	queue.batches   batch                  -> Counts as JSON
//	queue.outcomes  (batch, member / 500)  -> up to 500 bytes, one Outcome each, by member % 500
//	queue.failures  (batch, number)        -> Failure as JSON; the number is the member, or the RowID in batch 0.
//	                                          Purge removes what is old.
//	queue.orders    order number           -> RowID of a row that Retry or Drop has changed; the running queue
//	                                          reads and deletes them
//	queue.warmth    operator               -> day, copies, step as JSON. Only with Config.WarmUp; what had no mail for
//	                                          60 days is removed at the start.
//	counters        queue.rows, queue.orders, queue.depth
//
// # Who may call what
//
// The functions that take a transaction may be called in any transaction. A [Queue] has one Run at a time; inside it
// one goroutine schedules, one settles, each connection is one more, and a few ask for routes. All that they share is
// in memory behind one mutex: an entry of 32 bytes for each row, in one of four places (parked until its domain is
// routed, later, ready at its hop, or out). The mutex is never held over the store, the courier or Render.
//
// A provider that refuses everybody (as Config.Hold says) rests: its rows wait, and after each pause one of them is tried.
// When one is taken, all are due.
//
// # After a crash
//
// The store has every row whose outcome was not committed. Run loads them all again, so a copy that was handed over
// but not yet settled goes twice; these are at most Config.UnsettledMax. What is known of a hop's or a domain's
// trouble, and of an operator that said that we are too fast, is lost, and they are tried at once. How far an operator
// is warmed up stays.
//
// # Pace
//
// How fast mail goes is decided for each operator (pace.go): connections at once, copies a minute, a warm-up of some days
// for those who are not used to us, and less for a while when one says that we are too fast. What has to wait for that
// stays in its line, untried; urgent mail goes at once and is counted.
package queue
