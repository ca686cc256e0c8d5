// Package membership lets people join a list, leave it, and change how they receive it.
//
// What may change about a member stands in one table (Fields), with the words that people use for it; the command line,
// CSV files and email commands all go by it. What a CSV file would do is worked out by pure functions (ReadCSV, NewPlan)
// before anything is written.
//
// The package has no table of its own. Each function that takes a transaction changes the books of package list and
// writes what it did into the audit log in that transaction, under the name of whoever asked. Nobody is mailed from
// here. After a crash each change is there whole, with its audit row, or not at all; an import that was cut off is
// finished by running it again.
package membership
