// Package login checks logins, and slows down guessing.
package login

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

// Users maps logins to passcodes. If it is empty, anybody may log in.
type Users map[string]string

// Allow reports whether the login and passcode are right. Its running time does
// not depend on the passcode.
func (u Users) Allow(login, passcode string) bool {
	if len(u) == 0 {
		return true
	}
	want, known := u[login]
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(passcode))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && known
}

// Flags declares the flags -user and -users, which add users.
func (u Users) Flags(fs *flag.FlagSet) {
	fs.Func("user", "`user:passcode` that may log in; repeatable; other users of this machine can see it, so prefer -users; without users anybody may log in", u.Add)
	fs.Func("users", "`file` of users that may log in, one user:passcode on each line", u.AddFile)
}

// Add adds a user in the form user:passcode.
func (u Users) Add(s string) error {
	user, passcode, ok := strings.Cut(s, ":")
	if !ok || user == "" {
		return errors.New("want user:passcode")
	}
	u[user] = passcode
	return nil
}

// AddFile adds the users of a file with one user:passcode on each line. Empty
// lines and lines that begin with # are skipped.
func (u Users) AddFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := u.Add(line); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err) // without the line, which may contain a passcode
		}
	}
	return lines.Err()
}
