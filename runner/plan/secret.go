package plan

import (
	"scanmaster/runner/job"
	"scanmaster/spec"
)

// Secret is a variable whose value is had when a run begins. The plan says where
// from, and never what it is.
type Secret struct {
	// Key is the scan file's, such as "SCAN_ENV.TOKEN".
	Key  string `json:"key"`
	Name string `json:"name"`
	// FromEnv is a variable of the master's environment, FromFile a path as written,
	// relative to Plan.Base; one of them is given.
	FromEnv  string `json:"from_env,omitempty"`
	FromFile string `json:"from_file,omitempty"`
	// Script tells that it is for the script on targets, and not for workers.
	Script bool `json:"script,omitempty"`
}

// From says where it is had from, as the scan file does.
func (s Secret) From() string {
	if s.FromEnv != "" {
		return "{from_env: " + s.FromEnv + "}"
	}
	return "{from_file: " + s.FromFile + "}"
}

// secrets gives all of a scan, those of workers first.
func (c *compiler) secrets() []Secret {
	secrets := secretsOf("SCAN_ENV.", c.scan.ScanEnv, false)
	return append(secrets, secretsOf("remote.env.", c.scan.Remote.Env, true)...)
}

func secretsOf(above string, env spec.Env, script bool) []Secret {
	var secrets []Secret
	for _, name := range env.Secrets() {
		secrets = append(secrets, Secret{
			Key: above + name, Name: name, FromEnv: env[name].FromEnv, FromFile: env[name].FromFile, Script: script,
		})
	}
	return secrets
}

// secretNames is what the job file says of them; nil where there are none.
func secretNames(secrets []Secret) *job.Secrets {
	if len(secrets) == 0 {
		return nil
	}
	names := new(job.Secrets)
	for _, s := range secrets {
		if s.Script {
			names.Script = append(names.Script, s.Name)
		} else {
			names.Worker = append(names.Worker, s.Name)
		}
	}
	return names
}

// Secrets gives all of the plan.
func (p Plan) Secrets() []Secret {
	for _, step := range p.Steps {
		if launch, ok := step.(Launch); ok {
			return launch.Secrets
		}
	}
	return nil
}
