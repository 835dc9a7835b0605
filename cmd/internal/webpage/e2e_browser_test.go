//go:build e2e

package webpage

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const found = `document.getElementById("found").textContent`

func TestRealBrowserTakesHostileTextForText(t *testing.T) {
	b := show(t, fleet(t, 4000))
	b.ready()
	b.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	all := value[[]string](b, `Array.from(document.querySelectorAll("pre"), (p) => p.textContent)`)
	shownAll := strings.Join(all, "\n") + "\n"
	for _, text := range hostile {
		want := shown(strings.ReplaceAll(text, "\x00", "")) // which no classic file holds
		if !strings.Contains(shownAll, want+"\n") {
			t.Errorf("%q is not there as %q", text, want)
		}
	}
	// Through all of the table's pages, too.
	b.run(`for (let next; next = document.querySelector('[aria-label="Next page"]:enabled');) next.click()`)
	if got := value[string](b, `String(window.pwned)`); got != "undefined" {
		t.Errorf("a script of a target's was run: %s", got)
	}
	if got := value[string](b, `Array.from(document.querySelectorAll("img, iframe, base, style, meta[http-equiv], link, script, form"), (e) => e.localName).join(" ")`); got != "meta link style form script script" {
		t.Errorf("the page has %s", got)
	}
	said, requests := b.heard()
	if len(said) > 0 {
		t.Errorf("on the console:\n%s", strings.Join(said, "\n"))
	}
	for _, url := range requests {
		if !strings.HasPrefix(url, "file://") && url != "data:," || strings.Count(strings.Join(requests, " "), "file://") != 1 {
			t.Errorf("it asked for %s", url)
		}
	}
}

// TestRealBrowserHoldsThePageToItsPolicy has the page do what it must not be able
// to, were a target's text ever taken for more.
func TestRealBrowserHoldsThePageToItsPolicy(t *testing.T) {
	b := show(t, fleet(t, 40))
	b.ready()
	asked := make(chan string, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	defer elsewhere.Close()
	for _, attempt := range []string{
		`document.body.innerHTML = "<p>"`,
		`document.head.append(Object.assign(document.createElement("script"), { textContent: "window.pwned = 1" }))`,
		`document.body.setAttribute("onclick", "window.pwned = 1")`,
		`document.body.setAttribute("style", "background: url(URL/style)")`,
		`document.body.append(Object.assign(new Image(), { src: "URL/image" }))`,
		`fetch("URL/fetch")`,
		`location.assign("javascript:window.pwned=1")`,
	} {
		before, _ := b.heard()
		b.run(`try { ` + strings.ReplaceAll(attempt, "URL", elsewhere.URL) + ` } catch {}`)
		for last := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			if said, _ := b.heard(); strings.Contains(strings.Join(said[len(before):], " "), "Content Security Policy") || strings.Contains(strings.Join(said[len(before):], " "), "Trusted") {
				break
			}
			if time.Now().After(last) {
				t.Errorf("%s: the browser did not forbid it", attempt)
				break
			}
		}
	}
	b.run(`document.body.click()`)
	if got := value[string](b, `String(window.pwned)`); got != "undefined" {
		t.Errorf("a script was run that isn't the page's")
	}
	select {
	case path := <-asked:
		t.Errorf("%s was asked for", path)
	default:
	}
}

