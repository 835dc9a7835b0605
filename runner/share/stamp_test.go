package share

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAStampIsThatOfTheFileInEachFolder(t *testing.T) {
	t.Parallel()
	dir, path := open(t)
	var folders []string
	var want []Stamp
	for i := range 40 { // more than are looked at side by side
		folder := fmt.Sprintf("w%d", i)
		sub, err := dir.Make(folder)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(sub.WriteFile("file", make([]byte, i)), sub.Close())
		info, statErr := os.Lstat(filepath.Join(path, folder, "file"))
		if err = errors.Join(err, statErr); err != nil {
			t.Fatal(err)
		}
		folders, want = append(folders, folder), append(want, StampOf(info))
	}
	got, err := dir.Stamps("file", folders)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if slices.Sort(folders); len(slices.Compact(folders)) != 40 || slices.Contains(want, Stamp{}) {
		t.Errorf("not one stamp a file: %v", want)
	}
}

func TestWhatCannotBeLookedAtHasNoStamp(t *testing.T) {
	t.Parallel()
	dir, path := open(t)
	if err := os.WriteFile(filepath.Join(path, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := dir.Stamps("file", []string{"none", "..", "a/b", "", ".", "file"})
	if err != nil || !slices.Equal(got, make([]Stamp, 6)) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := dir.Stamps("..", []string{"."}); err != nil || got[0] != (Stamp{}) {
		t.Errorf("%v, %v", got, err)
	}
}
