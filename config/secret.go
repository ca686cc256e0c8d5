package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// passwordMax bounds a password file.
const passwordMax = 4096

// Password returns the password for the mail service, read now from its file or environment variable, without a line
// end at its end; "" when neither is named. It refuses a file that others than its owner may read. No error holds the
// password.
func (s Smarthost) Password() (string, error) {
	switch {
	case s.PasswordFile != "":
		return passwordFrom(s.PasswordFile)
	case s.PasswordEnv != "":
		password := os.Getenv(s.PasswordEnv)
		if password == "" {
			return "", fmt.Errorf("read smarthost password: environment variable %s is empty; set it for the server, "+
				"or name a file in smarthost.password_file", s.PasswordEnv)
		}
		return password, nil
	}
	return "", nil
}

func passwordFrom(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read smarthost password: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("read smarthost password: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("read smarthost password: %s has mode %04o, so others may read it; run chmod 600 on it",
			path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, passwordMax+1))
	if err != nil {
		return "", fmt.Errorf("read smarthost password: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" || len(text) > passwordMax || strings.ContainsAny(password, "\r\n\x00") {
		return "", errors.New("read smarthost password: " + path + " must hold the password on one line and nothing else")
	}
	return password, nil
}
