package webpage

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
)

//go:embed assets
var files embed.FS

// pieces are the parts of the page, in the order in which they are written.
var pieces = template.Must(template.ParseFS(files, "assets/page.html"))

// Assets are the page's own style and script, which nothing comes into.
type Assets struct {
	CSS template.CSS
	JS  template.JS
	// Policy is what the browser holds the page to: it runs that script alone, loads
	// nothing, sends nothing, and makes no markup out of text.
	Policy string
}

var assets = func() *Assets {
	css, js := asset("assets/page.css"), asset("assets/page.js")
	return &Assets{
		CSS: template.CSS(css), JS: template.JS(js), //nolint:gosec // our own, embedded
		Policy: "default-src 'none'; script-src '" + digest(js) + "'; style-src '" + digest(css) + "'; img-src data:; " +
			"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
	}
}()

func asset(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
