package main

import (
	"encoding/json"
	"net"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

func TestPython_otherScript(t *testing.T) {
	output, err := command(t, "python3", nil, "-c", "print(1)").CombinedOutput()
	if exitCode(err) != exitUsage || !strings.Contains(string(output), "no Python") {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestPython_databaseCheck(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	env := []string{"ZENML_PREFLIGHT_HOST=127.0.0.1", "ZENML_PREFLIGHT_PORT=" + port, "ZENML_PREFLIGHT_TLS=off"}
	output, err := command(t, "python3", env, "-c", standin.CheckMarker+"main()").Output()
	var result struct {
		ZenmlPreflight int
		Step, Kind     string
	}
	if err != nil || json.Unmarshal(output, &result) != nil || result.ZenmlPreflight != 1 || result.Step != "connect" || result.Kind != "ConnectionRefusedError" {
		t.Errorf("%v\n%s", err, output)
	}
}
