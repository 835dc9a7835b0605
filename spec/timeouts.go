package spec

// Timeouts bound the phases of a target, of which each has a bound; hooks, and
// the scan, have one only where it is said.
type Timeouts struct {
	// Connect bounds the TCP connect.
	Connect Duration `yaml:"connect" validate:"at_least=1ms"`
	// Banner bounds the wait for the SSH identification string (RFC 4253 section 4.2).
	Banner Duration `yaml:"banner" validate:"at_least=1ms"`
	// Auth bounds key exchange and authentication together.
	Auth Duration `yaml:"auth" validate:"at_least=1ms"`
	// Run bounds the script.
	Run Duration `yaml:"run" validate:"at_least=1ms"`
	// Idle bounds the time in which nothing is heard of the script, on standard
	// output and error; 0s is no bound.
	Idle Duration `yaml:"idle" validate:"omitempty,at_least=1ms"`
	// Hook bounds each run of a hook; 0s is no bound.
	Hook Duration `yaml:"hook" validate:"omitempty,at_least=1ms"`
	// Scan bounds the whole scan, from when its master starts; 0s is no bound.
	Scan Duration `yaml:"scan" validate:"omitempty,at_least=1ms"`
}
