package main

import (
	"bytes"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"scanmaster/schema"
)

// checkEvents is the script's command "events FILE KIND …": each line of the file
// is an event, as the schema has it, and the kinds that are named are among them.
func checkEvents(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: events FILE KIND …")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Events))
	ts.Check(err)
	c := jsonschema.NewCompiler()
	ts.Check(c.AddResource("events.schema.json", doc))
	compiled, err := c.Compile("events.schema.json")
	ts.Check(err)
	seen := make(map[any]bool)
	first := true
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = compiled.Validate(value)
		}
		if err != nil {
			ts.Fatalf("%s\n%v", line, err)
		}
		kind := value.(map[string]any)["event"]
		if first != (kind == "run") {
			ts.Fatalf("%s\nrun is the first event, and no other", line)
		}
		seen[kind], first = true, false
	}
	for _, kind := range args[1:] {
		if !seen[kind] {
			ts.Fatalf("there is no event %s", kind)
		}
	}
}
