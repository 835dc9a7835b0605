package render_test

import (
	"cmp"
	"fmt"
	"reflect"
	"testing"

	"scanmaster/spec"
)

// No key of the scan file is without its trace in the plan: whatever is
// changed shows, in the text and in JSON.
func TestEveryKeyOfTheFileShowsInThePlan(t *testing.T) {
	keys := leaves(reflect.ValueOf(base()).Elem(), "")
	if len(keys) < 30 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	for _, key := range keys {
		t.Run(key.name, func(t *testing.T) {
			was, changed := base(), base()
			if key.name == "auth" { // another can't be without it
				was.Attach, changed.Attach = true, true
			}
			p := compile(t, was, nil)
			wantText, wantJSON := text(t, p, false), asJSON(t, p)
			v := reflect.ValueOf(changed).Elem()
			for _, at := range key.path {
				if v.Kind() == reflect.Slice {
					v = v.Index(at)
				} else {
					v = v.Field(at)
				}
			}
			change(v, key.name)
			p = compile(t, changed, nil)
			if text(t, p, false) == wantText {
				t.Error("the text is the same")
			}
			if asJSON(t, p) == wantJSON {
				t.Error("the JSON is the same")
			}
		})
	}
}

// leaf is a key that holds no other keys.
type leaf struct {
	name string
	path []int
}

// leaves gives the keys of a value; those of a list of mappings as far as an
// element sets them.
func leaves(v reflect.Value, name string, path ...int) []leaf {
	var found []leaf
	for i := range v.NumField() {
		key, ok := v.Type().Field(i).Tag.Lookup("yaml")
		if !ok {
			continue
		}
		at, in := append(append([]int{}, path...), i), name+key
		switch field := v.Field(i); {
		case field.Type() == reflect.TypeFor[spec.Percent](), field.Type() == reflect.TypeFor[spec.Limit](), field.Type() == reflect.TypeFor[spec.Rate]():
			found = append(found, leaf{in, at})
		case field.Kind() == reflect.Struct:
			found = append(found, leaves(field, in+".", at...)...)
		case field.Type() == reflect.TypeFor[spec.Hosts]():
			for j := range field.Len() {
				found = append(found, leaves(field.Index(j), fmt.Sprintf("%s[%d].", in, j), append(at, j)...)...)
			}
		case !field.IsZero(), field.Kind() == reflect.Bool:
			found = append(found, leaf{in, at})
		case name == "" || name[0] != 'h':
			panic("the base scan doesn't set " + in)
		}
	}
	return found
}

// words are the values that a key may have where not every word will do.
var words = map[string]string{
	"auto": "never", "required": "none", "redeal": "fail", "pubkey": "all", "accept-new": "strict", "bash -s": "login", "rerun": "report", "continue": "stop",
}

// more are what is added to lists where not every word will do.
var more = map[string]string{
	"targets.algorithms.kex": "ecdh-sha2-nistp256", "targets.algorithms.ciphers": "aes256-ctr",
	"targets.algorithms.macs": "hmac-sha2-512", "targets.algorithms.host_keys": "ecdsa-sha2-nistp256",
}

func change(v reflect.Value, key string) {
	switch v.Kind() {
	case reflect.Struct:
		number := v.FieldByName("Share")
		if v.Type() == reflect.TypeFor[spec.Rate]() {
			number = v.FieldByName("Count")
		}
		number.SetFloat(number.Float() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.ValueOf(cmp.Or(more[key], "-P"))))
	case reflect.Map:
		switch m := v.Interface().(type) {
		case spec.FailOn:
			m["exit_2"] = spec.Limit{}
		case spec.Env:
			m["ANOTHER"] = spec.Value{Text: "value"}
		case spec.Retry:
			m["lost"] = 1
		}
	default:
		word, ok := words[v.String()]
		if !ok {
			word = v.String() + "2"
		}
		v.SetString(word)
	}
}
