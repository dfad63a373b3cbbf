package connect

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

func TestWaitForServerAndActivation(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := asked.Add(1); {
		case n < 3:
			http.Error(w, "starting", http.StatusServiceUnavailable)
		case n < 5:
			_, _ = w.Write([]byte(`{"version":"0.98.0","active":false}`))
		default:
			_, _ = w.Write([]byte(`{"version":"0.98.0","active":true}`))
		}
	}))
	t.Cleanup(server.Close)
	client := zenml.Client{Base: server.URL}
	info, err := WaitForServer(t.Context(), client)
	if err != nil || info.Version != "0.98.0" || info.Active {
		t.Fatal(info, err)
	}
	info, err = WaitForActivation(t.Context(), client)
	if err != nil || !info.Active {
		t.Fatal(info, err)
	}
}

func TestWaitForServerReportsLastResponse(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 2 {
			cancel()
		}
		http.Error(w, "no database", http.StatusInternalServerError)
	}))
	t.Cleanup(server.Close)
	_, err := WaitForServer(ctx, zenml.Client{Base: server.URL})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "no database") {
		t.Fatal(err)
	}
}

func TestLoginCommand(t *testing.T) {
	for want, login := range map[string]Login{
		"zenml login http://127.0.0.1:8080":                                {URL: "http://127.0.0.1:8080"},
		"zenml login https://zenml.example.com --no-verify-ssl":            {URL: "https://zenml.example.com", NoVerify: true},
		"zenml login https://z.example.com --ssl-ca-cert '/tmp/my ca.pem'": {URL: "https://z.example.com", CAFile: "/tmp/my ca.pem", NoVerify: true},
	} {
		if got := LoginCommand(login); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
