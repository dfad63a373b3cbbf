package simnode

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

// Kubelet serves the API server's requests to all simulated nodes: logs and
// port-forward. It does not support exec.
type Kubelet struct {
	runtime *Runtime
	server  *http.Server
}

// TLS contains the kubelet's certificate and the CA of its clients.
type TLS struct {
	CertFile, KeyFile string
	ClientCA          []byte
}

// ServeKubelet serves on listener until Close.
func ServeKubelet(listener net.Listener, files TLS, runtime *Runtime, out io.Writer) (*Kubelet, error) {
	certificate, err := tls.LoadX509KeyPair(files.CertFile, files.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("load the kubelet's certificate: %w", err)
	}
	clients := x509.NewCertPool()
	if !clients.AppendCertsFromPEM(files.ClientCA) {
		return nil, errors.New("load the kubelet's certificate authority: no certificate in it")
	}
	k := &Kubelet{runtime: runtime}
	mux := http.NewServeMux()
	mux.HandleFunc("/portForward/{namespace}/{pod}", k.portForward)
	mux.HandleFunc("/portForward/{namespace}/{pod}/{uid}", k.portForward)
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", k.logs)
	mux.HandleFunc("/exec/", refuse)
	mux.HandleFunc("/attach/", refuse)
	k.server = &http.Server{
		Handler: mux, ErrorLog: log.New(out, "kubelet: ", log.LstdFlags), ReadHeaderTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate}, ClientCAs: clients,
			ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		},
	}
	go func() {
		if err := k.server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			_, _ = fmt.Fprintln(out, err)
		}
	}()
	return k, nil
}

// Close stops the kubelet.
func (k *Kubelet) Close() { _ = k.server.Close() }

func refuse(w http.ResponseWriter, _ *http.Request) {
	http.Error(
		w,
		"simulated nodes run no containers: exec and attach need real nodes (sandbox up --nodes real)",
		http.StatusNotImplemented,
	)
}

func (k *Kubelet) portForward(w http.ResponseWriter, r *http.Request) {
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	name := r.PathValue("namespace") + "/" + r.PathValue("pod")
	portforward.ServePortForward(
		w,
		r,
		k,
		name,
		r.PathValue("uid"),
		options,
		time.Hour,
		30*time.Second,
		portforward.SupportedProtocols,
	)
}

// PortForward implements portforward.PortForwarder: it connects a stream to the server of the pod called name
// (namespace/name).
func (k *Kubelet) PortForward(_ context.Context, name, _ string, port int32, stream io.ReadWriteCloser) error {
	defer func() { _ = stream.Close() }()
	namespace, podName, _ := strings.Cut(name, "/")
	run, err := k.runtime.find(namespace, podName)
	if err != nil {
		return err
	}
	if run == nil {
		return fmt.Errorf("pod %s is simulated and listens nowhere", name)
	}
	conn, err := run.dial(port)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	done := make(chan struct{}, 2)
	join := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go join(conn, stream)
	go join(stream, conn)
	<-done
	return nil
}
