//go:build e2e

package ground

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"testing"
	"time"
)

// TestRealLinksAreLong sends through one what doesn't fit a packet, and has it
// sent back.
func TestRealLinksAreLong(t *testing.T) {
	t.Parallel()
	const each = 50 * time.Millisecond
	echo, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		if c, err := echo.Accept(); err == nil {
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	began := time.Now()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", Delay(t, echo.Addr().String(), each))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := make([]byte, 1<<20)
	_, _ = rand.Read(sent) // it never fails
	go func() {
		_, _ = c.Write(sent)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%d bytes came back of %d, %v", len(got), len(sent), err)
	}
	if took := time.Since(began); took < 2*each {
		t.Errorf("there and back took %v: want at least %v", took, 2*each)
	}
}
