package doctor

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errDNS     = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}
)

func TestPortsInAndOut(t *testing.T) {
	const in, out = "Way in", "Way out"
	tests := []struct {
		name   string
		change func(w *world)
		check  string
		want   Level
		says   string
	}{
		{"the server answers", func(*world) {}, in, OK, "nc -v mail.example.org 25"},
		{"the server runs and nothing answers", func(w *world) { w.closed["127.0.0.1:25"] = errRefused }, in, Fault, "connection refused"},
		{"the server does not run", func(w *world) { w.setup.ServerRuns, w.closed["127.0.0.1:25"] = false, errRefused }, in, Warning, "systemctl start sencoforum"},
		{"another program has the port", func(w *world) { w.setup.ServerRuns = false }, in, Fault, "ss -ltnp"},
		{"the service manager has the port", func(w *world) { w.setup.Listen = nil }, in, OK, "service manager"},
		{"a socket", func(w *world) { w.setup.Listen, w.setup.Front = []string{"unix:/run/x"}, true }, in, OK, "listens there"},
		{"a strange port", func(w *world) { w.setup.Listen = []string{":2525"} }, "Number of the port", Warning, "port 25"},

		{"port 25 is open", func(*world) {}, out, OK, wellKnown[0]},
		{"the second answers", func(w *world) { w.closed[wellKnown[0]] = errRefused }, out, OK, wellKnown[1]},
		{"port 25 is closed", func(w *world) { w.closed[wellKnown[0]], w.closed[wellKnown[1]] = errRefused, errRefused }, out, Fault, "Ask your hosting provider"},
		{"the DNS does not answer", func(w *world) { w.closed[wellKnown[0]], w.closed[wellKnown[1]] = errDNS, errDNS }, out, NotChecked, "gave no answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.change(w)
			demand(t, find(t, w.examine(t), test.check), test.want, test.says)
		})
	}
}

// mailService answers as a mail service does. Words of its greeting switch parts of it on: starttls, auth.
func mailService(config *tls.Config, parts string) func(net.Conn) {
	return func(c net.Conn) {
		fmt.Fprintf(c, "220 s.example ESMTP\r\n")
		lines := bufio.NewReader(c)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			_, encrypted := c.(*tls.Conn)
			switch strings.ToUpper(strings.Fields(line)[0]) {
			case "EHLO":
				fmt.Fprintf(c, "250-s.example\r\n")
				if strings.Contains(parts, "starttls") && !encrypted {
					fmt.Fprintf(c, "250-STARTTLS\r\n")
				} else if strings.Contains(parts, "auth") {
					fmt.Fprintf(c, "250-AUTH PLAIN\r\n")
				}
				fmt.Fprintf(c, "250 8BITMIME\r\n")
			case "STARTTLS":
				fmt.Fprintf(c, "220 go on\r\n")
				c = tls.Server(c, config)
				lines = bufio.NewReader(c)
			default:
				fmt.Fprintf(c, "221 bye\r\n")
				return
			}
		}
	}
}

func TestMailService(t *testing.T) {
	// The real clock decides whether this certificate holds, so it holds for long.
	cert, key := writeCert(t, "s.example", noon.AddDate(100, 0, 0))
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	implicit := func(c net.Conn) { mailService(config, "auth")(tls.Server(c, config)) }
	refused, noDNS := map[string]error{"s.example:587": errRefused}, map[string]error{"s.example:587": errDNS}
	tests := []struct {
		name    string
		service Service
		answer  func(net.Conn)
		roots   *x509.CertPool
		closed  map[string]error
		want    Level
		says    string
	}{
		{"it takes STARTTLS and offers a log-in", Service{TLS: StartTLS, Login: true}, mailService(config, "starttls auth"), roots, nil, OK, "offers a log-in"},
		{"TLS from the start", Service{TLS: Implicit, Login: true}, implicit, roots, nil, OK, "offers a log-in"},
		{"no log-in is wanted", Service{TLS: StartTLS}, mailService(config, "starttls"), roots, nil, OK, "over TLS"},
		{"it offers no log-in", Service{TLS: StartTLS, Login: true}, mailService(config, "starttls"), roots, nil, Fault, "offers no log-in"},
		{"it offers no TLS", Service{TLS: StartTLS}, mailService(config, ""), roots, nil, Fault, "no TLS"},
		{"its certificate is not to be trusted", Service{TLS: StartTLS}, mailService(config, "starttls"), x509.NewCertPool(), nil, Fault, "unknown authority"},
		{"nor is it from the start", Service{TLS: Implicit}, implicit, x509.NewCertPool(), nil, Fault, "unknown authority"},
		{"clear text", Service{TLS: Clear}, mailService(config, ""), roots, nil, Warning, "clear text"},
		{"something else answers", Service{TLS: StartTLS}, func(c net.Conn) { fmt.Fprintf(c, "SSH-2.0-x\r\n") }, roots, nil, Fault, "does not greet"},
		{"nothing answers", Service{TLS: StartTLS}, nil, roots, refused, Fault, "Nothing answers"},
		{"the DNS does not answer", Service{TLS: StartTLS}, nil, roots, noDNS, NotChecked, "gave no answer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.service.Host, test.service.Port = "s.example", 587
			w.setup.Service, w.service, w.roots, w.closed = &test.service, test.answer, test.roots, test.closed
			demand(t, find(t, w.examine(t), "Way out"), test.want, test.says)
		})
	}
}
