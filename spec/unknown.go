package spec

import (
	"reflect"
	"strings"

	"github.com/agext/levenshtein"
	"gopkg.in/yaml.v3"
)

// unknown tells of a key that a mapping doesn't have, with the key that was
// meant as far as it can be guessed: one of the mapping, or one from elsewhere.
func (r *reader) unknown(key *yaml.Node, path string, t reflect.Type) {
	here := keysOf(t, path, false)
	meant := nearest(key.Value, here)
	if meant == "" {
		meant = nearest(key.Value, keysOf(r.whole, "", true))
	}
	hint := ""
	switch {
	case meant != "":
		r.bad[meant] = true // so that it isn't told to be missing
		hint = "did you mean " + meant + "?"
	case path != "":
		hint = "it takes " + strings.Join(keysOf(t, "", false), ", ")
	}
	r.tell(place(r.file, key), hint, "unknown key %s", shown(join(path, key.Value)))
}

// keysOf gives the paths of a struct's keys and, if deep, of those in them;
// entries of lists are left open: "hosts[].port".
func keysOf(t reflect.Type, path string, deep bool) []string {
	var keys []string
	for i := range t.NumField() {
		field := t.Field(i)
		key := field.Tag.Get("yaml")
		if key == "" {
			continue
		}
		keys = append(keys, join(path, key))
		inner, suffix := field.Type, ""
		if inner.Kind() == reflect.Slice {
			inner, suffix = inner.Elem(), "[]"
		}
		if deep && inner.Kind() == reflect.Struct {
			keys = append(keys, keysOf(inner, join(path, key)+suffix, true)...)
		}
	}
	return keys
}

// maxGuessed is the longest word that is compared with the known ones.
const maxGuessed = 40

// maxSlips is how many letters a guess may differ by, half of the word at most.
const maxSlips = 3

// nearest gives the path whose last key is most like the word, or "" where
// none is. Of equals the first wins; case and dashes don't count.
func nearest(word string, paths []string) string {
	return nearestBy(word, paths, func(path string) string { return path[strings.LastIndexByte(path, '.')+1:] })
}

// nearestBy gives the one of which what key gives is most like the word.
func nearestBy(word string, all []string, key func(string) string) string {
	if len(word) > maxGuessed {
		return ""
	}
	word = plainWord(word)
	best, least := "", min(len(word)/2, maxSlips)+1
	for _, one := range all {
		if d := levenshtein.Distance(word, plainWord(key(one)), nil); d < least {
			best, least = one, d
		}
	}
	return best
}

func plainWord(s string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(s))
}
