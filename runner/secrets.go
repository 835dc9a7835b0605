package runner

import (
	"errors"
	"fmt"

	"scanmaster/runner/plan"
	"scanmaster/runner/secret"
)

// SecretSource gives the value of a secret that a plan names. The error says why there
// is none.
type SecretSource func(plan.Secret) (secret.Value, error)

// haveSecrets gets all secrets of the plan, before anything is touched and before
// anybody else tells what happens. It does so also where a run is taken up, whose
// folder has but their names.
func (r *run) haveSecrets() error {
	set := secret.Set{Worker: make(map[string]secret.Value), Script: make(map[string]secret.Value)}
	var errs []error
	size := 0
	for _, s := range r.plan.Secrets() {
		value, err := r.cfg.Secret(s)
		if err == nil {
			err = value.Check()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", s.Key, s.From(), err))
			continue
		}
		size += len(value.Reveal())
		if s.Script {
			set.Script[s.Name] = value
		} else {
			set.Worker[s.Name] = value
		}
	}
	if size > secret.MaxSize {
		errs = append(errs, fmt.Errorf("the secrets have over %d KiB together", secret.MaxSize>>10))
	}
	r.secrets, r.mask = set, set.Mask()
	return errors.Join(errs...)
}

// handed is what a worker is handed of them; nil where there are none.
func (r *run) handed() ([]byte, error) {
	if r.secrets.IsEmpty() {
		return nil, nil
	}
	return r.secrets.Encode()
}
