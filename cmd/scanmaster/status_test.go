package main

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"scanmaster/runner"
)

func TestTheHelpOfStatusNamesEachMemberOfItsJSON(t *testing.T) {
	help := newStatus(&app{}).Long
	for _, of := range []reflect.Type{
		reflect.TypeFor[runner.Status](), reflect.TypeFor[runner.Master](), reflect.TypeFor[runner.ChunkStatus](),
	} {
		for field := range of.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "" && !regexp.MustCompile(`\b`+name+`\b`).MatchString(help) {
				t.Errorf("%s of %s is not there", name, of.Name())
			}
		}
	}
}
