package share_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"scanmaster/runner/share"
)

func TestAReadEndsWithItsContextAndSaysWhy(t *testing.T) {
	why := errors.New("told to")
	ctx, cancel := context.WithCancelCause(t.Context())
	r := share.Until(ctx, strings.NewReader("text"))
	if n, err := r.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	cancel(why)
	if rest, err := io.ReadAll(r); len(rest) > 0 || !errors.Is(err, why) {
		t.Errorf("%q, %v", rest, err)
	}
}
