// Package demo lays out a scan to try things with: a fleet of SSH servers on
// loopback, a scan file, its input, script and hooks, and a key that only this
// fleet accepts.
package demo

import (
	"embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"scanmaster/runner/fleet"
)

//go:embed files
var files embed.FS

// Demo is a scan that is laid out. Whoever laid it out closes it; its folder
// stays.
type Demo struct {
	// Dir is the folder that holds all of it.
	Dir string
	// Scan is the path of the scan file.
	Scan string
	// Results is the shared folder of the scan.
	Results string

	fleets []*fleet.Fleet
}

// group is a number of targets that behave alike.
type group struct {
	name  string
	count int
	// env is what the script finds on these targets.
	env       []string
	behaviour fleet.Behaviour
}

// hostile is what a target may send to take over a terminal or a CI log: it
// sets the title, clears the screen, and would mark the build as failed.
const hostile = `\033]0;owned\007\033[2J::error::not from the runner\r##[error]nor this`

var groups = []group{
	{name: "web", count: 160},
	{name: "old", count: 14, env: []string{"PENDING=5"}},
	{name: "denied", count: 8, behaviour: fleet.Behaviour{Kind: fleet.RefusesKeys}},
	{name: "mute", count: 6, behaviour: fleet.Behaviour{Kind: fleet.Mute}},
	{name: "closed", count: 10, behaviour: fleet.Behaviour{Kind: fleet.Closed}},
	{name: "printer", count: 2, behaviour: fleet.Behaviour{Kind: fleet.Rubbish}},
	{name: "hostile", count: 1, env: []string{"MOTD=" + hostile}},
}

// Lay makes a folder below parent (the system's temporary one where empty),
// starts the fleet and writes the files.
func Lay(parent string) (*Demo, error) {
	dir, err := os.MkdirTemp(parent, "scanmaster-demo-")
	if err != nil {
		return nil, err
	}
	d := &Demo{Dir: dir, Scan: filepath.Join(dir, "scan.yaml"), Results: filepath.Join(dir, "share")}
	if err := d.lay(); err != nil {
		return nil, errors.Join(err, d.Close(), os.RemoveAll(dir))
	}
	return d, nil
}

func (d *Demo) lay() error {
	identity := filepath.Join(d.Dir, "id_ed25519")
	key, err := fleet.WriteKey(identity)
	if err != nil {
		return err
	}
	if err := os.Mkdir(d.Results, 0o700); err != nil {
		return err
	}
	targets, err := d.startFleet(key)
	if err != nil {
		return err
	}
	scan, err := files.ReadFile("files/scan.yaml")
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, string(scan), d.Results, identity)
	if err := errors.Join(os.WriteFile(d.Scan, text, 0o600), d.write("targets.txt", targets, 0o600)); err != nil {
		return err
	}
	for _, name := range []string{"remote.sh", "pre.sh", "post.chunk.sh"} {
		data, err := files.ReadFile("files/" + name)
		if err != nil {
			return err
		}
		if err := d.write(name, string(data), 0o700); err != nil {
			return err
		}
	}
	return nil
}

func (d *Demo) write(name, text string, mode os.FileMode) error {
	return os.WriteFile(filepath.Join(d.Dir, name), []byte(text), mode)
}

// startFleet starts the servers and gives the list of targets, in no order as
// lists are. Servers with another environment are a fleet of their own, with a
// host key of its own.
func (d *Demo) startFleet(key ssh.PublicKey) (string, error) {
	var lines []string
	for _, g := range groups {
		env := append([]string{"PATH=/usr/local/bin:/usr/bin:/bin"}, g.env...)
		f, err := fleet.New(fleet.Config{Authorized: []ssh.PublicKey{key}, Env: env, Dir: d.Dir})
		if err != nil {
			return "", err
		}
		d.fleets = append(d.fleets, f)
		for i := range g.count {
			var addr netip.AddrPort
			if addr, err = f.Add(g.behaviour); err != nil {
				return "", err
			}
			lines = append(lines, fmt.Sprintf("%s%03d.example.com %s", g.name, i+1, addr))
		}
	}
	rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	return "# host ip:port of the demo's targets\n" + strings.Join(lines, "\n") + "\n", nil
}

// HostileName is the target whose output tries to take over who looks at it.
const HostileName = "hostile001.example.com"

// Hostile gives what that target sent, raw, as it stands in the results.
func (d *Demo) Hostile() (string, error) {
	data, err := os.ReadFile(filepath.Join(d.Results, "chunked", "patchlevel", "final", "output"))
	if err != nil {
		return "", err
	}
	_, record, ok := strings.Cut(string(data), HostileName+",")
	if !ok {
		return "", fmt.Errorf("%s is not in the results", HostileName)
	}
	lines := strings.SplitAfterN(record, "\n", 4)
	return HostileName + "," + strings.Join(lines[:min(3, len(lines))], ""), nil
}

// Close ends the fleet. The folder stays for looking around.
func (d *Demo) Close() error {
	var errs []error
	for _, f := range d.fleets {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
