package mailauth

import "testing"

func TestReadSpam(t *testing.T) {
	all := SpamPolicy{Fields: []string{"X-Spam-Flag", "X-Spam-Status", "X-Spam-Level", "X-Spam", "X-Rspamd-Action", "X-Spamd-Result",
		"X-MS-Exchange-Organization-SCL", "X-Forefront-Antispam-Report", "X-Our-Filter"}}
	for _, c := range []struct {
		name, header string
		policy       SpamPolicy
		want         SpamVerdict
	}{
		{"off unless fields are named", "X-Spam-Flag: YES\r\n", SpamPolicy{}, SpamVerdict{SpamNone, ""}},
		{"a field that is not named", "X-Spam-Flag: YES\r\n", SpamPolicy{Fields: []string{"X-Spam-Status"}}, SpamVerdict{SpamNone, ""}},
		{"no such field", "Subject: spam\r\n", all, SpamVerdict{SpamNone, ""}},
		{"flag", "x-spam-flag: yes\r\n", all, SpamVerdict{Spam, "X-Spam-Flag"}},
		{"no flag", "X-Spam-Flag: NO\r\n", all, SpamVerdict{Ham, "X-Spam-Flag"}},
		{"an unknown word", "X-Spam-Flag: perhaps\r\n", all, SpamVerdict{SpamNone, ""}},
		{"an empty flag", "X-Spam-Flag:\r\n", all, SpamVerdict{SpamNone, ""}},
		{"status", "X-Spam-Status: Yes, score=9.1 required=5.0\r\n\ttests=A,B\r\n", all, SpamVerdict{Spam, "X-Spam-Status"}},
		{"no status", "X-Spam-Status: No, score=-1.0\r\n", all, SpamVerdict{Ham, "X-Spam-Status"}},
		{"folded at once", "X-Spam-Status:\r\n Yes, score=9\r\n", all, SpamVerdict{Spam, "X-Spam-Status"}},
		{"five stars", "X-Spam-Level: *****\r\n", all, SpamVerdict{Spam, "X-Spam-Level"}},
		{"four stars", "X-Spam-Level: ****\r\n", all, SpamVerdict{Ham, "X-Spam-Level"}},
		{"no star", "X-Spam-Level: \r\n", all, SpamVerdict{Ham, "X-Spam-Level"}},
		{"stars by our own measure", "X-Spam-Level: **\r\n", SpamPolicy{Fields: []string{"X-Spam-Level"}, Level: 2}, SpamVerdict{Spam, "X-Spam-Level"}},
		{"rspamd", "X-Spam: Yes\r\n", all, SpamVerdict{Spam, "X-Spam"}},
		{"rspamd would add a header", "X-Rspamd-Action: add header\r\n", all, SpamVerdict{Spam, "X-Rspamd-Action"}},
		{"rspamd does nothing", "X-Rspamd-Action: no action\r\n", all, SpamVerdict{Ham, "X-Rspamd-Action"}},
		{"rspamd's result", "X-Spamd-Result: default: True [16.00 / 15.00];\r\n", all, SpamVerdict{Spam, "X-Spamd-Result"}},
		{"rspamd's good result", "X-Spamd-Result: default: False [0.10 / 15.00];\r\n", all, SpamVerdict{Ham, "X-Spamd-Result"}},
		{"Exchange 5", "X-MS-Exchange-Organization-SCL: 5\r\n", all, SpamVerdict{Spam, "X-MS-Exchange-Organization-SCL"}},
		{"Exchange -1", "X-MS-Exchange-Organization-SCL: -1\r\n", all, SpamVerdict{Ham, "X-MS-Exchange-Organization-SCL"}},
		{"Exchange, no number", "X-MS-Exchange-Organization-SCL: high\r\n", all, SpamVerdict{SpamNone, ""}},
		{"Forefront", "X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:9;SRV:;\r\n", all, SpamVerdict{Spam, "X-Forefront-Antispam-Report"}},
		{"Forefront without a level", "X-Forefront-Antispam-Report: CIP:1.2.3.4\r\n", all, SpamVerdict{SpamNone, ""}},
		{"a filter of our own", "X-Our-Filter: spam (99%)\r\n", all, SpamVerdict{Spam, "X-Our-Filter"}},
		{"spam wins over ham before it", "X-Spam-Flag: NO\r\nX-Spam: yes\r\n", all, SpamVerdict{Spam, "X-Spam"}},
		{"the first ham is named", "X-Spam: no\r\nX-Spam-Flag: NO\r\n", all, SpamVerdict{Ham, "X-Spam"}},
		{"in the body it says nothing", "Subject: x\r\n\r\nX-Spam-Flag: YES\r\n", all, SpamVerdict{SpamNone, ""}},
	} {
		if got := ReadSpam([]byte(c.header+"\r\n"), c.policy); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
