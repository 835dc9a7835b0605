package algorithm

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Parse reads a list as ssh_config(5) has it: names parted by commas, which
// stand in the place of Defaults. One that begins with "+" is appended to them
// and with "^" put before them; with "-" it is taken out of them, and its names
// may hold "*" and "?". A name that isn't known is an error, but for one that is
// taken out.
func (k Kind) Parse(list string) ([]string, error) {
	if list == "" {
		return nil, errors.New("the list is empty")
	}
	how, rest := list[0], list
	if strings.IndexByte("+-^", how) >= 0 {
		rest = list[1:]
	}
	names := strings.Split(rest, ",")
	if how == '-' {
		return k.without(names)
	}
	for _, name := range names {
		if !k.Known(name) {
			return nil, fmt.Errorf("there is no %s %q; there are %s", k, name, k.Names())
		}
	}
	switch how {
	case '+':
		names = append(k.Defaults(), names...)
	case '^':
		names = append(names, k.Defaults()...)
	}
	return once(names), nil
}

// Names are those that are known, in words.
func (k Kind) Names() string {
	return strings.Join(k.Sound(), ", ") + "; weak ones: " + strings.Join(k.Weak(), ", ")
}

// without gives the defaults but for those that match a pattern.
func (k Kind) without(patterns []string) ([]string, error) {
	left := k.Defaults()
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return nil, fmt.Errorf("%q is no pattern of names", pattern)
		}
		left = slices.DeleteFunc(left, func(name string) bool {
			fits, _ := path.Match(pattern, name) // it was tried above
			return fits
		})
	}
	if len(left) == 0 {
		return nil, fmt.Errorf("no %s is left", k)
	}
	return left, nil
}

// once leaves out what stands before already.
func once(names []string) []string {
	var out []string
	for _, name := range names {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
