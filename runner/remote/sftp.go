package remote

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// What of OpenSSH's sftp(PROTOCOL) is needed, and what is used where it is there.
const (
	replaceExtension = "posix-rename@openssh.com"
	syncExtension    = "fsync@openssh.com"
)

// sftpClient is the SFTP subsystem of a host.
type sftpClient struct {
	*sftp.Client
	channel ssh.Channel
}

// openSFTP starts the subsystem. The error is KindDenied where the host has
// none that could be used, among them one whose shell greets people first.
func (c *Conn) openSFTP() (*sftpClient, error) {
	channel, requests, err := c.ssh.OpenChannel("session", nil)
	if err != nil {
		return nil, c.refusal(err)
	}
	c.running.Go(func() { ssh.DiscardRequests(requests) })
	c.running.Go(func() { _, _ = io.Copy(io.Discard, channel.Stderr()) }) // else it fills the window
	started, err := channel.SendRequest("subsystem", true, ssh.Marshal(&struct{ Name string }{"sftp"}))
	if err == nil && !started {
		err = errors.New("the host has no SFTP")
	}
	if err != nil {
		_ = channel.Close()
		return nil, c.refusal(err)
	}
	client, err := sftp.NewClientPipe(channel, channel, sftp.UseConcurrentWrites(true))
	if err != nil {
		_ = channel.Close()
		return nil, c.refusal(err)
	}
	opened := &sftpClient{Client: client, channel: channel}
	if _, ok := client.HasExtension(replaceExtension); !ok {
		opened.close()
		return nil, c.refusal(errors.New("the host's SFTP can't replace a file"))
	}
	return opened, nil
}

// close ends the subsystem, and waits for its goroutine.
func (s *sftpClient) close() { _ = s.Close() } // a lost line says nothing new

// bySFTP writes the file.
func (u *upload) bySFTP(client *sftpClient) error {
	if err := client.folders(path.Clean(u.dir)); err != nil {
		return err
	}
	if err := u.write(client); err != nil {
		_ = client.Remove(u.part) // the failure counts
		return err
	}
	if err := client.PosixRename(u.part, u.name); err != nil {
		_ = client.Remove(u.part)
		return err
	}
	return nil
}

// write writes the file under the name that isn't its own yet.
func (u *upload) write(client *sftpClient) error {
	file, err := client.OpenFile(u.part, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	return errors.Join(u.fill(client, file), file.Close())
}

// fill gives the file its mode while it is empty, and then its content.
func (u *upload) fill(client *sftpClient, file *sftp.File) error {
	if err := file.Chmod(u.mode); err != nil {
		return err
	}
	if _, err := file.ReadFromWithConcurrency(u.from, 0); err != nil {
		return err
	}
	if _, ok := client.HasExtension(syncExtension); ok {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != u.from.n {
		return u.sizeError(strconv.FormatInt(info.Size(), 10))
	}
	return nil
}

// folders makes those on the way to dir, and dir, for the account alone where
// they aren't there. Somebody else may make the same at the same time.
func (s *sftpClient) folders(dir string) error {
	info, err := s.Stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder", dir)
	}
	parent := path.Dir(dir)
	if !errors.Is(err, fs.ErrNotExist) || parent == dir {
		return err
	}
	if err := s.folders(parent); err != nil {
		return err
	}
	if err := s.Mkdir(dir); err != nil {
		if info, there := s.Stat(dir); there == nil && info.IsDir() {
			return nil
		}
		return fmt.Errorf("make %s: %w", dir, err)
	}
	return s.Chmod(dir, 0o700)
}
