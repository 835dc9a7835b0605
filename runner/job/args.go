package job

// Args is the worker's classic command line:
//
//	scanslave -A MODE [-H] -d DIR -r REMOTE [-p POST] [-n JOBS] NAME CHUNKFILE [-- PASSTHROUGH]
type Args struct {
	// Auth is "pubkey", "password" or "all".
	Auth string `json:"auth"`
	// Attended is the classic -H: somebody sits at the session's terminal.
	Attended bool `json:"attended,omitempty"`
	// Dir is the shared folder.
	Dir string `json:"dir"`
	// Remote is the path of the script, PostChunk that of the hook or empty.
	Remote    string `json:"remote"`
	PostChunk string `json:"post_chunk,omitempty"`
	// Jobs is how many targets are in hand at a time.
	Jobs Jobs `json:"jobs"`
	// Name of the scan, and path of the chunk.
	Name      string `json:"name"`
	ChunkFile string `json:"chunk_file"`
	// Passthrough is what follows the "--".
	Passthrough []string `json:"passthrough,omitempty"`
}

// TargetOptions is how a worker reaches its targets. It travels in SSHOPTS, in
// OpenSSH's own option names (ssh(1), ssh_config(5)).
type TargetOptions struct {
	User       string
	Port       int
	Identities []string
	// HostKeys is StrictHostKeyChecking: "accept-new", "yes" or "no".
	HostKeys string
	// KnownHosts are further files of host keys to look in.
	KnownHosts []string
	// ConnectTimeout in seconds; 0 where not given.
	ConnectTimeout int
	// KexAlgorithms, Ciphers, MACs and HostKeyAlgorithms are all that may be
	// used, best first; empty where not given.
	KexAlgorithms, Ciphers, MACs, HostKeyAlgorithms []string
	// ProxyJump are the hosts to go through, parted by commas.
	ProxyJump string
	// IdentitiesOnly leaves out an agent's keys that no identity file names.
	IdentitiesOnly bool
	// Certificates are files of certificates for the identities.
	Certificates []string
	// PortSaid, HostKeysSaid and OnlySaid tell that Port, HostKeys and IdentitiesOnly
	// were said, and are not the defaults.
	PortSaid, HostKeysSaid, OnlySaid bool
}
