package testcluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Versions of the real server that tests use.
const (
	RealCurrent = "0.98.0" // for the current generation of the chart
	RealLegacy  = "0.84.3" // for the legacy generation
	RealOldest  = "0.73.0" // the oldest wheel that contains the published chart
)

// realServers caches the published charts by sandbox and version.
var realServers struct {
	sync.Mutex
	charts map[string]published
}

type published struct {
	chart Chart
	err   error
}

// RealServer returns the chart of a version of the real ZenML server, after
// publishing it and its image to the sandbox's registry. If the image cannot be
// built, the test is skipped, or fails if ZENML_TEST_REQUIRE_PEERS is set.
func (c *Cluster) RealServer(t testing.TB, version string) Chart {
	t.Helper()
	realServers.Lock()
	defer realServers.Unlock()
	key := c.name + " " + version
	found, ok := realServers.charts[key]
	if !ok {
		found.chart, found.err = c.publish(version)
		if realServers.charts == nil {
			realServers.charts = map[string]published{}
		}
		realServers.charts[key] = found
	}
	if found.err != nil {
		testcache.Missing(t, "the real ZenML server is missing: "+found.err.Error())
	}
	return found.chart
}

func (c *Cluster) publish(version string) (Chart, error) {
	binary, err := build("")
	if err != nil {
		return Chart{}, err
	}
	out, err := run(binary, "publish", "--name", c.name, version)
	if err != nil {
		return Chart{}, fmt.Errorf("%s", lastLine(err.Error()))
	}
	var chart Chart
	if err := json.Unmarshal(out, &chart); err != nil {
		return Chart{}, fmt.Errorf("the sandbox's answer: %w", err)
	}
	return chart, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// Flags returns the installer's flags that select the chart and its image.
func (c Chart) Flags() []string {
	flags := []string{"--chart", c.Ref, "--chart-version", c.Version, "--plain-http", "--skip", "supply.image"}
	repository, tag, _ := strings.Cut(c.Image, ":")
	if repository != "zenmldocker/zenml-server" {
		flags = append(flags, "--answer", "server.image.repository="+repository, "--answer", "server.image.tag="+tag)
	}
	return flags
}
