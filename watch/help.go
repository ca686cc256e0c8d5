package watch

import "maps"

// helpPages are where providers are asked to take somebody's mail again, by their names as courier's table of providers has
// them. All others name a page in their answer, or have none.
var helpPages = map[string]string{
	"Microsoft 365":        "https://sender.office.com/",
	"Outlook.com":          "https://sendersupport.olc.protection.outlook.com/",
	"Google":               "https://support.google.com/mail/contact/gmail_bulk_sender_escalation",
	"Yahoo and AOL":        "https://senders.yahooinc.com/",
	"Apple iCloud":         "https://support.apple.com/en-us/102322",
	"Proofpoint":           "https://ipcheck.proofpoint.com/",
	"Barracuda":            "https://www.barracudacentral.org/rbl/removal-request",
	"Cisco IronPort cloud": "https://www.talosintelligence.com/reputation_center/support",
	"GMX":                  "https://postmaster.gmx.net/",
}

// HelpPage is where a provider is asked to take somebody's mail again; empty when no page is known.
func HelpPage(provider string) string { return helpPages[provider] }

// HelpPages are all of them, by provider.
func HelpPages() map[string]string { return maps.Clone(helpPages) }
