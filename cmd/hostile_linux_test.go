package cmd

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The limits of a command with hostile input.
const (
	hostileMemory = 300 << 20
	hostileTime   = 10 * time.Second
)

// hostile is input that must end a command within the limits.
type hostile struct {
	answers string // the answers file, or standard input if stdin is nil
	stdin   io.Reader
	chart   string // stand-in if empty
	flags   []string
	code    int
	want    string
}

func TestHostileInput(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, input := range hostileInputs(t) {
		t.Run(name, func(t *testing.T) { input.run(t) })
	}
}

const sqliteAnswers = "version: 1\ndatabase: {type: sqlite}\n"

func hostileInputs(t *testing.T) map[string]hostile {
	t.Helper()
	all := map[string]hostile{
		"endless standard input": {stdin: endless("y\n"), code: 2, want: "standard input is larger than 1 MiB"},
		"secret from /dev/zero": {
			answers: "version: 1\ndatabase: {type: mysql, mysql: {host: h, user: u, name: n, password: {file: /dev/zero}}}\n",
			flags:   []string{"--format", "manifests"},
			code:    2, want: "/dev/zero: larger than 1 MiB",
		},
		"values of 9,000 levels": {
			answers: sqliteAnswers + "values: " + nested(9000, "{a: ", "}") + "\n",
			code:    2, want: "more than 100 levels",
		},
		"value of 50 MB": {
			answers: sqliteAnswers + "values: {a: " + strings.Repeat("x", 50<<20) + "}\n",
			code:    2, want: "larger than 1 MiB",
		},
		"20,000 values": {
			answers: sqliteAnswers + "values: {" + numbered(20_000, "k%d: 1, ") + "}\n",
			code:    2, want: "more than 20000 keys",
		},
		"1,000 values": {
			answers: sqliteAnswers + "values: {" + numbered(1000, "k%d: 1, ") + "}\n",
			code:    2, want: "300 is the limit",
		},
		"aliases that multiply": {
			answers: sqliteAnswers + "values:\n" + billionLaughs(),
			code:    2, want: "without anchors",
		},
		"empty documents": {
			answers: strings.Repeat("---\n", 200_000) + sqliteAnswers,
			code:    2, want: "more than 20000 keys",
		},
	}
	for name, input := range hostileCharts(t) {
		all[name] = input
	}
	for name, input := range hostileServers(t) {
		all[name] = input
	}
	return all
}

// hostileCharts are charts that unpack or render to too much.
func hostileCharts(t *testing.T) map[string]hostile {
	t.Helper()
	zeros := make([]byte, 2<<20-1)
	template := func(text string) string { return packed(t, standInChart(t), extra{"templates/z.yaml", []byte(text)}) }
	many, large := make([]extra, 6000), make([]extra, 40)
	for i := range many {
		many[i] = extra{fmt.Sprintf("files/%d", i), nil}
	}
	for i := range large {
		large[i] = extra{fmt.Sprintf("files/%d", i), zeros}
	}
	inner, err := os.ReadFile(packed(t, standInChart(t), large...))
	if err != nil {
		t.Fatal(err)
	}
	deep := []byte("server: {a: " + nested(9000, "[", "]") + "}\n")
	return map[string]hostile{
		"chart of zeros": {chart: "/dev/zero", code: 2, want: "the archive is larger than 16 MiB"},
		"archive with a huge file": {
			chart: packed(t, "", extra{"x", make([]byte, 100<<20)}),
			code:  2, want: "larger than 2 MiB",
		},
		"decompression bomb": {chart: packed(t, "", large...), code: 2, want: "unpacks to more than 32 MiB"},
		"bomb in a dependency": {
			chart: packed(t, standInChart(t), extra{"charts/x.tgz", inner}),
			code:  2, want: "unpacks to more than 32 MiB",
		},
		"archive of 6,000 files": {chart: packed(t, "", many...), code: 2, want: "more than 5000 files"},
		"defaults of 9,000 levels": {
			chart: packed(t, standInChart(t), extra{"values.yaml", deep}), code: 2, want: "more than 100 levels",
		},
		"defaults of 150,000 keys": {
			chart: packed(t, standInChart(t), extra{"values.yaml", []byte("server: {}\n" + numbered(150_000, "k%d: 1\n"))}),
			code:  2, want: "values.yaml is larger than 512 KiB",
		},
		"defaults of 40,000 keys": {
			chart: packed(t, standInChart(t), extra{"values.yaml", []byte("server: {}\n" + numbered(40_000, "k%d: 1\n"))}),
			code:  2, want: "does not render",
		},
		"template that loops": {
			chart: template(`{{range 1000000000000}}{{end}}`), code: 2, want: "did not finish within 8s",
		},
		"template that allocates a list": {
			chart: template(`{{len (until 2000000000)}}`), code: 2, want: "more than 64 MiB of memory",
		},
		"template that allocates a string": {
			chart: template(`{{len (repeat 2000000000 "x")}}`), code: 2, want: "more than 64 MiB of memory",
		},
		"template that writes without end": {
			chart: template(`{{range 1000000000}}# xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{{end}}`), code: 2,
			want: "more than 64 MiB of memory",
		},
		"template that renders 6 MB": {
			chart: template(`# {{repeat 6000000 "x"}}`), code: 2, want: "renders more than 4 MiB",
		},
		"template that includes itself": {
			chart: template(`{{define "loop"}}{{template "loop" .}}{{end}}{{template "loop" .}}`),
			code:  2, want: "does not render",
		},
		"object of 9,000 levels": {
			chart: template("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\ndata: " + nested(9000, "{a: ", "}")),
			code:  2, want: "more than 100 levels",
		},
	}
}

