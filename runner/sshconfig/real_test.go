//go:build e2e

package sshconfig

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRealClientReadsTheSame holds what is read against ssh -G.
func TestRealClientReadsTheSame(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"first":      "Host web1 db?\n HostName %h.example.com\n User headless\n Port 2222\nHost *\n Port 22\n User x\n IdentityFile /k1\n",
		"negated":    "Host *.example.com !web1.*\n Port 2022\nHost web?\n\tPort=2023\n",
		"case":       "Host WEB1\n Port 2022\nHost Web*\n User upper\n",
		"quotes":     "Host \"web1\" 'db1'\n User \"some one\" # here\n IdentityFile \"/a b/c\"\n IdentityFile /x\\ y\n",
		"final":      "Match final host web1.example.com\n Port 7\nMatch originalhost web1\n HostName web1.example.com\nMatch canonical\n ConnectTimeout 9\n",
		"final all":  "Match final all\n Ciphers aes128-ctr\n User late\nHost *\n User early\n",
		"final name": "Match final\n HostName late\n IdentityFile /k1\nHost web1.example.com\n Port 443\nHost *\n HostName %h.example.com\n IdentityFile /k1\n",
		"users":      "Match user root\n Port 2000\nMatch user root,admin host web1\n ConnectTimeout 5\nMatch localuser " + me.Username + "\n IdentitiesOnly yes\nMatch !user root\n ProxyJump a@b:1,c\n",
		"known":      "UserKnownHostsFile /a /b/%h/%r/%p/%n\nStrictHostKeyChecking off\nCertificateFile /c\nGlobalKnownHostsFile /g\n",
		"quoted":     "\"Host\" web1\n \"Port\" https\n \"user\" \"some one\"\nHost *\n \"Port\" ssh\n",
		"equals":     "Host=web1\n Port = 2022\n User=\"a=b\"\nMatch host=\"web1\" user=root\n ConnectTimeout=7\n",
		"times":      "Host web1\n ConnectTimeout 1m30s\nHost db*\n ConnectTimeout 2H\n",
		"ends":       "Host web1\r\n Port 2022\r\n User x \f\n",
		"nothing":    "# nothing\n",
		"none":       "ProxyCommand none\nProxyJump bastion\nConnectTimeout none\n",
		"jump none":  "ProxyJump none\nProxyJump bastion\nStrictHostKeyChecking ask\n",
	} {
		home, system := texts{"SYSTEM": text}.write(t)
		c, err := Read(Env{User: me.Username, Home: home}, system)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		wantSame(t, name, c, system, me.Username)
	}
}

// wantSame asks both what holds for some hosts.
func wantSame(t *testing.T, name string, c *Config, system, me string) {
	t.Helper()
	for _, host := range []string{"web1", "WEB1", "web1.example.com", "db1", "db10"} {
		for _, as := range []string{"", "root", "admin"} {
			o, err := c.For(host, as)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if as != "" {
				o.User = as // ssh's command line goes before
			}
			got, want := ours(o, host, me), theirs(t, system, host, as)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s@%s:\n%q\nand by ssh -G\n%q", name, as, host, got, want)
			}
		}
	}
}

// lines are those that files are put together from at random.
var lines = []string{
	"Host web1", "Host web* !web1", "Host !web1 *", "Host *.example.com web1", "host 'web1' db?", `"Host" "web1"`,
	"Match host web1", "Match host web1,db1 user root", "Match user root", "Match !host web1", "Match originalhost web1 user !root",
	"Match all", "Match final", "Match final host *.example.com", "Match host=web1", "Match user ro?t,!root", "Match host !web1,*",
	"Match canonical final", " HostName real.example.com", " HostName %h.example.com", " HostName REAL.example.com", " User root",
	" User x # y", ` User="x y"`, " Port 22", " Port 2022", " port=https", " IdentityFile /k1", " IdentityFile '/a b'", ` IdentityFile /a\ b`,
	" IdentitiesOnly yes", " ProxyJump a", " ProxyJump none", " ProxyCommand none", " StrictHostKeyChecking no",
	" StrictHostKeyChecking accept-new", " ConnectTimeout 5", " ConnectTimeout 1m", " CertificateFile /c", "# nothing", "",
}

// TestRealClientReadsAnyFileTheSame does so with files that nobody would write.
func TestRealClientReadsAnyFileTheSame(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		var text strings.Builder
		for range 3 + rand.IntN(10) {
			text.WriteString(lines[rand.IntN(len(lines))] + "\n")
		}
		home, system := texts{"SYSTEM": text.String()}.write(t)
		c, err := Read(Env{User: me.Username, Home: home}, system)
		if err != nil {
			t.Fatalf("%q: %v", text.String(), err)
		}
		wantSame(t, strconv.Quote(text.String()), c, system, me.Username)
	}
}

// keys are what is compared.
var keys = []string{
	"hostname", "user", "port", "identityfile", "certificatefile", "proxyjump", "stricthostkeychecking", "connecttimeout",
	"identitiesonly", "known",
}

func ours(o Options, host, me string) []string {
	or := func(value, otherwise string) string {
		if value == "" || value == "0" {
			return otherwise
		}
		return value
	}
	only := "no"
	if o.IdentitiesOnly {
		only = "yes"
	}
	known := ""
	if o.KnownHostsSaid {
		known = strings.Join(o.KnownHosts, " ")
	}
	values := []string{
		or(o.HostName, strings.ToLower(host)), or(o.User, me), or(strconv.Itoa(o.Port), "22"), strings.Join(o.Identities, " "), strings.Join(o.Certificates, " "),
		o.ProxyJump, or(o.HostKeys, "ask"), or(strconv.Itoa(o.ConnectTimeout), "none"), only, known,
	}
	var all []string
	for i, key := range keys {
		all = append(all, key+" "+values[i])
	}
	return all
}

func theirs(t *testing.T, file, host, as string) []string {
	t.Helper()
	args := []string{"-G", "-F", file}
	if as != "" {
		args = append(args, "-l", as)
	}
	out, err := exec.CommandContext(t.Context(), "ssh", append(args, "--", host)...).Output()
	if err != nil {
		t.Fatalf("ssh -G: %v", err)
	}
	found := make(map[string][]string)
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), " ")
		found[key] = append(found[key], value)
	}
	// What isn't said shows as the program's own.
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found["identityfile"] = slices.DeleteFunc(found["identityfile"], func(path string) bool { return strings.HasPrefix(path, "~/.ssh/id_") })
	if strings.Contains(string(text), "KnownHostsFile") {
		found["known"] = []string{strings.Join(append(found["userknownhostsfile"], found["globalknownhostsfile"]...), " ")}
	}
	policy := map[string]string{"true": "yes", "false": "no"}
	if p, ok := policy[found["stricthostkeychecking"][0]]; ok {
		found["stricthostkeychecking"] = []string{p}
	}
	var all []string
	for _, key := range keys {
		all = append(all, fmt.Sprint(key, " ", strings.Join(found[key], " ")))
	}
	return all
}
