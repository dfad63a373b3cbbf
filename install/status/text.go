package status

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// JSON writes the status for scripts.
func JSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// Text writes the status for people.
func Text(out io.Writer, s State, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "release\t%s in namespace %s\n", s.Release, s.Namespace)
	fmt.Fprintf(w, "status\t%s\n", s.Status)
	if s.Status != NotInstalled {
		s.printRelease(w)
		s.printPods(w, now)
		s.printServer(w)
		s.printRest(w, now)
	}
	if s.Next != "" {
		fmt.Fprintf(w, "next\t%s\n", s.Next)
	}
	return w.Flush()
}

func (s State) printRelease(w io.Writer) {
	fmt.Fprintf(w, "revision\t%d, %s\n", s.Revision, s.LastDeployed.Local().Format(time.DateTime))
	fmt.Fprintf(w, "chart\t%s\n", s.Chart)
	if s.ChartDigest != "" {
		fmt.Fprintf(w, "digest\t%s\n", s.ChartDigest)
	}
	if s.ChartSigner != "" {
		fmt.Fprintf(w, "signature\t%s\n", s.ChartSigner)
	}
}

// printPods prints the pods, one a line, as soon as one of them needs attention or
// there are several.
func (s State) printPods(w io.Writer, now time.Time) {
	if s.Replicas != nil {
		fmt.Fprintf(w, "pods\t%d of %d ready\n", s.Replicas.Ready, s.Replicas.Desired)
	}
	for _, p := range s.Pods {
		fmt.Fprintf(w, "\t%s: %s, %s, %s old\n", p.Name, diagnose.Shorten(p.State),
			display.Count(p.Restarts, "restart"),
			display.Duration(now.Sub(p.Created)))
	}
	if s.Image != "" {
		fmt.Fprintf(w, "image\t%s\n", s.Image)
	}
}

func (s State) printServer(w io.Writer) {
	fmt.Fprintf(w, "url\t%s\n", s.url())
	if s.Server == nil {
		fmt.Fprintf(w, "server\tunreachable: %s\n", s.ServerError)
		return
	}
	fmt.Fprintf(w, "server\tZenML %s, %s\n", s.Server.Version, s.activationText())
	fmt.Fprintf(w, "database\t%s\n", s.Server.Database)
	fmt.Fprintf(w, "secrets store\t%s\n", s.Server.SecretsStore)
}

func (s State) printRest(w io.Writer, now time.Time) {
	if c := s.Certificate; c != nil {
		fmt.Fprintf(w, "certificate\tSecret %s, %s\n", c.Secret, expiryText(c.Expires, now))
	}
	if s.ClientVersion != "" {
		fmt.Fprintf(w, "client\tzenml %s\n", s.ClientVersion)
		if s.Server != nil {
			if advice := connect.CompareClient(s.ClientVersion, s.Server.Version); advice != "" {
				fmt.Fprintf(w, "\t%s\n", advice)
			}
		}
	}
	title := "warnings"
	for _, e := range s.Warnings {
		fmt.Fprintf(w, "%s\t%s ago, %s, %s: %s\n", title, display.Duration(now.Sub(e.At)), e.Object, e.Reason,
			diagnose.Shorten(e.Message))
		title = ""
	}
	title = "not readable"
	for _, text := range s.Unknown {
		fmt.Fprintf(w, "%s\t%s\n", title, text)
		title = ""
	}
}

// expiryText describes when a certificate expires.
func expiryText(at, now time.Time) string {
	days := int(at.Sub(now).Hours() / 24)
	if at.Before(now) {
		return "expired on " + at.Local().Format(time.DateOnly)
	}
	return fmt.Sprintf("expires on %s, in %s", at.Local().Format(time.DateOnly), display.Count(days, "day"))
}

// url describes where the server is available.
func (s State) url() string {
	switch {
	case s.Closed:
		return "closed: not exposed until the server is activated (" + s.connect + " does both)"
	case s.address.Trouble != "":
		return cmp.Or(s.address.URL, "unknown") + " (not reachable yet: " + s.address.Trouble + ")"
	case s.address.URL != "":
		return s.address.URL
	case s.address.Pending != "":
		return "unknown: " + s.address.Pending
	case s.Server != nil && s.Server.URL != "":
		return s.Server.URL
	}
	return "none (connect with " + s.connect + ")"
}

func (s State) activationText() string {
	switch {
	case s.Server.Active:
		return "activated"
	case s.Closed:
		return "not activated"
	}
	return "not activated: the first person to open it becomes the admin"
}

// List is the status of several releases. Its JSON form is public.
type List struct {
	Version  int     `json:"version"`
	Releases []State `json:"releases"`
}

// Table writes the status of several releases, one a line.
func Table(out io.Writer, all []State) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "There is no release of the ZenML chart in this cluster.")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAMESPACE\tRELEASE\tSTATUS\tREVISION\tCHART\tPODS\tSERVER")
	for _, s := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", s.Namespace, s.Release, s.Status, s.Revision, s.Chart,
			s.podCount(),
			s.serverText())
	}
	return w.Flush()
}

func (s State) podCount() string {
	if s.Replicas == nil {
		return "-"
	}
	return fmt.Sprintf("%d/%d", s.Replicas.Ready, s.Replicas.Desired)
}

func (s State) serverText() string {
	switch {
	case s.Server == nil:
		return "unreachable: " + s.ServerError
	case s.Server.Active:
		return "activated"
	}
	return "not activated"
}
