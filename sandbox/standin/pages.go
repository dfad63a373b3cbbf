package standin

import (
	"crypto/rand"
	"embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// pageData is the data of a page.
type pageData struct {
	Nonce     string
	Base      string // rootUrlPath
	Version   string
	Redirect  string // target after the activation, on this server
	ServerURL string // the configured URL; the browser's if empty
	Name      string
}

// activationPage shows the form that activates the server, or redirects if it is active.
func (s *Server) activationPage(w http.ResponseWriter, r *http.Request) {
	settings, err := s.store.settings(r.Context())
	if err != nil {
		s.failStore(w, err)
		return
	}
	if settings.active {
		http.Redirect(w, r, s.basePath+"/onboarding", http.StatusFound)
		return
	}
	s.show(w, r, "activate.html", pageData{Redirect: s.basePath + localPath(r.URL.Query().Get("redirect"))})
}

// dashboard serves every other page. An inactive server redirects to its
// activation.
func (s *Server) dashboard(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		fail(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	settings, err := s.store.settings(r.Context())
	if err != nil {
		s.failStore(w, err)
		return
	}
	if !settings.active {
		http.Redirect(w, r, s.basePath+"/activate-server?redirect=/onboarding", http.StatusFound)
		return
	}
	s.show(w, r, "onboarding.html", pageData{Name: settings.name, ServerURL: s.env["ZENML_SERVER_SERVER_URL"]})
}

// localPath returns a redirect target on this server, otherwise the onboarding
// page.
func localPath(target string) string {
	if strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") && !strings.ContainsAny(target, "\\\r\n") {
		return target
	}
	return "/onboarding"
}

// show renders a page with a policy that allows only its own inline style and
// script.
func (s *Server) show(w http.ResponseWriter, r *http.Request, page string, data pageData) {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the process instead
	data.Nonce = base64.RawURLEncoding.EncodeToString(random)
	data.Base, data.Version = s.basePath, s.env.Version()
	w.Header().
		Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+data.Nonce+"'; script-src 'nonce-"+data.Nonce+
			"'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodHead {
		return
	}
	if err := pageTemplates.ExecuteTemplate(w, page, data); err != nil {
		s.log.traceback("show_page", err)
	}
}
