package job

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"scanmaster/runner/sshconfig"
)

// defaultPort is where targets listen where nothing is said.
const defaultPort = 22

// HostKeyNew, HostKeyYes and HostKeyNo are the values of StrictHostKeyChecking
// (ssh_config(5)) that a worker without a terminal can honour.
const (
	HostKeyNew = "accept-new"
	HostKeyYes = "yes"
	HostKeyNo  = "no"
)

// SSHOPTS gives the options as the classic environment variable holds them.
// No value may hold a blank, since that is where they are split.
func (o TargetOptions) SSHOPTS() string {
	var words []string
	if o.User != "" {
		words = append(words, "-l", o.User)
	}
	for _, file := range o.Identities {
		words = append(words, "-i", file)
	}
	if o.Port != 0 {
		words = append(words, "-p", strconv.Itoa(o.Port))
	}
	if o.HostKeys != "" {
		words = append(words, "-o", "StrictHostKeyChecking="+o.HostKeys)
	}
	for _, file := range o.KnownHosts {
		words = append(words, "-o", "UserKnownHostsFile="+file)
	}
	if o.ConnectTimeout != 0 {
		words = append(words, "-o", "ConnectTimeout="+strconv.Itoa(o.ConnectTimeout))
	}
	if o.ProxyJump != "" {
		words = append(words, "-o", "ProxyJump="+o.ProxyJump)
	}
	if o.OnlySaid {
		words = append(words, "-o", "IdentitiesOnly="+map[bool]string{true: "yes", false: "no"}[o.IdentitiesOnly])
	}
	for _, file := range o.Certificates {
		words = append(words, "-o", "CertificateFile="+file)
	}
	for _, list := range o.algorithms() {
		if len(*list.names) > 0 {
			words = append(words, "-o", list.option+"="+strings.Join(*list.names, ","))
		}
	}
	return strings.Join(words, " ")
}

// ParseSSHOPTS reads options that are split at blanks, by ssh(1): -l, -i, -p, -J and
// -o NAME=VALUE. Those that change neither who is connected to nor what is trusted are
// passed over, such as -q and ServerAliveInterval: a worker has its own way. The first value of an option counts (ssh_config(5)); identity
// files and, unlike there, files of known hosts add up. Lists of algorithms may
// begin with "+", "-" or "^", which then change what a worker of ours offers by
// itself. What a worker doesn't understand is refused by name. What isn't said keeps its zero value but for
// Port and HostKeys, which get their defaults, 22 and HostKeyNew.
func ParseSSHOPTS(s string) (TargetOptions, error) {
	var o TargetOptions
	rest, err := eachFlag(strings.Fields(s), "lipoJ", o.flag)
	if err != nil {
		return TargetOptions{}, fmt.Errorf("SSHOPTS: %w", err)
	}
	if len(rest) > 0 {
		return TargetOptions{}, fmt.Errorf("SSHOPTS: %q is no option", rest[0])
	}
	if o.Port == 0 {
		o.Port = defaultPort
	}
	if o.HostKeys == "" {
		o.HostKeys = HostKeyNew
	}
	return o, nil
}

func (o *TargetOptions) flag(flag byte, value string) error {
	switch flag {
	case 'l':
		return o.option("User", value)
	case 'i':
		return o.option("IdentityFile", value)
	case 'p':
		return o.option("Port", value)
	case 'J':
		return o.option("ProxyJump", value)
	case 'A', 'a', 'C', 'k', 'n', 'q', 'T', 'v', 'X', 'x', 'Y':
		return nil // nothing is forwarded, compressed, shown, or given a terminal
	case 'o':
		name, value, ok := strings.Cut(value, "=")
		if !ok {
			return fmt.Errorf("-o %s has no value", name)
		}
		return o.option(name, value)
	}
	return fmt.Errorf("-%c can't be honoured; -J, -i, -l, -o and -p can", flag)
}

// honoured are the options of ssh_config(5) that a worker understands.
const honoured = "User, Port, IdentityFile, StrictHostKeyChecking, UserKnownHostsFile, ConnectTimeout, " +
	"ProxyJump, IdentitiesOnly, CertificateFile, KexAlgorithms, Ciphers, MACs and HostKeyAlgorithms"

func (o *TargetOptions) option(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s has no value", name)
	}
	switch strings.ToLower(name) {
	case "user":
		return first(&o.User, value, checkUser)
	case "port":
		o.PortSaid = true
		return firstNumber(&o.Port, name, value, sshconfig.Port)
	case "identityfile":
		o.Identities = append(o.Identities, value)
		return nil
	case "userknownhostsfile":
		o.KnownHosts = append(o.KnownHosts, value)
		return nil
	case "stricthostkeychecking":
		o.HostKeysSaid = true
		return first(&o.HostKeys, value, checkHostKeys)
	case "certificatefile":
		o.Certificates = append(o.Certificates, value)
		return nil
	case "proxyjump":
		return first(&o.ProxyJump, value, func(hosts string) (string, error) { return hosts, nil })
	case "identitiesonly":
		return o.only(value)
	case "connecttimeout":
		return firstNumber(&o.ConnectTimeout, name, value, sshconfig.Seconds)
	}
	for _, list := range o.algorithms() {
		if strings.EqualFold(name, list.option) {
			return list.parse(value)
		}
	}
	if sshconfig.IsHarmless(name, value) {
		return nil
	}
	return fmt.Errorf("option %s can't be honoured; %s can", name, honoured)
}

// only reads IdentitiesOnly.
func (o *TargetOptions) only(value string) error {
	yes, known := map[string]bool{"yes": true, "true": true, "no": false, "false": false}[strings.ToLower(value)]
	if !known {
		return fmt.Errorf("IdentitiesOnly is yes or no, not %q", value)
	}
	if !o.OnlySaid {
		o.IdentitiesOnly, o.OnlySaid = yes, true
	}
	return nil
}

func checkUser(user string) (string, error) {
	if strings.HasPrefix(user, "-") {
		return "", errors.New("a user's name doesn't begin with a hyphen")
	}
	return user, nil
}

func checkHostKeys(policy string) (string, error) {
	switch policy = strings.ToLower(policy); policy {
	case HostKeyNew, HostKeyYes, HostKeyNo:
		return policy, nil
	case "off", "false":
		return HostKeyNo, nil
	case "true":
		return HostKeyYes, nil
	}
	return "", fmt.Errorf("StrictHostKeyChecking is accept-new, yes or no, not %q", policy)
}

// first keeps a value where none is kept yet; a bad one is an error anyway.
func first(at *string, value string, check func(string) (string, error)) error {
	checked, err := check(value)
	if err == nil && *at == "" {
		*at = checked
	}
	return err
}

// firstNumber keeps a number as first does.
func firstNumber(at *int, name, value string, read func(string) (int, error)) error {
	n, err := read(value)
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	if *at == 0 {
		*at = n
	}
	return nil
}
