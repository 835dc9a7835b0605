package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// plain is a Plan without its methods.
type plain Plan

// MarshalJSON gives the plan with each step's kind as the step's first member.
// Lengths of time are in nanoseconds.
func (p Plan) MarshalJSON() ([]byte, error) {
	steps := make([]json.RawMessage, len(p.Steps))
	for i, step := range p.Steps {
		var err error
		if steps[i], err = marshalStep(step); err != nil {
			return nil, err
		}
	}
	return marshal(struct {
		plain
		Steps []json.RawMessage `json:"steps"`
	}{plain(p), steps})
}

// UnmarshalJSON reads what MarshalJSON gives. A kind of step that isn't known
// is an error: a plan of another version can't be carried out in part.
func (p *Plan) UnmarshalJSON(data []byte) error {
	var read struct {
		plain
		Steps []json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*p = Plan(read.plain)
	p.Steps = nil
	for i, raw := range read.Steps {
		step, err := unmarshalStep(raw)
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
		p.Steps = append(p.Steps, step)
	}
	return nil
}

func marshalStep(step Step) (json.RawMessage, error) {
	fields, err := marshal(step)
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, `{"kind":%q`, step.Kind())
	if rest := fields[1:]; rest[0] != '}' {
		out = append(out, ',')
	}
	return append(out, fields[1:]...), nil
}

func unmarshalStep(raw json.RawMessage) (Step, error) {
	var head struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	decode, ok := decoders[head.Kind]
	if !ok {
		return nil, fmt.Errorf("no step of kind %q", head.Kind)
	}
	return decode(raw)
}

var decoders = map[string]func(json.RawMessage) (Step, error){
	Pre{}.Kind():       decode[Pre],
	Check{}.Kind():     decode[Check],
	Probe{}.Kind():     decode[Probe],
	Clear{}.Kind():     decode[Clear],
	Agent{}.Kind():     decode[Agent],
	Stage{}.Kind():     decode[Stage],
	Split{}.Kind():     decode[Split],
	Launch{}.Kind():    decode[Launch],
	Wait{}.Kind():      decode[Wait],
	Aggregate{}.Kind(): decode[Aggregate],
	Merge{}.Kind():     decode[Merge],
}

func decode[T Step](raw json.RawMessage) (Step, error) {
	var step T
	err := json.Unmarshal(raw, &step)
	return step, err
}

// marshal is json.Marshal, but "<RUN>" stays readable.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// With gives the plan for another master, whose binary is at a path.
func (p Plan) With(bin string) Plan {
	p.Steps = slices.Clone(p.Steps)
	for i, step := range p.Steps {
		if s, ok := step.(Launch); ok {
			s.Bin = bin
			p.Steps[i] = s
		}
	}
	return p
}
