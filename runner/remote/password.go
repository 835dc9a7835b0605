package remote

import (
	"errors"
	"regexp"

	"golang.org/x/crypto/ssh"
)

// ErrPasswordRefused tells that a host did not take the password.
var ErrPasswordRefused = errors.New("the password was refused")

// ErrStrangeQuestion tells that a host asked something that is no password.
var ErrStrangeQuestion = errors.New("the host asks for more than a password")

// Offer is a password for one login, whether the host asks for it by the method
// "password" (RFC 4252, section 8) or by "keyboard-interactive" (RFC 4256). It is
// sent once at the most: hosts count what they refuse.
type Offer struct {
	// Secret gives it when the host asks; what it fails with ends the login.
	Secret func() (string, error)

	sent bool
}

// Methods are the ways in which it is offered, for Login.Auth.
func (o *Offer) Methods() []ssh.AuthMethod {
	return []ssh.AuthMethod{ssh.PasswordCallback(o.password), ssh.KeyboardInteractive(o.answer)}
}

// Sent tells whether it was sent, once the login has come to its end.
func (o *Offer) Sent() bool { return o.sent }

func (o *Offer) password() (string, error) {
	if o.sent {
		return "", ErrPasswordRefused
	}
	secret, err := o.Secret()
	o.sent = err == nil
	return secret, err
}

// asksPassword fits what sshd and PAM say where they want the password, and not what
// a second factor says.
var asksPassword = regexp.MustCompile(`(?i)^[^\n]*password[^\n]*:\s*$`)

// answer answers a question for the password. Who asks nothing gets no answer, which
// is how some hosts tell their news.
func (o *Offer) answer(_, _ string, questions []string, echos []bool) ([]string, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	if len(questions) > 1 || echos[0] || !asksPassword.MatchString(questions[0]) {
		return nil, ErrStrangeQuestion
	}
	secret, err := o.password()
	return []string{secret}, err
}