// hostileServers are registries and repositories that send too much, or never end.
func hostileServers(t *testing.T) map[string]hostile {
	t.Helper()
	const digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	manifest := func(size int64) string {
		return fmt.Sprintf(`{"schemaVersion":2,"config":{},"layers":[{"mediaType":%q,"digest":%q,"size":%d}]}`,
			"application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest, size)
	}
	oci := func(size int64) string {
		return serve(t, "oci://", "/zenml:1.0.0", func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/blobs/") {
				_, _ = io.Copy(w, endless("blob"))
				return
			}
			w.Header().Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			_, _ = io.WriteString(w, manifest(size))
		})
	}
	around := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }
	send := func(content io.Reader) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, content) }
	}
	index := "apiVersion: v1\nentries:\n" + numbered(250_000,
		"  chart-%[1]d:\n  - {name: chart-%[1]d, version: 1.0.0, urls: [a.tgz], "+
			"description: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}\n")
	return map[string]hostile{
		"OCI layer declared as 3 GB":  {chart: oci(3 << 30), code: 2, want: "3221225472 bytes, more than 16 MiB"},
		"OCI layer that does not end": {chart: oci(1 << 10), code: 2, want: "larger than 16 MiB"},
		"OCI registry that redirects": {
			chart: serve(t, "oci://", "/zenml:1.0.0", around),
			code:  1, want: "redirects in a loop",
		},
		"repository that redirects": {
			chart: serve(t, "http://", "/charts", around),
			code:  1, want: "redirects in a loop",
		},
		"archive that does not end": {
			chart: serve(t, "http://", "/z.tgz", send(endless("x"))),
			code:  2, want: "larger than 16 MiB",
		},
		"index in one endless line": {
			chart: serve(t, "http://", "/charts", send(endless("x"))),
			code:  2, want: "larger than 2 MiB",
		},
		"index that does not end": {
			chart: serve(t, "http://", "/charts", send(endless("a: b\n"))),
			code:  2, want: "larger than 64 MiB",
		},
		"index of 50 MB without zenml": {
			chart: serve(t, "http://", "/charts", send(strings.NewReader(index))),
			code:  2, want: `no chart "zenml"`,
		},
	}
}

