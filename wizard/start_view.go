package wizard

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

func (r *start) view(width, height int) string {
	switch {
	case !r.read:
		return ""
	case r.path != nil:
		return r.pathView(width, height)
	case r.release != nil:
		return r.releaseView(width, height)
	}
	title := "Install a ZenML server on your Kubernetes cluster"
	text := []string{
		r.styles.Muted.Render(display.Wrap("The installer asks, checks the cluster and the database, and shows its "+
			"plan. Nothing is written before you confirm it.", width)),
	}
	if len(r.runs) > 0 {
		title = "Continue your unfinished install?"
		if len(r.runs) > 1 {
			title = "Continue an unfinished install?"
		}
		text = []string{"Secrets you typed were not saved; you will be asked for them again, and to confirm the cluster. " +
			"Nor were settings that may contain secrets: raw values, environments, annotations, proxies."}
	}
	lines := append([]string{r.styles.Title.Render(title), ""}, text...)
	from, to := r.list.span(width)
	head := len(strings.Split(display.Wrap(strings.Join(lines, "\n"), width), "\n")) + 1
	r.pane.set(strings.Join(append(lines, "", r.list.view(width)+r.searchLine()), "\n"), width, height)
	if r.list.at == 0 {
		r.pane.offset = 0
	}
	r.listAt = head
	r.pane.show(head+from, head+to)
	return r.pane.view()
}

func (r *start) pathView(width, height int) string {
	parts := []string{r.styles.Title.Render("Open an answers file"),
		r.styles.Muted.Render("The name of a file as zenml-installer answers init creates it."), "",
		strings.TrimRight(r.path.View(), "\n ")}
	switch {
	case r.opening.running():
		parts = append(parts, r.styles.Muted.Render("Reading it…"))
	case r.fault != "":
		parts = append(parts, r.styles.Bad.Render(display.GlyphFailed+" ")+r.fault)
	}
	r.pane.set(strings.Join(parts, "\n"), width, height)
	return r.pane.view()
}

func (r *start) keys() []binding {
	switch {
	case !r.read:
		return nil
	case r.path != nil:
		return []binding{{"enter", "open"}, {"esc", "back"}}
	case r.release != nil:
		return []binding{{"↑↓", "choose"}, {"1–9 enter", "select"}, {"esc", "back"}, {"?", "help"}}
	}
	return []binding{{"↑↓", "choose"}, {"1–9 enter", "select"}, {"?", "help"}}
}

// isTyping reports whether a question mark belongs to a file name.
func (r *start) isTyping() bool { return r.path != nil }

func (r *start) about() (title, text string) {
	return "Start", "Each way asks its questions one by one, and each answer can be changed until the install " +
		"starts. The review shows the plan and the checks; you install, or only write the values file, from there.\n\n" +
		"Your answers are saved after each question in " + string(r.options.Unfinished) + ", one file for each " +
		"cluster, namespace and release, until the server is installed. Only you can read the files, and they " +
		"contain no secrets."
}
