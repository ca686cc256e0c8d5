// Package search finds posts of the archive by their words.
//
// An Index follows the change record of the archive. The words of each post are in it, stemmed and in British spelling, in
// fields: own words with subject, author and names of files; the subject again; the author; what stands in files; what is
// quoted; and the words before they were stemmed. No text is kept in it. What filters and counts need (list, author, date,
// files, links) is in memory, in columns that are read from the archive; what belongs to a discussion comes from its Overview.
//
// On disk, in a directory of its own:
//
//	state.json   which directory serves, and which is being made
//	index-N/     one index of the library; its place in the change record is inside, written with each batch; and what is ready
//	             of its segments (*.ready), which is mapped
//
// In the store:
//
//	search.skipped  Number -> why a post could not be indexed
//
// A crash at any moment leaves an index that holds what its mark says, and it goes on from there. An index that is missing, of
// another format, broken, or of another store is made anew in a directory beside it while the old one answers, if it can.
// Erased words leave the files in that way, too.
//
// Within this package, hits is what answers are made of:
//
//	f, err := x.hits(ctx, reader, query, defaultWeights())
//
// It returns every post that matches, in no order, with its discussion, author, date and score; grouping, counts
// and pages are made of that. It takes two seconds at most, and says when that was too short (Partial) and when the index is
// not complete (Rebuilding). f.Threads has the discussion of each hit, f.marks finds the words in a text, and Words yields all
// words with their counts. A Reader says what somebody may read: hits of other lists do not exist for them.
package search
