package sshconfig

import "strings"

// kind says what is to be made of a directive.
type kind int

const (
	unknown  kind = iota // nobody knows what it does
	foreign              // it may change who is connected to or trusted
	known                // it is understood
	harmless             // it changes neither
)

// kindOf sorts a directive. What is foreign is harmless where it says that nothing
// is to be otherwise.
func kindOf(it *item) kind {
	k := kinds[it.key]
	switch {
	case k != foreign:
		return k
	case it.key == "proxycommand" && strings.EqualFold(it.args[0], none):
		return known
	}
	for _, neutral := range neutrals[it.key] {
		if strings.EqualFold(it.args[0], neutral) {
			return harmless
		}
	}
	return foreign
}

// IsHarmless tells that a directive, or the option of that name, changes neither who is
// connected to nor what is trusted.
func IsHarmless(name, value string) bool {
	return kindOf(&item{key: strings.ToLower(name), args: []string{value}}) == harmless
}

// neutrals are the values of foreign directives that change nothing.
var neutrals = map[string][]string{
	"addressfamily":                    {"any"},
	"canonicalizehostname":             {"no", "none", "false"},
	"identityagent":                    {"SSH_AUTH_SOCK", "$SSH_AUTH_SOCK"},
	"knownhostscommand":                {none},
	"nohostauthenticationforlocalhost": {"no"},
	"pkcs11provider":                   {none},
	"revokedhostkeys":                  {none},
	"verifyhostkeydns":                 {"no"},
}

// kinds are the directives of ssh_config(5), of OpenSSH up to 10.2.
var kinds = sorted(
	`certificatefile ciphers connecttimeout globalknownhostsfile hostkeyalgorithms hostname identitiesonly identityfile
	kexalgorithms macs port proxyjump stricthostkeychecking user userknownhostsfile`,
	// Canonicalization does nothing unless CanonicalizeHostname has it done. The
	// algorithms of signatures narrow what a login may use, and so do the kinds of
	// authentication; which address of this host is used, and what is forwarded or
	// shown, is nobody's there.
	`addkeystoagent batchmode bindaddress bindinterface canonicaldomains canonicalizefallbacklocal canonicalizemaxdots
	canonicalizepermittedcnames casignaturealgorithms challengeresponseauthentication channeltimeout checkhostip
	clearallforwardings compression connectionattempts controlmaster controlpath controlpersist dynamicforward
	enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fingerprinthash forkafterauthentication
	forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports gssapiauthentication gssapiclientidentity
	gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity
	gssapitrustdns hashknownhosts hostbasedacceptedalgorithms hostbasedauthentication hostbasedkeytypes ignoreunknown
	ipqos kbdinteractiveauthentication kbdinteractivedevices localcommand localforward loglevel logverbose
	numberofpasswordprompts obscurekeystroketiming passwordauthentication permitlocalcommand permitremoteopen
	preferredauthentications protocol proxyusefdpass pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication
	rekeylimit remotecommand remoteforward requesttty requiredrsasize rsaauthentication
	securitykeyprovider sendenv serveralivecountmax serveraliveinterval sessiontype setenv stdinnull
	streamlocalbindmask streamlocalbindunlink syslogfacility tag tcpkeepalive tunnel tunneldevice updatehostkeys
	useprivilegedport useroaming versionaddendum visualhostkey warnweakcrypto xauthlocation`,
)

func sorted(understood, passedOver string) map[string]kind {
	all := map[string]kind{"hostkeyalias": foreign, "proxycommand": foreign, "refuseconnection": foreign}
	for key := range neutrals {
		all[key] = foreign
	}
	for _, key := range strings.Fields(understood) {
		all[key] = known
	}
	for _, key := range strings.Fields(passedOver) {
		all[key] = harmless
	}
	return all
}
