// Package schema holds the JSON Schema of a scan file, for editors that
// complete and check while one types. It is generated from the types of
// package spec; spec itself judges more than a schema can.
package schema

import _ "embed"

// JSON is the schema, draft 2020-12, as it stands in scan.schema.json. It must
// not be changed.
//
//go:embed scan.schema.json
var JSON []byte
