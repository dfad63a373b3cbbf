package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	browserResult   = "ZENML_TEST_BROWSER_RESULT" // file with the result of the browser
	browserUser     = "admin"
	browserPassword = "Br0wser-c4nary!"
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
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	defer stop()
	ctx, end := chromedp.NewContext(ctx)
	defer end()
	err = chromedp.Do(ctx,
		chromedp.Navigate(url),
		chromedp.WaitVisible("#admin-username"),
		chromedp.SendKeys("#admin-username", browserUser),
		chromedp.SendKeys("#admin-password", browserPassword),
		chromedp.Click("#continue"),
		chromedp.WaitVisible("#server-name"),
		chromedp.SendKeys("#server-name", "from-a-browser"),
		chromedp.Click("#activate"),
	)
	if err != nil {
		return "", err
	}
	return onboarding(ctx)
}

// onboarding waits until the browser shows the onboarding page.
func onboarding(ctx context.Context) (string, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		at, err := chromedp.Run(ctx, chromedp.Location())
		if err == nil && strings.Contains(at, "/onboarding") {
			return at, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the browser is still at %s: %w", at, ctx.Err())
		case <-tick.C:
		}
	}
}
