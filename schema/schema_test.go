package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"scanmaster/schema"
	"scanmaster/spec"
)

var update = flag.Bool("update", false, "write scan.schema.json anew")

func TestSchemaIsCurrent(t *testing.T) {
	want := generate(t)
	if *update {
		if err := os.WriteFile("scan.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(schema.JSON)); diff != "" {
		t.Errorf("scan.schema.json isn't what the types say; task schema writes it anew\n%s", diff)
	}
}

func TestTheKeysAreThoseOfTheTypes(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schema.JSON, &root); err != nil {
		t.Fatal(err)
	}
	got := slices.Compact(slices.Sorted(slices.Values(keys(root, ""))))
	want := slices.Sorted(slices.Values(fields(reflect.TypeFor[spec.Scan](), "")))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// keys gives the paths of a schema's properties, of all forms together.
func keys(s map[string]any, above string) []string {
	var found []string
	properties, _ := s["properties"].(map[string]any)
	for key, inner := range properties {
		found = append(found, above+key)
		found = append(found, keys(inner.(map[string]any), above+key+".")...)
	}
	forms, _ := s["oneOf"].([]any)
	for _, form := range forms {
		found = append(found, keys(form.(map[string]any), above)...)
	}
	if items, ok := s["items"].(map[string]any); ok {
		found = append(found, keys(items, above)...)
	}
	return found
}

// fields gives the paths of a type's keys.
func fields(t reflect.Type, above string) []string {
	var found []string
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("yaml")
		if key == "" {
			continue
		}
		found = append(found, above+key)
		inner := t.Field(i).Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			found = append(found, fields(inner, above+key+".")...)
		}
	}
	return found
}

func TestEveryKeyIsDescribed(t *testing.T) {
	var look func(s map[string]any, path string)
	look = func(s map[string]any, path string) {
		properties, _ := s["properties"].(map[string]any)
		for key, inner := range properties {
			inner := inner.(map[string]any)
			if inner["description"] == nil {
				t.Errorf("%s%s isn't described", path, key)
			}
			look(inner, path+key+".")
		}
		forms, _ := s["oneOf"].([]any)
		for _, form := range forms {
			look(form.(map[string]any), path)
		}
	}
	var root map[string]any
	if err := json.Unmarshal(schema.JSON, &root); err != nil {
		t.Fatal(err)
	}
	look(root, "")
}

func TestEveryGoodScanFileIsValid(t *testing.T) {
	compiled := compile(t)
	files := slices.Concat(glob(t, "../spec/testdata/*.good.yaml"), glob(t, "../examples/*/*.yaml"))
	for _, file := range files {
		value := read(t, file)
		if root, ok := value.(map[string]any); !ok || root["version"] == nil {
			continue // no scan file
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestBadScanFilesAreInvalid(t *testing.T) {
	compiled := compile(t)
	for _, name := range []string{
		"algorithms", "algorithms_words", "enums", "env_names", "fail_on", "host_both", "hosts_empty", "missing", "name_dots", "name_slash",
		"passthrough", "ports", "retry", "types", "unknown", "unknown_elsewhere", "unknown_inner",
	} {
		if compiled.Validate(read(t, "../spec/testdata/"+name+".bad.yaml")) == nil {
			t.Errorf("%s.bad.yaml is valid", name)
		}
	}
}

func TestABaseMaySayWhatMustBeThere(t *testing.T) {
	compiled := compile(t)
	for value, good := range map[string]bool{
		`{"base": "../site.yaml"}`:              true,
		`{"base": "../site.yaml", "name": "a"}`: true,
		`{"base": "../site.yaml", "nam": "a"}`:  false,
		`{"base": ["../site.yaml"]}`:            false,
		`{"base": "-x"}`:                        false,
		`{"name": "a"}`:                         false,
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(instance); (err == nil) != good {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSON))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scan.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("scan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if draft := compiled.DraftVersion; draft != 2020 {
		t.Errorf("the schema's draft is %d, want 2020", draft)
	}
	return compiled
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

// read gives a YAML file's value as JSON would.
func read(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	as, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	back, err := jsonschema.UnmarshalJSON(strings.NewReader(string(as)))
	if err != nil {
		t.Fatal(err)
	}
	return back
}
