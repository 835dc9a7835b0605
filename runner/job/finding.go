package job

// About is what something was found about when a worker was looked at.
type About string

// What is looked at, in the order in which it is of use to know.
const (
	AboutLogin   About = "login"   // how the master gets in at the host
	AboutScreen  About = "screen"  // what keeps a session there
	AboutProgram About = "program" // the worker half, and which one
	AboutShare   About = "share"   // the shared folder, and when one sees what the other writes
	AboutRoom    About = "room"    // bytes and files that the folder has room for
	AboutClock   About = "clock"
	AboutKeys    About = "keys"  // what it logs in to targets with
	AboutAgent   About = "agent" // the ssh-agent that the worker has
	AboutKnown   About = "known" // the files of targets' host keys
	AboutPings   About = "pings"
	AboutTemp    About = "temp"   // temporary files
	AboutFiles   About = "files"  // that may be open
	AboutMemory  About = "memory" // that is left
	AboutSetup   About = "set-up" // all else
)

// Abouts are all of them, in that order.
var Abouts = []About{
	AboutLogin, AboutScreen, AboutProgram, AboutShare, AboutRoom, AboutClock,
	AboutKeys, AboutAgent, AboutKnown, AboutPings, AboutTemp, AboutFiles, AboutMemory, AboutSetup,
}

// Finding is one thing that was found of a worker. The text is raw, and says what
// mends it where something is wrong.
type Finding struct {
	About About  `json:"about"`
	Text  string `json:"text"`
}

// String gives the text.
func (f Finding) String() string { return f.Text }

// Texts gives the texts of findings.
func Texts(all []Finding) []string {
	texts := make([]string, len(all))
	for i, f := range all {
		texts[i] = f.Text
	}
	return texts
}
