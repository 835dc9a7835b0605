package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	reflector "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"scanmaster/runner"
	"scanmaster/schema"
)

var update = flag.Bool("update", false, "write the schema of events, and the golden files, anew")

// kinds are all lines that there can be; a test holds them against the types.
var kinds = []Line{
	Run{}, Detached{},
	runner.Resumed{}, runner.StepStarted{}, runner.StepDone{},
	runner.WorkerSkipped{}, runner.WorkerStarted{}, runner.WorkerAttached{}, runner.WorkerDone{}, runner.WorkerLost{},
	runner.ChunkSplit{Into: []string{}}, runner.CanaryPassed{}, runner.GuardTripped{GuardError: &runner.GuardError{}},
	runner.Progress{}, runner.HookOutput{}, runner.HookFailed{}, runner.Warning{}, runner.Ending{},
	runner.Stopped{}, runner.Finished{},
}

const schemaFile = "../../../schema/events.schema.json"

func TestTheSchemaOfEventsIsCurrent(t *testing.T) {
	want := generate(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(schema.Events)); diff != "" {
		t.Errorf("events.schema.json isn't what the types say; task schema writes it anew\n%s", diff)
	}
}

// generate makes the schema from the types and their comments.
func generate(t *testing.T) []byte {
	t.Helper()
	r := &reflector.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true, AllowAdditionalProperties: true}
	for _, dir := range []string{".", "../../../runner"} {
		if err := r.AddGoComments("scanmaster/cmd/internal/report", dir, reflector.WithFullComment()); err != nil {
			t.Fatal(err)
		}
	}
	r.Mapper = verdictWords
	root := &reflector.Schema{
		Version: reflector.Version, Type: "object", Title: "a line of scanmaster apply --json",
		Description: "Each line is one event, told by its member event; the first is a run. " +
			"Within a format_version what there is keeps its name, its type and its meaning. " +
			"Events, members and words may come to it: pass over those that you don't know.",
	}
	for _, kind := range kinds {
		root.OneOf = append(root.OneOf, event(r, kind))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// event gives the schema of one kind of line.
func event(r *reflector.Reflector, kind Line) *reflector.Schema {
	typ := reflect.TypeOf(kind)
	s := r.ReflectFromType(typ)
	s.Version, s.Title = "", kind.Kind()
	s.Description = strings.Replace(s.Description, typ.Name()+" ", kind.Kind()+" ", 1)
	describe(s)
	members := reflector.NewProperties()
	members.Set("time", &reflector.Schema{Type: "string", Format: "date-time", Description: "When it was written, in UTC."})
	members.Set("event", &reflector.Schema{Const: kind.Kind()})
	for member := s.Properties.Oldest(); member != nil; member = member.Next() {
		members.Set(member.Key, member.Value)
	}
	s.Properties, s.Required = members, append([]string{"time", "event"}, s.Required...)
	return s
}

// verdictWords are the words of a verdict; it is empty of a run that was stopped.
func verdictWords(typ reflect.Type) *reflector.Schema {
	if typ != reflect.TypeFor[runner.Verdict]() {
		return nil
	}
	words := []any{"", runner.Complete, runner.Failed, runner.Unreachable, runner.Incomplete, runner.HookError}
	return &reflector.Schema{Type: "string", Enum: words}
}

// describe puts the comments of a struct and its fields, and of all that is in
// them, into the words of a line: members are called by their names there.
func describe(s *reflector.Schema) {
	if s.Items != nil {
		s.Items.Description = "" // which the list has
		describe(s.Items)
	}
	if s.Properties == nil {
		return
	}
	for member := s.Properties.Oldest(); member != nil; member = member.Next() {
		describe(member.Value)
		member.Value.Description = members(s, member.Value.Description)
	}
	s.Description = members(s, s.Description)
}

// members gives a comment on one line, with the members of a struct that it speaks
// of by their fields' names.
func members(s *reflector.Schema, comment string) string {
	comment = strings.Join(strings.Fields(comment), " ")
	for member := s.Properties.Oldest(); member != nil; member = member.Next() {
		field := strings.ReplaceAll(strings.TrimSuffix(member.Key, "_ns"), "_", "")
		comment = regexp.MustCompile(`\b(?i:`+field+`)\b`).ReplaceAllStringFunc(comment, func(word string) string {
			if word[0] < 'A' || word[0] > 'Z' {
				return word // the word, and not the field
			}
			return "`" + member.Key + "`"
		})
	}
	return comment
}

// compile gives the schema as it is, or one that takes no member that it doesn't
// describe.
func compile(t *testing.T, strict bool) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Events))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		closeObjects(doc)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("events.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("events.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func closeObjects(doc any) {
	switch v := doc.(type) {
	case map[string]any:
		for _, inner := range v {
			closeObjects(inner)
		}
		if v["properties"] != nil {
			v["additionalProperties"] = false
		}
	case []any:
		for _, inner := range v {
			closeObjects(inner)
		}
	}
}

func TestEveryEventIsOfTheSchema(t *testing.T) {
	compiled := compile(t, true)
	empty := runner.Summary{Workers: []runner.WorkerSummary{{}}, FailedHooks: []runner.HookFailed{{}}}
	for _, kind := range append([]Line{runner.Progress{Crew: []runner.ChunkStatus{{}}}, runner.Finished{Summary: empty}}, kinds...) {
		full := reflect.New(reflect.TypeOf(kind)).Elem()
		fill(full)
		for _, l := range []Line{kind, full.Interface().(Line)} {
			var out bytes.Buffer
			j := &JSON{Out: &out, Now: noon}
			j.Line(l)
			value, err := jsonschema.UnmarshalJSON(&out)
			if err == nil {
				err = j.Err
			}
			if err == nil {
				err = compiled.Validate(value)
			}
			if err != nil {
				t.Errorf("%#v: %.1000v", l, err)
			}
		}
	}
}

// fill gives each field a value that isn't left out.
func fill(v reflect.Value) {
	if at, ok := v.Addr().Interface().(*time.Time); ok {
		*at = noon()
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("exit_3"), reflect.ValueOf(int64(3)))
	case reflect.String:
		v.SetString("complete") // which is a verdict, too
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(time.Second))
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Interface: // a step, which is no member
	default:
		panic("no value is known of the kind " + v.Kind().String())
	}
}

