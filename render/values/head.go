package values

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// width is the maximum length of a comment line.
const width = 96

// head returns the comment at the top of the file. It has no date: equal
// answers produce equal files.
func (d *draft) head() string {
	var b strings.Builder
	if names := d.secretNames(); len(names) > 0 {
		b.WriteString("# SENSITIVE: this file contains " + strings.Join(names, " and ") + ".\n" +
			"# Keep it at mode 0600 and out of version control.\n#\n")
	}
	fmt.Fprintf(
		&b,
		"# Values for chart %s %s, release %s in namespace %s.\n",
		d.chart.Name,
		d.chart.Version,
		d.a.Cluster.Release,
		d.a.Cluster.Namespace,
	)
	if d.chart.Digest != "" {
		b.WriteString("# Digest of the chart: " + d.chart.Digest + "\n")
	}
	if d.chart.Signer != "" {
		b.WriteString("# Signature of the chart: " + d.chart.Signer + "\n")
	}
	b.WriteString("# Written by zenml-installer from answers. It has only what differs from the chart's defaults.\n")
	if len(d.a.Values) > 0 {
		b.WriteString(
			"# Raw chart values of the answers are merged last and override the others; they are marked as raw.\n",
		)
	}
	for _, line := range d.needLines() {
		b.WriteString("# " + line + "\n")
	}
	return b.String() + "\n"
}

// secretNames returns the dotted paths of the sensitive values.
func (d *draft) secretNames() []string {
	var names []string
	for _, s := range d.secrets() {
		names = append(names, strings.Join(strings.Fields(tree.Dotted(s.path)), " "))
	}
	return names
}

// needLines describes the Secrets that must exist before the install.
func (d *draft) needLines() []string {
	read := slices.DeleteFunc(slices.Clone(d.needs), func(n Need) bool { return n.Kept })
	logins := d.a.Server.Image.PullSecrets
	if len(read)+len(logins) == 0 {
		return nil
	}
	lines := []string{"These Secrets must exist in the namespace before the chart is installed:"}
	for _, secret := range BySecret(read) {
		keys := make([]string, len(secret))
		for i, n := range secret {
			keys[i] = n.Key
		}
		lines = append(lines, fmt.Sprintf("  %s (%s)", secret[0].Name, strings.Join(keys, ", ")))
	}
	for _, name := range logins {
		lines = append(lines, "  "+name+" (the login to the image's registry)")
	}
	return lines
}

// BySecret groups needs by Secret, in order of first use.
func BySecret(needs []Need) [][]Need {
	var groups [][]Need
	index := map[string]int{}
	for _, n := range needs {
		i, ok := index[n.Name]
		if !ok {
			i = len(groups)
			index[n.Name] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], n)
	}
	return groups
}

// wrap breaks a comment into lines.
func wrap(text string) string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := "#"
		for _, word := range strings.Fields(paragraph) {
			if len(line)+1+len(word) > width && line != "#" {
				lines = append(lines, line)
				line = "#"
			}
			line += " " + word
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
