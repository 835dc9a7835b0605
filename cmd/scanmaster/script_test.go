package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the wanted output in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){
		"scanmaster": main, "scanslave": main, "scanhosts": main, "checkhosts": main, "autopw": main, "tkill": main,
	})
}

// waiting runs tests that mostly wait, so that many go beside each other on a
// small machine.
type waiting struct{ *testing.M }

// Run runs them.
func (m waiting) Run() int {
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	return m.M.Run()
}

// The scripts read like a manual: what one types, and what one gets. Scan
// file, the files that it names, and the wanted plan stand in one piece.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// TestScriptsAlone runs those with deadlines that a machine keeps to which is not
// too busy.
func TestScriptsAlone(t *testing.T) { runScripts(t, "testdata/alone") }

func runScripts(t *testing.T, dir string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// Under the race detector every program would wait a second at its end.
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			classic, err := filepath.Abs("testdata/classic")
			env.Setenv("CLASSIC", classic)
			if err != nil {
				return err
			}
			examples, err := filepath.Abs("../../examples")
			env.Setenv("EXAMPLES", examples)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fleet": startFleet, "farm": startFarm, "build": buildProgram, "lockkey": lockKey, "events": checkEvents,
		},
	})
}
