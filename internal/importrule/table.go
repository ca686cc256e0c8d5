package importrule

// room is one line of the table "Who may import whom": a top-level folder, its row, and what it may import. Rooms that
// do not exist yet have their line already.
type room struct {
	name string
	row  int
	down int      // may import every room from this row down; none: no row as a whole
	also []string // and these
}

const (
	none  = -1
	apart = -2 // the row of what nobody may import by its row
	under = -3 // the row of what every room may import
)

// table holds every room of the house. A room that is not here may import nothing of ours and is reported.
var table = []room{
	{"cmd", 6, 5, []string{"config", "internal"}}, // internal: the invented data of the demonstration
	// doors
	{"smtpd", 5, none, []string{"message", "list"}},
	{"web", 5, 3, []string{"command"}},
	{"imapd", 5, 1, []string{"search", "membership", "signin"}},
	{"courier", 5, none, []string{"queue", "message", "store"}},
	{"fetcher", 5, none, []string{"message", "store"}},
	// the inbound desk; command is just below incoming
	{"incoming", 4, 3, []string{"command"}},
	{"command", 4, 3, nil},
	// what people and machines do to the forum
	{"membership", 3, 1, nil},
	{"moderate", 3, 1, nil},
	{"bounce", 3, 1, nil},
	{"relay", 3, 1, nil},
	{"signin", 3, 1, nil},
	{"watch", 3, 1, nil},
	{"doctor", 3, 1, nil},
	{"backup", 3, 1, nil},
	// followers
	{"fanout", 2, 1, nil},
	{"digest", 2, 1, nil},
	{"search", 2, none, []string{"archive", "list", "message", "store", "calendar"}},
	// the books
	{"notice", 1, none, []string{"list", "archive", "hold", "message", "calendar"}},
	{"archive", 1, none, []string{"intake", "list", "message", "store"}},
	{"hold", 1, none, []string{"intake", "list", "token", "message", "store"}},
	{"draft", 1, none, []string{"list", "token", "store"}},
	{"list", 1, none, []string{"token", "message", "store", "calendar"}},
	{"intake", 1, none, []string{"message", "store", "calendar"}},
	{"queue", 1, none, []string{"message", "store", "calendar"}},
	{"audit", 1, none, []string{"message", "store", "calendar"}},
	// leaves
	{"message", 0, none, nil},
	{"mailauth", 0, none, nil},
	{"guard", 0, none, nil},
	{"document", 0, none, []string{"message"}}, // what a file is by its bytes
	{"token", 0, none, nil},
	{"calendar", 0, none, nil},
	{"store", 0, none, nil},
	{"certificate", 0, none, nil}, // of this machine, from an authority
	{"config", apart, none, nil},
	// under all of them
	{"internal/failpoint", under, none, nil},
	{"internal/seldom", under, none, nil},
}

// notShipped are the folders whose packages may import everything; only tests and the command import them.
var notShipped = []string{"internal", "bench"}

// library is a module, or a part of one, with the rooms that may import it.
type library struct {
	prefix string
	owners []string
}

// everyone and tests stand for the rooms of a library that has no owner of its own.
var (
	everyone = []string{"*"}
	tests    []string
)

// libraries holds every library that the house may use. The longest prefix decides.
var libraries = []library{
	{"github.com/emersion/go-message", []string{"message"}},
	{"github.com/microcosm-cc/bluemonday", []string{"message"}},
	{"mvdan.cc/xurls", []string{"message"}},
	{"github.com/xuri/excelize", []string{"document"}},
	{"github.com/ledongthuc/pdf", []string{"document"}},
	{"golang.org/x/crypto/acme", []string{"certificate"}},
	{"golang.org/x/text", []string{"message", "guard", "search"}},
	{"golang.org/x/net/idna", []string{"message", "mailauth"}},
	{"golang.org/x/net/html", []string{"message"}},
	{"go.etcd.io/bbolt", []string{"store"}},
	{"github.com/klauspost/compress", []string{"store"}},
	{"github.com/fxamacker/cbor", []string{"store"}},
	{"github.com/pelletier/go-toml", []string{"config"}},
	{"github.com/spf13/cobra", []string{"cmd"}},
	{"github.com/spf13/pflag", []string{"cmd"}},
	{"github.com/schollz/progressbar", []string{"cmd"}},
	{"github.com/coreos/go-systemd", []string{"cmd"}},
	{"github.com/emersion/go-smtp", []string{"smtpd", "courier"}},
	{"github.com/emersion/go-sasl", []string{"courier", "imapd", "fetcher"}},
	{"github.com/emersion/go-imap", []string{"imapd", "fetcher"}},
	{"github.com/emersion/go-msgauth", []string{"mailauth", "courier"}},
	{"blitiri.com.ar/go/spf", []string{"mailauth"}},
	{"github.com/pires/go-proxyproto", []string{"smtpd", "imapd", "web"}},
	{"github.com/alexedwards/scs", []string{"web"}},
	{"github.com/gorilla/feeds", []string{"web"}},
	{"github.com/yuin/goldmark", []string{"web"}},
	{"github.com/blevesearch", []string{"search"}},
	{"filippo.io/age", []string{"backup"}},
	{"github.com/prometheus/client_golang", everyone},
	{"golang.org/x/sys", []string{"store", "cmd", "smtpd", "document"}},
	{"golang.org/x/sync", []string{"cmd", "queue", "courier"}},
	{"golang.org/x/time", []string{"internal/seldom", "web", "imapd"}},
	{"github.com/google/go-cmp", tests},
	{"github.com/rogpeppe/go-internal", tests},
	{"go.uber.org/goleak", tests},
	{"pgregory.net/rapid", tests},
	{"github.com/foxcpp/go-mockdns", tests},
	{"github.com/chromedp", tests},
	{"go.yaml.in/yaml", tests},
	{"golang.org/x/net/dns/dnsmessage", tests},
}
