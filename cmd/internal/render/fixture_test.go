package render_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"scanmaster/cmd/internal/render"
	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// base is a scan that sets every key.
func base() *spec.Scan {
	return &spec.Scan{
		Version: 1, Name: "info1", Input: spec.Paths{"targets"}, Exclude: spec.Paths{"never"},
		Remote: spec.Remote{Script: "remote.sh", Args: []string{"--fast"}, Env: spec.Env{"LC_ALL": {Text: "C"}}},
		Hosts: spec.Hosts{
			{Host: "scan1", User: "scan", Port: 2222, Identity: "~/.ssh/scan"},
			{File: "nodes"},
			{Host: "scan2"},
		},
		KnownHosts: "known_hosts.workers", Dir: "/mnt/scanmaster", Deploy: "auto", DeployFrom: "builds",
		Launch: "screen", Chunks: 1, OnWorkerLost: "redeal", Retries: 3, MinWorkers: 1, Share: spec.ShareRequired, ShareWait: seconds(90),
		Hooks:   spec.Hooks{Pre: "pre.sh", PostChunk: "post.chunk.sh", Aggregate: "aggregator.sh"},
		HookEnv: []string{"PATH"}, ScanEnv: spec.Env{"LANG": {Text: "C"}}, Jobs: 175, Rate: spec.Rate{Count: 200}, PerSubnet: 32, Auth: "pubkey",
		Checks: spec.Checks{Ping: true, Banner: true},
		Targets: spec.Targets{
			User: "headless", Identity: "~/.ssh/headless", Port: 2022, HostKeys: "accept-new",
			Algorithms: spec.Algorithms{
				KEX: []string{"curve25519-sha256"}, Ciphers: []string{"aes128-ctr"}, MACs: []string{"hmac-sha2-256"}, HostKeys: []string{"ssh-ed25519"},
			},
		},
		Shell: "bash -s", Passthrough: []string{"-I"},
		Timeouts: spec.Timeouts{
			Connect: seconds(10), Banner: seconds(10), Auth: seconds(20), Run: seconds(300),
			Idle: seconds(30), Hook: seconds(600), Scan: seconds(28800),
		},
		Retry:     spec.Retry{"nossh": 2, "timeout": 1},
		MaxOutput: 16 << 20, Poll: seconds(60), Lease: seconds(120), OnUnknown: "rerun", OnMasterLost: "continue", Keep: 1,
		FailOn:  spec.FailOn{"unreachable": {Share: 10, Percent: true}},
		MaxFail: spec.Percent{Share: 20, Given: true}, Canary: spec.Limit{Share: 1, Percent: true}, MaxDrift: spec.Percent{Share: 10, Given: true},
	}
}

func seconds(n int) spec.Duration { return spec.Duration(time.Duration(n) * time.Second) }

// compile compiles a scan of whose files all is well.
func compile(t *testing.T, s *spec.Scan, change func(*plan.Facts)) plan.Plan {
	t.Helper()
	f := plan.Facts{
		Base: plan.BasePlaceholder, Home: plan.HomePlaceholder, Files: map[string]plan.FileFacts{},
		Scan: found("scan"), Counted: true, Targets: 30140, Excluded: 9,
		Run: plan.RunPlaceholder, Min: plan.MinPlaceholder, Bin: plan.BinPlaceholder,
	}
	for _, h := range s.Hosts {
		if h.File != "" {
			f.Files[h.File] = found(h.File)
			h = spec.Host{Host: "listed-in-" + h.File}
		}
		f.Hosts = append(f.Hosts, h)
	}
	paths := append([]string{s.Remote.Script, s.KnownHosts, s.DeployFrom, s.Hooks.Pre, s.Hooks.PostChunk, s.Hooks.Aggregate}, s.Input...)
	for _, path := range append(paths, s.Exclude...) {
		f.Files[path] = found(path)
	}
	if change != nil {
		change(&f)
	}
	p, problems := plan.Compile(s, f)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func found(path string) plan.FileFacts {
	sum := sha256.Sum256([]byte(path))
	return plan.FileFacts{SHA256: hex.EncodeToString(sum[:]), Size: 100, Lines: 1200, Executable: true}
}

func text(t *testing.T, p plan.Plan, all bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := render.Text(&out, p, all); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func asJSON(t *testing.T, p plan.Plan) string {
	t.Helper()
	out, err := render.JSON(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
