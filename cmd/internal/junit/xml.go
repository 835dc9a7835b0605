package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// The elements of a report, as far as they are used here, in the order that the
// schema of Jenkins wants them in. What other producers add to them, such as a
// message of what was skipped, is not of that schema.
type (
	testsuites struct {
		XMLName xml.Name `xml:"testsuites"`
		counts
		Name   string      `xml:"name,attr"`
		Time   string      `xml:"time,attr"`
		Suites []testsuite `xml:"testsuite"`
	}
	testsuite struct {
		counts
		Name       string     `xml:"name,attr"`
		Time       string     `xml:"time,attr"`
		Timestamp  string     `xml:"timestamp,attr"`
		Skipped    int        `xml:"skipped,attr"`
		Properties []property `xml:"properties>property"`
		Cases      []testcase `xml:"testcase"`
		Err        *text      `xml:"system-err"`
	}
	// counts are those that both of them have.
	counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	property struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	testcase struct {
		Name    string  `xml:"name,attr"`
		Class   string  `xml:"classname,attr"`
		Time    string  `xml:"time,attr,omitempty"`
		Skipped string  `xml:"skipped,omitempty"`
		Error   *fault  `xml:"error"`
		Failed  []fault `xml:"failure"`
		Out     *text   `xml:"system-out"`
	}
	fault struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		text
	}
	// text is escaped, and so has nothing that XML can't hold.
	text struct {
		Text string `xml:",cdata"`
	}
)

// write writes a suite as a whole report, with all of it counted.
func (s testsuite) write(w io.Writer) error {
	for _, c := range s.Cases {
		s.Tests++
		switch {
		case c.Error != nil:
			s.Errors++
		case len(c.Failed) > 0:
			s.Failures++
		case c.Skipped != "":
			s.Skipped++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(testsuites{counts: s.counts, Name: s.Name, Time: s.Time, Suites: []testsuite{s}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// isRed tells a case that CI systems show in red.
func (c testcase) isRed() bool { return c.Error != nil || len(c.Failed) > 0 }

// lines gives text as an element's, which there is none of without.
func lines(s string) *text {
	if s == "" {
		return nil
	}
	return &text{s}
}

// seconds gives a duration as reports have it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
