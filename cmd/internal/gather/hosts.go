package gather

import (
	"io"

	"scanmaster/spec"
	"scanmaster/spec/diag"
)

// hosts puts in the place of every list of workers what it lists.
func (g *gatherer) hosts() {
	for _, host := range g.scan.Hosts {
		if host.File == "" {
			g.facts.Hosts = append(g.facts.Hosts, host)
			continue
		}
		g.file(host.File, func(r io.Reader) error {
			listed, err := spec.ParseHosts(r)
			if err != nil {
				g.problems.Errorf(diag.Pos{File: g.shown(host.File)}, "", "%v", err)
				return nil
			}
			g.facts.Hosts = append(g.facts.Hosts, listed...)
			return nil
		})
	}
}
