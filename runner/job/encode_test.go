package job_test

import (
	"bytes"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"scanmaster/runner/job"
)

// full is a job file with every field.
func full() job.File {
	timeouts := job.DefaultTimeouts
	timeouts.Idle, timeouts.Hook = time.Minute, time.Hour
	return job.File{
		Version:   job.FileVersion,
		Run:       job.NewRun(time.Unix(1795574393, 0)),
		Name:      "info1",
		Script:    job.Staged{Path: "/d/remote", SHA256: job.Digest([]byte("script"))},
		PostChunk: &job.Staged{Path: "/d/post_chunk", SHA256: job.Digest([]byte("hook"))},
		Chunks: map[string]job.Chunk{
			"xaa": {SHA256: job.Digest([]byte("a")), Lines: 20}, "xab": {SHA256: job.Digest(nil), Lines: 0},
		},
		Shell:     []string{"bash", "-s"},
		Args:      []string{"--deep", "two words", ""},
		Env:       map[string]string{"LANG": "C", "_x1": ""},
		Timeouts:  timeouts,
		Retry:     map[string]int{"nossh": 2, "timeout": job.MaxRetry},
		MaxOutput: job.DefaultMaxOutput,
		Lease:     job.DefaultLease, MasterLease: job.DefaultLease,
		OnUnknown: job.Report,
	}
}

func TestAJobFileComesBackAsItWas(t *testing.T) {
	plain := full()
	plain.PostChunk, plain.Shell, plain.Args, plain.Env, plain.Retry = nil, nil, nil, nil, nil
	for name, want := range map[string]job.File{"full": full(), "plain": plain} {
		data, digest, err := want.Encode()
		if err != nil || digest != job.Digest(data) || !strings.HasSuffix(string(data), "}\n") {
			t.Fatalf("%s: %v, %s\n%s", name, err, digest, data)
		}
		if got, err := job.DecodeFile(data, digest); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func TestAJobFileThatWasChangedIsRefused(t *testing.T) {
	data, digest, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), "/d/remote", "/d/remotE", 1)
	for text, digest := range map[string]string{changed: digest, string(data): "", string(data[1:]): digest} {
		if _, err := job.DecodeFile([]byte(text), digest); err == nil || !strings.Contains(err.Error(), "somebody has changed it") {
			t.Errorf("%.20q with %q: %v", text, digest, err)
		}
	}
}

