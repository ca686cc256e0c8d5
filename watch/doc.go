// Package watch knows how our mail fares at each mail provider, and tells people when one does not take it any more.
//
// It counts what came of every copy, by provider and hour, in the transaction that settles the copy. Once a minute it looks
// at the figures (judge, a function of values) and raises an alarm: a mail to the operator and to the moderators of every
// list that has members there, one when it begins, one a day while it lasts, one when it is over. When nothing at all goes
// out the fault is ours, and there is one alarm for everything. It also says which refusals the queue should not believe,
// because they are about us and not about a recipient ([Watch.Hold]; docs/decisions/0010).
//
// # Tables
//
//	watch.providers  provider         -> record: the figures of the running hour, the last acceptance, the last answer,
//	                                     what came since the last acceptance and since the last refusal
//	watch.hours      (provider, hour) -> Tally, for 35 days; hours since 1 January 1970, UTC
//	watch.days       (provider, day)  -> Tally, for 400 days: the hours that were folded into it
//	watch.domains    mail domain      -> provider that received its mail when it was last routed
//	watch.certificates  use and host  -> certificateTold as JSON: what the operator was told of a certificate
//	watch.alarms     provider, or "*" -> Alarm as JSON, the latest of each; "*" is the one for everything
//	watch.failed     (day, domain)    -> mails that claimed to come from that domain and failed DMARC
//
// What other mail hosts report of our mail is another matter, with a [ReportBook] and tables of its own (watch.reports and
// watch.reports.*, report_book.go).
//
// # Who may call what
//
// Functions that take a transaction may be called in any. A [Watch] has one Run at a time; it keeps the domains' providers
// and what is not yet written of failed mail in memory, behind one mutex.
//
// # After a crash
//
// Figures, and whether people have been told, are as of the last commit: no alarm is lost or told twice. Mail that failed
// DMARC in the last minute is not counted.
package watch