func TestWhatIsNoEventIsNotOfTheSchema(t *testing.T) {
	compiled := compile(t, false)
	for name, line := range map[string]string{
		"no kind":          `{"time":"2026-03-04T12:00:00Z"}`,
		"another kind":     `{"time":"2026-03-04T12:00:00Z","event":"lost"}`,
		"no time":          `{"event":"warning","text":"beware"}`,
		"a member missing": `{"time":"2026-03-04T12:00:00Z","event":"warning"}`,
		"of another type":  `{"time":"2026-03-04T12:00:00Z","event":"warning","text":1}`,
		"another's member": `{"time":"2026-03-04T12:00:00Z","event":"warning","line":"x"}`,
		"an unknown word":  `{"time":"2026-03-04T12:00:00Z","event":"finished","summary":{"verdict":"fine"}}`,
		"not an object":    `"warning"`,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if compiled.Validate(value) == nil {
			t.Errorf("%s is of the schema", name)
		}
	}
	later := `{"time":"2026-03-04T12:00:00Z","event":"warning","text":"beware","since":1}`
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(later))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("a member that has come to it: %v", err)
	}
}

func TestEveryTypeOfEventHasASchema(t *testing.T) {
	var have []string
	for _, kind := range kinds {
		if e, ok := kind.(runner.Event); ok {
			have = append(have, reflect.TypeOf(e).Name())
		}
	}
	slices.Sort(have)
	if diff := cmp.Diff(sealed(t), have); diff != "" {
		t.Errorf("the types of events (-) and those that the schema is made of (+):\n%s", diff)
	}
}
