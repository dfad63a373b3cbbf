package cmd

import (
	"context"
	"fmt"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/zenml-installer/zenml-installer/internal/poll"
)

const (
	browserResult   = "ZENML_TEST_BROWSER_RESULT" // file with the result of the browser
	browserUser     = "admin"
	browserPassword = "Br0wser-c4nary!"
)

// The fields of the activation page: of the stand-in, then of the real server 0.98.0.
const (
	usernameField = chromedp.CSS("#admin-username, [name=username]")
	passwordField = chromedp.CSS("#admin-password, [name=newPassword]")
	confirmField  = chromedp.CSS("[name=confirmPassword]") // real server only
	nameField     = chromedp.CSS("#server-name, [name=serverName]")
	nextButton    = chromedp.CSS("#continue, button[type=submit]")
	lastButton    = chromedp.CSS("#activate, button[type=submit]:not(#continue)")
)

// needBrowser skips a test if Chromium is missing, unless it is required.
func needBrowser(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err == nil {
		return
	}
	if os.Getenv("ZENML_TEST_REQUIRE_BROWSER") != "" {
		t.Fatal("chromium is required here but not installed")
	}
	t.Skip("chromium is not installed: activation in a browser is not tested")
}

// activateInBrowser opens url in a headless Chromium, as the installer's
// $BROWSER, and activates the server as a user would.
func activateInBrowser(url string) int {
	seen, err := activate(url)
	if err != nil {
		seen = "error: " + err.Error()
	}
	if err := os.WriteFile(os.Getenv(browserResult), []byte(seen), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func activate(url string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	profile, err := os.MkdirTemp("", "browser-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(profile) }()
	ctx, stop := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Env("TMPDIR="+profile), // so that its files are removed with the profile
		chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-3d-apis", true), // the real page has an animated background
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	defer stop()
	ctx, end := chromedp.NewContext(ctx)
	defer end()
	err = chromedp.Do(ctx, chromedp.Navigate(url), chromedp.WaitVisible(usernameField))
	if err != nil {
		return "", err
	}
	if err := photograph(ctx, "activation"); err != nil {
		return "", err
	}
	if err := activatePage(ctx); err != nil {
		return "", err
	}
	at, err := onboarding(ctx)
	if err != nil {
		return "", err
	}
	return at, photographDashboard(ctx, url)
}

func activatePage(ctx context.Context) error {
	err := chromedp.Do(ctx, chromedp.SendKeys(usernameField, browserUser), chromedp.SendKeys(passwordField, browserPassword))
	if err != nil {
		return err
	}
	confirm, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.querySelector("[name=confirmPassword]")`))
	if err == nil && confirm {
		err = chromedp.Do(ctx, chromedp.SendKeys(confirmField, browserPassword))
	}
	if err != nil {
		return err
	}
	err = chromedp.Do(ctx, chromedp.Click(nextButton), chromedp.WaitVisible(nameField))
	if err != nil {
		return err
	}
	// The real page suggests a name, which typing replaces once it is selected.
	selectName := chromedp.Evaluate[bool](`!document.querySelector("#server-name, [name=serverName]").select()`)
	if _, err := chromedp.Run(ctx, selectName); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.SendKeys(nameField, "ml-platform"), chromedp.Click(lastButton))
}

// photographDashboard answers the questions to a new user, which the real server asks
// before it shows the dashboard.
func photographDashboard(ctx context.Context, url string) error {
	if os.Getenv(picturesDir) == "" {
		return nil
	}
	page, err := neturl.Parse(url)
	if err != nil {
		return err
	}
	home, fullName := "http://"+page.Host+"/", chromedp.CSS("[name=fullName]")
	anyAnswer := chromedp.CSS("[role=radio], [role=checkbox], form label")
	err = chromedp.Do(ctx,
		chromedp.Navigate(home), chromedp.WaitVisible(fullName), chromedp.SendKeys(fullName, "Ada Example"),
		chromedp.SendKeys(chromedp.CSS("[name=email]"), "ada@example.com"), chromedp.Click(nextButton),
		chromedp.WaitNotPresent(fullName), chromedp.Click(anyAnswer), chromedp.Sleep(time.Second),
		chromedp.Click(nextButton), chromedp.Sleep(time.Second), chromedp.Navigate(home))
	if err != nil {
		return err
	}
	return photograph(ctx, "dashboard")
}

// onboarding waits until the browser shows that the server is activated: the stand-in's
// onboarding page, or the last page of the real activation.
func onboarding(ctx context.Context) (string, error) {
	const activated = `location.pathname === "/onboarding" || document.body.innerText.includes("Congratulations")`
	at := ""
	ended := poll.Until(ctx, 100*time.Millisecond, func() (bool, error) {
		at, _ = chromedp.Run(ctx, chromedp.Location())
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](activated))
		return err == nil && done, nil
	})
	if ended != nil {
		return "", fmt.Errorf("the browser is still at %s: %w", at, ended)
	}
	return at, nil
}

// photograph saves the page as a PNG, if screenshots are requested. A page says nowhere
// that it is complete, so it gets some seconds.
func photograph(ctx context.Context, name string) error {
	dir := os.Getenv(picturesDir)
	if dir == "" {
		return nil
	}
	if err := chromedp.Do(ctx, chromedp.Sleep(4*time.Second)); err != nil {
		return err
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
}
