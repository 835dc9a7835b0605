package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"scanmaster/runner/job"
	"scanmaster/runner/plan"
	"scanmaster/runner/result"
	"scanmaster/runner/share"
)

// chunkRun is one chunk and the worker that works on it.
type chunkRun struct {
	name   string
	lines  int64
	sha256 string
	canary bool // it is one of those that come first
	// worker is who works on it, or did last; by is nil where nobody does.
	worker plan.Worker
	by     *hand
	losses int // workers that were lost with it
	// given is when it was given to who works on it, pace how fast that one is,
	// asked when that one was asked to end earlier.
	given time.Time
	pace  pace
	asked time.Time
	// last is the worker that an earlier master has started on it, on the machine
	// that is the place; empty where none was, or it is known to be gone.
	last, place string
	// starts counts the workers that were started on it; left is what the last of
	// them has left on a host that doesn't see the shared folder, nil where all is
	// here.
	starts int
	left   *elsewhere

	post post // nil while no worker is started
	// classic tells that the worker is one of the classic suite, which leaves
	// no record, and in .done a date.
	classic atomic.Bool
	// ours tells that a worker of ours has begun it, or may have.
	ours bool
	// folder is the name of the worker's folder below PREFIX, WMIN.CHUNK;
	// empty until it is seen here.
	folder string
	// done tells that a worker has finished it, mark its word for that, tally
	// what it counted; lost says why nobody ever will.
	done  bool
	mark  job.DoneMark
	tally result.Tally
	lost  string
}

// startWait is how long a worker may take to begin.
const startWait = time.Minute

// launch gives each live worker its first chunk, starts all side by side, and
// sees each one begin.
func (r *run) launch(ctx context.Context) (string, error) {
	if err := r.giveSigns(); err != nil {
		return "", err
	}
	r.gather()
	if r.resumed {
		r.adopt(ctx)
		if err := r.reshare(); err != nil {
			return "", err
		}
	}
	if err := r.cancelled(); err != nil {
		return "", err
	}
	if err := r.guardStart(ctx); err != nil {
		return "", err
	}
	working := len(r.posts)
	first := r.deal()
	posts, failed := make([]post, len(first)), make([]error, len(first))
	var group sync.WaitGroup
	attach := r.plan.Attaches()
	for i, c := range first {
		t := r.task(c)
		if attach {
			posts[i], failed[i] = r.start(ctx, t) // there is one terminal
			continue
		}
		group.Go(func() { posts[i], failed[i] = r.start(ctx, t) })
	}
	group.Wait()
	var reasons []string
	for i, c := range first {
		if failed[i] != nil {
			reasons = append(reasons, c.worker.Name+": "+failed[i].Error())
		}
		if err := r.hasStarted(c, posts[i], failed[i]); err != nil {
			return "", err
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	// A canary may be of fewer chunks than there are workers: others can do it.
	others := r.held && len(first) < len(r.crew)
	if len(reasons) > 0 && len(reasons) == len(first)+working && !others {
		return "", fmt.Errorf("no worker started: %s", strings.Join(reasons, "; "))
	}
	return fmt.Sprintf("%d of %d workers work", len(first)-len(reasons)+working, len(first)+working), nil
}

// started is a worker that was started, and on what.
type started struct {
	chunk *chunkRun
	post  post
}

// hasStarted takes note of what came of a start.
func (r *run) hasStarted(c *chunkRun, p post, failed error) error {
	if p != nil {
		r.posts = append(r.posts, started{c, p})
		c.left = leftBy(p)
	}
	if c.done {
		return nil // it was quick
	}
	c.post = p
	if failed != nil && p != nil && r.leaves() {
		return nil // whoever takes the run up finds out
	}
	if unfetched := new(unfetchedError); errors.As(failed, &unfetched) {
		return r.leave(c, failed.Error())
	}
	if failed != nil {
		return r.lose(c, findStep[plan.Wait](r.plan), failed.Error())
	}
	r.report(WorkerStarted{Worker: c.worker.Name, Chunk: c.name, Lines: c.lines})
	return nil
}

// task is a chunk that a worker is to be started on.
type task struct {
	hand   *hand
	chunk  string
	lines  int64
	number int // of the start
	job    jobFile
	left   *elsewhere
}

// task gives that of a chunk that was given to a worker. The loop of the wait
// alone looks at chunks.
func (r *run) task(c *chunkRun) task {
	return task{hand: c.by, chunk: c.name, lines: c.lines, number: c.starts, job: r.job, left: c.left}
}

// start starts a worker on a chunk and waits until it works or has finished.
// The error says why it can't, and that nobody works; there may be a post all
// the same. Of whom it isn't known counts as working: no other one may be at the
// chunk beside it.
func (r *run) start(ctx context.Context, t task) (post, error) {
	if err := r.catchUp(ctx, t); err != nil {
		return nil, err
	}
	b, err := r.brief(t)
	if err == nil {
		err = t.hand.at.prepare(ctx, r, b)
	}
	if err == nil {
		err = r.journal.Add(r.startEntry(t, b))
	}
	if err != nil {
		return nil, err
	}
	post, err := t.hand.at.start(ctx, r, b)
	if post == nil {
		return nil, err
	}
	if err == nil {
		err = r.attach(ctx, t)
	}
	if err == nil {
		err = r.awaitBegin(ctx, t.chunk, post)
	}
	if err == nil || ctx.Err() != nil {
		return post, err
	}
	if unsure := post.end(false); unsure != nil {
		r.report(Warning{Text: fmt.Sprintf("%s: %v; it may work all the same, and is waited for: %v", post.name(), err, unsure)})
		return post, nil
	}
	return post, err
}

func (r *run) awaitBegin(ctx context.Context, chunk string, post post) error {
	limit, cancel := context.WithTimeoutCause(ctx, startWait, fmt.Errorf("it has not begun within %v", startWait))
	defer cancel()
	for pause := look; ; pause = min(2*pause, maxLook) {
		works, err := post.begun(limit, r, chunk)
		if works || err != nil {
			return err
		}
		select {
		case <-limit.Done():
			return context.Cause(limit)
		case <-post.gone(): // once more: it may have been quick
		case <-time.After(pause):
		}
	}
}

// begun looks for the sign that a worker has begun: its folder, with .slave
// or already .done in it.
func (r *run) begun(chunk string) (bool, error) {
	folders, err := r.folders()
	if err != nil {
		return false, err
	}
	folder, there := folders[chunk]
	return there && (r.has(folder, job.Slave) || r.has(folder, job.Done)), nil
}

// folders gives the names of the workers' folders, by chunk, as they are seen
// here now.
func (r *run) folders() (map[string]string, error) { return foldersOf(r.prefix) }

func foldersOf(prefix *share.Dir) (map[string]string, error) {
	entries, err := prefix.Names()
	if err != nil {
		return nil, err
	}
	folders := make(map[string]string)
	for _, entry := range entries {
		if name, ok := job.ChunkOf(entry); ok {
			folders[name] = entry
		}
	}
	return folders, nil
}

func (r *run) has(folder, name string) bool {
	dir, err := r.prefix.Sub(folder)
	if err != nil {
		return false
	}
	_, err = dir.Lstat(name)
	return errors.Join(err, dir.Close()) == nil
}

// leaves tells that the run ends, and its workers go on: those of a run that
// another master may have are not this one's to end.
func (r *run) leaves() bool { return r.disowned.Load() || r.cfg.LeaveWorkers && r.told() }