func TestRealBrowserSearchesFiltersAndSorts(t *testing.T) {
	b := show(t, fleet(t, 4000), still())
	b.ready()
	if got := value[string](b, found); got != "4,000 targets" {
		t.Errorf("%s are there", got)
	}
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "WEB00123"))
	b.becomes(found + ` === "10 of 4,000 targets"`)
	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "\b\b\b\b\b\b\b\b10.0.15.159"))
	b.becomes(found + ` === "1 of 4,000 targets"`)
	if got := value[string](b, `document.querySelector("tbody td").textContent`); got != "web003999.dc0.example.com 10.0.15.159" {
		t.Errorf("found %s", got)
	}
	b.run(`{ const s = document.getElementById("search"); s.value = ""; s.dispatchEvent(new Event("input")) }`)
	b.becomes(found + ` === "4,000 targets"`)

	// One outcome alone, by the keyboard.
	b.do(chromedp.Focus(chromedp.CSS("#outcome")), chromedp.SendKeys(chromedp.CSS("#outcome"), "nosshd"))
	b.becomes(found + ` === "8 of 4,000 targets"`)
	b.do(chromedp.SendKeys(chromedp.CSS("#outcome"), kb.Home))
	b.becomes(found + ` === "4,000 targets"`)

	// Sorted by how long connecting took, the longest first.
	b.do(chromedp.Click(chromedp.CSS(`th[data-key=connect] button`)), chromedp.Click(chromedp.CSS(`th[data-key=connect] button`)))
	times := value[[]string](b, `Array.from(document.querySelectorAll("td.time[data-label=connect]"), (td) => td.textContent)`)
	if len(times) != 100 || times[0] != "922 ms" || value[string](b, `document.querySelector("th[data-key=connect]").ariaSort`) != "descending" {
		t.Errorf("the longest are %q", times)
	}

	// From a folded output to its targets, and from a target to its output.
	b.do(chromedp.Click(chromedp.CSS("details.group:nth-of-type(2) summary")), chromedp.WaitVisible(chromedp.CSS(".inside > button")))
	b.do(chromedp.Click(chromedp.CSS(".inside > button")))
	b.becomes(found + `.endsWith("of 4,000 targets")`)
	count := value[string](b, `document.querySelector("details.group:nth-of-type(2) .count").textContent`)
	if got := value[string](b, found); got != strings.TrimSuffix(count, " targets")+" of 4,000 targets" {
		t.Errorf("%s in the table, and the group has %s", got, count)
	}
	b.do(chromedp.Click(chromedp.CSS("tbody a")))
	b.becomes(`document.activeElement.localName === "summary"`)
	if said, _ := b.heard(); len(said) > 0 {
		t.Errorf("on the console:\n%s", strings.Join(said, "\n"))
	}
}

// TestRealBrowserNeedsNoScriptForAllButTheTable turns scripts off.
func TestRealBrowserNeedsNoScriptForAllButTheTable(t *testing.T) {
	b := show(t, fleet(t, 400), command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), phone())
	b.do(chromedp.Click(chromedp.CSS("details.group summary")), chromedp.WaitVisible(chromedp.CSS("details.group pre")),
		chromedp.WaitVisible(chromedp.CSS("noscript p")), chromedp.WaitVisible(chromedp.CSS("svg.chart")))
}

// TestRealBrowserFitsAPhone looks for what is wider than the screen.
func TestRealBrowserFitsAPhone(t *testing.T) {
	b := show(t, fleet(t, 4000), phone())
	b.ready()
	b.run(`document.querySelectorAll("details").forEach((d) => { d.open = true })`)
	if got := value[int](b, `document.documentElement.scrollWidth`); got > 360 {
		t.Errorf("the page is %d pixels wide", got)
	}
}

// TestRealBrowserShowsAHundredThousandTargets tells how long that takes; README
// says what is to be expected.
func TestRealBrowserShowsAHundredThousandTargets(t *testing.T) {
	b := show(t, fleet(t, 100_000))
	b.ready()
	if got := value[string](b, found); got != "100,000 targets" {
		t.Errorf("%s are there", got)
	}
	t.Logf("painted first after %.0f ms, the table there after %s ms", value[float64](b, `performance.getEntriesByName("first-contentful-paint")[0].startTime`),
		value[string](b, `document.documentElement.dataset.ready`))
	const took = `(() => { const from = performance.now(); %s; return performance.now() - from })()`
	t.Logf("sorted by host in %.0f ms", value[float64](b, strings.Replace(took, "%s", `document.querySelector("th button").click()`, 1)))
	b.run(`{ const s = document.getElementById("search"); s.value = "dc1"; s.dispatchEvent(new Event("input")) }`)
	b.becomes(found + ` === "33,333 of 100,000 targets"`)
}
