package schema_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"

	"scanmaster/spec"
	"scanmaster/spec/algorithm"
)

// generate makes the schema from the types, their comments, their validate
// tags and their defaults.
func generate(t *testing.T) []byte {
	t.Helper()
	r := &jsonschema.Reflector{
		FieldNameTag: "yaml", Anonymous: true, DoNotReference: true, ExpandedStruct: true,
		RequiredFromJSONSchemaTags: true,
	}
	if err := r.AddGoComments("scanmaster/schema", "../spec"); err != nil {
		t.Fatal(err)
	}
	r.Mapper = func(typ reflect.Type) *jsonschema.Schema { return form(r, typ) }
	root := r.Reflect(spec.Scan{})
	root.Title = "scan file of scanmaster"
	root.Description = "A script, the targets that it runs on, and the workers that see to it."
	root.Required = []string{"version", "name", "input", "remote", "hosts"}
	constrain(root, reflect.ValueOf(*spec.Default()))
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// form gives the schema of a type that isn't written as its kind is.
func form(r *jsonschema.Reflector, typ reflect.Type) *jsonschema.Schema {
	switch typ {
	case reflect.TypeFor[spec.Paths]():
		return oneOf(path(), &jsonschema.Schema{Type: "array", Items: path()})
	case reflect.TypeFor[spec.Remote]():
		script := mapping(r, typ)
		script.Required = []string{"script"}
		return oneOf(path(), script)
	case reflect.TypeFor[spec.Hosts]():
		one := uint64(1)
		return oneOf(hostsFile(r), &jsonschema.Schema{
			Type: "array", MinItems: &one, Items: oneOf(host(), workerMapping(r), hostsFile(r)),
		})
	case reflect.TypeFor[spec.Env]():
		return &jsonschema.Schema{Type: "object", PropertyNames: matching(spec.EnvPattern), AdditionalProperties: variable()}
	case reflect.TypeFor[[]string]():
		return &jsonschema.Schema{Type: "array", Items: free()}
	case reflect.TypeFor[spec.FailOn]():
		return &jsonschema.Schema{
			Type: "object", PropertyNames: matching(spec.FailOnPattern),
			AdditionalProperties: oneOf(&jsonschema.Schema{Type: "integer", Minimum: "0"}, matching(spec.LimitPattern)),
		}
	case reflect.TypeFor[spec.Limit]():
		return oneOf(&jsonschema.Schema{Type: "integer", Minimum: "1"}, matching(spec.LimitPattern))
	case reflect.TypeFor[spec.Jobs]():
		number := &jsonschema.Schema{Type: "integer", Minimum: "1", Maximum: json.Number(strconv.Itoa(spec.MaxJobs))}
		return oneOf(number, &jsonschema.Schema{Const: spec.JobsAuto.String()})
	case reflect.TypeFor[spec.Rate]():
		return matching(spec.RatePattern)
	case reflect.TypeFor[spec.Percent]():
		return matching(spec.LimitPattern)
	case reflect.TypeFor[spec.Retry]():
		return &jsonschema.Schema{
			Type: "object", PropertyNames: matching(spec.RetryPattern),
			AdditionalProperties: &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "10"},
		}
	case reflect.TypeFor[spec.Duration]():
		return matching(`^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`)
	case reflect.TypeFor[spec.Size]():
		return oneOf(&jsonschema.Schema{Type: "integer", Minimum: "1024"}, matching(`^[0-9]+(\.[0-9]+)? *([kKmMgGtTpPeE][iI]?)?[bB]?$`))
	}
	return nil
}

// mapping gives the schema of a struct that has short forms, too.
func mapping(r *jsonschema.Reflector, typ reflect.Type) *jsonschema.Schema {
	plain := *r
	plain.Mapper = func(inner reflect.Type) *jsonschema.Schema {
		if inner == typ {
			return nil
		}
		return form(r, inner)
	}
	s := plain.ReflectFromType(typ)
	s.Version, s.Description = "", "" // which its key has
	constrain(s, reflect.Zero(typ))
	return s
}

func workerMapping(r *jsonschema.Reflector) *jsonschema.Schema {
	s := mapping(r, reflect.TypeFor[spec.Host]())
	s.Properties.Delete("file")
	s.Required = []string{"host"}
	return s
}

