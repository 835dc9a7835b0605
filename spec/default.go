package spec

import "time"

// The values that hold where a scan file says nothing.
const (
	DefaultDir        = "/mnt/scanmaster"
	DefaultDeploy     = "auto"
	DefaultLaunch     = LaunchScreen
	DefaultMinWorkers = 1
	DefaultShareWait  = Duration(90 * time.Second)
	DefaultChunks     = 1 // a worker
	DefaultLost       = LostRedeal
	DefaultRetries    = 3
	DefaultJobs       = 175
	DefaultAuth       = "pubkey"
	DefaultPort       = 22
	DefaultHostKeys   = "accept-new"
	HostKeysStrict    = "strict"
	DefaultShell      = "bash -s"
	DefaultMaxOutput  = Size(16 << 20) // bytes
	DefaultPoll       = Duration(time.Minute)
	DefaultLease      = Duration(2 * time.Minute)
	DefaultMasterLost = MasterLostContinue
	DefaultOnUnknown  = OnUnknownRerun
	DefaultKeep       = 1
)

// DefaultTimeouts hold where a scan file says nothing.
var DefaultTimeouts = Timeouts{
	Connect: Duration(10 * time.Second),
	Banner:  Duration(10 * time.Second),
	Auth:    Duration(20 * time.Second),
	Run:     Duration(5 * time.Minute),
}

// Default gives a scan in which all is said that needs no saying. Version,
// name, input, remote and hosts are left to be filled in.
func Default() *Scan {
	return &Scan{
		Dir:          DefaultDir,
		Deploy:       DefaultDeploy,
		Launch:       DefaultLaunch,
		MinWorkers:   DefaultMinWorkers,
		Share:        ShareAuto,
		ShareWait:    DefaultShareWait,
		Chunks:       DefaultChunks,
		OnWorkerLost: DefaultLost,
		Retries:      DefaultRetries,
		Jobs:         DefaultJobs,
		Auth:         DefaultAuth,
		Checks:       Checks{Ping: true, Banner: true},
		Targets:      Targets{Port: DefaultPort, HostKeys: DefaultHostKeys},
		Shell:        DefaultShell,
		Timeouts:     DefaultTimeouts,
		MaxOutput:    DefaultMaxOutput,
		Poll:         DefaultPoll,
		Lease:        DefaultLease,
		OnMasterLost: DefaultMasterLost,
		OnUnknown:    DefaultOnUnknown,
		Keep:         DefaultKeep,
	}
}
