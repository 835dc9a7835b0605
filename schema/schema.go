// Package schema holds the JSON Schemas of a scan file, for editors that
// complete and check while one types, and of the events of a run, for programs
// that read them. They are generated from the types; spec itself judges more of a
// scan file than a schema can.
package schema

import _ "embed"

// JSON is the schema of a scan file, draft 2020-12, as it stands in
// scan.schema.json. It must not be changed.
//
//go:embed scan.schema.json
var JSON []byte

// Events is the schema of a line of apply --json, in the same draft, as it stands
// in events.schema.json. It must not be changed.
//
//go:embed events.schema.json
var Events []byte