func hostsFile(r *jsonschema.Reflector) *jsonschema.Schema {
	s := mapping(r, reflect.TypeFor[spec.Host]())
	for _, key := range []string{"host", "user", "port", "identity"} {
		s.Properties.Delete(key)
	}
	s.Required = []string{"file"}
	return s
}

// constrain writes into a struct's schema what its validate tags and its
// defaults say.
func constrain(s *jsonschema.Schema, defaults reflect.Value) {
	for i := range defaults.NumField() {
		field := defaults.Type().Field(i)
		property, ok := s.Properties.Get(field.Tag.Get("yaml"))
		if !ok {
			continue
		}
		property.Description = describe(property.Description, field)
		if field.Type.Kind() == reflect.Struct && property.Type == "object" {
			constrain(property, defaults.Field(i))
			continue
		}
		for tag := range strings.SplitSeq(field.Tag.Get("validate"), ",") {
			name, param, _ := strings.Cut(tag, "=")
			apply(property, name, param)
		}
		if v := defaults.Field(i); !v.IsZero() {
			property.Default = v.Interface()
		}
	}
}

// describe puts a field's comment into the words of the file: its key, and one
// line.
func describe(comment string, field reflect.StructField) string {
	if rest, ok := strings.CutPrefix(comment, field.Name+" "); ok {
		comment = field.Tag.Get("yaml") + " " + rest
	}
	return strings.Join(strings.Fields(comment), " ")
}

// apply writes one validate tag into a schema.
func apply(s *jsonschema.Schema, tag, param string) {
	switch {
	case tag == "oneof":
		for word := range strings.FieldsSeq(param) {
			s.Enum = append(s.Enum, word)
		}
	case tag == "eq":
		s.Const = json.Number(param)
	case tag == "min" && s.Type == "integer":
		s.Minimum = json.Number(param)
	case tag == "max" && s.Type == "integer":
		s.Maximum = json.Number(param)
	case tag == "min" && len(s.OneOf) == 2 && s.OneOf[1].Type == "array":
		one := uint64(1)
		s.OneOf[1].MinItems = &one
	case tag == "max" && s.Type == "string":
		most, err := strconv.ParseUint(param, 10, 16)
		if err != nil {
			panic("validate tag max=" + param) // spec's own tests would have failed
		}
		s.MaxLength = &most
	case tag == "scan_name":
		s.Pattern = spec.NamePattern
	case tag == "login_name":
		s.Pattern = spec.UserPattern
	case tag == "worker_host":
		s.Pattern = spec.HostPattern
	case tag == "flag":
		s.Items = matching(spec.FlagPattern)
	case tag == "env_glob":
		s.Items = matching(spec.EnvGlobPattern)
	case algorithms[tag] != "":
		s.Items = &jsonschema.Schema{Type: "string"}
		for _, name := range slices.Concat(algorithms[tag].Sound(), algorithms[tag].Weak()) {
			s.Items.Enum = append(s.Items.Enum, name)
		}
	case tag == "min" && s.Type == "array":
		one := uint64(1)
		s.MinItems = &one
	case (tag == "file_path" || tag == "share_dir") && s.Type == "string":
		s.Pattern = pathPattern
	}
}

// algorithms are the validate tags that stand for the names of a kind.
var algorithms = map[string]algorithm.Kind{
	"kex_name": algorithm.KeyExchange, "cipher_name": algorithm.Cipher, "mac_name": algorithm.MAC, "host_key_name": algorithm.HostKey,
}

// pathPattern refuses what would be taken for an option.
const pathPattern = `^[^-]`

func path() *jsonschema.Schema { return matching(pathPattern) }
func host() *jsonschema.Schema { return matching(spec.HostPattern) }

func matching(pattern string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: pattern}
}

// variable is a value of an environment: text, or where it is had from.
func variable() *jsonschema.Schema {
	forms := free()
	for key, form := range map[string]*jsonschema.Schema{"from_env": matching(spec.EnvPattern), "from_file": path()} {
		from := &jsonschema.Schema{
			Type: "object", Properties: jsonschema.NewProperties(), Required: []string{key}, AdditionalProperties: jsonschema.FalseSchema,
		}
		from.Properties.Set(key, form)
		forms.AnyOf = append(forms.AnyOf, from)
	}
	slices.SortFunc(forms.AnyOf[3:], func(a, b *jsonschema.Schema) int { return strings.Compare(a.Required[0], b.Required[0]) })
	return forms
}

// free is text that may look like a number or a truth value.
func free() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
}

func oneOf(forms ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{OneOf: forms} }
