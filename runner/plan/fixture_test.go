package plan_test

import (
	"fmt"
	"time"

	"scanmaster/runner/plan"
	"scanmaster/spec"
)

// base is a scan that sets every key.
func base() *spec.Scan {
	return &spec.Scan{
		Version: 1, Name: "info1", Input: spec.Paths{"targets"}, Exclude: spec.Paths{"never"},
		Remote:     spec.Remote{Script: "remote.sh", Args: []string{"--fast"}, Env: spec.Env{"LC_ALL": {Text: "C"}}},
		Hosts:      spec.Hosts{{Host: "scan1"}, {Host: "scan2", User: "scan", Port: 2222, Identity: "~/.ssh/scan"}, {File: "nodes"}},
		KnownHosts: "known_hosts.workers", Dir: "/mnt/scanmaster", Deploy: "auto", DeployFrom: "builds",
		Launch: "screen", Chunks: 1, OnWorkerLost: "redeal", Retries: 3, MinWorkers: 1, ShareWait: seconds(90),
		Hooks:   spec.Hooks{Pre: "pre.sh", PostChunk: "post.chunk.sh", Aggregate: "aggregator.sh"},
		HookEnv: []string{"PATH"}, ScanEnv: spec.Env{"LANG": {Text: "C"}}, Jobs: 175, Rate: spec.Rate{Count: 200}, PerSubnet: 32, Auth: "pubkey",
		Checks: spec.Checks{Ping: true, Banner: true},
		Targets: spec.Targets{
			User: "headless", Identity: "~/.ssh/headless", Port: 22, HostKeys: "accept-new",
			Algorithms: spec.Algorithms{KEX: []string{"curve25519-sha256"}},
		},
		Shell: "bash -s", Passthrough: []string{"-I"},
		Timeouts: spec.Timeouts{
			Connect: seconds(10), Banner: seconds(10), Auth: seconds(20), Run: seconds(300),
			Idle: seconds(30), Hook: seconds(600), Scan: seconds(28800),
		},
		Retry:     spec.Retry{"nossh": 2, "timeout": 1},
		MaxOutput: 16 << 20, Poll: seconds(60), Lease: seconds(120), OnUnknown: "rerun", Keep: 1,
		FailOn:  spec.FailOn{"unreachable": {Share: 10, Percent: true}},
		MaxFail: spec.Percent{Share: 20, Given: true}, MaxDrift: spec.Percent{Given: true},
	}
}

func seconds(n int) spec.Duration { return spec.Duration(time.Duration(n) * time.Second) }

// facts are those of base where all is well.
func facts() plan.Facts {
	f := plan.Facts{
		Base: plan.BasePlaceholder, Home: plan.HomePlaceholder, Files: map[string]plan.FileFacts{},
		Scan:    plan.FileFacts{SHA256: "5ca4", Size: 300, Lines: 20},
		Hosts:   spec.Hosts{{Host: "scan1"}, {Host: "scan2", User: "scan", Port: 2222, Identity: "~/.ssh/scan"}, {Host: "node1"}},
		Counted: true, Targets: 30140, Excluded: 9,
		Run: plan.RunPlaceholder, Min: plan.MinPlaceholder, Bin: plan.BinPlaceholder,
	}
	for i, path := range []string{"targets", "never", "remote.sh", "nodes", "known_hosts.workers", "pre.sh", "post.chunk.sh", "aggregator.sh"} {
		f.Files[path] = plan.FileFacts{SHA256: fmt.Sprintf("%064x", i+1), Size: 100, Lines: 10, Executable: i > 4}
	}
	f.Files["builds"] = plan.FileFacts{}
	return f
}

// static is base without a pre hook.
func static() *spec.Scan {
	s := base()
	s.Hooks.Pre = ""
	return s
}

// find gives the plan's step of a type.
func find[T plan.Step](p plan.Plan) T {
	var found T
	for _, step := range p.Steps {
		if s, ok := step.(T); ok {
			found = s
		}
	}
	return found
}
