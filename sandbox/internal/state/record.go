package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// Kinds of nodes.
const (
	NodesReal      = "real"
	NodesSimulated = "simulated"
)

// Kinds of ZenML servers.
const (
	ServerReal    = "real"
	ServerStandIn = "stand-in"
)

// States of a sandbox.
const (
	Starting = "starting"
	Running  = "running"
	Broken   = "broken"
	Stopped  = "stopped"
)

// Record is the content of sandbox.json: everything that tests and the demo
// need.
type Record struct {
	Version    int            `json:"version"`
	Name       string         `json:"name"`
	State      string         `json:"state"`
	Failures   []Failure      `json:"failures,omitempty"`
	CreatedAt  time.Time      `json:"createdAt"`
	Kubeconfig string         `json:"kubeconfig"`
	Kubernetes Kubernetes     `json:"kubernetes"`
	Nodes      Nodes          `json:"nodes"`
	Registry   Registry       `json:"registry"`
	Charts     []Chart        `json:"charts"`
	Database   *Database      `json:"database,omitempty"`
	HTTPS      *HTTPS         `json:"https,omitempty"`
	Network    Network        `json:"network"`
	Cgroup     string         `json:"cgroup,omitempty"`
	PIDs       map[string]int `json:"pids"`
	Logs       string         `json:"logs"`
}

// Failure is a component that ended unexpectedly.
type Failure struct {
	Component string    `json:"component"`
	Message   string    `json:"message"`
	Log       string    `json:"log,omitempty"`
	At        time.Time `json:"at"`
}

// Kubernetes is the API server.
type Kubernetes struct {
	Version string `json:"version"`
	// APIServer is its URL for the user's machine.
	APIServer string `json:"apiServer"`
}

// Nodes describes the nodes.
type Nodes struct {
	// Kind is "real" or "simulated".
	Kind         string `json:"kind"`
	Count        int    `json:"count"`
	StorageClass string `json:"storageClass"`
	// DNS is the address of the cluster DNS's Service. Simulated nodes have only the objects of a cluster DNS.
	DNS string `json:"dns,omitempty"`
}

// Registry is the OCI registry of images and charts.
type Registry struct {
	// Address is host:port for the user's machine (loopback, plain HTTP).
	Address string `json:"address"`
	// NodeAddress is host:port for nodes and pods; the user's machine reaches it too.
	NodeAddress string `json:"nodeAddress"`
	PlainHTTP   bool   `json:"plainHTTP"`
}

// Chart is one pushed chart.
type Chart struct {
	// Ref is the chart's OCI reference without a version.
	Ref        string `json:"ref"`
	Version    string `json:"version"`
	Generation string `json:"generation"`
	// Image is the chart's server image. It is the chart's default if it is
	// zenmldocker/zenml-server with the chart's version as tag; otherwise it
	// must be set in the values.
	Image string `json:"image"`
	// Server is "real" or "stand-in".
	Server string `json:"server"`
}

// Database is the MySQL server.
type Database struct {
	// Kind is "mysql", "mariadb" or "memory" (go-mysql-server).
	Kind string `json:"kind"`
	Host string `json:"host"`
	Port int    `json:"port"`
	Name string `json:"name"`
	User string `json:"user"`
	// PasswordFile contains only the password. Its mode is 0600.
	PasswordFile string `json:"passwordFile"`
	// CAFile is the CA of the server's certificate.
	CAFile string `json:"caFile"`
	// Version is the version that the server reports.
	Version string `json:"version"`
	// ReachableFrom lists from where Host is reachable: "host" and "pods".
	ReachableFrom []string `json:"reachableFrom"`
}

// HTTPS is what the add-on https has installed.
type HTTPS struct {
	// Address serves ports 80 and 443 for the user and pods. The cluster DNS
	// resolves hosts below example.com and test to it.
	Address        string   `json:"address"`
	IngressClasses []string `json:"ingressClasses"`
	GatewayClass   string   `json:"gatewayClass"`
	// Gateway is the namespace/name of a Gateway with listeners "http" and "https".
	Gateway        string   `json:"gateway"`
	ClusterIssuers []string `json:"clusterIssuers"`
	// ACMEDirectory is the URL of the ACME server inside the cluster.
	ACMEDirectory string `json:"acmeDirectory"`
	// CAFile contains the root certificate of the ACME server.
	CAFile string `json:"caFile"`
}

// Network is the sandbox's network. For simulated nodes only the CIDRs are set.
type Network struct {
	Subnet      string `json:"subnet,omitempty"`
	Interface   string `json:"interface,omitempty"`
	HostAddress string `json:"hostAddress"`
	NodeAddress string `json:"nodeAddress"`
	PodCIDR     string `json:"podCIDR"`
	ServiceCIDR string `json:"serviceCIDR"`
}

// Write writes the record to dir atomically with mode 0600.
func (r *Record) Write(dir Dir) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode sandbox record: %w", err)
	}
	return WriteFile(dir.Record(), append(data, '\n'), 0o600)
}

// Read returns the record in dir, or os.ErrNotExist.
func Read(dir Dir) (*Record, error) {
	data, err := os.ReadFile(dir.Record())
	if err != nil {
		return nil, fmt.Errorf("read sandbox record: %w", err)
	}
	record := &Record{}
	if err := json.Unmarshal(data, record); err != nil {
		return nil, fmt.Errorf("read sandbox record %s: %w", dir.Record(), err)
	}
	return record, nil
}

// Current returns the record of the sandbox in dir with its current state:
// without its supervisor it is stopped or broken. A sandbox without a folder is
// stopped.
func Current(dir Dir) (*Record, error) {
	record, err := Read(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		record = &Record{Version: 1, Name: dir.Name, State: Stopped}
		if dir.Exists() {
			record.State = Starting
		}
	case err != nil:
		return nil, err
	}
	if record.State != Stopped && !dir.Alive() {
		record.State = Broken
		record.Failures = append(
			record.Failures,
			Failure{Component: "supervisor", Message: "the supervisor is gone", Log: dir.Log("supervisor")},
		)
	}
	return record, nil
}

// WriteFile writes data to path atomically.
func WriteFile(path string, data []byte, mode os.FileMode) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, data, mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
