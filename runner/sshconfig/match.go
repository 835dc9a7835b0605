package sshconfig

import (
	"path"
	"strings"
)

// matchList fits a name to patterns: one must fit, and none that begins with "!".
func matchList(patterns []string, name string) bool {
	fits := false
	for _, p := range patterns {
		p, not := strings.CutPrefix(p, "!")
		if !matchPattern(p, name) {
			continue
		}
		if not {
			return false
		}
		fits = true
	}
	return fits
}

// matchPattern fits a name to a pattern of "*" and "?"; the letters' case counts, as with
// ssh.
func matchPattern(pattern, name string) bool {
	switch {
	case pattern == "*":
		return true
	case !strings.ContainsAny(pattern, "*?"):
		return pattern == name
	}
	ok, err := path.Match(plain.Replace(pattern), strings.ReplaceAll(name, "/", "\x00"))
	return ok && err == nil
}

// plain masks what path.Match takes for more, and ssh doesn't; nor does ssh stop at a
// slash.
var plain = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `/`, "\x00")

// match judges a Match: all that it asks for must hold.
func (e *evaluation) match(it *item, outer scope) (scope, error) {
	now := outer
	for args := it.args; len(args) > 0; {
		name, value, joined := strings.Cut(args[0], "=")
		args = args[1:]
		word, not := strings.CutPrefix(strings.ToLower(name), "!")
		holds, known := true, true
		switch word {
		case "all":
		case "final", "canonical":
			e.wantsFinal = e.wantsFinal || word == "final" && outer.on
			holds = e.final
		default:
			if !joined {
				if len(args) == 0 {
					return now, it.wrong("Match %s has no value", name)
				}
				value, args = args[0], args[1:]
			}
			holds, known = e.criterion(word, value)
		}
		if !known {
			if now.doubt == nil {
				now.doubt = it
			}
			continue
		}
		if holds == not {
			now.on = false
		}
	}
	return now, nil
}

// criterion judges one that has a value; known is false where it takes more than a
// look at the names.
func (e *evaluation) criterion(word, value string) (holds, known bool) {
	patterns := strings.Split(value, ",")
	switch word {
	case "host":
		return matchList(lower(patterns), e.hostName()), true
	case "originalhost":
		return matchList(lower(patterns), strings.ToLower(e.original)), true
	case "user":
		return matchList(patterns, e.user()), true
	case "localuser":
		return matchList(patterns, e.config.env.User), true
	}
	return false, false
}

// lower is for names of hosts, whose case counts for Host, but not for Match.
func lower(patterns []string) []string {
	for i, p := range patterns {
		patterns[i] = strings.ToLower(p)
	}
	return patterns
}

// hostName is what is connected to, as far as that is known by now.
func (e *evaluation) hostName() string {
	if s, ok := e.set["hostname"]; ok {
		if name, err := expand(s.args[0], map[byte]string{'h': e.original}); err == nil {
			return strings.ToLower(name)
		}
	}
	return strings.ToLower(e.original)
}

// user is who is logged in as, as far as that is known by now.
func (e *evaluation) user() string {
	if e.given != "" {
		return e.given
	}
	if s, ok := e.set["user"]; ok {
		return s.args[0]
	}
	return e.config.env.User
}
