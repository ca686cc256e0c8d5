// Package command reads what people write to the robot: which word, with what behind it, or that nobody can be sure.
//
// Read is a function of values: no store, no clock, no network. It acts on nothing. What is not certain is asked about and
// never guessed: words that are left over, a hedge ("if", "but", "?"), a second thought in a later line, two commands for one
// thing. One table (table.go) holds every word with its synonyms, where it is read, who may use it and whether it needs a second
// reply; reading, the help mail and docs/commands.md come from it.
//
// What a command does stands in the rooms below.
package command
