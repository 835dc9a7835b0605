package ping

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func closed(t *testing.T, p Pinger) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestLoopbackAnswers pings for real: it needs root, CAP_NET_RAW or a
// ping_group_range, or else ping(8).
func TestLoopbackAnswers(t *testing.T) {
	p, err := New(os.Getenv("PATH"))
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, p)
	t.Logf("pings by %s", p.How()) // CI looks for it
	if p.How() == "" {
		t.Error("it does not say how it pings")
	}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			addr := netip.AddrFrom4([4]byte{127, 0, 1, byte(i)})
			if err := p.Ping(t.Context(), addr); err != nil {
				t.Errorf("%s: %v", addr, err)
			}
		})
	}
	all.Wait()
	if err := p.Ping(t.Context(), netip.MustParseAddr("::ffff:127.0.0.1")); err != nil {
		t.Errorf("an IPv4 address in IPv6's form: %v", err)
	}
}

func TestASocketThatIsRefusedIsToldFromAFamilyThatIsNotThere(t *testing.T) {
	p := &pair{err4: errors.New("no IPv4"), err6: errors.New("no IPv6")}
	if err := p.Ping(t.Context(), netip.MustParseAddr("10.0.0.1")); err == nil || err.Error() != "no IPv4" {
		t.Errorf("got %v", err)
	}
	if err := p.Ping(t.Context(), netip.MustParseAddr("::1")); err == nil || err.Error() != "no IPv6" {
		t.Errorf("got %v", err)
	}
	closed(t, p)
}

// program puts a ping of the test's own into a folder, as PATH would name it.
func program(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ping"), []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return "relative:" + t.TempDir() + ":" + dir
}

func TestTheProgramIsAskedWhereThereIsNoSocket(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"answers":       {"exit 0", ""},
		"is silent":     {"exit 1", ErrNoEcho.Error()},
		"can't be told": {"echo connect: Network is unreachable >&2; exit 2", "Network is unreachable"},
		"is well asked": {`[ "$*" = "-n -c 1 -w 3 -- 10.0.0.1" ] || exit 2`, ""},
		"is killed":     {"kill -9 $$", "killed"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Command(program(t, c.text))
			if err != nil {
				t.Fatal(err)
			}
			defer closed(t, p)
			if !strings.HasSuffix(p.How(), "/ping") {
				t.Errorf("it pings by %s", p.How())
			}
			err = p.Ping(t.Context(), netip.MustParseAddr("::ffff:10.0.0.1")) // as look-ups give it
			if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestAProgramThatMayNotAskIsFoundOutAtTheStart(t *testing.T) {
	for text, want := range map[string]string{
		"exit 0": "", "exit 1": "", "echo ping: socktype: SOCK_RAW: Operation not permitted >&2; exit 2": "not permitted",
	} {
		p, err := Command(program(t, text))
		if err != nil {
			t.Fatal(err)
		}
		err = usable(p)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		closed(t, p)
	}
}

func TestAProgramThatHangsIsEnded(t *testing.T) {
	dirs := filepath.SplitList(program(t, "exec sleep 1000"))
	p := newCommand(filepath.Join(dirs[len(dirs)-1], "ping"), 50*time.Millisecond)
	if err := p.Ping(t.Context(), netip.MustParseAddr("10.0.0.1")); !errors.Is(err, ErrNoEcho) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.patience = time.Minute
	if err := p.Ping(ctx, netip.MustParseAddr("10.0.0.1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNoProgramIsAnErrorThatSaysSo(t *testing.T) {
	if _, err := Command("relative:" + t.TempDir()); err == nil || !strings.Contains(err.Error(), "ping(8)") {
		t.Errorf("got %v", err)
	}
}