// run runs the installer as a process of its own and measures it.
func (h hostile) run(t *testing.T) {
	t.Helper()
	p := newPlace(t)
	args := []string{"generate", "-f", "-", "--output", "-", "--kubeconfig", os.DevNull}
	if h.chart == "" {
		h.chart = standInChart(t)
	}
	if h.answers == "" && h.stdin == nil {
		h.answers = sqliteAnswers
	}
	if h.stdin == nil {
		args[2] = p.file("answers.yaml", h.answers)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*hostileTime)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], append(args, append(h.flags, "--chart", h.chart)...)...)
	command.Env = append(os.Environ(), asInstaller+"=1", "HOME="+p.dir)
	command.Stdin = h.stdin
	var output bytes.Buffer
	command.Stderr = &output
	begin := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	peak := watchMemory(command.Process.Pid)
	_ = command.Wait()
	took, used, code := time.Since(begin), peak(), command.ProcessState.ExitCode()
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	t.Logf("%3d MiB, %4.1f s (%4.1f s CPU), exit code %d", used>>20, took.Seconds(), cpu.Seconds(), code)
	if code != h.code || !strings.Contains(output.String(), h.want) {
		t.Errorf("exit code %d, want %d with %q:\n%.600s", code, h.code, h.want, output.String())
	}
	if used > hostileMemory || cpu > hostileTime {
		t.Errorf("used %d MiB and %s of CPU", used>>20, cpu)
	}
}

// watchMemory follows the peak memory of a process and its children until it is asked
// for the sum.
func watchMemory(pid int) (peak func() int) {
	peaks, stop, done := map[string]int{}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			for _, p := range childrenOf(pid) {
				peaks[p] = max(peaks[p], statusBytes(p, "VmHWM")-statusBytes(p, "RssFile")) // the same program: its pages count once
			}
			own := strconv.Itoa(pid)
			peaks[own] = max(peaks[own], statusBytes(own, "VmHWM"))
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() (sum int) {
		close(stop)
		<-done
		for _, bytes := range peaks {
			sum += bytes
		}
		return sum
	}
}

func childrenOf(pid int) []string {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var all []string
	for _, name := range files {
		data, _ := os.ReadFile(name)
		all = append(all, strings.Fields(string(data))...)
	}
	return all
}

var statusLine = regexp.MustCompile(`(?m)^(\w+):\s+(\d+) kB$`)

// statusBytes returns a number of a process's status in bytes, 0 when it has ended.
func statusBytes(pid, name string) int {
	data, _ := os.ReadFile("/proc/" + pid + "/status")
	for _, found := range statusLine.FindAllStringSubmatch(string(data), -1) {
		if found[1] == name {
			kib, _ := strconv.Atoi(found[2])
			return kib << 10
		}
	}
	return 0
}

// endless repeats a text without end.
func endless(text string) io.Reader { return &repeating{strings.Repeat(text, 1<<14)} }

type repeating struct{ text string }

func (r *repeating) Read(p []byte) (int, error) { return copy(p, r.text), nil }

func nested(levels int, before, after string) string {
	return strings.Repeat(before, levels) + strings.Repeat(after, levels)
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func billionLaughs() string {
	text := "  a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 12 {
		text += fmt.Sprintf("  a%d: &a%d [%s]\n", i+1, i+1,
			strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	return text
}

func standInChart(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "sandbox", "charts", "current"))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// extra is a file that a chart archive contains besides or instead of a folder's.
type extra struct {
	name    string
	content []byte
}

// packed writes the archive of a chart folder with more files, and returns its path.
func packed(t *testing.T, dir string, files ...extra) string {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	archive := tar.NewWriter(zipped)
	add := func(name string, content []byte) {
		header := &tar.Header{Name: "zenml/" + name, Mode: 0o644, Size: int64(len(content))}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if dir != "" {
		err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			add(name, content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		add(f.name, f.content)
	}
	if archive.Close() != nil || zipped.Close() != nil {
		t.Fatal("cannot write the archive")
	}
	path := filepath.Join(t.TempDir(), "zenml.tgz")
	if err := os.WriteFile(path, buffer.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve serves one handler and returns a reference to it.
func serve(t *testing.T, scheme, path string, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return scheme + strings.TrimPrefix(server.URL, "http://") + path
}
