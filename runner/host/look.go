package host

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed look.sh
var lookScript string

// Look finds out what a host is like, and the folder dir on it. Nothing is
// written there.
func (h *Host) Look(ctx context.Context, dir string) (Facts, error) {
	before := time.Now()
	a, err := h.ask(ctx, lookScript, vars{"dir": dir})
	if err != nil {
		return Facts{}, err
	}
	return facts(a, dir, before, time.Now())
}

// facts reads the answer to a question that was asked between two moments.
func facts(a answer, dir string, before, after time.Time) (Facts, error) {
	r := reader{answer: a}
	f := Facts{
		OS: goOS(a["os"]), Arch: goArch(a["arch"]), Home: a["home"], User: a["user"],
		UID: r.int("uid", 10), GID: r.int("gid", 10), Groups: r.ints("groups"),
		Umask:  fs.FileMode(r.int("umask", 8)) & fs.ModePerm,
		SkewBy: after.Sub(before) / 2,
		Screen: Screen{
			Path: a["screen"], Version: a["screen_version"],
			Works: a.yes("screen_works"), Dir: a["screen_dir"], Says: a["screen_says"],
		},
		Setsid: a.yes("setsid"),
		Scanslave: Scanslave{
			Path: a["scanslave"], Version: a["scanslave_version"], Classic: a["scanslave_kind"] == "script",
		},
	}
	// date tells whole seconds: in the middle it is half a second more.
	clock := time.Unix(int64(r.int("clock", 10)), int64(time.Second/2))
	f.Skew = clock.Sub(before.Add(f.SkewBy))
	f.SkewBy += time.Second / 2
	f.Logind = logind(a, f.User)
	f.Dir = r.dir(dir)
	if f.OS == "" || f.Arch == "" || f.User == "" || !strings.HasPrefix(f.Home, "/") {
		r.fail(fmt.Errorf("%w: who and where it is is missing", errAnswer))
	}
	return f, r.err
}

// dir reads what is known of the shared folder.
func (r *reader) dir(path string) Dir {
	d := Dir{Path: path, Exists: r.yes("dir"), IsFile: r.answer["dir"] == "file", Free: -1, Inodes: -1}
	if !d.Exists {
		return d
	}
	d.Readable, d.Writable = r.yes("dir_readable"), r.yes("dir_writable")
	d.UID, d.GID = r.int("dir_uid", 10), r.int("dir_gid", 10)
	mode, ok := parseMode(r.answer["dir_mode"])
	if !ok {
		r.fail(fmt.Errorf("%w: a folder's mode is %.40q", errAnswer, r.answer["dir_mode"]))
	}
	d.Mode = mode
	if r.answer["dir_kib"] != "" {
		d.Free = min(int64(r.int("dir_kib", 10)), maxKiB) << 10
	}
	if r.answer["dir_inodes"] != "" {
		d.Inodes = int64(r.int("dir_inodes", 10))
	}
	return d
}

// maxKiB is where a number of bytes would leave its type.
const maxKiB = 1 << 52

// parseMode reads a mode as ls(1) writes it: "drwxrws---", a mark of more
// behind it aside.
func parseMode(s string) (fs.FileMode, bool) {
	if len(s) < 10 || s[0] != 'd' {
		return 0, false
	}
	var mode fs.FileMode
	for i, c := range []byte(s[1:10]) {
		if strings.IndexByte("-ST", c) < 0 {
			mode |= 1 << (8 - i)
		}
	}
	if c := s[6]; c == 's' || c == 'S' {
		mode |= fs.ModeSetgid
	}
	return mode, true
}

// logind tells whether the user's processes would be ended at the logout.
func logind(a answer, user string) Logind {
	kills := a.yes("logind_kill") && !slices.Contains(strings.Fields(a["logind_except"]), user)
	if only := strings.Fields(a["logind_only"]); len(only) > 0 && !slices.Contains(only, user) {
		kills = false
	}
	return Logind{Kills: kills, Linger: a.yes("logind_linger")}
}

// reader reads an answer and keeps the first thing that is wrong with it.
type reader struct {
	answer
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) int(key string, base int) int {
	n, err := r.number(key, base)
	if err != nil {
		r.fail(err)
	}
	return int(n)
}

func (r *reader) ints(key string) []int {
	var list []int
	for _, word := range strings.Fields(r.answer[key]) {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			r.fail(fmt.Errorf("%w: %s is %.40q", errAnswer, key, r.answer[key]))
			return nil
		}
		list = append(list, int(n))
	}
	return list
}