func TestAJobFileIsUnderstoodWholeOrRefused(t *testing.T) {
	data, _, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for what, changed := range map[string]string{
		"unknown version":   strings.Replace(text, `"version": 1`, `"version": 2`, 1),
		"unknown field":     strings.Replace(text, `"name"`, `"retry": 3, "name"`, 1),
		"wrong type":        strings.Replace(text, `"lines": 20`, `"lines": "20"`, 1),
		"something follows": text + "{}",
		"cut":               text[:len(text)/2],
		"empty":             "",
		"a list":            "[]",
	} {
		if changed == text {
			t.Fatalf("%s: nothing changed", what)
		}
		if got, err := job.DecodeFile([]byte(changed), job.Digest([]byte(changed))); err == nil || !reflect.DeepEqual(got, job.File{}) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

// wrong are job files that no worker may take, by what the error says.
var wrong = map[string]func(*job.File){
	"version 0":                       func(f *job.File) { f.Version = 0 },
	"no id of a run":                  func(f *job.File) { f.Run = "../x" },
	"name may hold":                   func(f *job.File) { f.Name = "a/b" },
	`"remote.sh" is no absolute path`: func(f *job.File) { f.Script.Path = "remote.sh" },
	`"" is no SHA-256`:                func(f *job.File) { f.Script.SHA256 = "" },
	`"" is no absolute path`:          func(f *job.File) { f.PostChunk = &job.Staged{SHA256: job.Digest(nil)} },
	`"ABCD" is no SHA-256`:            func(f *job.File) { f.PostChunk.SHA256 = "ABCD" },
	`"../x" is no chunk`:              func(f *job.File) { f.Chunks["../x"] = f.Chunks["xaa"] },
	`"xac" is no chunk`:               func(f *job.File) { f.Chunks["xac"] = job.Chunk{SHA256: job.Digest(nil), Lines: -1} },
	"chunk xad":                       func(f *job.File) { f.Chunks["xad"] = job.Chunk{SHA256: strings.Repeat("A", 64)} },
	"deadline":                        func(f *job.File) { f.Timeouts.Banner = 0 },
	"a bound":                         func(f *job.File) { f.Timeouts.Idle = -1 },
	"bound is below":                  func(f *job.File) { f.Timeouts.Hook = -1 },
	`1 more tries for "auth"`:         func(f *job.File) { f.Retry = map[string]int{"auth": 1} },
	`1 more tries for "idle"`:         func(f *job.File) { f.Retry = map[string]int{"idle": 1} },
	`-1 more tries for "lost"`:        func(f *job.File) { f.Retry = map[string]int{"lost": -1} },
	`11 more tries for "nossh"`:       func(f *job.File) { f.Retry = map[string]int{"nossh": 11} },
	"cap":                             func(f *job.File) { f.MaxOutput = -1 },
	"master's lease":                  func(f *job.File) { f.MasterLease = -1 },
	"lease":                           func(f *job.File) { f.Lease = 0 },
	"in flight":                       func(f *job.File) { f.OnUnknown = "" },
	`"A=B" is no name`:                func(f *job.File) { f.Env["A=B"] = "" },
	"NUL":                             func(f *job.File) { f.Args = []string{"a\x00b"} },
	"no UTF-8":                        func(f *job.File) { f.Args = []string{"a\xffb"} },
}

func TestAJobFileThatNoWorkerWouldTakeIsNotWritten(t *testing.T) {
	for what, change := range wrong {
		f := full()
		f.Chunks, f.Env = maps.Clone(f.Chunks), maps.Clone(f.Env)
		change(&f)
		if data, digest, err := f.Encode(); err == nil || !strings.Contains(err.Error(), what) || data != nil || digest != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, change := range []func(*job.File){
		func(f *job.File) { f.Timeouts.Connect = -1 }, func(f *job.File) { f.Timeouts.Auth = 0 }, func(f *job.File) { f.Timeouts.Run = 0 },
		func(f *job.File) { f.Shell = []string{"\x00"} }, func(f *job.File) { f.Env["A"] = "\x00" },
	} {
		f := full()
		change(&f)
		if _, _, err := f.Encode(); err == nil {
			t.Errorf("%+v is written", f)
		}
	}
}

func TestAJobFileThatNoWorkerMayTakeIsNotRead(t *testing.T) {
	data, _, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"xab"`: `"../xab"`, `"/d/remote"`: `"remote"`, `"LANG"`: `"LA NG"`, `"--deep"`: `"a\u0000"`,
		`"run": 300000000000`: `"run": 0`, `"info1"`: `".."`,
	} {
		changed := []byte(strings.Replace(string(data), from, to, 1))
		if string(changed) == string(data) {
			t.Fatalf("%s: nothing changed", from)
		}
		if _, err := job.DecodeFile(changed, job.Digest(changed)); err == nil {
			t.Errorf("%s is taken", to)
		}
	}
}

func TestDigestsAreSHA256(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // FIPS 180-4, the empty message
	if got := job.Digest(nil); got != empty {
		t.Errorf("the digest of nothing is %s", got)
	}
}

func FuzzDecodeFile(f *testing.F) {
	data, _, err := full().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"version":1,"chunks":{"..":{}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := job.DecodeFile(data, job.Digest(data))
		if err != nil {
			return
		}
		encoded, digest, err := file.Encode()
		if err != nil {
			t.Fatalf("%q is read but can't be written: %v", data, err)
		}
		again, err := job.DecodeFile(encoded, digest)
		if err != nil {
			t.Fatalf("%q is written but can't be read: %v", encoded, err)
		}
		if same, _, _ := again.Encode(); !bytes.Equal(same, encoded) {
			t.Errorf("%q is read back as %q", encoded, same)
		}
	})
}
