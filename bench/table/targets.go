package main

// The names that the scripts give to peers and measures.
const (
	ours     = "ours"
	limit    = "limit"
	postfix  = "postfix"
	mlmmj    = "mlmmj"
	mailman  = "mailman3"
	small    = "small"
	big      = "big"
	accept   = "accept"
	single   = "fanout_single"
	signed   = "fanout_signed"
	imported = "import_members"
)

// targets returns every row. In the names, SMALL and BIG stand for the numbers of members.
//
// ceiling: flat table
func targets() []target {
	rate := func(peer, measure, variant string) figure { return median(peer, measure, variant, "per_second") }
	cpu := func(peer, measure, variant string) figure { return median(peer, measure, variant, "cpu_ms_each") }
	one, eight := rate(ours, accept, "1"), rate(ours, accept, "8")
	fan, bigFan := rate(ours, single, small), rate(ours, single, big)
	fanCPU := cpu(ours, single, small)
	peak, bigPeak := highest(ours, single, small, "peak_mb"), highest(ours, single, big, "peak_mb")
	return []target{
		atLeast("accept, 1 connection, /s", one, 3, 6).times("Postfix", rate(postfix, accept, "1")),
		atLeast("accept, 1 connection, /s", one, 0, 0.4).times("commits like bbolt's", rate(limit, "two_phase_commit_like_bbolt", "1")),
		atLeast("accept, 8 connections, /s", eight, 4, 8).times("Postfix", rate(postfix, accept, "8")),
		atLeast("accept, 8 connections, /s", eight, 0, 0.4).times("bbolt, own group commit", rate(limit, "bbolt_group_commit", "8")),
		atMost("accept, 1 connection, CPU ms", cpu(ours, accept, "1"), 0.5, 0.3).times("Postfix", cpu(postfix, accept, "1")),
		atMost("accept, 8 connections, CPU ms", cpu(ours, accept, "8"), 0.5, 0.3).times("Postfix", cpu(postfix, accept, "8")),
		atMost("fdatasyncs for an accepted post, 1 connection", median(ours, "syncs", "1", "fdatasync_each"), 2.05, 2.05),
		atMost("fdatasyncs for an accepted post, 8 connections", median(ours, "syncs", "8", "fdatasync_each"), 0.7, 0.55),

		atLeast("fan-out to SMALL, /s", fan, 5, 12).times("Postfix, one recipient each", rate(postfix, single, small)).forSize(2500),
		atLeast("fan-out to SMALL, /s", fan, 1, 2.5).times("Postfix, batches", rate(postfix, "fanout_batch", small)).forSize(2500),
		atLeast("fan-out to SMALL, /s", fan, 0, 0.4).times("load to sink, 8 connections", rate(limit, "smtp_load_to_sink", "8")).forSize(2500),
		atLeast("fan-out to SMALL, /s", fan, 0, 8000).forSize(2500),
		atMost("fan-out to SMALL, CPU ms for a delivery", fanCPU, 0.15, 0.08).forSize(2500),
		atMost("fan-out to SMALL, CPU ms for a delivery", fanCPU, 0.15, 0).times("Postfix, one recipient each", cpu(postfix, single, small)).forSize(2500),
		atLeast("fan-out to BIG, /s", bigFan, 0.8, 0.9).times("ours to SMALL", fan).forSize(25000),
		atMost("fan-out to BIG, peak MB", bigPeak, 20, 0).more("ours to SMALL", peak).forSize(25000),
		atMost("sending stands still for outcomes, share of the time of a fan-out", median(ours, "journal", small, "share"), 0.1, 0.05).forSize(2500),
		atMost("outcomes are put on record, share of the time of a fan-out", median(ours, "journal", small, "settle_share"), 0.1, 0.05).forSize(2500).upperBound(),
		atMost("all disk work of the store, share of the time of a fan-out", median(ours, "journal_by_strace", small, "share"), 0.1, 0.05).forSize(2500).upperBound(),
		atMost("250 to the first copy, ms", median(ours, single, small, "first_copy_ms"), 50, 10),
		atLeast("fan-out to SMALL, each copy signed, /s", rate(ours, signed, small), 0.75, 0.88).times("RSA-2048, both cores", rate(limit, "rsa2048_sign", "2")).forSize(2500),
		atMost("250 to the first signed copy, ms", median(ours, signed, small, "first_copy_ms"), 50, 10),

		atMost("memory, idle, MB", highest(ours, "memory_idle", "", "mb"), 80, 40),
		atMost("memory, fan-out to BIG, peak MB", bigPeak, 150, 80).forSize(25000),
		atMost("import of SMALL members, s", median(ours, imported, small, "seconds"), 1, 0).forSize(2500),
		atMost("import of BIG members, s", median(ours, imported, big, "seconds"), 5, 1).forSize(25000),

		atLeast("accept, 1 connection, /s", one, 0, 0).times("mlmmj", rate(mlmmj, accept, "1")),
		atLeast("accept, 1 connection, /s", one, 0, 0).times("Mailman 3", rate(mailman, accept, "1")),
		atLeast("accept, 8 connections, /s", eight, 0, 0).times("Mailman 3", rate(mailman, accept, "8")),
		atLeast("fan-out to SMALL, /s", fan, 0, 0).times("mlmmj, groups of 100", rate(mlmmj, "fanout_grouped", small)),
		atLeast("fan-out to SMALL, /s", fan, 0, 0).times("mlmmj, VERP", rate(mlmmj, "fanout_verp", small)),
		atLeast("fan-out to SMALL, /s", fan, 0, 0).times("Mailman 3, batches", rate(mailman, "fanout_batch", small)),
		atLeast("fan-out to SMALL, /s", fan, 0, 0).times("Mailman 3, VERP", rate(mailman, "fanout_verp", small)),
		atMost("fan-out to SMALL, peak MB", peak, 0, 0).times("Mailman 3, batches", highest(mailman, "fanout_batch", small, "peak_mb")),
		atLeast("import of SMALL members, /s", rate(ours, imported, small), 0, 0).times("Mailman 3", rate(mailman, imported, small)),
	}
}
