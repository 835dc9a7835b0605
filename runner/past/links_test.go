package past_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"scanmaster/runner/job"
	"scanmaster/runner/past"
	"scanmaster/runner/past/pasttest"
)

func TestLinksAreNotFollowed(t *testing.T) {
	for _, name := range []string{
		pasttest.Folder("xaa"), filepath.Join(pasttest.Folder("xaa"), job.Record),
		filepath.Join(pasttest.Out("xaa"), "hosts_ok"), filepath.Join(job.Input, pasttest.Minute, "xaa"),
		job.RunPrefix + first,
	} {
		s := pasttest.New(t, "audit")
		s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\n", Came: said("secret")})
		aside := filepath.Join(t.TempDir(), "aside")
		if err := errors.Join(os.Rename(s.Path(name), aside), os.Symlink(aside, s.Path(name))); err != nil {
			t.Fatal(err)
		}
		r, err := past.Open(t.Context(), s.Dir, s.Name, first)
		if err != nil {
			continue
		}
		for target, err := range r.All(t.Context()) {
			if err == nil && target.Output.Is() && read(t, r, target.Output) == "secret" {
				t.Errorf("%s: a link was followed", name)
			}
		}
		_ = r.Close()
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	s := pasttest.New(t, "audit")
	s.Run(first, pasttest.Chunk{Name: "xaa", Worker: "scan1", List: "web1\n", Came: said("")})
	r := open(t, s, "")
	cause := errors.New("told to end")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	for _, err := range r.All(ctx) {
		if !errors.Is(err, cause) {
			t.Error(err)
		}
	}
}
